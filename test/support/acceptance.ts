// A running chain as the published CosmJS packages see it, whichever engine makes its blocks: nothing
// of our own client is used here.

import { makeCosmoshubPath } from "@cosmjs/amino";
import { createMultisigThresholdPubkey, pubkeyToAddress, Secp256k1HdWallet } from "@cosmjs/amino";
import { toHex, toUtf8 } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import {
  calculateFee,
  makeMultisignedTxBytes,
  SigningStargateClient,
  StargateClient,
} from "@cosmjs/stargate";
import { Comet38Client, connectComet, WebsocketClient } from "@cosmjs/tendermint-rpc";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { TestHomeOptions } from "./node.ts";

const WORDS =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

const PREFIX = "cosmos";
const FEE = calculateFee(100_000, "0ustake");

/** A chain that runs for the tests. */
export interface AcceptanceChain {
  readonly rpcUrl: string;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

interface World {
  readonly node: AcceptanceChain;
  readonly alice: string;
  readonly client: SigningStargateClient;
}

const TESTS: (readonly [name: string, run: (world: World) => Promise<void>])[] = [];

function check(name: string, run: (world: World) => Promise<void>): void {
  TESTS.push([name, run]);
}

/** The tests on a chain that `start` makes with these accounts and denoms. */
export function acceptance(
  title: string,
  start: (options: TestHomeOptions) => Promise<AcceptanceChain>,
): Test<{ world: World }> {
  const test = suite<{ world: World }>(title);
  test.before(async (context) => {
    context.world = await openWorld(start);
  });
  test.after(async ({ world }) => {
    world?.client.disconnect();
    await world?.node.remove();
  });
  for (const [name, run] of TESTS) test(name, ({ world }) => run(world));
  return test;
}

async function openWorld(
  start: (options: TestHomeOptions) => Promise<AcceptanceChain>,
): Promise<World> {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: PREFIX });
  const [account] = await wallet.getAccounts();
  const alice = account?.address ?? "";
  const coins = [
    { denom: "ucosm", amount: 1_000_000_000n },
    { denom: "ustake", amount: 1_000_000_000n },
  ];
  const node = await start({
    prefix: PREFIX,
    denoms: ["ustake", "ucosm"],
    chainId: "cosmjs-1",
    accounts: [{ address: alice, coins }],
  });
  const client = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet, {
    broadcastPollIntervalMs: 50,
  });
  return { node, alice, client };
}

async function aminoWallet(index: number): Promise<{ wallet: Secp256k1HdWallet; address: string }> {
  const wallet = await Secp256k1HdWallet.fromMnemonic(WORDS, {
    prefix: PREFIX,
    hdPaths: [makeCosmoshubPath(index)],
  });
  const [account] = await wallet.getAccounts();
  return { wallet, address: account?.address ?? "" };
}

check("the dialect of 0.38 is chosen and status decodes", async (world) => {
  const client = await connectComet(world.node.rpcUrl);
  assert.instance(client, Comet38Client);
  const status = await client.status();
  assert.is(status.nodeInfo.version, "0.38.25");
  assert.is(status.nodeInfo.network, "cosmjs-1");
  assert.is(await world.client.getChainId(), "cosmjs-1");
  client.disconnect();
});

check("a send lands, needs less than 100000 gas and is found by event", async (world) => {
  const { client, alice } = world;
  const bob = (await aminoWallet(7)).address;
  const sent = await client.sendTokens(
    alice,
    bob,
    [{ denom: "ucosm", amount: "12345" }],
    FEE,
    "hello",
  );
  assert.is(sent.code, 0, sent.rawLog);
  assert.ok(sent.gasUsed < 100_000n, `gas ${sent.gasUsed}`);
  assert.is((await client.getBalance(bob, "ucosm")).amount, "12345");
  const byRecipient = await client.searchTx(`transfer.recipient='${bob}'`);
  assert.is(byRecipient.length, 1);
  assert.is(byRecipient[0]?.hash, sent.transactionHash);
  const byHeight = await client.searchTx(`tx.height=${sent.height}`);
  assert.ok(byHeight.some((tx) => tx.hash === sent.transactionHash));
  const pair = await client.searchTx([
    { key: "transfer.recipient", value: bob },
    { key: "transfer.sender", value: alice },
  ]);
  assert.is(pair.length, 1);
  const split = await client.searchTx([
    { key: "transfer.recipient", value: bob },
    { key: "message.module", value: "bank" },
  ]);
  assert.is(split.length, 0, "attributes of two events do not match together");
  const found = await client.getTx(sent.transactionHash);
  assert.is(found?.height, sent.height);
});

check("a failed transaction is found by hash with its code", async (world) => {
  const { client, alice } = world;
  const bob = (await aminoWallet(7)).address;
  const amount = [{ denom: "ucosm", amount: "99000000000" }];
  const failed = await client.sendTokens(alice, bob, amount, FEE);
  assert.is(failed.code, 5);
  assert.match(failed.rawLog ?? "", /insufficient funds/);
  assert.is((await client.getTx(failed.transactionHash))?.code, 5);
});

