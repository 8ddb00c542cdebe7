// The IAVL tree over the arenas: set and remove with path copy, lookups, walks, hashing. Shapes,
// versions and hashes are those of cosmos/iavl v1 (test/oracle holds both against each other).
//
// A root is a node id and stays valid until its version is released (`versions.ts`). Nodes of
// earlier versions are never changed: a write copies the path from the root. Nodes made in the
// version that is being worked on are changed in place. Nothing is hashed before `hashTree`.

import { assert, must } from "../base/assert.ts";
import type { Platform, TreeMemory } from "../base/platform.ts";
import { wordOf } from "./blobs.ts";
import { TreeHasher } from "./hasher.ts";
import { NIL, NodeArena } from "./nodes.ts";
import type { StoreChange, StoreEntry } from "./types.ts";

/** Depth at which a tree is cut into pieces for two threads: at most 128 of them. */
const SHARED_DEPTH = 7;

/** Changes sorted by key, with the first eight bytes of each key; those that wait for another pass. */
interface Batch {
  readonly changes: readonly StoreChange[];
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly rest: StoreChange[];
}

/** Nodes that a version no longer has. */
export interface Orphans {
  readonly nodes: readonly number[];
  /** What they hold. */
  readonly bytes: number;
}

/** Works on one tree in one version at a time; holds no state between writes but its orphan list. */
export class TreeEngine {
  readonly arena: NodeArena;
  readonly #hasher: TreeHasher;
  readonly #memory: TreeMemory;
  readonly platform: Platform;
  #version = 0;
  #orphans: number[] = [];
  #orphanBytes = 0;
  /** The key of the write or search that is going on, and its first eight bytes. */
  #key: Uint8Array = new Uint8Array(0);
  #high = 0;
  #low = 0;
  #value: Uint8Array = new Uint8Array(0);
  /** Whether the last set found its key. */
  #replaced = false;
  /** Smallest key of a right subtree whose old smallest key was removed; one hold, 0 = none. */
  #newKey = 0;

  constructor(platform: Platform) {
    this.arena = new NodeArena(platform);
    const { words, bytes, blobs, chunks } = this.arena;
    const memory = { words, bytes, blobWords: blobs.words, blobBytes: blobs.bytes };
    this.#hasher = new TreeHasher(memory, platform);
    this.#memory = { nodes: chunks, blobs: blobs.chunks };
    this.platform = platform;
  }

