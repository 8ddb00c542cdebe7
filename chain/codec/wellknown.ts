// JSON text of google.protobuf.Timestamp and Duration.

import { parseUint } from "../base/integers.ts";
import type { Duration, Timestamp } from "../base/time.ts";
import { formatTime, toNanos } from "../base/time.ts";
import { CodecError } from "./error.ts";
import { isDuration, isTimestamp } from "./ranges.ts";

/** Nine digits cut to 0, 3, 6 or 9, with the point: what proto JSON prints. */
function fraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = nanos.toString().padStart(9, "0");
  return `.${digits.replace(/(000){1,2}$/, "")}`;
}

/** RFC 3339 with 0, 3, 6 or 9 decimals. Throws: CodecError outside the years 1 to 9999. */
export function timeToJson(time: Timestamp): string {
  checkTime(time);
  const whole = formatTime({ seconds: time.seconds, nanos: 0 });
  return `${whole.slice(0, -1)}${fraction(time.nanos)}Z`;
}

/** RFC 3339 as Go prints it: no trailing zeros. Throws: CodecError outside the years 1 to 9999. */
export function timeToAmino(time: Timestamp): string {
  checkTime(time);
  return formatTime(time);
}

function checkTime(time: Timestamp): void {
  if (isTimestamp(time)) return;
  throw new CodecError("google.protobuf.Timestamp", "not a time between the years 1 and 9999");
}

function checkDuration(duration: Duration): void {
  if (isDuration(duration)) return;
  throw new CodecError("google.protobuf.Duration", "not a duration of at most 292 years");
}

/** `-1.500s`. Throws: CodecError for what Go's duration cannot hold. */
export function durationToJson(duration: Duration): string {
  checkDuration(duration);
  const negative = duration.seconds < 0n || duration.nanos < 0;
  const seconds = negative ? -duration.seconds : duration.seconds;
  return `${negative ? "-" : ""}${seconds}${fraction(Math.abs(duration.nanos))}s`;
}

/** Whole nanoseconds, as amino JSON prints a duration. Throws: CodecError as durationToJson. */
export function durationToAmino(duration: Duration): string {
  checkDuration(duration);
  return toNanos(duration).toString();
}

/** Parses `-1.5s`; undefined when it is not that. */
export function durationFromJson(text: string): Duration | undefined {
  const match = /^(-?)([0-9]+)(?:\.([0-9]{1,9}))?s$/.exec(text);
  const seconds = match === null ? undefined : parseUint(match[2] as string);
  if (match === null || seconds === undefined) return undefined;
  const nanos = Number((match[3] ?? "").padEnd(9, "0"));
  const negative = match[1] === "-";
  return { seconds: negative ? -seconds : seconds, nanos: negative && nanos > 0 ? -nanos : nanos };
}
