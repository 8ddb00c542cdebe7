// The rows of the transaction index. One row per attribute value and block, holding the list of
// (transaction, event) pairs: blocks of like transactions share most values, so the index grows by
// a few rows per transaction instead of thirty.

import { concatBytes, readU64BigEndian, u64BigEndian, utf8 } from "../../base/bytes.ts";
import type { Event, ExecTxResult } from "../../codec/gen/tendermint/abci.ts";
import { TxResult } from "../../codec/gen/tendermint/abci.ts";
import type { DatabaseWrite } from "../db.ts";
import { MAX_VALUE_BYTES, Sheet } from "./sheet.ts";

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

/** Reads the postings of a row: two 32-bit numbers each. */
export function unpackPostings(bytes: Uint8Array): readonly Posting[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const postings: Posting[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8)
    postings.push({ index: view.getUint32(at), event: view.getUint32(at + 4) });
  return postings;
}

/** Postings of one value: index, event, index, event and so on. */
type Postings = number[];

/** Values of one tag. */
interface Tag {
  readonly prefix: Uint8Array;
  readonly values: Map<string, Postings>;
}

/** Attributes of a block, gathered by tag and value. */
class Attributes {
  readonly #kind: number;
  readonly #tags = new Map<string, Tag>();
  /** The same tags by type and key: no text is joined for an attribute that was seen before. */
  readonly #known = new Map<string, Map<string, Tag>>();

  constructor(kind: number) {
    this.#kind = kind;
  }

  add(events: readonly Event[], index: number): void {
    for (let event = 0; event < events.length; event++) {
      const { type, attributes } = events[event] as Event;
      if (type === "") continue;
      let keys = this.#known.get(type);
      if (keys === undefined) this.#known.set(type, (keys = new Map()));
      for (const { key, value, index: indexed } of attributes) {
        if (!indexed || key === "") continue;
        let tag = keys.get(key);
        if (tag === undefined) keys.set(key, (tag = this.#tag(`${type}.${key}`)));
        const postings = tag.values.get(value);
        if (postings === undefined) tag.values.set(value, [index, event]);
        else postings.push(index, event);
      }
    }
  }

  /** Two pairs of type and key may be one tag. */
  #tag(name: string): Tag {
    let tag = this.#tags.get(name);
    if (tag === undefined) {
      tag = { prefix: tagPrefix(this.#kind, name), values: new Map() };
      this.#tags.set(name, tag);
    }
    return tag;
  }

  /** Adds a row for each value. */
  rows(into: DatabaseWrite[], sheet: Sheet, height: bigint): void {
    const suffix = u64BigEndian(height);
    for (const { prefix, values } of this.#tags.values()) {
      for (const [value, postings] of values) {
        const key = sheet.key(prefix, value, suffix);
        if (key !== undefined) into.push([key, sheet.postings(postings)]);
      }
    }
  }
}

/** What is indexed of one block. */
export interface IndexedBlock {
  readonly height: bigint;
  readonly txs: readonly Uint8Array[];
  readonly hashes: readonly Uint8Array[];
  readonly results: readonly ExecTxResult[];
  /** The bytes of each result, where they are known: they are then not made again. */
  readonly encoded?: readonly Uint8Array[] | undefined;
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
  const { height, txs, hashes, results, encoded } = block;
  const sheet = new Sheet();
  const rows: DatabaseWrite[] = [[HEIGHT_KEY, u64BigEndian(height)]];
  if (txs.length > 0) rows.push([countKey(height), u64BigEndian(BigInt(txs.length))]);
  const attributes = new Attributes(ROW.attribute);
  for (const [index, tx] of txs.entries()) {
    const [hash, result] = [hashes[index], results[index]];
    if (hash === undefined || result === undefined) continue;
    attributes.add(result.events, index);
    if (result.code !== 0 && succeeded(hash)) continue;
    const bytes = encoded?.[index];
    const value =
      bytes === undefined
        ? TxResult.encode({ height, index, tx, result })
        : sheet.result(height, index, tx, bytes);
    rows.push([txKey(hash), value]);
  }
  const blockAttributes = new Attributes(ROW.blockAttribute);
  blockAttributes.add(block.events, 0);
  attributes.rows(rows, sheet, height);
  blockAttributes.rows(rows, sheet, height);
  return rows;
}
