// Keys and values of tree nodes, outside the garbage-collected heap: blobs of any length up to four
// megabytes in chunks of four, with a free list per size class. A reference counts units of 16
// bytes, so 32 bits reach 64 GB.
//
// Layout of a blob: length (u32), count of holders (u32, keys only), bytes. A free blob holds the
// next free one of its class in its first word. Memory is reused, never given back to the host.

import { assert } from "../base/assert.ts";
import { copyBytes } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";

/** Bytes of one chunk. */
export const BLOB_CHUNK_BYTES = 1 << 22;
/** Units of 16 bytes in one chunk, as a power of two. */
export const BLOB_UNIT_BITS = 18;
/** The part of a reference that counts units in its chunk. */
export const BLOB_UNIT_MASK = (1 << BLOB_UNIT_BITS) - 1;
/** Bytes before the content. */
export const BLOB_HEADER_BYTES = 8;
/** Longest content. */
export const BLOB_MAX_BYTES = BLOB_CHUNK_BYTES - BLOB_HEADER_BYTES;
/** Blobs up to this many units have a class per unit; larger ones one per power of two. */
const EXACT_UNITS = 32;

/** A growing store of byte strings. Reference 0 is never given out. */
export class BlobArena {
  /** Chunks as bytes; content of `ref` begins at `blobOffset(ref)` of chunk `blobChunk(ref)`. */
  readonly bytes: Uint8Array[] = [];
  /** The same chunks as words, and themselves. */
  readonly words: Uint32Array[] = [];
  readonly chunks: ArrayBufferLike[] = [];
  readonly #platform: Platform;
  /** First free blob of each class, 0 = none. */
  readonly #free: number[] = Array.from({ length: EXACT_UNITS + 32 }, () => 0);
  #next = 0;
  #left = 0;
  #used = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#grow();
    // Unit 0 is never given out, so that 0 can mean nothing.
    this.#next += 1;
    this.#left -= 1;
  }

  /** Bytes in blobs that are held, with their headers and padding. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Bytes of all chunks. */
  get reservedBytes(): number {
    return this.bytes.length * BLOB_CHUNK_BYTES;
  }

  /** Stores a copy of `content`, held once. */
  put(content: Uint8Array): number {
    const ref = this.#allocate(content.length);
    const words = this.words[ref >>> BLOB_UNIT_BITS] as Uint32Array;
    const at = (ref & BLOB_UNIT_MASK) << 2;
    words[at] = content.length;
    words[at + 1] = 1;
    const bytes = this.bytes[ref >>> BLOB_UNIT_BITS] as Uint8Array;
    const offset = (at << 2) + BLOB_HEADER_BYTES;
    if (content.length > 64) bytes.set(content, offset);
    else for (let i = 0; i < content.length; i++) bytes[offset + i] = content[i] as number;
    return ref;
  }

  length(ref: number): number {
    return (this.words[ref >>> BLOB_UNIT_BITS] as Uint32Array)[
      (ref & BLOB_UNIT_MASK) << 2
    ] as number;
  }

  /** A copy of the content. */
  read(ref: number): Uint8Array {
    const offset = blobOffset(ref);
    const bytes = this.bytes[ref >>> BLOB_UNIT_BITS] as Uint8Array;
    return copyBytes(bytes, offset, offset + this.length(ref));
  }

  /** Copies the content into `out` at `at`; gives its length. */
  copyInto(ref: number, out: Uint8Array, at: number): number {
    const bytes = this.bytes[ref >>> BLOB_UNIT_BITS] as Uint8Array;
    const offset = blobOffset(ref);
    const length = this.length(ref);
    if (length > 64) out.set(bytes.subarray(offset, offset + length), at);
    else for (let i = 0; i < length; i++) out[at + i] = bytes[offset + i] as number;
    return length;
  }

  /** One more holder. */
  hold(ref: number): void {
    const words = this.words[ref >>> BLOB_UNIT_BITS] as Uint32Array;
    const at = ((ref & BLOB_UNIT_MASK) << 2) + 1;
    words[at] = (words[at] as number) + 1;
  }

  /** One holder less; the last one frees the blob. */
  release(ref: number): void {
    const words = this.words[ref >>> BLOB_UNIT_BITS] as Uint32Array;
    const at = (ref & BLOB_UNIT_MASK) << 2;
    const holders = words[at + 1] as number;
    assert(holders > 0, `blob ${ref} released once too often`);
    words[at + 1] = holders - 1;
    if (holders > 1) return;
    const length = words[at] as number;
    const kind = classOf(length);
    this.#used -= unitsOf(kind) << 4;
    words[at] = this.#free[kind] as number;
    this.#free[kind] = ref;
  }

  /** Bytes that a blob of this length takes. */
  static costOf(length: number): number {
    return unitsOf(classOf(length)) << 4;
  }

  /** Order of `key` against the content: negative, zero or positive. */
  compare(key: Uint8Array, ref: number): number {
    const bytes = this.bytes[ref >>> BLOB_UNIT_BITS] as Uint8Array;
    const length = this.length(ref);
    const offset = blobOffset(ref);
    const shared = key.length < length ? key.length : length;
    for (let i = 0; i < shared; i++) {
      const difference = (key[i] as number) - (bytes[offset + i] as number);
      if (difference !== 0) return difference;
    }
    return key.length - length;
  }

  /** Four bytes of the content at `from` as a big-endian number, zeros behind its end. */
  word(ref: number, from: number): number {
    const bytes = this.bytes[ref >>> BLOB_UNIT_BITS] as Uint8Array;
    const at = blobOffset(ref) + from;
    return wordOf(bytes, at, this.length(ref) - from);
  }

  #allocate(length: number): number {
    assert(
      length <= BLOB_MAX_BYTES,
      `a key or value of ${length} bytes, at most ${BLOB_MAX_BYTES}`,
    );
    const kind = classOf(length);
    const units = unitsOf(kind);
    this.#used += units << 4;
    const free = this.#free[kind] as number;
    if (free !== 0) {
      const words = this.words[free >>> BLOB_UNIT_BITS] as Uint32Array;
      this.#free[kind] = words[(free & BLOB_UNIT_MASK) << 2] as number;
      return free;
    }
    if (this.#left < units) this.#grow();
    const ref = this.#next;
    this.#next += units;
    this.#left -= units;
    return ref;
  }

  /** Begins a new chunk. What was left of the last one is given to the free lists. */
  #grow(): void {
    while (this.#left > 0) {
      const units = Math.min(this.#left, EXACT_UNITS);
      const words = this.words[this.#next >>> BLOB_UNIT_BITS] as Uint32Array;
      words[(this.#next & BLOB_UNIT_MASK) << 2] = this.#free[units] as number;
      this.#free[units] = this.#next;
      this.#next += units;
      this.#left -= units;
    }
    const buffer = this.#platform.allocate(BLOB_CHUNK_BYTES);
    this.#next = this.bytes.length << BLOB_UNIT_BITS;
    assert(this.bytes.length < 1 << (31 - BLOB_UNIT_BITS), "the blob arena is full");
    this.#left = 1 << BLOB_UNIT_BITS;
    this.chunks.push(buffer);
    this.bytes.push(new Uint8Array(buffer));
    this.words.push(new Uint32Array(buffer));
  }
}

/** Four bytes at `at` as a big-endian number, of which only `length` are there; zeros for the rest. */
export function wordOf(bytes: Uint8Array, at: number, length: number): number {
  if (length >= 4) {
    const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    return (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | low) >>> 0;
  }
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | (i < length ? (bytes[at + i] as number) : 0);
  return word >>> 0;
}

/** Where the content of a blob begins in its chunk. */
export function blobOffset(ref: number): number {
  return ((ref & BLOB_UNIT_MASK) << 4) + BLOB_HEADER_BYTES;
}

/** Class of a blob: its units up to EXACT_UNITS, then one class per power of two. */
function classOf(length: number): number {
  const units = (length + BLOB_HEADER_BYTES + 15) >>> 4;
  if (units <= EXACT_UNITS) return units;
  return EXACT_UNITS + (32 - Math.clz32(units - 1)) - 5;
}

/** Units of a class. */
function unitsOf(kind: number): number {
  return kind <= EXACT_UNITS ? kind : EXACT_UNITS << (kind - EXACT_UNITS);
}
