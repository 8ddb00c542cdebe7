// The whole application through TestChain: blocks, clocks, queries, repeated calls, simulation.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, fromUtf8, utf8 } from "../../chain/base/bytes.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import {
  AuthInfo,
  SimulateRequest,
  SimulateResponse,
  TxRaw,
} from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import {
  MsgSend,
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QueryBalanceResponse,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  QueryClocksRequest,
  QueryClocksResponse,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
import { RequestFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import { AbciClient } from "../support/abci_client.ts";
import { TestChain, eventOf } from "../support/chain.ts";
import { makeSigner, msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

function send(from: Signer, to: Signer, amount: bigint, denom = "ulease"): ReturnType<typeof msg> {
  return msg(MsgSend, {
    fromAddress: from.address,
    toAddress: to.address,
    amount: [{ denom, amount: amount.toString() }],
  });
}

test("a send moves coins, pays its fee and makes the receiver's account", () => {
  const chain = TestChain.create();
  const alice = chain.account("alice");
  const fresh = makeSigner("nobody", chain.prefix);
  const before = chain.balance(alice.bytes);
  const result = chain.must(alice, [send(alice, fresh, 100n)], {
    fee: [{ denom: "ulease", amount: "7" }],
  });
  assert.is(chain.balance(fresh.bytes), 100n);
  assert.is(before - chain.balance(alice.bytes), 107n);
  assert.ok(result.gasUsed > 60_000n && result.gasUsed < 100_000n, `${result.gasUsed}`);
  assert.is(eventOf(result.events, "tx")?.get("fee"), "7ulease");
  assert.equal(chain.client.app.brokenInvariants(), []);
});

test("a failing message keeps fee and sequence", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const result = chain.deliver(alice, [send(alice, bob, 10n ** 30n)], {
    fee: [{ denom: "ulease", amount: "5" }],
  });
  assert.equal([result.codespace, result.code], ["sdk", 5]);
  assert.match(result.log, /^failed to execute message; message index: 0: spendable balance/);
  assert.is(chain.balance(alice.bytes), 10n ** 12n - 5n);
  chain.must(alice, [send(alice, bob, 1n)]);
});

test("clock U stops in a long gap, clock T does not", () => {
  const chain = TestChain.create();
  const clocks = (): readonly bigint[] => {
    const path = "/leasehold.chain.v1.Query/Clocks";
    const { clocks: now } = chain.query(path, QueryClocksRequest, QueryClocksResponse, {});
    return [now.time, now.uptime];
  };
  const [time = 0n, uptime = 0n] = clocks();
  assert.is(time, uptime);
  chain.block([], { seconds: 36_000 });
  assert.equal(clocks(), [time + 36_000n, uptime + 60n]);
  chain.block([], { seconds: 60 });
  assert.equal(clocks(), [time + 36_060n, uptime + 120n]);
});

test("a block finalized again gives the same hash, and another block discards the first", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const tx = chain.sign(alice, [send(alice, bob, 3n)]);
  const request = (txs: readonly Uint8Array[]): RequestFinalizeBlock =>
    RequestFinalizeBlock.create({
      txs,
      height: chain.height + 1n,
      time: { seconds: chain.time + 5n, nanos: 0 },
    });
  const first = chain.client.finalizeBlock(request([tx])).appHash;
  const empty = chain.client.finalizeBlock(request([])).appHash;
  const again = chain.client.finalizeBlock(request([tx])).appHash;
  assert.ok(equalBytes(first, again) && !equalBytes(first, empty));
  assert.is(chain.balance(bob.bytes), 10n ** 12n);
  chain.client.commit();
  assert.ok(equalBytes(chain.client.app.store.appHash, first));
  assert.is(chain.balance(bob.bytes), 10n ** 12n + 3n);
  assert.throws(() => chain.client.finalizeBlock({ ...request([]), height: 9n }), /invalid height/);
});

test("several transactions of one sender pass CheckTx and one block", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const txs = [0n, 1n, 2n].map((ahead) => chain.sign(alice, [send(alice, bob, 1n)], {}, ahead));
  for (const tx of txs) assert.is(chain.client.checkTx(tx).code, 0);
  const late = chain.client.checkTx(txs[0] as Uint8Array);
  assert.is(late.code, 32);
  assert.match(late.log, /^account sequence mismatch, expected 3, got 0: incorrect account/);
  assert.equal(
    chain.block(txs).map((result) => result.code),
    [0, 0, 0],
  );
  const jobs = chain.client.app.signatureJobs(chain.sign(alice, [send(alice, bob, 1n)]));
  assert.is(jobs.length, 1);
});

