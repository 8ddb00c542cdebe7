// The 60 transactions of a recorded SDK chain through our application: code, codespace, gas, data,
// events and log of each, the results hash of each block, and the roots of stores acc and bank.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { parseTime } from "../../chain/base/time.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import { baseParts, storeNames } from "../../chain/app/base.ts";
import type { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application, resultsHash } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { AbciClient } from "../support/abci_client.ts";
import { bytesOfHex, readRecorded, replayModule } from "../support/recorded.ts";
import type { RecordedBlock, RecordedChain, RecordedTx } from "../support/recorded.ts";

const bankChain = readRecorded("txs-bank");
const grantsChain = readRecorded("txs-grants");

const platform = fastPlatform((sentence) => console.warn(sentence));

function timeOf(text: string): Timestamp {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`not a time: ${text}`);
  return time;
}

function start(chain: RecordedChain, every = false): AbciClient {
  const parts = baseParts(platform, "test", [replayModule(chain, every)]);
  const store = new TreeMultiStore(platform, storeNames(parts));
  const client = new AbciClient(new Application(parts, { store, platform }));
  client.info();
  const identity = { bech32_prefix: "cosmos", base_denom: "stake" };
  const state = { ...chain.app_state, chain: { identity, params: { max_block_gap: "60" } } };
  client.initChain(
    RequestInitChain.create({
      time: timeOf(chain.genesis_time),
      chainId: chain.chain_id,
      initialHeight: 1n,
      consensusParams: defaultConsensusParams(),
      validators: [{ pubKey: { ed25519: bytesOfHex(chain.validator.consensus_pubkey) }, power: 1n }],
      appStateBytes: utf8(JSON.stringify(state)),
    }),
  );
  return client;
}

/** The pool of coins that no validator holds yet: genesis transactions empty it in block 1. */
const NOT_BONDED = "5911b844d7bc224654fe0dcd16babd2d253f2fdf";

/** What is compared of a result, in the form of the record. */
function plain(result: ExecTxResult): object {
  return {
    code: result.code,
    codespace: result.codespace,
    log: result.log,
    data: toHex(result.data),
    gas: [result.gasWanted, result.gasUsed],
    events: result.events.map(({ type, attributes }) => [
      type,
      ...attributes.map(({ key, value }) => `${key}=${value}`),
    ]),
  };
}

/** The largest gas limits are rounded in the record's numbers. */
function gasOf(value: number): bigint {
  return value >= 2 ** 63 ? (1n << 63n) - 1n : BigInt(value);
}

function expected(tx: RecordedTx): object {
  return {
    code: tx.code,
    codespace: tx.codespace ?? "",
    log: tx.log ?? "",
    data: tx.data ?? "",
    gas: [gasOf(tx.gas_wanted), BigInt(tx.gas_used)],
    events: (tx.events ?? []).map(({ type, attributes }) => [
      type,
      ...attributes.map(([key, value]) => `${key}=${value}`),
    ]),
  };
}

test("genesis writes of auth and bank are those of the record", () => {
  const client = start(bankChain);
  const ctx = client.app.context();
  const first = new Map<string, string | null>();
  for (const { store, key, value } of bankChain.blocks[0]?.writes ?? [])
    first.set(`${store} ${key}`, value);
  let compared = 0;
  for (const store of ["acc", "bank"]) {
    for (const [key, value] of ctx.store(store).iterate()) {
      const name = `${store} ${toHex(key)}`;
      // Later modules of the record move these on within block 1.
      if (name === "acc 02" || name === "bank 007374616b65" || name.includes(NOT_BONDED)) continue;
      assert.is(toHex(value), first.get(name), name);
      compared++;
    }
  }
  assert.ok(compared > 70, `${compared} entries`);
});

