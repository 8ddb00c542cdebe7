// Ranges over the keys of one collection: typed bounds in, byte bounds out.

import { assert, must } from "../base/assert.ts";
import { compareBytes, concatBytes, joinBytes, prefixEnd } from "../base/bytes.ts";
import type { KeyCodec, KeyReader } from "./keys.ts";
import type { KVStore, StoreEntry } from "./types.ts";

/** Leading parts of a tuple key, not all of them. Keys of one part have none. */
export type KeyPrefix<K> = K extends readonly [infer A, ...infer Rest]
  ? Rest extends readonly []
    ? never
    : readonly [A] | Prepend<A, KeyPrefix<Rest>>
  : never;

type Prepend<A, T> = T extends readonly unknown[] ? readonly [A, ...T] : never;

/** Which entries of a collection are walked, and in which direction. Bounds narrow the prefix. */
export interface KeyRange<K, P = KeyPrefix<K>> {
  /** Only keys that begin with these parts. */
  readonly prefix?: P;
  /** First key (included). */
  readonly start?: K;
  /** Key before which the walk ends (excluded). */
  readonly end?: K;
  /** From the last to the first. */
  readonly reverse?: boolean;
  /**
   * Where a page goes on: bytes of a key (`keyBytes`), included in the walk whichever its
   * direction.
   */
  readonly from?: Uint8Array;
}

/** Bytes of a whole key behind the collection's prefix. */
export function encodeKey<K>(codec: KeyCodec<K>, prefix: Uint8Array, key: K): Uint8Array {
  const out = [prefix];
  codec.encode(key, true, out);
  return joinBytes(out);
}

/** Reads a whole key that stands behind `skip` bytes of prefix. */
export function decodeKey<K>(codec: KeyCodec<K>, bytes: Uint8Array, skip: number): K {
  const reader: KeyReader = { bytes, offset: skip };
  const key = codec.decode(reader, true);
  assert(reader.offset === bytes.length, `key with ${bytes.length - reader.offset} bytes too many`);
  return key;
}

/** Bytes of leading parts behind the collection's prefix. */
export function encodePrefix(
  parts: readonly KeyCodec<never>[],
  prefix: Uint8Array,
  values: readonly unknown[],
): Uint8Array {
  assert(values.length <= parts.length, `prefix of ${values.length} parts, key of ${parts.length}`);
  const out = [prefix];
  for (const [i, value] of values.entries()) {
    const codec = must(parts[i], "a part of the key") as unknown as KeyCodec<unknown>;
    codec.encode(value, false, out);
  }
  return concatBytes(...out);
}

/** Byte bounds that a walk must respect; whatever is given narrows it. */
export interface ByteRange {
  /** All keys of the walk begin with this. */
  readonly within: Uint8Array;
  readonly start: Uint8Array | undefined;
  readonly end: Uint8Array | undefined;
  readonly from: Uint8Array | undefined;
  readonly reverse: boolean;
}

/** Walks a store within byte bounds. */
export function walkStore(store: KVStore, range: ByteRange): IterableIterator<StoreEntry> {
  let start = range.within;
  let end = prefixEnd(range.within);
  if (range.start !== undefined && compareBytes(range.start, start) > 0) start = range.start;
  if (range.end !== undefined && (end === undefined || compareBytes(range.end, end) < 0))
    end = range.end;
  if (range.from !== undefined) {
    if (!range.reverse && compareBytes(range.from, start) > 0) start = range.from;
    // The first key after `from` is `from` with a zero byte behind it.
    const after = concatBytes(range.from, Uint8Array.of(0));
    if (range.reverse && (end === undefined || compareBytes(after, end) < 0)) end = after;
  }
  if (end !== undefined && compareBytes(start, end) >= 0) return [].values();
  return store.iterate(start, end, range.reverse);
}
