// A set of branches, one per store, made when a store is first touched.

import { BranchStore } from "../store/index.ts";
import type { Write } from "../store/index.ts";
import type { KVStore, StoreChange } from "../store/types.ts";

/** What a set of branches stands on: committed stores, or another set. */
export interface StoreSet {
  store(name: string): KVStore;
  side(name: string): KVStore;
}

/** What branches wrote, by store. */
export interface Written {
  readonly stores: readonly StoreWrites[];
  readonly sides: readonly StoreWrites[];
}

/** What was written to one store. */
interface StoreWrites {
  readonly name: string;
  readonly writes: readonly Write[];
}

/** Branches over all stores of a parent: written or dropped together. */
export class Branches implements StoreSet {
  readonly #parent: StoreSet;
  readonly #stores = new Map<string, BranchStore>();
  readonly #sides = new Map<string, BranchStore>();

  constructor(parent: StoreSet) {
    this.#parent = parent;
  }

  store(name: string): BranchStore {
    let found = this.#stores.get(name);
    if (found === undefined) {
      found = new BranchStore(this.#parent.store(name));
      this.#stores.set(name, found);
    }
    return found;
  }

  side(name: string): BranchStore {
    let found = this.#sides.get(name);
    if (found === undefined) {
      found = new BranchStore(this.#parent.side(name));
      this.#sides.set(name, found);
    }
    return found;
  }

  /** Hands all changes to the parent set, which must itself be one that can be written. */
  write(): void {
    for (const store of this.#stores.values()) store.write();
    for (const side of this.#sides.values()) side.write();
  }

  /** All changes, for `put`. */
  written(): Written {
    return { stores: writesOf(this.#stores), sides: writesOf(this.#sides) };
  }

  /** Does again what other branches wrote. */
  put({ stores, sides }: Written): void {
    for (const { name, writes } of stores) this.store(name).put(writes);
    for (const { name, writes } of sides) this.side(name).put(writes);
  }

  /** Drops all changes. */
  discard(): void {
    this.#stores.clear();
    this.#sides.clear();
  }

  /** Net changes per hashed store that was touched, sorted by key. */
  changes(): Map<string, readonly StoreChange[]> {
    return changesOf(this.#stores);
  }

  /** Net changes per side store that was touched, sorted by key. */
  sideChanges(): Map<string, readonly StoreChange[]> {
    return changesOf(this.#sides);
  }
}

function writesOf(branches: ReadonlyMap<string, BranchStore>): readonly StoreWrites[] {
  const out: StoreWrites[] = [];
  for (const [name, store] of branches) out.push({ name, writes: store.writes() });
  return out;
}

function changesOf(
  branches: ReadonlyMap<string, BranchStore>,
): Map<string, readonly StoreChange[]> {
  const out = new Map<string, readonly StoreChange[]>();
  for (const [name, store] of branches) {
    const changes = store.changes();
    if (changes.length > 0) out.set(name, changes);
  }
  return out;
}
