// Records of tree nodes, outside the garbage-collected heap: 64 bytes each, in chunks of 2 MB that
// are never moved, so that a reader of an older version is not disturbed by growth.
//
//   word 0 version         1 size (leaves below)   2 height, and HASHED once the hash stands
//        3 key (blob)      4 left | value (blob)   5 right | 0
//        6, 7 first eight bytes of the key, zeros behind shorter ones (of a free record: 7 = next free)
//   bytes 32..63 hash
//
// Words 6 and 7 decide most comparisons of a descent without touching the key's own cache line.
//
// Seam for cold subtrees: a child may one day be a stub record that holds (version, nonce) of a node
// on disk; all reads of children go through `left`, `right` and `find` of this class, where it would
// be read back.

import { assert } from "../base/assert.ts";
import type { Platform } from "../base/platform.ts";
import { BlobArena, wordOf } from "./blobs.ts";

/** No node: the root of an empty tree. */
export const NIL = 0;

/** Records of one chunk, as a power of two. */
export const CHUNK_BITS = 15;
/** The part of an id that counts records in its chunk. */
export const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const RECORD_BYTES = 64;
/** Set beside the height once the hash stands. */
export const HASHED = 0x100;
/** Byte offset of the hash in a record. */
export const HASH_AT = 32;

