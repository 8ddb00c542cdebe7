// Which state a context stands on: committed views, genesis before block 1, the check state.

import { BugError } from "../base/assert.ts";
import { textOfBytes } from "../store/index.ts";
import type {
  KVStore,
  MultiStore,
  ReadStore,
  StateView,
  StoreChange,
  StoreEntry,
} from "../store/index.ts";
import type { StoreSet } from "./branches.ts";
import { Branches } from "./branches.ts";
import { failedPrecondition } from "./status.ts";

/** Values of a committed store that are remembered before it starts over. */
const READ_MEMO = 50_000;

/**
 * A committed store as the parent of a branch: the branch is never written back into it. What was
 * read once is remembered: a transaction reads the same account and balances many times.
 */
class CommittedStore implements KVStore {
  readonly #inner: ReadStore;
  readonly #read = new Map<string, Uint8Array | undefined>();

  constructor(inner: ReadStore) {
    this.#inner = inner;
  }

  get(key: Uint8Array, text: string = textOfBytes(key)): Uint8Array | undefined {
    const known = this.#read.get(text);
    if (known !== undefined || this.#read.has(text)) return known;
    const value = this.#inner.get(key);
    if (this.#read.size >= READ_MEMO) this.#read.clear();
    this.#read.set(text, value);
    return value;
  }

  has(key: Uint8Array, text?: string): boolean {
    return this.get(key, text) !== undefined;
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    return this.#inner.iterate(start, end, reverse);
  }

  set(): void {
    throw new BugError("a committed store is written");
  }

  delete(): void {
    throw new BugError("a committed store is written");
  }
}

/** A committed height as a set of stores. Side stores are those of the latest height. */
export class CommittedSet implements StoreSet {
  readonly #view: StateView;
  readonly #store: MultiStore;
  readonly #cache = new Map<string, CommittedStore>();

  constructor(store: MultiStore, view: StateView) {
    this.#store = store;
    this.#view = view;
  }

  store(name: string): KVStore {
    let found = this.#cache.get(name);
    if (found === undefined) {
      found = new CommittedStore(this.#view.store(name));
      this.#cache.set(name, found);
    }
    return found;
  }

  /** Throws: sdk/18 at an older height: listing indexes are kept for the latest one only. */
  side(name: string): KVStore {
    const { height } = this.#store;
    if (this.#view.height === height) return this.#store.side(name);
    throw failedPrecondition(`this list is kept for the latest height only, which is ${height}`);
  }
}

/** Net changes per store. */
export type Changes = ReadonlyMap<string, readonly StoreChange[]>;

/** What InitChain wrote: not committed, the base of the first block. */
export interface GenesisChanges {
  readonly stores: Changes;
  readonly sides: Changes;
}

/** The last commit as a set of stores: checks and the next block share what they read of it. */
export class LatestSet {
  readonly #store: MultiStore;
  #set: CommittedSet | undefined;
  #height = 0n;

  constructor(store: MultiStore) {
    this.#store = store;
  }

  get(): CommittedSet {
    const { height } = this.#store;
    if (this.#set === undefined || this.#height !== height) {
      this.#set = new CommittedSet(this.#store, this.#store.latest());
      this.#height = height;
    }
    return this.#set;
  }
}

/** Fresh branches over the last commit, with genesis in them while no block is committed. */
export function branchesOfLatest(
  store: MultiStore,
  genesis: GenesisChanges | undefined,
  latest: CommittedSet = new CommittedSet(store, store.latest()),
): Branches {
  const branches = new Branches(latest);
  if (genesis !== undefined && store.height === 0n) {
    for (const [name, changes] of genesis.stores) apply(branches.store(name), changes);
    for (const [name, changes] of genesis.sides) apply(branches.side(name), changes);
  }
  return branches;
}

function apply(store: KVStore, changes: readonly StoreChange[]): void {
  for (const [key, value] of changes) {
    if (value === undefined) store.delete(key);
    else store.set(key, value);
  }
}
