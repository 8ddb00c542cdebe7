// Bytes: comparison, joining and the text forms hex, base64 and UTF-8. Every parser is strict:
// it accepts exactly what its formatter produces (hex: either case).

import { assert } from "./assert.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** No bytes. Shared, therefore frozen in meaning: there is nothing in it to change. */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

/** Parts shorter than this are copied byte by byte: cheaper than a call into the host. */
const SHORT_PART = 32;

/** Joins parts into one new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes(parts);
}

/** Joins a list of parts into one new array. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += (parts[i] as Uint8Array).length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Uint8Array;
    if (part.length < SHORT_PART)
      for (let at = 0; at < part.length; at++) out[offset + at] = part[at] as number;
    else out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Longest array that the host keeps beside its object; a longer one costs ten times as much to make. */
const INLINE_BYTES = 64;
/** Longest copy that is put into a shared block. */
const SHARED_BYTES = 1024;
const BLOCK_BYTES = 1 << 15;

let block: Uint8Array = new Uint8Array(0);
let blockUsed = 0;

/**
 * A copy of bytes `start` to `end` of an array. What is returned may be a view into a block that it
 * shares with other copies: use its length and contents, never its `buffer` alone.
 */
export function copyBytes(from: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  if (length <= INLINE_BYTES || length > SHARED_BYTES) return from.slice(start, end);
  if (blockUsed + length > block.length) {
    block = new Uint8Array(BLOCK_BYTES);
    blockUsed = 0;
  }
  const copy = new Uint8Array(block.buffer, blockUsed, length);
  blockUsed += length;
  copy.set(from.subarray(start, end));
  return copy;
}

/** Bytewise order: negative, zero or positive. A prefix stands before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether both hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Whether `bytes` begins with `prefix`. */
export function startsWithBytes(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && equalBytes(bytes.subarray(0, prefix.length), prefix);
}

/** The first key after all keys that begin with `prefix`; undefined when there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] !== 0xff) {
      const end = prefix.slice(0, i + 1);
      end[i] = (end[i] as number) + 1;
      return end;
    }
  }
  return undefined;
}

const TWO_32 = 1n << 32n;

/** A 64-bit unsigned integer as 8 bytes, big-endian: byte order is number order. */
export function u64BigEndian(value: bigint): Uint8Array {
  assert(value >= 0n && value < 1n << 64n, `u64 out of range: ${value}`);
  const out = new Uint8Array(8);
  if (value < TWO_32) {
    const low = Number(value);
    out[4] = low >>> 24;
    out[5] = low >>> 16;
    out[6] = low >>> 8;
    out[7] = low;
  } else {
    new DataView(out.buffer).setBigUint64(0, value);
  }
  return out;
}

/** Reads 8 big-endian bytes at `offset`. */
export function readU64BigEndian(bytes: Uint8Array, offset = 0): bigint {
  assert(bytes.length >= offset + 8, `u64 needs 8 bytes at ${offset}, there are ${bytes.length}`);
  const high = readU32(bytes, offset);
  const low = readU32(bytes, offset + 4);
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
}

function readU32(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | low) >>> 0;
}

/** Longest text that is looked at character by character. */
const SHORT_TEXT = 48;

/** Text to UTF-8. Throws a bug on a lone surrogate, which has no UTF-8 form. */
export function utf8(text: string): Uint8Array {
  // Keys, denoms and amounts are short ASCII: a loop beats a call into the host three times over.
  if (text.length <= SHORT_TEXT) {
    const bytes = new Uint8Array(text.length);
    let ascii = true;
    for (let i = 0; i < bytes.length; i++) {
      const code = text.charCodeAt(i);
      ascii &&= code < 0x80;
      bytes[i] = code;
    }
    if (ascii) return bytes;
  }
  assert(text.isWellFormed(), "text with a lone surrogate has no UTF-8 form");
  return encoder.encode(text);
}

/** UTF-8 to text, or undefined when the bytes are not valid UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const HEX = "0123456789abcdef";

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (HEX[byte >> 4] as string) + (HEX[byte & 15] as string);
  return text;
}

/** Hex of either case to bytes, or undefined when it is not hex. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const out = new Uint8Array(text.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_CODES = Uint8Array.from(BASE64, (character) => character.charCodeAt(0));
const PADDING = "=".charCodeAt(0);
/** Up to this many bytes, whose text is no more than 1024 characters, the host is not called. */
const BASE64_PIECE = 768;
const base64Text = new Uint8Array(1024);

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  if (bytes.length <= BASE64_PIECE)
    return String.fromCharCode.apply(
      undefined,
      base64Into(base64Text, bytes) as unknown as number[],
    );
  return decoder.decode(base64Into(new Uint8Array(bytes.length + (bytes.length >> 1)), bytes));
}

/** Writes the text of `bytes` into `out`; gives the part that it fills. */
function base64Into(out: Uint8Array, bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const whole = length - (length % 3);
  let at = 0;
  for (let i = 0; i < whole; i += 3) {
    const word =
      ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
    out[at++] = BASE64_CODES[word >> 18] as number;
    out[at++] = BASE64_CODES[(word >> 12) & 63] as number;
    out[at++] = BASE64_CODES[(word >> 6) & 63] as number;
    out[at++] = BASE64_CODES[word & 63] as number;
  }
  if (whole === length) return out.subarray(0, at);
  const two = length - whole === 2;
  const word = ((bytes[whole] as number) << 16) | (two ? (bytes[whole + 1] as number) << 8 : 0);
  out[at++] = BASE64_CODES[word >> 18] as number;
  out[at++] = BASE64_CODES[(word >> 12) & 63] as number;
  out[at++] = two ? (BASE64_CODES[(word >> 6) & 63] as number) : PADDING;
  out[at++] = PADDING;
  return out.subarray(0, at);
}

/** Value of each character of base64; NO_VALUE, a bit that no value has, for the others. */
const NO_VALUE = 64;
const BASE64_VALUES = new Uint8Array(128).fill(NO_VALUE);
for (let value = 0; value < 64; value++) BASE64_VALUES[BASE64.charCodeAt(value)] = value;

function base64Value(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (BASE64_VALUES[code] as number) : NO_VALUE;
}

/** Standard base64 with padding to bytes, or undefined when it is not that. */
export function fromBase64(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const out = new Uint8Array((length >> 2) * 3 - padding);
  const whole = padding === 0 ? length : length - 4;
  let seen = 0;
  let at = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = base64Value(text, i);
    const b = base64Value(text, i + 1);
    const c = base64Value(text, i + 2);
    const d = base64Value(text, i + 3);
    seen |= a | b | c | d;
    out[at++] = (a << 2) | (b >> 4);
    out[at++] = ((b & 15) << 4) | (c >> 2);
    out[at++] = ((c & 3) << 6) | d;
  }
  if (padding > 0) {
    const a = base64Value(text, whole);
    const b = base64Value(text, whole + 1);
    const c = padding === 1 ? base64Value(text, whole + 2) : 0;
    // Bits that belong to no byte are zero in what toBase64 writes.
    if ((padding === 1 ? c & 3 : b & 15) !== 0) return undefined;
    seen |= a | b | c;
    out[at++] = (a << 2) | (b >> 4);
    if (padding === 1) out[at] = ((b & 15) << 4) | (c >> 2);
  }
  return (seen & NO_VALUE) === 0 ? out : undefined;
}
