import type { Duration, Timestamp } from "../base/time.ts";
import { toNanos } from "../base/time.ts";
import { MAX_AMOUNT, MAX_INT64 } from "../base/integers.ts";

/** Seconds of 0001-01-01T00:00:00Z, the earliest time that protobuf allows. */
const MIN_SECONDS = -62135596800n;
/** Seconds of 9999-12-31T23:59:59Z, the latest second that protobuf allows. */
const MAX_SECONDS = 253402300799n;
/** Longest text that needs no comparison with the bound: 10^77 < 2^256. */
const SAFE_INT_DIGITS = 77;
/** The same for LegacyDec: 10^94 < 2^315. */
const SAFE_DEC_DIGITS = 94;
/** Largest size of LegacyDec: 256 bits, and 59 for its 18 decimals. Source: cosmossdk.io/math. */
const MAX_DEC = (1n << 315n) - 1n;

/** Whether a time is one that Go's encoders accept. */
export function isTimestamp(value: Timestamp): boolean {
  return (
    value.seconds >= MIN_SECONDS &&
    value.seconds <= MAX_SECONDS &&
    value.nanos >= 0 &&
    value.nanos < 1_000_000_000
  );
}

/** Whether a duration is one that Go's encoders accept: parts of one sign, int64 nanoseconds. */
export function isDuration(value: Duration): boolean {
  if (value.nanos <= -1_000_000_000 || value.nanos >= 1_000_000_000) return false;
  if (value.seconds > 0n && value.nanos < 0) return false;
  if (value.seconds < 0n && value.nanos > 0) return false;
  const nanos = toNanos(value);
  return nanos <= MAX_INT64 && nanos >= -MAX_INT64 - 1n;
}

/** Whether text is the shortest decimal form of an Int: at most 256 bits, with a minus or without. */
export function isIntText(text: string): boolean {
  return isDigits(text) && (text.length <= SAFE_INT_DIGITS || isWithin(text, MAX_AMOUNT));
}

/** Whether text is the scaled integer of a LegacyDec: at most 315 bits. */
export function isDecText(text: string): boolean {
  return isDigits(text) && (text.length <= SAFE_DEC_DIGITS || isWithin(text, MAX_DEC));
}

function isDigits(text: string): boolean {
  return /^(0|-?[1-9][0-9]*)$/.test(text);
}

function isWithin(text: string, max: bigint): boolean {
  if (text.length > SAFE_DEC_DIGITS + 2) return false;
  const value = BigInt(text);
  return value <= max && value >= -max;
}
