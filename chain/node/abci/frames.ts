// Messages of the ABCI socket: the length of each as an unsigned varint, then its bytes. (Up to v0.34 the
// length was signed; every client since v0.37 writes it so.) Source: CometBFT libs/protoio.

import { concatBytes } from "../../base/bytes.ts";
import { varint } from "../comet/wire.ts";

/** Longest message that the protocol knows. Source: CometBFT abci/types/messages.go. */
export const MAX_FRAME_BYTES = 2 ** 31 - 1;

/** Chunks of one message after which small ones are copied together, and into pieces of how many bytes. */
const MANY_CHUNKS = 64;
const BLOCK_BYTES = 65_536;

/** Bytes of the longest length. */
const LENGTH_BYTES = 5;

/** What a peer sends is no sequence of messages. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  readonly #maxBytes: number;
  /** Received and not taken yet; the first begins at `#offset`. */
  #chunks: Uint8Array[] = [];
  #offset = 0;
  #available = 0;
  /** Where small chunks are copied to, how far it is used, and that part of it. */
  #block: Uint8Array = new Uint8Array(0);
  #used = 0;
  #filled: Uint8Array | undefined;
  /** Length of the message that is being received. */
  #length: number | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = Math.min(maxBytes, MAX_FRAME_BYTES);
  }

  /** Bytes that were received and not taken. */
  get waiting(): number {
    return this.#available;
  }

  /** Takes bytes in. They are kept, not copied: the caller may not change them. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#available += chunk.length;
    if (this.#chunks.length < MANY_CHUNKS || chunk.length > BLOCK_BYTES / 4)
      this.#chunks.push(chunk);
    else this.#gather(chunk);
  }

  /** A peer that sends byte by byte: its bytes are copied together, for each chunk costs a hundred more. */
  #gather(chunk: Uint8Array): void {
    const last = this.#chunks.length - 1;
    const end = this.#used + chunk.length;
    if (this.#chunks[last] === this.#filled && end <= this.#block.length) {
      this.#block.set(chunk, this.#used);
      this.#filled = this.#block.subarray(0, end);
      this.#chunks[last] = this.#filled;
    } else {
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#block.set(chunk);
      this.#filled = this.#block.subarray(0, chunk.length);
      this.#chunks.push(this.#filled);
    }
    this.#used = this.#filled.length;
  }

  /**
   * The next whole message; undefined when more bytes are needed. A message that came in pieces is
   * joined once, when it is whole: a length alone takes no memory. Throws: FrameError.
   */
  next(): Uint8Array | undefined {
    this.#length ??= this.#readLength();
    const length = this.#length;
    if (length === undefined || this.#available < length) return undefined;
    this.#length = undefined;
    return this.#take(length);
  }

  /** Reads a length once it is whole. */
  #readLength(): number | undefined {
    let value = 0;
    for (let i = 0; i < LENGTH_BYTES; i++) {
      const byte = this.#byteAt(i);
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte >= 0x80) continue;
      if (value > this.#maxBytes)
        throw new FrameError(`a message of ${value} bytes; the limit is ${this.#maxBytes}`);
      this.#drop(i + 1);
      return value;
    }
    throw new FrameError(`the length of a message takes more than ${LENGTH_BYTES} bytes`);
  }

  /** Byte `index` of what waits; only asked of the first few. */
  #byteAt(index: number): number | undefined {
    let at = index + this.#offset;
    for (const chunk of this.#chunks) {
      if (at < chunk.length) return chunk[at];
      at -= chunk.length;
    }
    return undefined;
  }

  #drop(count: number): void {
    this.#available -= count;
    this.#offset += count;
    let first = this.#chunks[0];
    while (first !== undefined && this.#offset >= first.length) {
      this.#offset -= first.length;
      this.#chunks.shift();
      first = this.#chunks[0];
    }
  }

  #take(length: number): Uint8Array {
    const first = this.#chunks[0] ?? new Uint8Array(0);
    if (first.length - this.#offset >= length) {
      const view = first.subarray(this.#offset, this.#offset + length);
      this.#drop(length);
      return view;
    }
    const whole = new Uint8Array(length);
    let filled = 0;
    let used = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(this.#offset, this.#offset + length - filled);
      whole.set(part, filled);
      filled += part.length;
      if (this.#offset + part.length < chunk.length) {
        this.#offset += part.length;
        break;
      }
      this.#offset = 0;
      used++;
      if (filled === length) break;
    }
    this.#chunks.splice(0, used);
    this.#available -= length;
    return whole;
  }
}

/** A message behind its length. */
export function frameOf(message: Uint8Array): Uint8Array {
  return concatBytes(varint(BigInt(message.length)), message);
}
