// Hashing of new nodes, straight on the memory of the arenas: most of a block's time in the tree. Another
// thread can do it on the same memory (`Helper`). The plain form of the same preimages is `Preimage`,
// with which `verifyTrees` hashes every node anew.

import type { Platform } from "../base/platform.ts";
import { BLOB_HEADER_BYTES, BLOB_UNIT_BITS, BLOB_UNIT_MASK } from "./blobs.ts";
import { CHUNK_BITS, CHUNK_MASK, HASH_AT, HASHED } from "./nodes.ts";
import { writeSigned, writeUnsigned } from "./preimage.ts";

/** Chunks of nodes and blobs, each as words and as bytes. */
export interface NodeMemory {
  readonly words: readonly Uint32Array[];
  readonly bytes: readonly Uint8Array[];
  readonly blobWords: readonly Uint32Array[];
  readonly blobBytes: readonly Uint8Array[];
}

/** Longest preimage or value for which a view is kept ready. */
const READY = 512;
/** Values longer than this are hashed where they lie. */
const SHORT = 96;

/** A buffer with a ready view of each length from its start. */
class Scratch {
  readonly bytes = new Uint8Array(READY);
  readonly #views = Array.from({ length: READY }, (_, length) => this.bytes.subarray(0, length));

  view(length: number): Uint8Array {
    return this.#views[length] as Uint8Array;
  }
}

/** Hashes nodes below a root that have no hash yet. */
export class TreeHasher {
  readonly #memory: NodeMemory;
  readonly #platform: Platform;
  readonly #preimage = new Scratch();
  readonly #value = new Scratch();
  readonly #emptyHash: Uint8Array;
  /** The version whose varint was written last, and that varint. */
  #version = -1;
  readonly #versionBytes = new Uint8Array(8);
  #versionLength = 0;

  constructor(memory: NodeMemory, platform: Platform) {
    this.#memory = memory;
    this.#platform = platform;
    this.#emptyHash = platform.sha256(new Uint8Array(0));
  }

  /** Hashes `id`, which has no hash, and what it needs below. */
  hash(id: number): void {
    const { words, bytes } = this.#memory;
    const chunk = id >>> CHUNK_BITS;
    const own = words[chunk] as Uint32Array;
    const at = (id & CHUNK_MASK) << 4;
    const height = (own[at + 2] as number) & 0xff;
    if (height === 0) this.#leaf(own, at, bytes[chunk] as Uint8Array);
    else {
      const left = own[at + 4] as number;
      const right = own[at + 5] as number;
      const leftWords = words[left >>> CHUNK_BITS] as Uint32Array;
      if (((leftWords[((left & CHUNK_MASK) << 4) + 2] as number) & HASHED) === 0) this.hash(left);
      const rightWords = words[right >>> CHUNK_BITS] as Uint32Array;
      if (((rightWords[((right & CHUNK_MASK) << 4) + 2] as number) & HASHED) === 0)
        this.hash(right);
      const out = this.#preimage.bytes;
      out[0] = height << 1;
      let end = this.#writeVersion(out, writeSigned(out, 1, own[at + 1] as number), own, at);
      end = this.#copyHash(left, out, end);
      end = this.#copyHash(right, out, end);
      const to = ((id & CHUNK_MASK) << 6) + HASH_AT;
      this.#platform.sha256Into(this.#preimage.view(end), bytes[chunk] as Uint8Array, to);
    }
    own[at + 2] = (own[at + 2] as number) | HASHED;
  }

  /** Length and bytes of a node's hash; gives the offset behind. */
  #copyHash(id: number, out: Uint8Array, at: number): number {
    const from = this.#memory.bytes[id >>> CHUNK_BITS] as Uint8Array;
    const start = ((id & CHUNK_MASK) << 6) + HASH_AT;
    out[at] = 32;
    for (let i = 0; i < 32; i++) out[at + 1 + i] = from[start + i] as number;
    return at + 33;
  }

  #writeVersion(out: Uint8Array, at: number, own: Uint32Array, record: number): number {
    const version = own[record] as number;
    if (version !== this.#version) {
      this.#version = version;
      this.#versionLength = writeSigned(this.#versionBytes, 0, version);
    }
    for (let i = 0; i < this.#versionLength; i++) out[at + i] = this.#versionBytes[i] as number;
    return at + this.#versionLength;
  }

  #leaf(own: Uint32Array, at: number, hashes: Uint8Array): void {
    const { blobWords, blobBytes } = this.#memory;
    const key = own[at + 3] as number;
    const keyBytes = blobBytes[key >>> BLOB_UNIT_BITS] as Uint8Array;
    const keyUnit = key & BLOB_UNIT_MASK;
    const length = (blobWords[key >>> BLOB_UNIT_BITS] as Uint32Array)[keyUnit << 2] as number;
    const from = (keyUnit << 4) + BLOB_HEADER_BYTES;
    const fits = length + 64 < READY;
    const out = fits ? this.#preimage.bytes : new Uint8Array(length + 64);
    out[0] = 0;
    out[1] = 2;
    let end = writeUnsigned(out, this.#writeVersion(out, 2, own, at), length);
    for (let i = 0; i < length; i++) out[end + i] = keyBytes[from + i] as number;
    end += length;
    out[end] = 32;
    this.#hashValue(own[at + 4] as number, out, end + 1);
    end += 33;
    const view = fits ? this.#preimage.view(end) : out.subarray(0, end);
    this.#platform.sha256Into(view, hashes, (at << 2) + HASH_AT);
  }

  #hashValue(value: number, out: Uint8Array, at: number): void {
    const bytes = this.#memory.blobBytes[value >>> BLOB_UNIT_BITS] as Uint8Array;
    const words = this.#memory.blobWords[value >>> BLOB_UNIT_BITS] as Uint32Array;
    const unit = value & BLOB_UNIT_MASK;
    const length = words[unit << 2] as number;
    const from = (unit << 4) + BLOB_HEADER_BYTES;
    if (length === 0) {
      for (let i = 0; i < 32; i++) out[at + i] = this.#emptyHash[i] as number;
      return;
    }
    if (length > SHORT)
      return this.#platform.sha256Into(bytes.subarray(from, from + length), out, at);
    const copy = this.#value.bytes;
    for (let i = 0; i < length; i++) copy[i] = bytes[from + i] as number;
    this.#platform.sha256Into(this.#value.view(length), out, at);
  }
}