check("simulation estimates gas", async (world) => {
  const { client, alice } = world;
  const message = {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: alice, toAddress: alice, amount: [{ denom: "ucosm", amount: "1" }] },
  };
  const gas = await client.simulate(alice, [message], "");
  assert.ok(gas > 20_000 && gas < 100_000, `gas ${gas}`);
});

check("amino signatures and a 2 of 3 multisig", async (world) => {
  const { client, alice, node } = world;
  const members = await Promise.all([1, 2, 3].map(aminoWallet));
  const keys = await Promise.all(
    members.map(async ({ wallet }) => {
      const [account] = await wallet.getAccounts();
      return {
        type: "tendermint/PubKeySecp256k1" as const,
        value: Buffer.from(account?.pubkey ?? []).toString("base64"),
      };
    }),
  );
  const group = createMultisigThresholdPubkey(keys, 2);
  const address = pubkeyToAddress(group, PREFIX);
  const funded = await client.sendTokens(alice, address, [{ denom: "ucosm", amount: "500" }], FEE);
  assert.is(funded.code, 0);
  const account = await client.getAccount(address);
  const message = {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: address, toAddress: alice, amount: [{ denom: "ucosm", amount: "200" }] },
  };
  const data = {
    accountNumber: account?.accountNumber ?? 0n,
    sequence: account?.sequence ?? 0,
    chainId: "cosmjs-1",
  };
  const fee = calculateFee(200_000, "0ucosm");
  const signatures = new Map<string, Uint8Array>();
  let body = new Uint8Array(0);
  for (const { wallet, address: member } of members.slice(0, 2)) {
    const offline = await SigningStargateClient.offline(wallet);
    const signed = await offline.sign(member, [message], fee, "group", data as never);
    signatures.set(member, signed.signatures[0] as Uint8Array);
    body = new Uint8Array(signed.bodyBytes);
  }
  const bytes = makeMultisignedTxBytes(group, data.sequence, fee, body, signatures);
  const reader = await StargateClient.connect(node.rpcUrl, {
    broadcastPollIntervalMs: 50,
  } as never);
  const result = await reader.broadcastTx(bytes, 10_000, 50);
  assert.is(result.code, 0, result.rawLog);
  assert.is((await reader.getBalance(address, "ucosm")).amount, "300");
  reader.disconnect();
});

check("every method of Comet38Client decodes", async (world) => {
  const client = await Comet38Client.connect(world.node.rpcUrl);
  const { lastBlockHeight } = await client.abciInfo();
  assert.ok((lastBlockHeight ?? 0) > 0);
  const block = await client.block(2);
  assert.is(block.block.header.height, 2);
  assert.is((await client.block(1)).block.header.lastBlockId, null);
  assert.is((await client.blockResults(1)).height, 1);
  assert.ok((await client.blockchain(1, 3)).blockMetas.length === 3);
  assert.is((await client.commit(2)).header.height, 2);
  assert.is((await client.genesis()).chainId, "cosmjs-1");
  assert.is(await client.health(), null);
  assert.ok((await client.numUnconfirmedTxs()).total >= 0);
  assert.is((await client.validatorsAll(2)).validators.length, 1);
  const found = await client.blockSearch({ query: "block.height >= 1 AND block.height <= 3" });
  assert.is(found.totalCount, 3);
  const all = await client.txSearchAll({ query: "tx.height > 0" });
  assert.is(all.txs.length, all.totalCount);
  assert.ok(all.totalCount >= 4);
  const first = all.txs[0];
  if (first === undefined) throw new Error("no transaction");
  const proven = await client.tx({ hash: first.hash, prove: true });
  assert.ok(proven.proof !== undefined);
  const key = Uint8Array.of(0, ...toUtf8("nothing"));
  const query = await client.abciQuery({ path: "/store/bank/key", data: key, prove: true });
  assert.ok((query.height ?? 0) > 0, toHex(query.key));
  client.disconnect();
});

check("subscriptions over WebSocket deliver blocks and transactions", async (world) => {
  const { node, client, alice } = world;
  const socket = await Comet38Client.create(
    new WebsocketClient(node.rpcUrl.replace("http", "ws"), (error) => {
      throw error;
    }),
  );
  const heights: number[] = [];
  const txs: string[] = [];
  const blocks = socket.subscribeNewBlock().subscribe({
    next: (event) => void heights.push(event.header.height),
  });
  const transactions = socket.subscribeTx(`transfer.sender='${alice}'`).subscribe({
    next: (event) => void txs.push(toHex(event.hash).toUpperCase()),
  });
  await pause(300);
  const sent = await client.sendTokens(alice, alice, [{ denom: "ucosm", amount: "1" }], FEE);
  for (let i = 0; i < 100 && !heights.includes(sent.height); i++) await pause(50);
  assert.equal(txs, [sent.transactionHash]);
  assert.ok(heights.includes(sent.height), `${heights.join(",")} lacks ${sent.height}`);
  blocks.unsubscribe();
  transactions.unsubscribe();
  socket.disconnect();
});
