// The 60 transactions of a recorded SDK chain through our application: code, codespace, gas, data,
// events and log of each, the results hash of each block, and the roots of stores acc and bank.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { resultsHash } from "../../chain/runtime/index.ts";
import { readRecorded, replayModule } from "../support/recorded.ts";
import {
  plainResult,
  platform,
  recordedResult,
  requestOf,
  rootOf,
  startRecorded,
} from "../support/replay.ts";

const bankChain = readRecorded("txs-bank");

/** The pool of coins that no validator holds yet: genesis transactions empty it in block 1. */
const NOT_BONDED = "5911b844d7bc224654fe0dcd16babd2d253f2fdf";

test("genesis writes of auth and bank are those of the record", () => {
  const client = startRecorded(bankChain, [replayModule(bankChain)]);
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
  const client = startRecorded(bankChain, [replayModule(bankChain)]);
  let count = 0;
  for (const block of bankChain.blocks) {
    const { txResults } = client.finalizeBlock(requestOf(block));
    for (const [index, tx] of block.txs.entries()) {
      const result = txResults[index];
      if (result === undefined) throw new Error("no result");
      assert.equal(plainResult(result), recordedResult(tx), `block ${block.height}, tx ${index}: ${tx.note}`);
      count++;
    }
    const hash = toHex(resultsHash(platform, txResults));
    assert.is(hash, block.last_results_hash, `results hash of block ${block.height}`);
    client.commit();
    for (const store of ["acc", "bank", "consensus"])
      assert.is(rootOf(client, block, store), block.roots[store], `${store} at ${block.height}`);
  }
  assert.is(count, 60);
  assert.equal(client.app.brokenInvariants(), []);
});

test.run();
