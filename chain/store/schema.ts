// A schema is the table of everything one module keeps in its store. It makes the collections,
// refuses prefixes and names that collide, describes the layout for docs/spec and for clients that
// prove entries, and can check and rebuild the indexes.

import { assert } from "../base/assert.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import {
  prefixesOverlap,
  StoreItem,
  StoreMap,
  StoreQueue,
  StoreSequence,
  StoreSet,
} from "./collections.ts";
import type { Place } from "./collections.ts";
import { Index } from "./indexes.ts";
import type { IndexSpec } from "./indexes.ts";
import type { KeyCodec } from "./keys.ts";
import { decodeKey } from "./ranges.ts";
import type { StoreSource } from "./types.ts";
import { markValue } from "./values.ts";
import type { ValueCodec } from "./values.ts";

/** What every collection is declared with. */
export interface Named {
  /** One byte, or bytes where an SDK layout has more. */
  readonly prefix: number | Uint8Array;
  readonly name: string;
}

/** One row of the generated page of store keys. */
export interface CollectionRow {
  readonly store: string;
  /** Prefix in hex. */
  readonly prefix: string;
  readonly name: string;
  readonly kind: "map" | "set" | "item" | "sequence" | "queue" | "index" | "side index";
  readonly key: string;
  readonly value: string;
}

type Specs<K, V, Keys extends object> = { readonly [N in keyof Keys]: IndexSpec<K, V, Keys[N]> };
type Indexes<K, V, Keys extends object> = { readonly [N in keyof Keys]: Index<K, V, Keys[N]> };
type AnyMap = StoreMap<unknown, unknown>;

