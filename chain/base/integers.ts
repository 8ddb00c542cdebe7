// Whole numbers: strict parsing and division with named rounding. Plain `/` on bigints truncates
// toward zero and is used nowhere else.

import { assert } from "./assert.ts";

/** Largest value of an unsigned 64-bit field. */
export const MAX_UINT64 = (1n << 64n) - 1n;
/** Largest value of a signed 64-bit field. */
export const MAX_INT64 = (1n << 63n) - 1n;
/** Largest amount: 256 bits, as the SDK's Int. */
export const MAX_AMOUNT = (1n << 256n) - 1n;

/** Parses decimal digits without sign, space or leading zero; undefined when it is not that. */
export function parseUint(text: string, max: bigint = MAX_UINT64): bigint | undefined {
  if (text.length > 78 || !/^(0|[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= max ? value : undefined;
}

/** Like parseUint, with an optional minus before a number that is not zero. */
export function parseInteger(text: string, max: bigint = MAX_AMOUNT): bigint | undefined {
  if (!text.startsWith("-")) return parseUint(text, max);
  const size = parseUint(text.slice(1), max);
  return size === undefined || size === 0n ? undefined : -size;
}

/** a / b rounded toward minus infinity; b > 0. */
export function floorDiv(a: bigint, b: bigint): bigint {
  assert(b > 0n, `floorDiv by ${b}`);
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

/** a / b rounded toward plus infinity; b > 0. */
export function ceilDiv(a: bigint, b: bigint): bigint {
  return -floorDiv(-a, b);
}

/** a mod b in 0..b-1; b > 0. */
export function floorMod(a: bigint, b: bigint): bigint {
  return a - floorDiv(a, b) * b;
}

/** The smaller of two. */
export function minBig(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The larger of two. */
export function maxBig(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Three-way order of two bigints, for sort. */
export function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
