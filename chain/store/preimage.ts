// What is hashed for a tree node, built in one buffer with ready-made views, because a fresh view
// per hash costs as much as a third of the hash.
//
//   leaf  = zz(0) zz(1) zz(version) uv(len key) key 0x20 SHA-256(value)
//   inner = zz(height) zz(size) zz(version) 0x20 left 0x20 right
// zz is Go's signed varint, uv the unsigned one. Source: cosmos/iavl node.go, writeHashBytes.

import type { Platform } from "../base/platform.ts";
import type { NodeArena } from "./nodes.ts";

const READY_VIEWS = 512;

/** Writes a number 0..2^53-1 as a signed (zig-zag) varint; gives the offset behind it. */
export function writeSigned(out: Uint8Array, offset: number, value: number): number {
  // The lowest six bits share a byte with the sign; 32-bit shifts would cut larger numbers.
  const rest = Math.floor(value * 2 ** -6);
  if (rest === 0) {
    out[offset] = (value & 63) << 1;
    return offset + 1;
  }
  out[offset] = ((value & 63) << 1) | 0x80;
  return writeUnsigned(out, offset + 1, rest);
}

/** Writes a number 0..2^53-1 as an unsigned varint; gives the offset behind it. */
export function writeUnsigned(out: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  while (rest > 127) {
    out[at++] = (rest & 127) | 0x80;
    rest = Math.floor(rest * 2 ** -7);
  }
  out[at] = rest;
  return at + 1;
}

/** First bytes of the hash preimage of an inner node: zz(height) zz(size) zz(version). */
export function innerPrefix(height: number, size: number, version: number): Uint8Array {
  const out = new Uint8Array(24);
  const end = writeSigned(out, writeSigned(out, writeSigned(out, 0, height), size), version);
  return out.slice(0, end);
}

/** One reusable buffer for preimages. What it gives is valid until it is asked again. */
export class Preimage {
  #buffer: Uint8Array = new Uint8Array(4096);
  #views: Uint8Array[] = [];
  readonly #valueHash = new Uint8Array(32);

  constructor() {
    this.#makeViews();
  }

  inner(arena: NodeArena, id: number): Uint8Array {
    const out = this.#buffer;
    let at = writeSigned(out, 0, arena.height(id));
    at = writeSigned(out, at, arena.size(id));
    at = writeSigned(out, at, arena.version(id));
    out[at++] = 32;
    arena.copyHash(arena.left(id), out, at);
    at += 32;
    out[at++] = 32;
    arena.copyHash(arena.right(id), out, at);
    return this.#view(at + 32);
  }

  leaf(arena: NodeArena, id: number, platform: Platform): Uint8Array {
    const { blobs } = arena;
    const value = arena.value(id);
    this.#reserve(blobs.length(value));
    const length = blobs.copyInto(value, this.#buffer, 0);
    platform.sha256Into(this.#view(length), this.#valueHash, 0);
    const key = arena.key(id);
    const keyLength = blobs.length(key);
    this.#reserve(keyLength + 64);
    const out = this.#buffer;
    out[0] = 0;
    out[1] = 2;
    let at = writeSigned(out, 2, arena.version(id));
    at = writeUnsigned(out, at, keyLength);
    at += blobs.copyInto(key, out, at);
    out[at++] = 32;
    for (let i = 0; i < 32; i++) out[at + i] = this.#valueHash[i] as number;
    return this.#view(at + 32);
  }

  #view(length: number): Uint8Array {
    return this.#views[length] ?? this.#buffer.subarray(0, length);
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    this.#buffer = new Uint8Array(2 * length);
    this.#makeViews();
  }

  #makeViews(): void {
    this.#views = [];
    for (let i = 0; i < READY_VIEWS; i++) this.#views.push(this.#buffer.subarray(0, i));
  }
}
