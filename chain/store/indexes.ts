// Secondary indexes of a map: entries that lead from an index key to primary keys. They are kept by
// the map's own writes; nobody else writes them.
//
// Where an index lives: `indexes` in the hashed store (transitions may read them), `side` in the
// unhashed side store (list queries only; a transition writes but never reads it).

import { assert, must } from "../base/assert.ts";
import { concatBytes, EMPTY_BYTES, equalBytes } from "../base/bytes.ts";
import { KeyMemo } from "./keymemo.ts";
import type { StoreKey } from "./keymemo.ts";
import type { KeyCodec, KeyReader } from "./keys.ts";
import { textOfBytes } from "./ordered.ts";
import { decodeKey, encodeKey, encodePrefix, walkStore } from "./ranges.ts";
import type { KeyPrefix } from "./ranges.ts";
import type { KVStore, StoreSource } from "./types.ts";

/**
 * How an index is laid out.
 * - `plain` (ours): key = index key + primary key, value 0x01 (empty in the side store), touched
 *   only when the index key changes.
 * - `sdk multi`: same key, empty value; the old entry is removed and the new one set every time.
 * - `sdk unique`: key = index key, value = primary key; removed and set every time.
 * - `sdk reverse pair`: the index key is the primary key turned round (`pair`, `primary`); empty
 *   value, set every time without reading the old value. In the side store: where gas must be the
 *   SDK's, which has no such index and reads nothing for it.
 * The SDK's forms write equal values on purpose: roots and gas depend on it.
 */
export type IndexLayout = "plain" | "sdk multi" | "sdk unique" | "sdk reverse pair";

/** Declares one index of a map from K to V under index keys I. */
export interface IndexSpec<K, V, I> {
  readonly prefix: number | Uint8Array;
  readonly key: KeyCodec<I>;
  /** Index key of an entry; undefined = not in this index. Depends on nothing else. */
  readonly of?: (key: K, value: V) => I | undefined;
  /** In place of `of`, layout plain: all index keys of an entry; repeated ones count once. */
  readonly each?: (key: K, value: V) => readonly I[];
  readonly layout?: IndexLayout;
  /** For layout `sdk reverse pair`: the index key made of the primary key, and back. */
  readonly pair?: (key: K) => I;
  readonly primary?: (indexKey: I) => K;
}

/** A prefix of index keys: leading parts of a tuple or the whole index key. */
export type IndexPrefix<I> = I extends readonly unknown[] ? KeyPrefix<I> | I : I;

/** Which entries of an index are walked. */
export interface IndexRange<I> {
  /** Only index keys that begin with these parts (or equal the whole index key). */
  readonly prefix?: IndexPrefix<I>;
  /** First index key (included, all its entries). */
  readonly start?: I;
  /** Index key before which the walk ends (excluded, with all its entries). */
  readonly end?: I;
  readonly reverse?: boolean;
  /** Where a page goes on: `keyBytes` of an entry, included whichever the direction. */
  readonly from?: Uint8Array;
}

const MARK = Uint8Array.of(1);

/** A stored entry of an index. */
interface Entry {
  readonly at: StoreKey;
  readonly value: Uint8Array;
}

/** One index of a map, as others read it. */
export class Index<K, V, I> {
  readonly name: string;
  readonly prefix: Uint8Array;
  readonly side: boolean;
  readonly layout: IndexLayout;
  readonly key: KeyCodec<I>;
  readonly #store: string;
  readonly #primary: KeyCodec<K>;
  readonly #spec: IndexSpec<K, V, I>;
  /** Whole keys of the layouts whose key is the index key alone; their values. */
  readonly #keys: KeyMemo<I>;
  readonly #values: KeyMemo<K>;

