// Checking a loaded state against itself and against the records on disk: what `verify-state`
// runs besides the invariants. Every node is hashed anew, every order and measure is checked, and
// what is wrong is named by store and key.

import { compareBytes, equalBytes, toHex } from "../base/bytes.ts";
import type { TreeMultiStore } from "./multistore.ts";
import { NIL } from "./nodes.ts";
import { bytesOfText, textOfBytes } from "./ordered.ts";
import { Preimage } from "./preimage.ts";
import {
  decodeChanges,
  decodeCommit,
  heightKey,
  heightOfKey,
  RECORD,
  RecordReader,
  requireIntact,
} from "./records.ts";
import type { SnapshotMark } from "./snapshots.ts";
import { readLeaf } from "./stream.ts";
import type { TreeEngine } from "./tree.ts";
import type { DiskRange, StoreChange, StoreEntry } from "./types.ts";

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

const preimage = new Preimage();

/** Hash that a node must have, from its fields and the stored hashes of its children. */
function rehash({ arena, platform }: TreeEngine, id: number): Uint8Array {
  const view =
    arena.height(id) === 0 ? preimage.leaf(arena, id, platform) : preimage.inner(arena, id);
  return platform.sha256(view);
}

function checkNode(engine: TreeEngine, id: number, store: string, found: Damage[]): void {
  if (found.length >= MAX_DAMAGES) return;
  const { arena } = engine;
  const damaged = (what: string): void => {
    found.push({ store, key: arena.blobs.read(arena.key(id)), what });
  };
  if (!equalBytes(rehash(engine, id), arena.hash(id)))
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
 * Holds what stands on disk against the trees of the last commit: the leaves of the snapshot that a load
 * begins with, under the change sets after it, put together with no tree at all. The plain twin of
 * the loader: it tells which keys a load lost, made up or changed.
 *
 *   const disk = new DiskVerifier(store);
 *   for (const range of disk.ranges) await database.scan(range, (key, value) => disk.push(key, value));
 *   const damages = disk.finish();
 */
export class DiskVerifier {
  readonly #store: TreeMultiStore;
  readonly #mark: SnapshotMark | undefined;
  readonly #found: Damage[] = [];
  readonly #names = new Map<bigint, readonly string[]>();
  /** What change sets say, by store and key as text; undefined is a deletion. */
  readonly #later = new Map<string, Map<string, Uint8Array | undefined>>();
  /** Leaves of the snapshot that are held against the tree of one store. */
  #name = "";
  #left = 0;
  #tree: IterableIterator<StoreEntry> | undefined;
  #next: StoreEntry | undefined;
  readonly #unseen: Set<string>;

  constructor(store: TreeMultiStore) {
    this.#store = store;
    this.#mark = store.snapshots.complete.at(-1);
    this.#unseen = new Set(store.names);
  }

  /** What is to be pushed, in this order. */
  get ranges(): readonly DiskRange[] {
    const first = this.#mark === undefined ? 0n : this.#mark.height + 1n;
    const after = (kind: number): DiskRange => ({
      gte: heightKey(kind, first),
      lt: Uint8Array.of(kind + 1),
    });
    const ranges = [after(RECORD.commit), after(RECORD.changes)];
    if (this.#mark === undefined) return ranges;
    const { height } = this.#mark;
    const lt = heightKey(RECORD.chunk, height + 1n);
    return [...ranges, { gte: heightKey(RECORD.chunk, height), lt }];
  }

  /** Takes one record. Throws: DamagedState when it cannot be read. */
  push(key: Uint8Array, value: Uint8Array): void {
    const height = heightOfKey(key);
    if (height > this.#store.height && key[0] !== RECORD.chunk) return;
    if (key[0] === RECORD.chunk) this.#pushChunk(value);
    else if (key[0] === RECORD.changes) this.#pushChanges(height, value);
    else
      this.#names.set(
        height,
        decodeCommit(height, value).roots.map((root) => root.name),
      );
  }

  /** What was found, after the last record. */
  finish(): readonly Damage[] {
    this.#close();
    for (const name of this.#unseen) {
      this.#open(name);
      this.#close();
    }
    return this.#found;
  }

  #pushChanges(height: bigint, part: Uint8Array): void {
    const names = this.#names.get(height);
    requireIntact(names !== undefined, `no commit record of height ${height}`);
    const changes = new Map<string, StoreChange[]>();
    decodeChanges(part, names, changes);
    for (const [name, list] of changes) {
      const later = this.#later.get(name) ?? new Map<string, Uint8Array | undefined>();
      this.#later.set(name, later);
      for (const [key, value] of list) later.set(textOfBytes(key), value);
    }
  }

  #pushChunk(chunk: Uint8Array): void {
    const from = new RecordReader(chunk);
    while (!from.done) {
      if (this.#left === 0) {
        this.#close();
        this.#open(from.text());
        this.#left = from.number();
      }
      for (; this.#left > 0 && !from.done; this.#left--) {
        const leaf = readLeaf(from);
        if (leaf !== undefined) this.#leaf(leaf[0], leaf[1]);
      }
    }
  }

  #open(name: string): void {
    this.#name = name;
    this.#unseen.delete(name);
    const { engine, height, names } = this.#store;
    const known = names.includes(name) && height > 0n;
    this.#tree = known ? engine.entries(this.#store.rootAt(height, name)) : undefined;
    this.#advance();
  }

  /** One leaf of the snapshot, unless a change set says otherwise. */
  #leaf(key: Uint8Array, value: Uint8Array): void {
    if (this.#later.get(this.#name)?.has(textOfBytes(key)) === true) return;
    this.#treeBefore(key);
    if (this.#next === undefined || compareBytes(this.#next[0], key) !== 0) {
      this.#add(key, "is on disk and not in the tree");
      return;
    }
    if (!equalBytes(this.#next[1], value)) this.#add(key, "has another value on disk");
    this.#advance();
  }

  /** Entries of the tree before `key` (all of them without one): only change sets can have made them. */
  #treeBefore(key: Uint8Array | undefined): void {
    const later = this.#later.get(this.#name);
    while (this.#next !== undefined) {
      const [own, value] = this.#next;
      if (key !== undefined && compareBytes(own, key) >= 0) return;
      const text = textOfBytes(own);
      const said = later?.get(text);
      if (said === undefined) this.#add(own, "is in the tree and not on disk");
      else if (!equalBytes(said, value)) this.#add(own, "has another value on disk");
      later?.delete(text);
      this.#advance();
    }
  }

  /** Ends a store: what the change sets wrote and the tree does not have is missing. */
  #close(): void {
    this.#treeBefore(undefined);
    for (const [text, value] of this.#later.get(this.#name) ?? [])
      if (value !== undefined) this.#add(bytesOfText(text), "is on disk and not in the tree");
    this.#later.delete(this.#name);
  }

  #advance(): void {
    const step = this.#tree?.next();
    this.#next = step === undefined || step.done === true ? undefined : step.value;
  }

  #add(key: Uint8Array, what: string): void {
    if (this.#found.length < MAX_DAMAGES)
      this.#found.push({ store: this.#name, key: key.slice(), what });
  }
}

/** One line of a report. */
export function describeDamage(damage: Damage): string {
  return `store ${damage.store}, key ${toHex(damage.key)}: ${damage.what}`;
}