  /** Begins writing version `version`; nodes of other versions will be copied. */
  begin(version: number): void {
    assert(version > 0 && version < 2 ** 32, `tree version ${version}`);
    assert(this.#orphans.length === 0, "a version was begun while another was not ended");
    this.#version = version;
  }

  /** Ends the version: the nodes of earlier versions that it replaced, and the bytes that they hold. */
  end(): Orphans {
    const orphans = { nodes: this.#orphans, bytes: this.#orphanBytes };
    this.#orphans = [];
    this.#orphanBytes = 0;
    return orphans;
  }

  /** Root after writing `value` under `key`. An equal value is a write too. */
  set(root: number, key: Uint8Array, value: Uint8Array): number {
    assert(key.length > 0, "a tree key must not be empty");
    this.#seek(key);
    this.#value = value;
    this.#replaced = false;
    return root === NIL ? this.#newLeaf(this.arena.blobs.put(key)) : this.#set(root);
  }

  /** Root after removing `key`; the same root when it is not there. */
  remove(root: number, key: Uint8Array): number {
    if (this.find(root, key) === NIL) return root;
    this.#seek(key);
    this.#newKey = 0;
    const after = this.#remove(root);
    if (this.#newKey !== 0) this.arena.blobs.release(this.#newKey);
    return after;
  }

  /**
   * Root after all `changes`, sorted by key. Values of keys that are there do not change the shape of
   * the tree: they go first and visit each node on their paths once; then the others, one by one.
   */
  apply(root: number, changes: readonly StoreChange[]): number {
    const { length } = changes;
    const rest: StoreChange[] = root === NIL ? [...changes] : [];
    let node = root;
    if (root !== NIL && length > 0) {
      const batch = { changes, high: new Uint32Array(length), low: new Uint32Array(length), rest };
      for (const [i, [key]] of changes.entries()) {
        batch.high[i] = wordOf(key, 0, key.length);
        batch.low[i] = wordOf(key, 4, key.length - 4);
      }
      node = this.#replace(root, batch, 0, length);
    }
    for (const [key, value] of rest)
      node = value === undefined ? this.remove(node, key) : this.set(node, key, value);
    return node;
  }

  /** The leaf of `key`, or NIL. */
  find(root: number, key: Uint8Array): number {
    return this.arena.find(root, key);
  }

  get(root: number, key: Uint8Array): Uint8Array | undefined {
    const leaf = this.find(root, key);
    return leaf === NIL ? undefined : this.arena.blobs.read(this.arena.value(leaf));
  }

  /** Leaves with start <= key < end in order; an absent bound is open. */
  *leaves(
    root: number,
    start: Uint8Array | undefined,
    end: Uint8Array | undefined,
    reverse: boolean,
  ): IterableIterator<number> {
    if (root === NIL) return;
    const { arena } = this;
    const stack = [root];
    while (stack.length > 0) {
      const id = stack.pop() as number;
      const key = arena.key(id);
      // Against an inner node: keys below its key lie left, the others right.
      const fromLeft = start === undefined || arena.blobs.compare(start, key) < 0;
      const toRight = end === undefined || arena.blobs.compare(end, key) > 0;
      if (arena.height(id) === 0) {
        const atStart = fromLeft || arena.blobs.compare(must(start, "start"), key) === 0;
        if (atStart && toRight) yield id;
        continue;
      }
      if (reverse) {
        if (fromLeft) stack.push(arena.left(id));
        if (toRight) stack.push(arena.right(id));
      } else {
        if (toRight) stack.push(arena.right(id));
        if (fromLeft) stack.push(arena.left(id));
      }
    }
  }

  /** Entries with start <= key < end in order. */
  *entries(
    root: number,
    start?: Uint8Array,
    end?: Uint8Array,
    reverse = false,
  ): IterableIterator<StoreEntry> {
    const { blobs } = this.arena;
    for (const leaf of this.leaves(root, start, end, reverse))
      yield [blobs.read(this.arena.key(leaf)), blobs.read(this.arena.value(leaf))];
  }

  /** Hashes whatever has no hash yet below `root`; gives the root hash. */
  hashTree(root: number): Uint8Array {
    if (root === NIL) return this.platform.sha256(new Uint8Array(0));
    if (!this.arena.isHashed(root)) this.#hasher.hash(root);
    return this.arena.hash(root);
  }

  /**
   * The platform's helper begins to hash what is new below `root`, in which nothing may change until what
   * this gives is called: that does the rest together with it, but for the top, which `hashTree` does.
   * Worth it from a few hundred new nodes on; undefined without a helper.
   */
  hashAhead(root: number): (() => void) | undefined {
    const { helper } = this.platform;
    if (helper === undefined) return undefined;
    const subtrees: number[] = [];
    this.#newSubtrees(root, SHARED_DEPTH, subtrees);
    return helper.hash(this.#memory, subtrees, (id) => this.#hasher.hash(id));
  }

  /** Adds the subtrees `depth` levels down that have no hash yet; what ends before is left out. */
  #newSubtrees(id: number, depth: number, out: number[]): void {
    if (id === NIL || this.arena.isHashed(id)) return;
    if (depth === 0) out.push(id);
    else if (this.arena.height(id) > 0) {
      this.#newSubtrees(this.arena.left(id), depth - 1, out);
      this.#newSubtrees(this.arena.right(id), depth - 1, out);
    }
  }

  /** Frees every node below `root` that was made in `version`: what a discarded stage leaves. */
  freeVersion(root: number, version: number): void {
    if (root === NIL || this.arena.version(root) !== version) return;
    if (this.arena.height(root) > 0) {
      this.freeVersion(this.arena.left(root), version);
      this.freeVersion(this.arena.right(root), version);
    }
    this.arena.free(root);
  }

  /** Frees a whole tree of which no other root holds a part. */
  freeAll(root: number): void {
    if (root === NIL) return;
    if (this.arena.height(root) > 0) {
      this.freeAll(this.arena.left(root));
      this.freeAll(this.arena.right(root));
    }
    this.arena.free(root);
  }

  #seek(key: Uint8Array): void {
    this.#key = key;
    this.#high = wordOf(key, 0, key.length);
    this.#low = wordOf(key, 4, key.length - 4);
  }

  #newLeaf(key: number): number {
    return this.arena.leaf(this.#version, key, this.arena.blobs.put(this.#value));
  }

  /** The node itself when it may be changed, else a copy that may. */
  #own(id: number): number {
    if (this.arena.version(id) === this.#version) return id;
    this.#orphan(id);
    return this.arena.copy(this.#version, id);
  }

  #orphan(id: number): void {
    this.#orphans.push(id);
    this.#orphanBytes += this.arena.costOf(id);
  }

  /** The node is no longer part of the version that is being made. */
  #drop(id: number): void {
    if (this.arena.version(id) === this.#version) this.arena.free(id);
    else this.#orphan(id);
  }

  #set(id: number): number {
    const { arena } = this;
    const order = arena.order(id, this.#key, this.#high, this.#low);
    if (arena.height(id) === 0) return this.#setAtLeaf(id, order);
    const own = this.#own(id);
    if (order < 0) arena.setLeft(own, this.#set(arena.left(own)));
    else arena.setRight(own, this.#set(arena.right(own)));
    arena.measure(own);
    return this.#replaced ? own : this.#balance(own);
  }

  /** Replaces values below `id` by the changes from <= i < to, which belong there by their keys. */
  #replace(id: number, batch: Batch, from: number, to: number): number {
    const { arena } = this;
    if (arena.height(id) === 0) return this.#replaceLeaf(id, batch, from, to);
    let middle = from;
    for (let above = to; middle < above;) {
      const at = (middle + above) >> 1;
      if (this.#orderOf(id, batch, at) < 0) middle = at + 1;
      else above = at;
    }
    const left = arena.left(id);
    const right = arena.right(id);
    const newLeft = from < middle ? this.#replace(left, batch, from, middle) : left;
    const newRight = middle < to ? this.#replace(right, batch, middle, to) : right;
    if (newLeft === left && newRight === right) return id;
    const own = this.#own(id);
    arena.setLeft(own, newLeft);
    arena.setRight(own, newRight);
    return own;
  }

  #replaceLeaf(id: number, batch: Batch, from: number, to: number): number {
    let leaf = id;
    for (let i = from; i < to; i++) {
      const change = must(batch.changes[i], "change");
      const [, value] = change;
      if (value === undefined || this.#orderOf(id, batch, i) !== 0) batch.rest.push(change);
      else {
        this.#value = value;
        leaf = this.#setAtLeaf(id, 0);
      }
    }
    return leaf;
  }

  #orderOf(id: number, batch: Batch, at: number): number {
    const [key] = must(batch.changes[at], "change");
    return this.arena.order(id, key, batch.high[at] as number, batch.low[at] as number);
  }

  #setAtLeaf(id: number, order: number): number {
    const { arena } = this;
    if (order === 0) {
      this.#replaced = true;
      if (arena.version(id) === this.#version) {
        arena.setValue(id, arena.blobs.put(this.#value));
        return id;
      }
      arena.blobs.hold(arena.key(id));
      this.#orphan(id);
      return this.#newLeaf(arena.key(id));
    }
    const leaf = this.#newLeaf(arena.blobs.put(this.#key));
    // The inner node takes the larger of the two keys: the smallest of its right side.
    const key = arena.key(order < 0 ? id : leaf);
    arena.blobs.hold(key);
    return order < 0
      ? arena.inner(this.#version, key, leaf, id)
      : arena.inner(this.#version, key, id, leaf);
  }

  /** Removes a key that is there below `id`; NIL when nothing is left. */
  #remove(id: number): number {
    const { arena } = this;
    if (arena.height(id) === 0) {
      this.#drop(id);
      return NIL;
    }
    const toLeft = arena.order(id, this.#key, this.#high, this.#low) < 0;
    const child = this.#remove(toLeft ? arena.left(id) : arena.right(id));
    if (child === NIL) return this.#liftSibling(id, toLeft);
    const own = this.#own(id);
    if (toLeft) arena.setLeft(own, child);
    else {
      arena.setRight(own, child);
      if (this.#newKey !== 0) {
        arena.setKey(own, this.#newKey);
        this.#newKey = 0;
      }
    }
    arena.measure(own);
    return this.#balance(own);
  }

  /** The child that remains takes its parent's place. */
  #liftSibling(id: number, removedLeft: boolean): number {
    const { arena } = this;
    if (removedLeft) {
      this.#newKey = arena.key(id);
      arena.blobs.hold(this.#newKey);
    }
    const sibling = removedLeft ? arena.right(id) : arena.left(id);
    this.#drop(id);
    return sibling;
  }

  #lean(id: number): number {
    return this.arena.height(this.arena.left(id)) - this.arena.height(this.arena.right(id));
  }

  /** Rotates an owned node whose sides differ by more than one level. */
  #balance(id: number): number {
    const { arena } = this;
    const lean = this.#lean(id);
    if (lean > 1) {
      if (this.#lean(arena.left(id)) < 0)
        arena.setLeft(id, this.#rotateLeft(this.#own(arena.left(id))));
      return this.#rotateRight(id);
    }
    if (lean < -1) {
      if (this.#lean(arena.right(id)) > 0)
        arena.setRight(id, this.#rotateRight(this.#own(arena.right(id))));
      return this.#rotateLeft(id);
    }
    return id;
  }

  #rotateRight(id: number): number {
    const { arena } = this;
    const top = this.#own(arena.left(id));
    arena.setLeft(id, arena.right(top));
    arena.setRight(top, id);
    arena.measure(id);
    arena.measure(top);
    return top;
  }

  #rotateLeft(id: number): number {
    const { arena } = this;
    const top = this.#own(arena.right(id));
    arena.setRight(id, arena.left(top));
    arena.setLeft(top, id);
    arena.measure(id);
    arena.measure(top);
    return top;
  }
}