  /** Made by `Schema.map` only. */
  constructor(at: {
    store: string;
    name: string;
    prefix: Uint8Array;
    side: boolean;
    spec: IndexSpec<K, V, I>;
    primary: KeyCodec<K>;
  }) {
    this.name = at.name;
    this.prefix = at.prefix;
    this.side = at.side;
    this.layout = at.spec.layout ?? "plain";
    this.key = at.spec.key;
    this.#store = at.store;
    this.#primary = at.primary;
    this.#spec = at.spec;
    this.#keys = new KeyMemo(at.spec.key, at.prefix);
    this.#values = new KeyMemo(at.primary, EMPTY_BYTES);
    assert(
      !this.side || this.layout === "plain" || this.layout === "sdk reverse pair",
      `side index ${at.name}: only layouts whose writes read nothing in the side store`,
    );
    const { of, each } = at.spec;
    assert(
      each === undefined ? of !== undefined : of === undefined && this.layout === "plain",
      `index ${at.name}: of, or each in layout plain`,
    );
  }

  /** Whether keeping it needs the old value of the map. */
  get readsOld(): boolean {
    return this.layout !== "sdk reverse pair";
  }

  /** Entries in order of index key, then primary key. */
  *iterate(source: StoreSource, range: IndexRange<I> = {}): IterableIterator<readonly [I, K]> {
    const entries = walkStore(this.#storeOf(source), {
      within: this.#prefixBytes(range.prefix),
      start: range.start === undefined ? undefined : this.#bound(range.start),
      end: range.end === undefined ? undefined : this.#bound(range.end),
      from: range.from === undefined ? undefined : concatBytes(this.prefix, range.from),
      reverse: range.reverse === true,
    });
    for (const [key, value] of entries) yield this.decode(key, value);
  }

  /** The first primary key under an index key; the only one of a unique index. */
  find(source: StoreSource, indexKey: I): K | undefined {
    if (this.layout === "sdk unique") {
      const stored = this.#storeOf(source).get(encodeKey(this.key, this.prefix, indexKey));
      return stored === undefined ? undefined : decodeKey(this.#primary, stored, 0);
    }
    for (const [, primary] of this.iterate(source, { prefix: indexKey as IndexPrefix<I> }))
      return primary;
    return undefined;
  }

  /** Bytes of an entry behind the index's prefix, for `from`. */
  keyBytes(indexKey: I, primary: K): Uint8Array {
    return this.#entry(indexKey, primary).at.bytes.slice(this.prefix.length);
  }

  /** Keeps the index when `value` takes the place of `old` (undefined = none) under `key`. */
  update(source: StoreSource, key: K, old: V | undefined, value: V | undefined): void {
    const store = this.#storeOf(source);
    if (this.#spec.each !== undefined) {
      const before = old === undefined ? [] : this.#entriesOf(key, old);
      updateEach(store, before, value === undefined ? [] : this.#entriesOf(key, value));
      return;
    }
    const after = value === undefined ? undefined : this.#made(key, value);
    if (!this.readsOld) {
      const at = after?.at ?? this.#keys.of(this.#pairOf(key));
      if (after !== undefined) store.set(at.bytes, after.value, at.text);
      else store.delete(at.bytes, at.text);
      return;
    }
    const before = old === undefined ? undefined : this.#made(key, old);
    if (this.layout === "plain" && before !== undefined && after !== undefined) {
      if (equalBytes(before.at.bytes, after.at.bytes)) return;
    }
    if (before !== undefined) store.delete(before.at.bytes, before.at.text);
    if (after === undefined) return;
    // The SDK looks for a conflict before it sets the entry; the look is charged for.
    if (this.layout === "sdk unique") {
      const taken = store.has(after.at.bytes, after.at.text);
      assert(!taken, `unique index ${this.name} has two entries of one key`);
    }
    store.set(after.at.bytes, after.value, after.at.text);
  }

  /** Keys and values of the entries that (key, value) must have. */
  entries(key: K, value: V): readonly (readonly [Uint8Array, Uint8Array])[] {
    return this.#entriesOf(key, value).map((made) => [made.at.bytes, made.value] as const);
  }

  /** Removes every entry. */
  clear(source: StoreSource): void {
    const store = this.#storeOf(source);
    const keys: Uint8Array[] = [];
    for (const [key] of this.raw(source)) keys.push(key);
    for (const key of keys) store.delete(key);
  }

  /** Every entry as stored. */
  raw(source: StoreSource): IterableIterator<readonly [Uint8Array, Uint8Array]> {
    const all = { start: undefined, end: undefined, from: undefined, reverse: false };
    return walkStore(this.#storeOf(source), { within: this.prefix, ...all });
  }

  /** Index key and primary key of a stored entry. */
  decode(bytes: Uint8Array, value: Uint8Array): readonly [I, K] {
    if (this.layout === "sdk unique") {
      const indexKey = decodeKey(this.key, bytes, this.prefix.length);
      return [indexKey, decodeKey(this.#primary, value, 0)];
    }
    if (this.layout === "sdk reverse pair") {
      const indexKey = decodeKey(this.key, bytes, this.prefix.length);
      return [indexKey, must(this.#spec.primary, `primary of index ${this.name}`)(indexKey)];
    }
    const reader: KeyReader = { bytes, offset: this.prefix.length };
    const indexKey = this.key.decode(reader, false);
    return [indexKey, decodeKey(this.#primary, bytes, reader.offset)];
  }

  #storeOf(source: StoreSource): KVStore {
    return this.side ? source.side(this.#store) : source.store(this.#store);
  }

  /** Index key of a reverse pair, which is made of the primary key alone. */
  #pairOf(key: K): I {
    return must(this.#spec.pair, `pair of index ${this.name}`)(key);
  }

  #entriesOf(key: K, value: V): readonly Entry[] {
    const made = this.#made(key, value);
    if (this.#spec.each === undefined) return made === undefined ? [] : [made];
    const found = new Map<string, Entry>();
    for (const indexKey of this.#spec.each(key, value)) {
      const entry = this.#entry(indexKey, key);
      found.set(entry.at.text, entry);
    }
    return [...found.values()];
  }

  #made(key: K, value: V): Entry | undefined {
    const indexKey = this.#spec.of?.(key, value);
    return indexKey === undefined ? undefined : this.#entry(indexKey, key);
  }

  #entry(indexKey: I, key: K): Entry {
    if (this.layout === "sdk unique")
      return { at: this.#keys.of(indexKey), value: this.#values.of(key).bytes };
    if (this.layout === "sdk reverse pair")
      return { at: this.#keys.of(indexKey), value: EMPTY_BYTES };
    const out = [this.prefix];
    this.key.encode(indexKey, false, out);
    this.#primary.encode(key, true, out);
    const bytes = concatBytes(...out);
    const value = this.side || this.layout === "sdk multi" ? EMPTY_BYTES : MARK;
    return { at: { bytes, text: textOfBytes(bytes) }, value };
  }

  /** Smallest bytes that any entry under the index key can have. */
  #bound(indexKey: I): Uint8Array {
    const out = [this.prefix];
    this.key.encode(indexKey, this.layout !== "plain" && this.layout !== "sdk multi", out);
    return concatBytes(...out);
  }

  #prefixBytes(prefix: IndexPrefix<I> | undefined): Uint8Array {
    if (prefix === undefined) return this.prefix;
    const parts = this.key.parts;
    if (parts === undefined) return this.#bound(prefix as I);
    return encodePrefix(parts, this.prefix, prefix as readonly unknown[]);
  }
}

/** Takes away what is no longer under any index key, and adds what is new; the rest is not touched. */
function updateEach(store: KVStore, before: readonly Entry[], after: readonly Entry[]): void {
  const kept = new Set(after.map((entry) => entry.at.text));
  const had = new Set(before.map((entry) => entry.at.text));
  for (const { at } of before) if (!kept.has(at.text)) store.delete(at.bytes, at.text);
  for (const { at, value } of after) if (!had.has(at.text)) store.set(at.bytes, value, at.text);
}