/** All nodes of all trees. Ids are dense and reused; id 0 is NIL. */
export class NodeArena {
  readonly blobs: BlobArena;
  readonly #platform: Platform;
  /** Chunks as words and as bytes, for `TreeHasher`. */
  readonly words: Uint32Array[] = [];
  readonly bytes: Uint8Array[] = [];
  /** The chunks themselves. */
  readonly chunks: ArrayBufferLike[] = [];
  #next = 1;
  #free = NIL;
  #count = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.blobs = new BlobArena(platform);
  }

  /** Nodes that are held. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of nodes, keys and values that are held. */
  get usedBytes(): number {
    return this.#count * RECORD_BYTES + this.blobs.usedBytes;
  }

  /** Bytes taken from the host. */
  get reservedBytes(): number {
    return this.words.length * (RECORD_BYTES << CHUNK_BITS) + this.blobs.reservedBytes;
  }

  version(id: number): number {
    return (this.words[id >>> CHUNK_BITS] as Uint32Array)[(id & CHUNK_MASK) << 4] as number;
  }

  size(id: number): number {
    return (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 1] as number;
  }

  height(id: number): number {
    const word = (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 2];
    return (word as number) & 0xff;
  }

  /** The key blob: of a leaf its key, of an inner node the smallest key of its right subtree. */
  key(id: number): number {
    return (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 3] as number;
  }

  left(id: number): number {
    return (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 4] as number;
  }

  right(id: number): number {
    return (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 5] as number;
  }

  /**
   * Order of `key` against the node's key: negative, zero or positive. `high` and `low` are the
   * first eight bytes of `key` (`keyHigh`, `keyLow`).
   */
  order(id: number, key: Uint8Array, high: number, low: number): number {
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    const first = words[at + 6] as number;
    if (first !== high) return high - first;
    const second = words[at + 7] as number;
    if (second !== low) return low - second;
    return this.blobs.compare(key, words[at + 3] as number);
  }

  /** The leaf of `key` below `root`, or NIL. One loop, because reads are what blocks do most. */
  find(root: number, key: Uint8Array): number {
    if (root === NIL) return NIL;
    const high = wordOf(key, 0, key.length);
    const low = wordOf(key, 4, key.length - 4);
    let id = root;
    for (;;) {
      const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
      const at = (id & CHUNK_MASK) << 4;
      let order = high - (words[at + 6] as number);
      if (order === 0) order = low - (words[at + 7] as number);
      if (order === 0) order = this.blobs.compare(key, words[at + 3] as number);
      if (((words[at + 2] as number) & 0xff) === 0) return order === 0 ? id : NIL;
      id = words[order < 0 ? at + 4 : at + 5] as number;
    }
  }

  /** The value blob of a leaf. */
  value(id: number): number {
    return this.left(id);
  }

  isHashed(id: number): boolean {
    const word = (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 2];
    return ((word as number) & HASHED) !== 0;
  }

  /** A copy of the hash. */
  hash(id: number): Uint8Array {
    const at = ((id & CHUNK_MASK) << 6) + HASH_AT;
    return (this.bytes[id >>> CHUNK_BITS] as Uint8Array).slice(at, at + 32);
  }

  /** Copies the hash into `out`. */
  copyHash(id: number, out: Uint8Array, offset: number): void {
    const bytes = this.bytes[id >>> CHUNK_BITS] as Uint8Array;
    const at = ((id & CHUNK_MASK) << 6) + HASH_AT;
    for (let i = 0; i < 32; i++) out[offset + i] = bytes[at + i] as number;
  }

  /** Sets a hash that is known (from a snapshot). */
  setHash(id: number, hash: Uint8Array): void {
    const chunk = id >>> CHUNK_BITS;
    (this.bytes[chunk] as Uint8Array).set(hash, ((id & CHUNK_MASK) << 6) + HASH_AT);
    const words = this.words[chunk] as Uint32Array;
    const word = ((id & CHUNK_MASK) << 4) + 2;
    words[word] = (words[word] as number) | HASHED;
  }

  setLeft(id: number, child: number): void {
    (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 4] = child;
  }

  setRight(id: number, child: number): void {
    (this.words[id >>> CHUNK_BITS] as Uint32Array)[((id & CHUNK_MASK) << 4) + 5] = child;
  }

  /** Puts another key blob in place; takes over one hold of `key`. */
  setKey(id: number, key: number): void {
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = ((id & CHUNK_MASK) << 4) + 3;
    this.blobs.release(words[at] as number);
    words[at] = key;
    words[at + 3] = this.blobs.word(key, 0);
    words[at + 4] = this.blobs.word(key, 4);
  }

  /** Puts another value into a leaf that has no hash yet. */
  setValue(id: number, value: number): void {
    this.blobs.release(this.value(id));
    this.setLeft(id, value);
  }

  /** Height and size from the children; forgets the hash. */
  measure(id: number): void {
    const left = this.left(id);
    const right = this.right(id);
    const leftHeight = this.height(left);
    const rightHeight = this.height(right);
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    words[at + 1] = this.size(left) + this.size(right);
    words[at + 2] = (leftHeight > rightHeight ? leftHeight : rightHeight) + 1;
  }

  /** A new leaf; takes over one hold of `key` and of `value`. */
  leaf(version: number, key: number, value: number): number {
    const id = this.#make(version, 1, 0, key, value, 0);
    this.#begin(id, key);
    return id;
  }

  /** A new inner node; takes over one hold of `key`. Measures itself. */
  inner(version: number, key: number, left: number, right: number): number {
    const id = this.#make(version, 0, 0, key, left, right);
    this.#begin(id, key);
    this.measure(id);
    return id;
  }

  /** A copy of an inner node for a later version, without hash. */
  copy(version: number, id: number): number {
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    const key = words[at + 3] as number;
    this.blobs.hold(key);
    const made = this.#make(
      version,
      words[at + 1] as number,
      (words[at + 2] as number) & 0xff,
      key,
      words[at + 4] as number,
      words[at + 5] as number,
    );
    const target = this.words[made >>> CHUNK_BITS] as Uint32Array;
    const to = (made & CHUNK_MASK) << 4;
    target[to + 6] = words[at + 6] as number;
    target[to + 7] = words[at + 7] as number;
    return made;
  }

  /** Frees a record and its holds. Children are not touched. */
  free(id: number): void {
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    this.blobs.release(words[at + 3] as number);
    if (((words[at + 2] as number) & 0xff) === 0) this.blobs.release(words[at + 4] as number);
    words[at] = 0;
    words[at + 7] = this.#free;
    this.#free = id;
    this.#count -= 1;
  }

  /** Bytes that freeing this node may give back (its key may be held by others). */
  costOf(id: number): number {
    if (this.height(id) > 0) return RECORD_BYTES;
    return RECORD_BYTES + BlobArena.costOf(this.blobs.length(this.value(id)));
  }

  #make(
    version: number,
    size: number,
    height: number,
    key: number,
    left: number,
    right: number,
  ): number {
    let id = this.#free;
    if (id === NIL) {
      id = this.#next++;
      if (id >>> CHUNK_BITS >= this.words.length) this.#grow();
    } else {
      const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
      this.#free = words[((id & CHUNK_MASK) << 4) + 7] as number;
    }
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    words[at] = version;
    words[at + 1] = size;
    words[at + 2] = height;
    words[at + 3] = key;
    words[at + 4] = left;
    words[at + 5] = right;
    this.#count += 1;
    return id;
  }

  /** Puts the beginning of the key into the record. */
  #begin(id: number, key: number): void {
    const words = this.words[id >>> CHUNK_BITS] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    words[at + 6] = this.blobs.word(key, 0);
    words[at + 7] = this.blobs.word(key, 4);
  }

  #grow(): void {
    assert(this.words.length < 1 << (31 - CHUNK_BITS), "the node arena is full");
    const buffer = this.#platform.allocate(RECORD_BYTES << CHUNK_BITS);
    this.words.push(new Uint32Array(buffer));
    this.bytes.push(new Uint8Array(buffer));
    this.chunks.push(buffer);
  }
}
