import type { Duration, Timestamp } from "../base/time.ts";
import { toNanos } from "../base/time.ts";
import { MAX_INT64 } from "../base/integers.ts";

/** Seconds of 0001-01-01T00:00:00Z, the earliest time that protobuf allows. */
const MIN_SECONDS = -62135596800n;
/** Seconds of 9999-12-31T23:59:59Z, the latest second that protobuf allows. */
const MAX_SECONDS = 253402300799n;
/** Digits of 2^315: LegacyDec holds 315 bits (256 and 18 decimals), Int 256 bits. */
const MAX_DIGITS = 95;

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

/** Whether text is the shortest decimal form of a whole number. */
export function isIntText(text: string): boolean {
  return text.length <= MAX_DIGITS + 1 && /^(0|-?[1-9][0-9]*)$/.test(text);
}
