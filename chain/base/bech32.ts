// Bech32 of one chain's addresses, both ways, in a tenth of the time of the general library. It reads
// lower-case text of its own prefix only; whatever else there is (upper case, other prefixes, every
// reason to refuse) is left to the library, which is the reference.

import { assert } from "./assert.ts";

const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CODES = Uint8Array.from(CHARSET, (character) => character.charCodeAt(0));
/** Value of a character, 255 for one that is not in the set. */
const VALUES = new Uint8Array(128).fill(255);
for (const [value, code] of CODES.entries()) VALUES[code] = value;

/** What the five bits that leave the checksum do to it. Source: BIP-173. */
const STEPS = Uint32Array.from({ length: 32 }, (_, high) => {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  return generators.reduce((sum, bits, at) => (((high >> at) & 1) === 0 ? sum : sum ^ bits), 0);
});
const CHECKSUM = 6;
/** Longest content that is written here: text and words then fit the buffers. */
const MAX_BYTES = 64;

function step(sum: number, value: number): number {
  return ((sum & 0x1ffffff) << 5) ^ value ^ (STEPS[sum >>> 25] as number);
}

/** Reads and writes the addresses of one prefix of lower-case letters and digits. */
export class Bech32 {
  readonly #start: string;
  /** Checksum after the prefix. */
  readonly #begun: number;
  readonly #out: Uint8Array;

  /** Whether a prefix is one that this class can serve. */
  static serves(prefix: string): boolean {
    return /^[a-z0-9]{1,30}$/.test(prefix);
  }

  constructor(prefix: string) {
    assert(Bech32.serves(prefix), `bech32 prefix ${JSON.stringify(prefix)}`);
    this.#start = `${prefix}1`;
    let sum = 1;
    for (let i = 0; i < prefix.length; i++) sum = step(sum, prefix.charCodeAt(i) >> 5);
    sum = step(sum, 0);
    for (let i = 0; i < prefix.length; i++) sum = step(sum, prefix.charCodeAt(i) & 31);
    this.#begun = sum;
    this.#out = new Uint8Array(this.#start.length + 2 * MAX_BYTES);
    for (let i = 0; i < this.#start.length; i++) this.#out[i] = this.#start.charCodeAt(i);
  }

  /** Text of 1 to 64 bytes; undefined for other lengths. */
  encode(bytes: Uint8Array): string | undefined {
    if (bytes.length === 0 || bytes.length > MAX_BYTES) return undefined;
    const out = this.#out;
    let at = this.#start.length;
    let sum = this.#begun;
    let word = 0;
    let bits = 0;
    for (let i = 0; i < bytes.length; i++) {
      word = ((word << 8) | (bytes[i] as number)) & 0xfff;
      for (bits += 8; bits >= 5; bits -= 5) {
        const value = (word >> (bits - 5)) & 31;
        sum = step(sum, value);
        out[at++] = CODES[value] as number;
      }
    }
    if (bits > 0) {
      const value = (word << (5 - bits)) & 31;
      sum = step(sum, value);
      out[at++] = CODES[value] as number;
    }
    for (let i = 0; i < CHECKSUM; i++) sum = step(sum, 0);
    sum ^= 1;
    for (let i = CHECKSUM - 1; i >= 0; i--) out[at++] = CODES[(sum >>> (5 * i)) & 31] as number;
    return String.fromCharCode.apply(undefined, out.subarray(0, at) as unknown as number[]);
  }

  /** The 1 to 64 bytes of a text that `encode` gives; undefined for any other text. */
  decode(text: string): Uint8Array | undefined {
    const first = this.#start.length;
    const last = text.length - CHECKSUM;
    const words = last - first;
    const length = (words * 5) >> 3;
    if (words < 2 || length > MAX_BYTES || !text.startsWith(this.#start)) return undefined;
    const bytes = new Uint8Array(length);
    let sum = this.#begun;
    let word = 0;
    let bits = 0;
    let at = 0;
    for (let i = first; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const value = code < 128 ? (VALUES[code] as number) : 255;
      if (value === 255) return undefined;
      sum = step(sum, value);
      if (i >= last) continue;
      word = ((word << 5) | value) & 0xfff;
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      bytes[at++] = word >> bits;
    }
    // What is left over pads the last byte: fewer than five bits, all zero.
    const padded = bits < 5 && (word & ((1 << bits) - 1)) === 0;
    return sum === 1 && padded ? bytes : undefined;
  }
}
