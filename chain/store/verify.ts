// Checking a loaded state against itself and against the flat rows on disk: what `verify-state`
// runs besides the invariants. Every node is hashed anew, every order and measure is checked, and
// what is wrong is named by store and key.

import { compareBytes, equalBytes, toHex } from "../base/bytes.ts";
import type { TreeMultiStore } from "./multistore.ts";
import { NIL } from "./nodes.ts";
import { parseRow } from "./records.ts";
import type { TreeEngine } from "./tree.ts";
import type { StoreEntry } from "./types.ts";

/** Something that is not as it must be. */
export interface Damage {
  readonly store: string;
  /** The key at or below which it is. */
  readonly key: Uint8Array;
  readonly what: string;
}

/** More than this are not listed. */
const MAX_DAMAGES = 100;

/** Walks every tree of the last commit and hashes every node anew. Takes 2 us a node. */
export function verifyTrees(store: TreeMultiStore): readonly Damage[] {
  const found: Damage[] = [];
  if (store.height === 0n) return found;
  for (const name of store.names) {
    const root = store.rootAt(store.height, name);
    if (root !== NIL) checkNode(store.engine, root, name, found);
    let last: Uint8Array | undefined;
    for (const [key] of store.engine.entries(root)) {
      if (last !== undefined && compareBytes(last, key) >= 0)
        found.push({ store: name, key, what: "is not behind the key before it" });
      last = key;
      if (found.length >= MAX_DAMAGES) return found;
    }
  }
  return found;
}

function checkNode(engine: TreeEngine, id: number, store: string, found: Damage[]): void {
  if (found.length >= MAX_DAMAGES) return;
  const { arena } = engine;
  const damaged = (what: string): void => {
    found.push({ store, key: arena.blobs.read(arena.key(id)), what });
  };
  if (!equalBytes(engine.rehash(id), arena.hash(id)))
    damaged(`version ${arena.version(id)}: the hash is not that of the content`);
  if (arena.height(id) === 0) return;
  const [left, right] = [arena.left(id), arena.right(id)];
  const lean = arena.height(left) - arena.height(right);
  if (lean < -1 || lean > 1) damaged(`sides differ by ${lean} levels`);
  if (arena.size(id) !== arena.size(left) + arena.size(right))
    damaged(`size ${arena.size(id)} is not that of the sides`);
  checkNode(engine, left, store, found);
  checkNode(engine, right, store, found);
}

/**
 * Holds the flat rows (records of kind `flat`, pushed in key order) against the trees of the last
 * commit. A second witness: it tells whether rows or tree lost a key.
 */
export class FlatVerifier {
  readonly #store: TreeMultiStore;
  readonly #found: Damage[] = [];
  /** Stores that no row has come from yet. */
  readonly #unseen: Set<string>;
  #name: string | undefined;
  #tree: IterableIterator<StoreEntry> | undefined;
  #next: StoreEntry | undefined;

  constructor(store: TreeMultiStore) {
    this.#store = store;
    this.#unseen = new Set(store.names);
  }

  /** One flat row, its key as on disk. */
  push(row: Uint8Array, value: Uint8Array): void {
    const { store, key } = parseRow(row);
    if (store !== this.#name) this.#open(store);
    while (this.#next !== undefined && compareBytes(this.#next[0], key) < 0) {
      this.#add(this.#next[0], "is in the tree and not among the rows");
      this.#advance();
    }
    if (this.#next === undefined || !equalBytes(this.#next[0], key)) {
      this.#add(key, "is among the rows and not in the tree");
      return;
    }
    if (!equalBytes(this.#next[1], value)) this.#add(key, "has another value in its row");
    this.#advance();
  }

  /** What was found, after the last row. */
  finish(): readonly Damage[] {
    this.#drain();
    for (const name of this.#unseen) {
      this.#open(name);
      this.#drain();
    }
    return this.#found;
  }

  #open(name: string): void {
    this.#drain();
    this.#name = name;
    const known = this.#unseen.delete(name) && this.#store.height > 0n;
    const { engine, height } = this.#store;
    this.#tree = known ? engine.entries(this.#store.rootAt(height, name)) : undefined;
    this.#advance();
  }

  #drain(): void {
    while (this.#next !== undefined && this.#found.length < MAX_DAMAGES) {
      this.#add(this.#next[0], "is in the tree and not among the rows");
      this.#advance();
    }
    this.#next = undefined;
  }

  #advance(): void {
    const step = this.#tree?.next();
    this.#next = step === undefined || step.done === true ? undefined : step.value;
  }

  #add(key: Uint8Array, what: string): void {
    if (this.#found.length < MAX_DAMAGES)
      this.#found.push({ store: this.#name ?? "", key: key.slice(), what });
  }
}

/** One line of a report. */
export function describeDamage(damage: Damage): string {
  return `store ${damage.store}, key ${toHex(damage.key)}: ${damage.what}`;
}
