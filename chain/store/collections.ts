// Typed collections over a store: map, set, item, sequence, queue. A collection is a declaration
// without state of its own; every call names the source it works on (a context). `schema.ts` makes
// them and sees to it that prefixes do not overlap.

import { assert, must } from "../base/assert.ts";
import { concatBytes, readU64BigEndian, startsWithBytes, u64BigEndian } from "../base/bytes.ts";
import type { Index } from "./indexes.ts";
import type { KeyCodec } from "./keys.ts";
import { bytesKey, tuple, u64Key, u8Key } from "./keys.ts";
import { KeyMemo } from "./keymemo.ts";
import { textOfBytes } from "./ordered.ts";
import { decodeKey, encodeKey, encodePrefix, walkStore } from "./ranges.ts";
import type { ByteRange, KeyRange } from "./ranges.ts";
import type { KVStore, StoreEntry, StoreSource } from "./types.ts";
import type { ValueCodec } from "./values.ts";

/** Where a collection lives: its store, its name and the bytes before its keys. */
export interface Place {
  readonly store: string;
  readonly name: string;
  readonly prefix: Uint8Array;
}

function rangeBytes<K>(key: KeyCodec<K>, prefix: Uint8Array, range: KeyRange<K>): ByteRange {
  const { start, end, from } = range;
  return {
    within:
      range.prefix === undefined
        ? prefix
        : encodePrefix(key.parts ?? [], prefix, range.prefix as readonly unknown[]),
    start: start === undefined ? undefined : encodeKey(key, prefix, start),
    end: end === undefined ? undefined : encodeKey(key, prefix, end),
    from: from === undefined ? undefined : concatBytes(prefix, from),
    reverse: range.reverse === true,
  };
}

/** Entries from keys K to values V, with their indexes. Made by `Schema.map`. */
export class StoreMap<K, V, Indexes = unknown, Side = unknown> {
  readonly place: Place;
  readonly key: KeyCodec<K>;
  readonly value: ValueCodec<V>;
  /** Indexes in the hashed store, by name. */
  readonly indexes: Indexes;
  /** Indexes in the side store, by name; for list queries only. */
  readonly side: Side;
  /** All of them, in order of declaration. */
  readonly all: readonly Index<K, V, unknown>[];
  readonly #keys: KeyMemo<K>;
  readonly #readsOld: boolean;

  constructor(
    place: Place,
    codecs: { key: KeyCodec<K>; value: ValueCodec<V> },
    named: { indexes: Indexes; side: Side; all: readonly Index<K, V, unknown>[] },
  ) {
    this.#keys = new KeyMemo(codecs.key, place.prefix);
    this.#readsOld = named.all.some((index) => index.readsOld);
    this.place = place;
    this.key = codecs.key;
    this.value = codecs.value;
    this.indexes = named.indexes;
    this.side = named.side;
    this.all = named.all;
  }

  /** The value under a key; undefined when there is none. It may be shared: nobody changes it. */
  get(source: StoreSource, key: K): V | undefined {
    const at = this.#keys.of(key);
    const bytes = this.#store(source).get(at.bytes, at.text);
    return bytes === undefined ? undefined : this.value.decode(bytes);
  }

  /** Reads as `get` does, for what reading costs; the value is not decoded. */
  touch(source: StoreSource, key: K): void {
    const at = this.#keys.of(key);
    this.#store(source).get(at.bytes, at.text);
  }

  /** The value under a key that is there; a bug when it is not. */
  must(source: StoreSource, key: K): V {
    return must(this.get(source, key), `no entry in ${this.place.store}/${this.place.name}`);
  }

  has(source: StoreSource, key: K): boolean {
    const at = this.#keys.of(key);
    return this.#store(source).has(at.bytes, at.text);
  }

  /** Writes a value and keeps the indexes; with indexes the old value is read (and charged for). */
  set(source: StoreSource, key: K, value: V): void {
    this.#update(source, key, value);
    const at = this.#keys.of(key);
    this.#store(source).set(at.bytes, this.value.encode(value), at.text);
  }

  /** Removes a key and its index entries; nothing happens when it is not there. */
  delete(source: StoreSource, key: K): void {
    this.#update(source, key, undefined);
    const at = this.#keys.of(key);
    this.#store(source).delete(at.bytes, at.text);
  }

  /** Entries in key order, as they are now: later writes are not seen. */
  *iterate(source: StoreSource, range: KeyRange<K> = {}): IterableIterator<readonly [K, V]> {
    for (const [key, value] of this.raw(source, range))
      yield [decodeKey(this.key, key, this.place.prefix.length), this.value.decode(value)];
  }

  /** Keys only; values are not decoded. */
  *keys(source: StoreSource, range: KeyRange<K> = {}): IterableIterator<K> {
    for (const [key] of this.raw(source, range))
      yield decodeKey(this.key, key, this.place.prefix.length);
  }

  /** Stored entries. */
  raw(source: StoreSource, range: KeyRange<K> = {}): IterableIterator<StoreEntry> {
    return walkStore(this.#store(source), rangeBytes(this.key, this.place.prefix, range));
  }

  /** Whole store key, as proofs need it. */
  storeKey(key: K): Uint8Array {
    return encodeKey(this.key, this.place.prefix, key);
  }

  /** Bytes of a key behind the prefix, for `KeyRange.from`. */
  keyBytes(key: K): Uint8Array {
    return this.storeKey(key).slice(this.place.prefix.length);
  }

  #store(source: StoreSource): KVStore {
    return source.store(this.place.store);
  }

