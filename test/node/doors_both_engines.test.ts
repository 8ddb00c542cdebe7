// One script on published CosmJS packages and one REST client, without a change, in front of the
// embedded engine and of real CometBFT: equal balances over both doors, a fee paid by grant, a grant
// executed, blocks, validators, transactions; health and metrics.

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { QueryClient, setupTxExtension, StargateClient } from "@cosmjs/stargate";
import { connectComet } from "@cosmjs/tendermint-rpc";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sendForAnother } from "../../client/examples/grants.ts";
import type { Node } from "../../chain/node/foundation.ts";
import { findCometbft } from "../support/cometbft.ts";
import { startTestCometNode } from "../support/comet_node.ts";
import { startTestNode } from "../support/node.ts";
import type { TestHomeOptions } from "../support/node.ts";
import { restGet, restOf, restPost } from "../support/rest.ts";

type Engine = (options: TestHomeOptions) => Promise<Node & { remove(): Promise<void> }>;

interface World {
  readonly node: Awaited<ReturnType<Engine>>;
  readonly rest: string;
  readonly granter: string;
  readonly grantee: string;
  readonly hash: string;
}

const FUNDS = 1_000_000n;
const FEE = 1000n;

function doors(name: string, start: Engine): void {
  const test = suite<World>(`doors of ${name}`);
  const get = <T>({ rest }: World, path: string): Promise<T> =>
    restGet(rest, path).then((answer) => {
      assert.is(answer.status, 200, `${path} ${answer.text}`);
      return answer.json<T>();
    });

  test.before(async (context) => {
    const wallets = await Promise.all(
      [0, 1].map(() => DirectSecp256k1HdWallet.generate(12, { prefix: "lease" })),
    );
    const accounts = await Promise.all(wallets.map((wallet) => wallet.getAccounts()));
    const [granter = "", grantee = ""] = accounts.map(([account]) => account?.address ?? "");
    const coins = [{ denom: "ulease", amount: FUNDS }];
    const node = await start({ accounts: [{ address: granter, coins }] });
    Object.assign(context, { node, rest: restOf(node), granter, grantee });
    const [first = "", second = ""] = wallets.map(({ mnemonic }) => mnemonic);
    const hash = await sendForAnother(node.rpcUrl, [first, second], "7ulease");
    Object.assign(context, { hash });
  });
  test.after(async ({ node }) => node?.remove());

  test("balances over RPC and REST: the granter paid both fees and the coins", async (world) => {
    const client = await StargateClient.connect(world.node.rpcUrl);
    const expected = [FUNDS - 2n * FEE - 7n, 7n];
    for (const [index, address] of [world.granter, world.grantee].entries()) {
      const { amount } = await client.getBalance(address, "ulease");
      const path = `/cosmos/bank/v1beta1/balances/${address}/by_denom?denom=ulease`;
      const { balance } = await get<{ balance: { amount: string } }>(world, path);
      assert.equal([amount, balance.amount], [`${expected[index]}`, `${expected[index]}`]);
    }
    client.disconnect();
  });

  test("the grant stands, the allowance is used up", async (world) => {
    const { granter, grantee } = world;
    const path = `/cosmos/authz/v1beta1/grants?granter=${granter}&grantee=${grantee}`;
    const { grants } = await get<{ grants: { authorization: unknown }[] }>(world, path);
    const authorization = {
      "@type": "/cosmos.authz.v1beta1.GenericAuthorization",
      msg: "/cosmos.bank.v1beta1.MsgSend",
    };
    assert.equal(
      grants.map((one) => one.authorization),
      [authorization],
    );
    const left = await get<{ allowances: unknown[] }>(
      world,
      `/cosmos/feegrant/v1beta1/allowances/${grantee}`,
    );
    assert.equal(left.allowances, []);
  });

  test("the transaction by hash, by event and in its block, over both doors", async (world) => {
    const { hash, granter, rest } = world;
    interface Found {
      readonly tx_response: { readonly txhash: string; readonly code: number; height: string };
      readonly tx: { readonly auth_info: { readonly fee: { readonly granter: string } } };
    }
    const { tx_response, tx } = await get<Found>(world, `/cosmos/tx/v1beta1/txs/${hash}`);
    assert.equal([tx_response.txhash, tx_response.code], [hash, 0]);
    assert.is(tx.auth_info.fee.granter, granter);
    const query = encodeURIComponent(`tx.height=${tx_response.height}`);
    const found = await get<{ tx_responses: { txhash: string; timestamp: string }[] }>(
      world,
      `/cosmos/tx/v1beta1/txs?query=${query}`,
    );
    assert.equal(
      found.tx_responses.map(({ txhash }) => txhash),
      [hash],
    );
    const block = await get<{ txs: unknown[]; block: { header: { time: string } } }>(
      world,
      `/cosmos/tx/v1beta1/txs/block/${tx_response.height}`,
    );
    assert.is(block.txs.length, 1);
    assert.is(found.tx_responses[0]?.timestamp, `${block.block.header.time.slice(0, 19)}Z`);
    const client = await StargateClient.connect(world.node.rpcUrl);
    assert.equal(
      [(await client.getTx(hash))?.height, await client.getTx("00".repeat(32))],
      [Number(tx_response.height), null],
    );
    client.disconnect();
    // abci_query of a service that asks the engine, which is asking at this moment.
    const comet = await connectComet(world.node.rpcUrl);
    const queries = QueryClient.withExtensions(comet, setupTxExtension);
    assert.is((await queries.tx.getTx(hash)).txResponse?.txhash, hash);
    comet.disconnect();
    assert.is((await restGet(rest, `/cosmos/tx/v1beta1/txs/${"00".repeat(32)}`)).status, 404);
    assert.is((await restGet(rest, "/cosmos/tx/v1beta1/txs?query=a==")).status, 400);
    assert.is((await restGet(rest, "/cosmos/tx/v1beta1/txs?query=a='b'&page=9")).status, 400);
  });

  test("blocks, validators, status and broadcast", async (world) => {
    const base = "/cosmos/base/tendermint/v1beta1";
    interface Latest {
      readonly block: { readonly header: { readonly height: string; readonly chain_id: string } };
      readonly sdk_block: { readonly header: { readonly proposer_address: string } };
    }
    const latest = await get<Latest>(world, `${base}/blocks/latest`);
    assert.is(latest.block.header.chain_id, world.node.chainId);
    const first = await get<Latest>(world, `${base}/blocks/1`);
    assert.is(first.block.header.height, "1");
    const set = await get<{ validators: { address: string }[]; pagination: { total: string } }>(
      world,
      `${base}/validatorsets/latest`,
    );
    assert.is(set.pagination.total, "1");
    assert.is(set.validators[0]?.address, first.sdk_block.header.proposer_address);
    const info = await get<{ default_node_info: { network: string; version: string } }>(
      world,
      `${base}/node_info`,
    );
    assert.equal(
      [info.default_node_info.network, info.default_node_info.version],
      [world.node.chainId, "0.38.25"],
    );
    assert.equal(await get(world, `${base}/syncing`), { syncing: false });
    const status = await get<{ height: string }>(world, "/cosmos/base/node/v1beta1/status");
    assert.ok(Number(status.height) >= Number(latest.block.header.height));
    const far = await restGet(world.rest, `${base}/blocks/99999999`);
    assert.match(far.text, /requested height 99999999, but blocks are kept from 1 to/);
    const mode = "BROADCAST_MODE_SYNC";
    const junk = await restPost(world.rest, "/cosmos/tx/v1beta1/txs", { tx_bytes: "AQ==", mode });
    assert.is(junk.json<{ tx_response: { code: number } }>().tx_response.code, 2, junk.text);
  });

  test("health and metrics", async (world) => {
    const health = await get<{ sentence: string }>(world, "/health");
    assert.is(health.sentence, "blocks advance");
    const { text } = await restGet(world.rest, "/metrics");
    assert.match(text, /leasehold_transactions_total\{codespace="",code="0"\} 2\n/);
    assert.match(text, /leasehold_block_execution_seconds_count [1-9]/);
    assert.match(text, /leasehold_database_write_seconds_count [1-9]/);
    const info = await get<{ rpc: string }>(world, "/chain-info/keplr");
    assert.is(info.rpc, world.node.rpcUrl);
  });

  test.run();
}

doors("the embedded engine", startTestNode);
const comet = findCometbft();
if ("missing" in comet)
  process.stdout.write(`left out: the doors in front of CometBFT, because ${comet.missing}\n`);
else doors("CometBFT", (options) => startTestCometNode(options, comet.path));
