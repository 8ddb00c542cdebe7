// The rows of the transaction index. One row per attribute value and block, holding the list of
// (transaction, event) pairs: blocks of like transactions share most values, so the index grows by
// a few rows per transaction instead of thirty.

import { concatBytes, readU64BigEndian, u64BigEndian, utf8 } from "../../base/bytes.ts";
import type { Event, ExecTxResult } from "../../codec/gen/tendermint/abci.ts";
import { TxResult } from "../../codec/gen/tendermint/abci.ts";
import type { DatabaseWrite } from "../db.ts";

/** Values longer than this are not indexed, bytes: nobody can ask for them in 512 characters. */
const MAX_VALUE_BYTES = 4096;

/** First byte of each kind of row. */
export const ROW = {
  height: 0x48,
  count: 0x4e,
  tx: 0x54,
  attribute: 0x41,
  blockAttribute: 0x42,
} as const;

/** Where an attribute stands: transaction of the block and event of the transaction. */
export interface Posting {
  readonly index: number;
  readonly event: number;
}

/** Key of a transaction by hash. */
export function txKey(hash: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(ROW.tx), hash);
}

/** Key of the number of transactions of a block; there is none for an empty block. */
export function countKey(height: bigint): Uint8Array {
  return concatBytes(Uint8Array.of(ROW.count), u64BigEndian(height));
}

/** Key of the last indexed height. */
export const HEIGHT_KEY = Uint8Array.of(ROW.height);

function sized(text: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(text.length >> 8, text.length & 255), text);
}

/** Prefix of all rows of an attribute name (`type.key`). */
export function tagPrefix(kind: number, tag: string): Uint8Array {
  return concatBytes(Uint8Array.of(kind), sized(utf8(tag)));
}

/** Prefix of all rows of one value of an attribute; undefined when such values are not indexed. */
export function valuePrefix(kind: number, tag: string, value: string): Uint8Array | undefined {
  const bytes = utf8(value);
  if (bytes.length > MAX_VALUE_BYTES) return undefined;
  return concatBytes(tagPrefix(kind, tag), sized(bytes));
}

/** Reads value and height out of a row key that begins with `prefix` (a tag's). */
export function parseRowKey(
  key: Uint8Array,
  prefix: Uint8Array,
): { readonly value: Uint8Array; readonly height: bigint } {
  const at = prefix.length;
  const length = ((key[at] ?? 0) << 8) | (key[at + 1] ?? 0);
  return {
    value: key.subarray(at + 2, at + 2 + length),
    height: readU64BigEndian(key, at + 2 + length),
  };
}

/** Packs postings: two 32-bit numbers each. */
function packPostings(postings: readonly Posting[]): Uint8Array {
  const out = new Uint8Array(postings.length * 8);
  const view = new DataView(out.buffer);
  for (const [i, posting] of postings.entries()) {
    view.setUint32(i * 8, posting.index);
    view.setUint32(i * 8 + 4, posting.event);
  }
  return out;
}

/** Reads what `packPostings` wrote. */
export function unpackPostings(bytes: Uint8Array): readonly Posting[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const postings: Posting[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8)
    postings.push({ index: view.getUint32(at), event: view.getUint32(at + 4) });
  return postings;
}

/** Postings gathered by tag and value. */
type Gathered = Map<string, Map<string, Posting[]>>;

function gather(into: Gathered, events: readonly Event[], index: number): void {
  for (const [event, { type, attributes }] of events.entries()) {
    if (type === "") continue;
    for (const { key, value, index: indexed } of attributes) {
      if (!indexed || key === "") continue;
      const tag = `${type}.${key}`;
      let values = into.get(tag);
      if (values === undefined) into.set(tag, (values = new Map()));
      const postings = values.get(value);
      if (postings === undefined) values.set(value, [{ index, event }]);
      else postings.push({ index, event });
    }
  }
}

function rowsOf(kind: number, gathered: Gathered, height: bigint): DatabaseWrite[] {
  const suffix = u64BigEndian(height);
  const rows: DatabaseWrite[] = [];
  for (const [tag, values] of gathered) {
    for (const [value, postings] of values) {
      const prefix = value.isWellFormed() ? valuePrefix(kind, tag, value) : undefined;
      if (prefix !== undefined) rows.push([concatBytes(prefix, suffix), packPostings(postings)]);
    }
  }
  return rows;
}

/** What is indexed of one block. */
export interface IndexedBlock {
  readonly height: bigint;
  readonly txs: readonly Uint8Array[];
  readonly hashes: readonly Uint8Array[];
  readonly results: readonly ExecTxResult[];
  readonly events: readonly Event[];
}

/**
 * All rows of a block. `succeeded` tells whether an earlier transaction of that hash stands in the
 * index and succeeded: such a row is not replaced by a failed repeat (as CometBFT keeps it).
 */
export function blockRows(
  block: IndexedBlock,
  succeeded: (hash: Uint8Array) => boolean,
): readonly DatabaseWrite[] {
  const rows: DatabaseWrite[] = [[HEIGHT_KEY, u64BigEndian(block.height)]];
  if (block.txs.length > 0)
    rows.push([countKey(block.height), u64BigEndian(BigInt(block.txs.length))]);
  const attributes: Gathered = new Map();
  for (const [index, tx] of block.txs.entries()) {
    const [hash, result] = [block.hashes[index], block.results[index]];
    if (hash === undefined || result === undefined) continue;
    gather(attributes, result.events, index);
    if (result.code !== 0 && succeeded(hash)) continue;
    rows.push([txKey(hash), TxResult.encode({ height: block.height, index, tx, result })]);
  }
  const blockAttributes: Gathered = new Map();
  gather(blockAttributes, block.events, 0);
  rows.push(...rowsOf(ROW.attribute, attributes, block.height));
  rows.push(...rowsOf(ROW.blockAttribute, blockAttributes, block.height));
  return rows;
}