test("every block of the record", () => {
  const client = start(bankChain);
  let count = 0;
  for (const block of bankChain.blocks) {
    const response = client.finalizeBlock(
      RequestFinalizeBlock.create({
        txs: block.txs.map((tx) => bytesOfHex(tx.bytes)),
        height: BigInt(block.height),
        time: timeOf(block.time),
      }),
    );
    for (const [index, tx] of block.txs.entries()) {
      const result = response.txResults[index];
      if (result === undefined) throw new Error("no result");
      assert.equal(plain(result), expected(tx), `block ${block.height}, tx ${index}: ${tx.note}`);
      count++;
    }
    const hash = toHex(resultsHash(platform, response.txResults));
    assert.is(hash, block.last_results_hash, `results hash of block ${block.height}`);
    client.commit();
    const roots = client.app.store.commitInfo(BigInt(block.height))?.roots ?? [];
    for (const store of ["acc", "bank", "consensus"]) {
      const root = roots.find(({ name }) => name === store)?.hash;
      assert.is(toHex(root ?? new Uint8Array()), block.roots[store], `${store} at ${block.height}`);
    }
  }
  assert.is(count, 60);
  assert.equal(client.app.brokenInvariants(), []);
});

/** Where our chain differs on purpose, or lacks a module: `height/tx`, and why. */
const DIFFERENT = new Map([
  ["42/2", "sign mode direct aux is not supported"],
  ["42/3", "follows a transaction in direct aux of the same signer"],
  ["42/6", "follows a transaction in direct aux of the same signer"],
  ["55/6", "a memo that is not UTF-8 does not decode"],
  ["56/6", "the account of gov is blocked for direct sends"],
]);

/** Texts of the log that differ on purpose: Go's own panics and bech32's reasons. */
const OTHER_LOGS = ["52/0", "55/4", "57/2", "57/4"];

function served(tx: RecordedTx): boolean {
  const text = Buffer.from(tx.bytes, "hex").toString("latin1");
  return !/cosmos\.(authz|feegrant|staking|gov|distribution|vesting)/.test(text);
}

/** Compares a block: codes of all served transactions, and everything until a foreign one ran. */
function compareBlock(
  block: RecordedBlock,
  results: readonly ExecTxResult[],
): { readonly codes: number; readonly whole: number } {
  let foreign = false;
  let codes = 0;
  let whole = 0;
  for (const [index, tx] of block.txs.entries()) {
    const result = results[index];
    const name = `${block.height}/${index}`;
    if (result === undefined) throw new Error("no result");
    const granted = result.log.startsWith("fee grants are not enabled");
    if (!served(tx) || granted || DIFFERENT.has(name)) {
      foreign = true;
      continue;
    }
    const ours = [result.code, result.codespace];
    assert.equal(ours, [tx.code, tx.codespace ?? ""], `${name} ${tx.note}: ${result.log}`);
    codes++;
    if (foreign || OTHER_LOGS.includes(name)) continue;
    assert.equal(plain(result), expected(tx), `${name} ${tx.note}`);
    whole++;
  }
  return { codes, whole };
}

test("every branch of the ante chain, in the blocks of the grants record", () => {
  const client = start(grantsChain, true);
  let codes = 0;
  let whole = 0;
  for (const block of grantsChain.blocks) {
    const { txResults } = client.finalizeBlock(
      RequestFinalizeBlock.create({
        txs: block.txs.map((tx) => bytesOfHex(tx.bytes)),
        height: BigInt(block.height),
        time: timeOf(block.time),
      }),
    );
    const counts = compareBlock(block, txResults);
    codes += counts.codes;
    whole += counts.whole;
    client.commit();
    const info = client.app.store.commitInfo(BigInt(block.height));
    for (const store of ["acc", "bank"]) {
      const root = info?.roots.find(({ name }) => name === store)?.hash;
      assert.is(toHex(root ?? new Uint8Array()), block.roots[store], `${store} at ${block.height}`);
    }
  }
assert.ok(codes >= 95 && whole >= 80, `${codes} codes, ${whole} whole results`);
});

test.run();