/** The collections of one store. */
export class Schema {
  /** Name of the hashed store and of its side store. */
  readonly store: string;
  readonly #rows: CollectionRow[] = [];
  readonly #prefixes = new Map<"store" | "side", Uint8Array[]>([
    ["store", []],
    ["side", []],
  ]);
  readonly #maps: AnyMap[] = [];

  constructor(store: string) {
    this.store = store;
  }

  /** Entries from K to V; `indexes` in the hashed store, `side` in the side store. */
  map<K, V, I extends object = object, S extends object = object>(
    spec: Named & {
      readonly key: KeyCodec<K>;
      readonly value: ValueCodec<V>;
      readonly indexes?: Specs<K, V, I>;
      readonly side?: Specs<K, V, S>;
    },
  ): StoreMap<K, V, Indexes<K, V, I>, Indexes<K, V, S>> {
    const place = this.#place("map", spec, spec.key.name, spec.value.name);
    const indexes = this.#indexes<K, V, I>(spec.name, spec.key, false, spec.indexes);
    const side = this.#indexes<K, V, S>(spec.name, spec.key, true, spec.side);
    const all = [...Object.values(indexes), ...Object.values(side)] as Index<K, V, unknown>[];
    const map = new StoreMap<K, V, Indexes<K, V, I>, Indexes<K, V, S>>(
      place,
      { key: spec.key, value: spec.value },
      { indexes, side, all },
    );
    this.#maps.push(map as unknown as AnyMap);
    return map;
  }

  /** A set of keys. `value` is the mark unless an SDK layout wants `emptyValue`. */
  set<K>(
    spec: Named & { readonly key: KeyCodec<K>; readonly value?: ValueCodec<true> },
  ): StoreSet<K> {
    const value = spec.value ?? markValue;
    return new StoreSet(this.#place("set", spec, spec.key.name, value.name), spec.key, value);
  }

  /** One value; with `default`, what `get` gives while nothing is stored. */
  item<V>(
    spec: Named & { readonly value: ValueCodec<V>; readonly default: () => V },
  ): StoreItem<V, V>;
  item<V>(spec: Named & { readonly value: ValueCodec<V> }): StoreItem<V, undefined>;
  item<V>(
    spec: Named & { readonly value: ValueCodec<V>; readonly default?: () => V },
  ): StoreItem<V, V | undefined> {
    const place = this.#place("item", spec, "-", spec.value.name);
    return new StoreItem<V, V | undefined>(place, spec.value, spec.default ?? (() => undefined));
  }

  /** A counter; `first` is the first number handed out, 0 unless said. */
  sequence(spec: Named & { readonly first?: bigint }): StoreSequence {
    return new StoreSequence(this.#place("sequence", spec, "-", "u64"), spec.first ?? 0n);
  }

  /** Work by due second on one clock. */
  queue(
    spec: Named & { readonly clock: "time" | "uptime"; readonly value?: ValueCodec<true> },
  ): StoreQueue {
    const value = spec.value ?? markValue;
    const key = `(second of ${spec.clock}: u64, kind: u8, id: bytes)`;
    return new StoreQueue(this.#place("queue", spec, key, value.name), spec.clock, value);
  }

  /** All collections and indexes in order of declaration. */
  describe(): readonly CollectionRow[] {
    return this.#rows;
  }

  /** Where an index is not what a rebuild from its map would give; one sentence each, at most 100. */
  checkIndexes(source: StoreSource): readonly string[] {
    const found: string[] = [];
    for (const map of this.#maps) {
      for (const index of map.all) checkIndex(source, map, index, found);
    }
    return found.slice(0, 100);
  }

  /** Empties the side indexes and writes them anew from the maps. */
  rebuildSide(source: StoreSource): void {
    for (const map of this.#maps) {
      const side = map.all.filter((index) => index.side);
      if (side.length === 0) continue;
      for (const index of side) index.clear(source);
      for (const [key, value] of map.iterate(source))
        for (const index of side) index.update(source, key, undefined, value);
    }
  }

  #indexes<K, V, Keys extends object>(
    map: string,
    primary: KeyCodec<K>,
    side: boolean,
    specs: Specs<K, V, Keys> | undefined,
  ): Indexes<K, V, Keys> {
    const made: Record<string, Index<K, V, unknown>> = {};
    const entries = Object.entries(specs ?? {}) as [string, IndexSpec<K, V, unknown>][];
    for (const [name, spec] of entries) {
      const named = { prefix: spec.prefix, name: `${map}.${name}` };
      const unique = spec.layout === "sdk unique";
      const pair = spec.layout === "sdk reverse pair";
      const key = unique || pair ? spec.key.name : `${spec.key.name} + ${primary.name}`;
      const value = unique ? primary.name : spec.layout === undefined && !side ? "mark" : "empty";
      const place = this.#place(side ? "side index" : "index", named, key, value);
      made[name] = new Index({ ...place, side, spec, primary });
    }
    return made as Indexes<K, V, Keys>;
  }

  #place(kind: CollectionRow["kind"], spec: Named, key: string, value: string): Place {
    const prefix = typeof spec.prefix === "number" ? Uint8Array.of(spec.prefix) : spec.prefix;
    assert(prefix.length > 0, `${this.store}/${spec.name}: empty prefix`);
    if (typeof spec.prefix === "number")
      assert(prefix[0] === spec.prefix, `${this.store}/${spec.name}: prefix ${spec.prefix}`);
    const taken = this.#prefixes.get(kind === "side index" ? "side" : "store") as Uint8Array[];
    for (const other of taken) {
      const clash = `${this.store}/${spec.name}: prefix ${toHex(prefix)} meets ${toHex(other)}`;
      assert(!prefixesOverlap(prefix, other), clash);
    }
    const sameName = this.#rows.some((row) => row.name === spec.name);
    assert(!sameName, `${this.store}/${spec.name}: declared twice`);
    taken.push(prefix);
    this.#rows.push({
      store: this.store,
      prefix: toHex(prefix),
      name: spec.name,
      kind,
      key,
      value,
    });
    return { store: this.store, name: spec.name, prefix };
  }
}

function checkIndex(
  source: StoreSource,
  map: AnyMap,
  index: Index<unknown, unknown, unknown>,
  found: string[],
): void {
  const stored = index.side ? source.side(map.place.store) : source.store(map.place.store);
  const where = `${map.place.store}/${index.name}`;
  let expected = 0;
  for (const [bytes, raw] of map.raw(source)) {
    const key = decodeKey(map.key, bytes, map.place.prefix.length);
    for (const [at, wanted] of index.entries(key, map.value.decode(raw))) {
      expected += 1;
      const present = stored.get(at);
      if (present === undefined || !equalBytes(present, wanted))
        found.push(`${where}: entry ${toHex(at)} is missing or wrong`);
    }
  }
  let present = 0;
  for (const [bytes, raw] of index.raw(source)) {
    present += 1;
    const [, primary] = index.decode(bytes, raw);
    const value = map.get(source, primary);
    const entries = value === undefined ? [] : index.entries(primary, value);
    if (!entries.some(([at]) => equalBytes(at, bytes)))
      found.push(`${where}: entry ${toHex(bytes)} leads to nothing that has it`);
  }
  if (present !== expected && found.length === 0)
    found.push(`${where}: ${present} entries, ${expected} expected`);
}