test("simulation reports the gas and changes nothing", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const txBytes = chain.sign(alice, [send(alice, bob, 1n)]);
  const path = "/cosmos.tx.v1beta1.Service/Simulate";
  const { gasInfo } = chain.query(path, SimulateRequest, SimulateResponse, { txBytes });
  assert.is(gasInfo?.gasWanted, (1n << 64n) - 1n);
  assert.is(gasInfo?.gasUsed, chain.block([txBytes])[0]?.gasUsed);
  assert.throws(
    () =>
      chain.query(path, SimulateRequest, SimulateResponse, {
        txBytes: chain.sign(alice, [send(alice, bob, 1n)], { sequences: [9n] }),
      }),
    /sdk\/6: rpc error: code = Unknown desc = account sequence mismatch, .* with gas used: '\d+'/,
  );
});

test("queries: codes, heights, store paths with proof", () => {
  const chain = TestChain.create();
  const alice = chain.account("alice");
  const ask = (request: Partial<QueryBalanceRequest>): QueryBalanceResponse =>
    chain.query(
      "/cosmos.bank.v1beta1.Query/Balance",
      QueryBalanceRequest,
      QueryBalanceResponse,
      request,
    );
  assert.equal(ask({ address: alice.address, denom: "nothing" }).balance, {
    denom: "nothing",
    amount: "0",
  });
  assert.throws(
    () => ask({ address: "x", denom: "ulease" }),
    /sdk\/18: rpc error: code = InvalidArgument desc = invalid address/,
  );
  const all = chain.query(
    "/cosmos.bank.v1beta1.Query/AllBalances",
    QueryAllBalancesRequest,
    QueryAllBalancesResponse,
    { address: alice.address },
  );
  assert.equal(
    [all.balances.map((coin) => coin.denom), all.pagination?.total],
    [["ulease", "uusd"], 2n],
  );
  const refused = (path: string, height = 0n, prove = false): string => {
    const { code, log } = chain.client.query(path, utf8("k"), height, prove);
    return `${code} ${log}`;
  };
  assert.is(refused("/nothing"), "6 unknown query path: unknown request");
  assert.match(
    refused("/cosmos.bank.v1beta1.Query/Params", 99n),
    /^26 cannot query with height in the future/,
  );
  assert.match(
    refused("/store/bank/key", 1n, true),
    /^18 cannot query with proof when height <= 1/,
  );
  assert.is(fromUtf8(chain.client.query("/app/version", new Uint8Array()).value), "test");
  chain.block([]);
  const key = new Uint8Array([0, ...utf8("ulease")]);
  const answer = chain.client.query("/store/bank/key", key, 2n, true);
  assert.is(fromUtf8(answer.value), (6n * 10n ** 12n).toString());
  assert.equal(
    answer.proofOps?.ops.map((op) => op.type),
    ["ics23:iavl", "ics23:simple"],
  );
});

test("an exported state starts a chain with the same state", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  chain.must(alice, [send(alice, makeSigner("nobody", chain.prefix), 3n)]);
  chain.must(bob, [send(bob, alice, 5n, "uusd")]);
  chain.block([], { seconds: 500 });
  const exported = chain.client.app.exportGenesis();
  const again = TestChain.create({
    genesisTime: chain.time - 5n,
    appState: () => exported as JsonObject,
  });
  const { chain: clocks, ...rest } = again.client.app.exportGenesis() as Record<string, object>;
  const { chain: before, ...others } = exported as Record<string, object>;
  assert.equal(rest, others);
  assert.equal(clocks, before);
});

test("InitChain arriving again discards what was staged, and the first block is the same", () => {
  const made = TestChain.create();
  const platform = fastPlatform((sentence) => console.warn(sentence));
  const parts = leaseholdParts(platform, "test");
  const store = new TreeMultiStore(platform, storeNames(parts));
  const client = new AbciClient(new Application(parts, { store, platform }));
  const first = RequestFinalizeBlock.create({
    height: 1n,
    time: { seconds: made.time, nanos: 0 },
  });
  client.info();
  client.initChain(made.genesis);
  client.finalizeBlock(first);
  client.initChain(made.genesis);
  assert.throws(() => client.app.commitBatch(), /no block is finalized/);
  const { appHash } = client.finalizeBlock(first);
  client.commit();
  assert.ok(equalBytes(appHash, made.client.app.store.appHash));
  assert.throws(() => client.initChain(made.genesis), /InitChain after a commit/);
});

