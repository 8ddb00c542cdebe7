// The rows of the transaction index against their plain twin: keys joined from parts, postings as pairs,
// results encoded anew. Same rows in the same order, whatever stands in the events.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, toHex, u64BigEndian, utf8 } from "../../chain/base/bytes.ts";
import type { Event, ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import { ResponseFinalizeBlock, TxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import type { DatabaseWrite } from "../../chain/node/db.ts";
import type { IndexedBlock } from "../../chain/node/index/rows.ts";
import {
  blockRows,
  countKey,
  HEIGHT_KEY,
  ROW,
  tagPrefix,
  txKey,
} from "../../chain/node/index/rows.ts";
import { unpackPostings, valuePrefix } from "../../chain/node/index/rows.ts";
import { MAX_VALUE_BYTES, resultsIn, Sheet } from "../../chain/node/index/sheet.ts";

const test = suite("rows of the index");

/** The plain twin: tag and value of each indexed attribute, in order of first appearance. */
function plainAttributes(
  kind: number,
  height: bigint,
  lists: readonly (readonly Event[])[],
): DatabaseWrite[] {
  const tags = new Map<string, Map<string, number[]>>();
  for (const [index, events] of lists.entries())
    for (const [event, { type, attributes }] of events.entries())
      for (const { key, value, index: indexed } of attributes) {
        if (type === "" || key === "" || !indexed) continue;
        const tag = `${type}.${key}`;
        const values = tags.get(tag) ?? new Map<string, number[]>();
        tags.set(tag, values);
        values.set(value, [...(values.get(value) ?? []), index, event]);
      }
  const rows: DatabaseWrite[] = [];
  for (const [tag, values] of tags)
    for (const [value, numbers] of values) {
      const prefix = value.isWellFormed() ? valuePrefix(kind, tag, value) : undefined;
      if (prefix === undefined) continue;
      const postings = new Uint8Array(4 * numbers.length);
      const view = new DataView(postings.buffer);
      for (const [at, number] of numbers.entries()) view.setUint32(4 * at, number);
      rows.push([concatBytes(prefix, u64BigEndian(height)), postings]);
    }
  return rows;
}

function plainRows(block: IndexedBlock): DatabaseWrite[] {
  const { height, txs, hashes, results, events } = block;
  const rows: DatabaseWrite[] = [[HEIGHT_KEY, u64BigEndian(height)]];
  if (txs.length > 0) rows.push([countKey(height), u64BigEndian(BigInt(txs.length))]);
  for (const [index, tx] of txs.entries()) {
    const [hash, result] = [hashes[index] as Uint8Array, results[index] as ExecTxResult];
    rows.push([txKey(hash), TxResult.encode({ height, index, tx, result })]);
  }
  rows.push(
    ...plainAttributes(
      ROW.attribute,
      height,
      results.map((result) => result.events),
    ),
  );
  rows.push(...plainAttributes(ROW.blockAttribute, height, [events]));
  return rows;
}

/** A repeatable source of numbers below `bound`. */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % bound;
  };
}

const NAMES = ["transfer", "a", "a.b", "b.c", "c", "", "tx", "é"];
const VALUES = ["", "lease1", "7ulease", "é", "x".repeat(48), "y".repeat(129), "ü".repeat(64)];
/** What results cannot carry, or no row has room for. */
const LONE = "a\ud800";
const LONG = [MAX_VALUE_BYTES, MAX_VALUE_BYTES + 1].map((length) => "z".repeat(length));

function someEvents(next: (bound: number) => number, values: readonly string[]): Event[] {
  const pick = (list: readonly string[]): string => list[next(list.length)] as string;
  return Array.from({ length: next(5) }, () => ({
    type: pick(NAMES),
    attributes: Array.from({ length: next(5) }, () => ({
      key: pick(NAMES),
      value: next(3) === 0 ? `own${next(1e6)}` : pick(values),
      index: next(6) !== 0,
    })),
  }));
}

function someBlock(
  seed: number,
  values: readonly string[],
  blockValues: readonly string[] = values,
): IndexedBlock {
  const next = numbers(seed);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next(256));
  const txs = Array.from({ length: next(40) }, () => bytes(next(3) === 0 ? 0 : next(400)));
  return {
    height: [1n, 127n, 128n, 70_000n, 1n << 33n][seed % 5] as bigint,
    txs,
    hashes: txs.map(() => bytes(32)),
    results: txs.map(() => ({
      code: next(4) === 0 ? next(2000) : 0,
      data: bytes(next(300)),
      log: next(3) === 0 ? "log" : "",
      info: "",
      gasWanted: BigInt(next(1e6)),
      gasUsed: BigInt(next(1e6)),
      events: someEvents(next, values),
      codespace: "",
    })),
    events: someEvents(next, blockValues),
  };
}

/** A block whose results are known as bytes too, as the engine has them. */
function withBytes(block: IndexedBlock): IndexedBlock {
  const answer = ResponseFinalizeBlock.encode({
    events: block.events,
    txResults: block.results,
    validatorUpdates: [{ pubKey: { ed25519: new Uint8Array(32) }, power: 5n }],
    appHash: new Uint8Array(32),
  });
  return { ...block, encoded: resultsIn(answer) };
}

function hexOf(rows: readonly DatabaseWrite[]): string[] {
  return rows.map(([key, value]) => `${toHex(key)}=${value === undefined ? "" : toHex(value)}`);
}

test("the rows are those of the plain twin", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const block = someBlock(seed, [...VALUES, ...LONG], [...VALUES, LONE]);
    assert.equal(hexOf(blockRows(block, () => false)), hexOf(plainRows(block)), `seed ${seed}`);
  }
});

test("results whose bytes are known give the same rows", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const block = someBlock(seed, [...VALUES, ...LONG]);
    const known = withBytes(block);
    assert.is(known.encoded?.length, block.txs.length);
    assert.equal(hexOf(blockRows(known, () => false)), hexOf(plainRows(block)), `seed ${seed}`);
  }
});

test("a failed repeat does not take the place of a success, and is found by its events", () => {
  const block = withBytes(someBlock(3, ["lease1"]));
  const kept = blockRows(block, () => true);
  const all = blockRows(block, () => false);
  const failed = block.results.filter(({ code }) => code !== 0).length;
  assert.ok(failed > 0);
  assert.is(all.length - kept.length, failed);
});

test("places are numbers of 32 bits", () => {
  const posting = { index: 0x01020304, event: 0xfffefdfc };
  const bytes = new Sheet().postings([posting.index, posting.event]);
  assert.is(toHex(bytes), "01020304fffefdfc");
  assert.equal(unpackPostings(bytes), [posting]);
});

test("many rows are more than one block of memory", () => {
  const values = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(3000, "."));
  const events = values.map((value) => ({
    type: "t",
    attributes: [{ key: "k", value, index: true }],
  }));
  const block: IndexedBlock = { height: 9n, txs: [], hashes: [], results: [], events };
  const rows = blockRows(block, () => false).slice(1);
  assert.is(rows.length, 100);
  const prefix = tagPrefix(ROW.blockAttribute, "t.k");
  for (const [event, [key, value]] of rows.entries()) {
    const text = utf8(values[event] as string);
    const sized = concatBytes(Uint8Array.of(text.length >> 8, text.length & 255), text);
    assert.is(toHex(key), toHex(concatBytes(prefix, sized, u64BigEndian(9n))));
    assert.equal(unpackPostings(value as Uint8Array), [{ index: 0, event }]);
  }
});

test.run();
