// The gRPC services that a node answers beside the application, as the published CosmJS and
// cosmjs-types packages read them.

import { fromHex, toHex } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import {
  createProtobufRpcClient,
  QueryClient,
  setupTxExtension,
  SigningStargateClient,
} from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import * as nodeService from "cosmjs-types/cosmos/base/node/v1beta1/query";
import * as tendermint from "cosmjs-types/cosmos/base/tendermint/v1beta1/query";
import {
  BroadcastMode,
  OrderBy,
  ServiceClientImpl as TxService,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const WORDS =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

interface World {
  readonly node: TestNode;
  readonly address: string;
  readonly signing: SigningStargateClient;
  readonly comet: Comet38Client;
  readonly rpc: ReturnType<typeof createProtobufRpcClient>;
  /** Hash and height of a send that landed. */
  readonly hash: string;
  readonly height: number;
}
const test = suite<World>("services beside the application");

test.before(async (context) => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: "lease" });
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const coins = [{ denom: "ulease", amount: 1_000_000_000n }];
  const node = await startTestNode({ accounts: [{ address, coins }] });
  const signing = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet, {
    broadcastPollIntervalMs: 50,
  });
  const comet = await Comet38Client.connect(node.rpcUrl);
  const rpc = createProtobufRpcClient(QueryClient.withExtensions(comet));
  const fee = { amount: [], gas: "100000" };
  const amount = [{ denom: "ulease", amount: "5" }];
  const sent = await signing.sendTokens(address, address, amount, fee);
  const { transactionHash: hash, height } = sent;
  Object.assign(context, { node, address, signing, comet, rpc, hash, height });
});
test.after(async ({ node, signing, comet }) => {
  signing?.disconnect();
  comet?.disconnect();
  await node?.remove();
});

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "answered",
    (error: Error) => error.message,
  );
}

test("GetTx finds what landed, and says NotFound of what did not", async (world) => {
  const { tx } = QueryClient.withExtensions(world.comet, setupTxExtension);
  const found = await tx.getTx(world.hash);
  const { txResponse } = found;
  assert.equal(
    [txResponse?.txhash, txResponse?.code, txResponse?.height, txResponse?.rawLog],
    [world.hash, 0, BigInt(world.height), ""],
  );
  assert.match(txResponse?.timestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(txResponse?.events.some((event) => event.type === "transfer"));
  assert.is(found.tx?.body?.messages[0]?.typeUrl, "/cosmos.bank.v1beta1.MsgSend");
  assert.ok((await tx.getTx(world.hash.toLowerCase())).txResponse);
  assert.match(
    await refusal(tx.getTx("00".repeat(32))),
    /\(22\): rpc error: code = NotFound desc = tx not found: (00){32}: key not found/,
  );
  assert.match(await refusal(tx.getTx("")), /\(18\).*tx hash cannot be empty/);
  assert.match(await refusal(tx.getTx("xyz")), /\(18\).*must be hex/);
});

test("GetTxsEvent pages through what a query finds", async ({ rpc, hash, address }) => {
  const service = new TxService(rpc);
  const request = { events: [], orderBy: OrderBy.ORDER_BY_DESC, page: 1n, limit: 10n };
  const query = `transfer.recipient='${address}'`;
  const found = await service.GetTxsEvent({ ...request, query });
  assert.equal([found.total, found.txResponses.map((one) => one.txhash)], [1n, [hash]]);
  assert.is(found.txs.length, 1);
  const old = await service.GetTxsEvent({ ...request, query: "", events: [query] });
  assert.is(old.total, 1n);
  const asked = (text: string): Promise<string> =>
    refusal(service.GetTxsEvent({ ...request, query: text }));
  assert.match(await asked(""), /\(18\).*query cannot be empty/);
  assert.match(await asked("a=="), /\(18\).*expected/);
  const far = service.GetTxsEvent({ ...request, query, page: 2n ** 63n, limit: 2n ** 64n - 1n });
  assert.match(await refusal(far), /\(18\).*beyond 1 entries/);
});

test("GetBlockWithTxs and BroadcastTx", async ({ rpc, height, signing, address }) => {
  const service = new TxService(rpc);
  const block = await service.GetBlockWithTxs({ height: BigInt(height) });
  assert.equal([block.txs.length, block.block?.header.height], [1, BigInt(height)]);
  for (const wrong of [0n, -1n, 10n ** 9n])
    assert.match(await refusal(service.GetBlockWithTxs({ height: wrong })), /\(18\).*requested/);
  const fee = { amount: [], gas: "100000" };
  const amount = [{ denom: "ulease", amount: "6" }];
  const value = { fromAddress: address, toAddress: address, amount };
  const message = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
  const signed = await signing.sign(address, [message], fee, "");
  const txBytes = TxRaw.encode(signed).finish();
  const mode = BroadcastMode.BROADCAST_MODE_SYNC;
  const sent = (await service.BroadcastTx({ txBytes, mode })).txResponse;
  assert.is(sent?.code, 0, sent?.rawLog);
  const again = (await service.BroadcastTx({ txBytes, mode })).txResponse;
  assert.equal([again?.code, again?.codespace], [19, "sdk"]);
  const junk = (await service.BroadcastTx({ txBytes: fromHex("00"), mode })).txResponse;
  assert.equal([junk?.code, junk?.codespace], [2, "sdk"]);
  const block1 = service.BroadcastTx({ txBytes, mode: BroadcastMode.BROADCAST_MODE_BLOCK });
  assert.match(await refusal(block1), /\(18\).*unsupported broadcast mode/);
});

test("the node, its blocks and its validators", async ({ rpc, node, comet }) => {
  const service = new tendermint.ServiceClientImpl(rpc);
  const info = await service.GetNodeInfo({});
  assert.is(info.defaultNodeInfo?.network, "test-1");
  assert.is(info.defaultNodeInfo?.version, "0.38.25");
  assert.is(info.applicationVersion?.name, "leasehold");
  assert.is((await service.GetSyncing({})).syncing, false);
  const first = await service.GetBlockByHeight({ height: 1n });
  const { block, blockId } = await comet.block(1);
  assert.is(toHex(first.blockId?.hash ?? new Uint8Array(0)), toHex(blockId.hash));
  assert.is(first.block?.header.height, BigInt(block.header.height));
  assert.match(first.sdkBlock?.header.proposerAddress ?? "", /^leasevalcons1/);
  assert.ok(((await service.GetLatestBlock({})).block?.header.height ?? 0n) >= 1n);
  const set = await service.GetLatestValidatorSet({});
  assert.is(set.validators.length, 1);
  assert.is(set.validators[0]?.address, first.sdkBlock?.header.proposerAddress);
  assert.is(set.validators[0]?.pubKey?.typeUrl, "/cosmos.crypto.ed25519.PubKey");
  assert.is((await service.GetValidatorSetByHeight({ height: 1n })).pagination?.total, 1n);
  const path = "/no.such.Service/Method";
  const answer = await service.ABCIQuery({
    path,
    data: new Uint8Array(0),
    height: 0n,
    prove: false,
  });
  assert.is(answer.code, 6);
  const own = new nodeService.ServiceClientImpl(rpc);
  assert.is((await own.Config({})).minimumGasPrice, "");
  const status = await own.Status({});
  assert.ok(status.height >= 1n && status.height <= node.engine.state.height);
  assert.is(status.appHash.length, 32);
});

test.run();
