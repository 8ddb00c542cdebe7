// The 60 transactions of a recorded SDK chain through our application: code, codespace, gas, data,
// events and log of each, the results hash of each block, and the roots of stores acc and bank.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { parseTime } from "../../chain/base/time.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import { baseParts, storeNames } from "../../chain/app/index.ts";
import type { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import { Application, resultsHash } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { AbciClient } from "../support/abci_client.ts";
import { testPlatform } from "../support/platform.ts";
import { bytesOfHex, readRecorded, replayModule } from "../support/recorded.ts";
import type { RecordedTx } from "../support/recorded.ts";

const chain = readRecorded("txs-bank");

function timeOf(text: string): Timestamp {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`not a time: ${text}`);
  return time;
}

function start(): AbciClient {
  const parts = baseParts(testPlatform, "test", [replayModule(chain)]);
  const store = new TreeMultiStore(testPlatform, storeNames(parts));
  const client = new AbciClient(new Application(parts, { store, platform: testPlatform }));
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

function expected(tx: RecordedTx): object {
  return {
    code: tx.code,
    codespace: tx.codespace ?? "",
    log: tx.log ?? "",
    data: tx.data ?? "",
    gas: [BigInt(tx.gas_wanted), BigInt(tx.gas_used)],
    events: (tx.events ?? []).map(({ type, attributes }) => [
      type,
      ...attributes.map(([key, value]) => `${key}=${value}`),
    ]),
  };
}

test("genesis writes of auth and bank are those of the record", () => {
  const client = start();
  const ctx = client.app.context();
  const first = new Map<string, string | null>();
  for (const { store, key, value } of chain.blocks[0]?.writes ?? [])
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
  const client = start();
  let count = 0;
  for (const block of chain.blocks) {
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
    const hash = toHex(resultsHash(testPlatform, response.txResults));
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

test.run();
