// Time as consensus has it: whole seconds and nanoseconds since 1970 UTC, and RFC 3339 text.
// No host clock and no Date: the calendar below is arithmetic on days.

import { assert } from "./assert.ts";
import { floorDiv, floorMod, parseUint } from "./integers.ts";

/** A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds 0..999999999. */
export interface Timestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** A span of time; both parts carry the same sign. */
export interface Duration {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Go's zero time, 0001-01-01T00:00:00Z, in seconds since 1970. */
export const ZERO_TIME: Timestamp = { seconds: -62135596800n, nanos: 0 };

/** Order of two points in time, for sort. */
export function compareTime(a: Timestamp, b: Timestamp): number {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return a.nanos - b.nanos;
}

/** Nanoseconds since 1970. */
export function toNanos(time: Timestamp): bigint {
  return time.seconds * 1_000_000_000n + BigInt(time.nanos);
}

/** The point in time that many nanoseconds after 1970. */
export function fromNanos(nanos: bigint): Timestamp {
  return {
    seconds: floorDiv(nanos, 1_000_000_000n),
    nanos: Number(floorMod(nanos, 1_000_000_000n)),
  };
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar (month 1..12). */
function daysOfDate(year: bigint, month: bigint, day: bigint): bigint {
  const y = month <= 2n ? year - 1n : year;
  const era = floorDiv(y, 400n);
  const yearOfEra = y - era * 400n;
  const shifted = month > 2n ? month - 3n : month + 9n;
  const dayOfYear = floorDiv(153n * shifted + 2n, 5n) + day - 1n;
  const dayOfEra =
    yearOfEra * 365n + floorDiv(yearOfEra, 4n) - floorDiv(yearOfEra, 100n) + dayOfYear;
  return era * 146097n + dayOfEra - 719468n;
}

function dateOfDays(days: bigint): [year: bigint, month: bigint, day: bigint] {
  const z = days + 719468n;
  const era = floorDiv(z, 146097n);
  const dayOfEra = z - era * 146097n;
  const yearOfEra = floorDiv(
    dayOfEra - floorDiv(dayOfEra, 1460n) + floorDiv(dayOfEra, 36524n) - floorDiv(dayOfEra, 146096n),
    365n,
  );
  const dayOfYear =
    dayOfEra - (365n * yearOfEra + floorDiv(yearOfEra, 4n) - floorDiv(yearOfEra, 100n));
  const shifted = floorDiv(5n * dayOfYear + 2n, 153n);
  const day = dayOfYear - floorDiv(153n * shifted + 2n, 5n) + 1n;
  const month = shifted < 10n ? shifted + 3n : shifted - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return [year, month, day];
}

function pad(value: bigint, width: number): string {
  return value.toString().padStart(width, "0");
}

/** RFC 3339 in UTC, with as many decimals as Go prints (none, or up to nine without trailing zeros). */
export function formatTime(time: Timestamp): string {
  assert(time.nanos >= 0 && time.nanos < 1_000_000_000, `nanos out of range: ${time.nanos}`);
  const [year, month, day] = dateOfDays(floorDiv(time.seconds, 86400n));
  const second = floorMod(time.seconds, 86400n);
  const clock = [floorDiv(second, 3600n), floorDiv(second, 60n) % 60n, second % 60n];
  const fraction = time.nanos === 0 ? "" : `.${pad(BigInt(time.nanos), 9).replace(/0+$/, "")}`;
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return `${date}T${clock.map((part) => pad(part, 2)).join(":")}${fraction}Z`;
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Parses RFC 3339 with up to nine decimals and any offset; undefined when it is not that. */
export function parseTime(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const number = (index: number): bigint =>
    parseUint((match[index] ?? "0").replace(/^0+(?=\d)/, "")) ?? 0n;
  const [year, month, day] = [number(1), number(2), number(3)];
  const [hour, minute, second] = [number(4), number(5), number(6)];
  const days = daysOfDate(year, month, day);
  const [y, m, d] = dateOfDays(days);
  if (y !== year || m !== month || d !== day || hour > 23n || minute > 59n || second > 59n)
    return undefined;
  if (number(9) > 23n || number(10) > 59n) return undefined;
  const offset = (number(9) * 3600n + number(10) * 60n) * (match[8] === "-" ? -1n : 1n);
  return {
    seconds: days * 86400n + hour * 3600n + minute * 60n + second - offset,
    nanos: Number((match[7] ?? "").padEnd(9, "0")),
  };
}