  #update(source: StoreSource, key: K, value: V | undefined): void {
    if (this.all.length === 0) return;
    const old = this.#readsOld ? this.get(source, key) : undefined;
    for (const index of this.all) index.update(source, key, old, value);
  }
}

/** A set of keys. */
export class StoreSet<K> {
  readonly place: Place;
  readonly key: KeyCodec<K>;
  readonly #map: StoreMap<K, true>;

  constructor(place: Place, key: KeyCodec<K>, value: ValueCodec<true>) {
    this.place = place;
    this.key = key;
    this.#map = new StoreMap(place, { key, value }, { indexes: {}, side: {}, all: [] });
  }

  has(source: StoreSource, key: K): boolean {
    return this.#map.has(source, key);
  }

  add(source: StoreSource, key: K): void {
    this.#map.set(source, key, true);
  }

  delete(source: StoreSource, key: K): void {
    this.#map.delete(source, key);
  }

  /** Keys in order, as they are now. */
  iterate(source: StoreSource, range: KeyRange<K> = {}): IterableIterator<K> {
    return this.#map.keys(source, range);
  }

  /** Bytes of a key behind the prefix, for `KeyRange.from`. */
  keyBytes(key: K): Uint8Array {
    return this.#map.keyBytes(key);
  }
}

/** One value. `Absent` is undefined unless a default was declared. */
export class StoreItem<V, Absent extends V | undefined> {
  readonly place: Place;
  readonly value: ValueCodec<V>;
  readonly #absent: () => Absent;
  readonly #text: string;

  constructor(place: Place, value: ValueCodec<V>, absent: () => Absent) {
    this.place = place;
    this.#text = textOfBytes(place.prefix);
    this.value = value;
    this.#absent = absent;
  }

  get(source: StoreSource): V | Absent {
    const bytes = source.store(this.place.store).get(this.place.prefix, this.#text);
    return bytes === undefined ? this.#absent() : this.value.decode(bytes);
  }

  has(source: StoreSource): boolean {
    return source.store(this.place.store).has(this.place.prefix);
  }

  set(source: StoreSource, value: V): void {
    source.store(this.place.store).set(this.place.prefix, this.value.encode(value));
  }

  delete(source: StoreSource): void {
    source.store(this.place.store).delete(this.place.prefix);
  }
}

/** A counter that hands out numbers, 8 bytes big-endian, as the SDK's Sequence. */
export class StoreSequence {
  readonly place: Place;
  /** The first number handed out. */
  readonly first: bigint;

  constructor(place: Place, first: bigint) {
    this.place = place;
    this.first = first;
  }

  /** The number that `next` will give. */
  peek(source: StoreSource): bigint {
    const bytes = source.store(this.place.store).get(this.place.prefix);
    if (bytes === undefined) return this.first;
    assert(bytes.length === 8, `sequence ${this.place.name} of ${bytes.length} bytes`);
    return readU64BigEndian(bytes);
  }

  /** Hands out a number. */
  next(source: StoreSource): bigint {
    const value = this.peek(source);
    this.set(source, value + 1n);
    return value;
  }

  /** Sets the number that `next` will give. */
  set(source: StoreSource, value: bigint): void {
    source.store(this.place.store).set(this.place.prefix, u64BigEndian(value));
  }
}

/** What waits in a queue: the second it is due, a kind 0..255 and the id of what it is about. */
export type QueueEntry = readonly [second: bigint, kind: number, id: Uint8Array];

/** Work ordered by the second at which it is due, on clock T ("time") or U ("uptime"). */
export class StoreQueue {
  readonly place: Place;
  readonly clock: "time" | "uptime";
  readonly key: KeyCodec<QueueEntry> = tuple(u64Key, u8Key, bytesKey);
  readonly #set: StoreSet<QueueEntry>;

  constructor(place: Place, clock: "time" | "uptime", value: ValueCodec<true>) {
    this.place = place;
    this.clock = clock;
    this.#set = new StoreSet(place, this.key, value);
  }

  insert(source: StoreSource, second: bigint, kind: number, id: Uint8Array): void {
    this.#set.add(source, [second, kind, id]);
  }

  /** Nothing happens when the entry is not there. */
  remove(source: StoreSource, second: bigint, kind: number, id: Uint8Array): void {
    this.#set.delete(source, [second, kind, id]);
  }

  has(source: StoreSource, second: bigint, kind: number, id: Uint8Array): boolean {
    return this.#set.has(source, [second, kind, id]);
  }

  /** The first `limit` entries due at or before `now`, in order of second, kind, id. Removes nothing. */
  due(source: StoreSource, now: bigint, limit: number): readonly QueueEntry[] {
    const entries: QueueEntry[] = [];
    if (limit <= 0) return entries;
    for (const entry of this.#set.iterate(source)) {
      if (entry[0] > now) break;
      entries.push(entry);
      if (entries.length === limit) break;
    }
    return entries;
  }

  /** The second of the first entry; undefined when nothing waits. */
  next(source: StoreSource): bigint | undefined {
    for (const [second] of this.#set.iterate(source)) return second;
    return undefined;
  }

  /** Every entry in order. */
  iterate(source: StoreSource, range: KeyRange<QueueEntry> = {}): IterableIterator<QueueEntry> {
    return this.#set.iterate(source, range);
  }
}

/** Whether one prefix begins with the other: entries of both would mix. */
export function prefixesOverlap(a: Uint8Array, b: Uint8Array): boolean {
  return startsWithBytes(a, b) || startsWithBytes(b, a);
}