test("block gas: what crosses the limit is undone, what follows does not run", () => {
  const chain = TestChain.create({ maxGas: 150_000n });
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const fee = [{ denom: "ulease", amount: "1" }];
  const options = { gas: 100_000n, fee };
  const txs = [0n, 1n, 2n, 3n].map((ahead) =>
    chain.sign(alice, [send(alice, bob, 10n)], options, ahead),
  );
  const results = chain.block([...txs, Uint8Array.of(1)]);
  assert.equal(
    results.map((result) => [result.codespace, result.code, result.gasUsed > 0n]),
    [
      ["", 0, true],
      ["", 0, true],
      ["sdk", 11, true],
      ["sdk", 11, false],
      ["sdk", 2, false],
    ],
  );
  assert.match(
    results[2]?.log ?? "",
    /^out of gas in location: block gas meter; gasWanted: 100000/,
  );
  assert.is(results[3]?.log, "no block gas left to run tx: out of gas");
  assert.is(chain.balance(alice.bytes), 10n ** 12n - 23n);
  const greedy = chain.deliver(alice, [send(alice, bob, 1n)], { gas: 150_001n });
  assert.equal([greedy.codespace, greedy.code], ["sdk", 41]);
});

test("the node's minimum gas price is asked in CheckTx only", () => {
  const minGasPrices = [{ denom: "ulease", amount: 25n * 10n ** 14n }];
  const chain = TestChain.create({ settings: { minGasPrices } });
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const paying = (amount: string): Uint8Array =>
    chain.sign(alice, [send(alice, bob, 1n)], {
      gas: 100_000n,
      fee: [{ denom: "ulease", amount }],
    });
  const refused = chain.client.checkTx(paying("249"));
  assert.is(refused.code, 13);
  assert.is(refused.log, "insufficient fees; got: 249ulease required: 250ulease: insufficient fee");
  assert.is(chain.client.checkTx(paying("250")).code, 0);
  assert.is(chain.block([paying("0")])[0]?.code, 0);
});

/** The transaction as clients send it to be simulated: no fee, no signature, perhaps no key. */
function unsigned(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  const raw = TxRaw.decode(bytes);
  const { fee, signerInfos } = AuthInfo.decode(raw.authInfoBytes);
  const publicKey = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) };
  const authInfoBytes = AuthInfo.encode({
    ...(fee && { fee: { ...fee, amount: [] } }),
    signerInfos: signerInfos.map((info) => ({ ...info, publicKey })),
  });
  return TxRaw.encode({ ...raw, authInfoBytes, signatures: [new Uint8Array(0)] });
}

test("a simulation without a fee counts in what paying one costs, where the node wants fees", () => {
  const minGasPrices = [{ denom: "ulease", amount: 25n * 10n ** 14n }];
  const gas = [TestChain.create(), TestChain.create({ settings: { minGasPrices } })].map(
    (chain) => {
      const [alice, bob] = [chain.account("alice"), chain.account("bob")];
      const options = { fee: [{ denom: "ulease", amount: "250" }], gas: 100_000n };
      chain.must(alice, [send(alice, bob, 5n)], options);
      const bytes = chain.sign(alice, [send(alice, bob, 5n)], options);
      const { code, gasUsed } = chain.client.app.simulate(unsigned(bytes, alice.key));
      assert.is(code, 0);
      return {
        simulated: gasUsed,
        used: chain.must(alice, [send(alice, bob, 5n)], options).gasUsed,
      };
    },
  );
  const [free, paid] = gas as [(typeof gas)[0], (typeof gas)[0]];
  assert.ok(free.simulated * 13n < free.used * 10n, `${free.simulated} of ${free.used}`);
  assert.ok(paid.simulated * 11n > paid.used * 10n, `${paid.simulated} of ${paid.used}`);
});

test("a simulated fee is paid in whichever accepted denom the payer has", () => {
  const price = 25n * 10n ** 14n;
  const chain = TestChain.create({
    settings: {
      minGasPrices: [
        { denom: "unone", amount: price },
        { denom: "ulease", amount: price },
      ],
    },
  });
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const bytes = unsigned(chain.sign(alice, [send(alice, bob, 5n)]), alice.key);
  assert.is(chain.client.app.simulate(bytes).code, 0);
  const poor = TestChain.create({
    settings: { minGasPrices: [{ denom: "unone", amount: price }] },
  });
  const refused = poor.client.app.simulate(bytes);
  assert.equal([refused.codespace, refused.code], ["sdk", 5]);
});

test("an empty key is an unknown one in a simulation, and refused everywhere else", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const bytes = unsigned(chain.sign(alice, [send(alice, bob, 5n)]), new Uint8Array(0));
  assert.is(chain.client.app.simulate(bytes).code, 0);
  for (const { codespace, code } of [chain.client.checkTx(bytes), ...chain.block([bytes])])
    assert.equal([codespace, code], ["sdk", 2]);
});

test.run();
