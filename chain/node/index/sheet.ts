// Keys and values of a block's index rows, written one behind the other into memory that they share: ten
// rows a transaction cost ten small arrays less each. Whoever holds a row holds its block of memory, so
// rows are written to the database and forgotten.

import { utf8 } from "../../base/bytes.ts";

/** Values longer than this are not indexed, bytes: nobody can ask for them in 512 characters. */
export const MAX_VALUE_BYTES = 4096;

const BLOCK_BYTES = 1 << 16;
/** Beyond this the host turns text into bytes faster than a loop. */
const SHORT_TEXT = 128;
/** Most bytes of a varint below 2^53. */
const VARINT_BYTES = 8;

/** Tags of TxResult, in the order of its fields. */
const RESULT_TAG = { height: 8, index: 16, tx: 26, result: 34 } as const;

/** Memory for the rows of one block of the chain. */
export class Sheet {
  #block = new Uint8Array(BLOCK_BYTES);
  #used = 0;

  /** Prefix, sized value, suffix; undefined for a value that is not indexed. */
  key(prefix: Uint8Array, value: string, suffix: Uint8Array): Uint8Array | undefined {
    if (value.length > MAX_VALUE_BYTES) return undefined;
    this.#reserve(prefix.length + 2 + 3 * value.length + suffix.length);
    const start = this.#used;
    this.#copy(prefix);
    this.#used += 2;
    const from = this.#used;
    if (!this.#ascii(value) && !this.#text(value)) {
      this.#used = start;
      return undefined;
    }
    const length = this.#used - from;
    this.#block[from - 2] = length >> 8;
    this.#block[from - 1] = length & 255;
    this.#copy(suffix);
    return this.#block.subarray(start, this.#used);
  }

  /** 32-bit numbers, high byte first. */
  postings(numbers: readonly number[]): Uint8Array {
    this.#reserve(4 * numbers.length);
    const start = this.#used;
    const block = this.#block;
    for (const number of numbers) {
      block[this.#used++] = number >>> 24;
      block[this.#used++] = number >>> 16;
      block[this.#used++] = number >>> 8;
      block[this.#used++] = number;
    }
    return block.subarray(start, this.#used);
  }

  /** The bytes of a TxResult whose result is encoded already. */
  result(height: bigint, index: number, tx: Uint8Array, result: Uint8Array): Uint8Array {
    this.#reserve(tx.length + result.length + 4 * (1 + VARINT_BYTES));
    const start = this.#used;
    this.#number(RESULT_TAG.height, Number(height));
    this.#number(RESULT_TAG.index, index);
    if (tx.length > 0) this.#bytes(RESULT_TAG.tx, tx);
    this.#bytes(RESULT_TAG.result, result);
    return this.#block.subarray(start, this.#used);
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#block.length) return;
    this.#block = new Uint8Array(Math.max(BLOCK_BYTES, length));
    this.#used = 0;
  }

  #copy(bytes: Uint8Array): void {
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Writes short ASCII text; false when it is neither. */
  #ascii(text: string): boolean {
    const { length } = text;
    if (length > SHORT_TEXT) return false;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      this.#block[this.#used + i] = code;
    }
    this.#used += length;
    return true;
  }

  /** Writes any text; false when it has no UTF-8 form or too many bytes. */
  #text(text: string): boolean {
    if (!text.isWellFormed()) return false;
    const bytes = utf8(text);
    if (bytes.length > MAX_VALUE_BYTES) return false;
    this.#copy(bytes);
    return true;
  }

  /** A field that is left out when it is 0. */
  #number(tag: number, value: number): void {
    if (value === 0) return;
    this.#block[this.#used++] = tag;
    this.#varint(value);
  }

  #bytes(tag: number, bytes: Uint8Array): void {
    this.#block[this.#used++] = tag;
    this.#varint(bytes.length);
    this.#copy(bytes);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#block[this.#used++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#block[this.#used++] = rest;
  }
}

/**
 * Where each `tx_results` entry stands in the bytes of a ResponseFinalizeBlock: views, nothing is copied.
 * The bytes are ones that the codec wrote.
 */
export function resultsIn(response: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = response[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < response.length) {
    const tag = varint();
    // All fields of this message are of wire type 2: a length and so many bytes.
    const length = varint();
    if (tag === RESULTS_TAG) found.push(response.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** Tag of ResponseFinalizeBlock.tx_results. */
const RESULTS_TAG = 18;
