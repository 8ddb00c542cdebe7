// Random values of any message, made from its table (fast-check), with the edges of each type among
// them: the same values go through every codec that is held against ours.

import * as fc from "fast-check";
import { camelCase, isAmount, isOptional } from "../../chain/codec/fields.ts";
import type { FieldTable, MessageTable, MessageType } from "../../chain/codec/types.ts";

/** What the random values may hold. */
export interface Limits {
  /** Nested messages deeper than this are left out or empty. */
  readonly depth: number;
  /** Whether times and durations may be any pair of numbers where the table says nothing. */
  readonly onlyRealTimes: boolean;
}

const TEXT = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("", "a", "\u0000", '<b>&"\\', "\u2028", "ünïcödé ≠ ascii", "𝔘", "x".repeat(300)),
);
const BYTES = fc.uint8Array({ maxLength: 40 });

function int(bits: number, signed: boolean): fc.Arbitrary<bigint> {
  const max = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  const min = signed ? -max - 1n : 0n;
  const edges = [0n, 1n, 127n, 128n, 16383n, 16384n, 1n << 28n, 1n << 53n, max, max - 1n, min, -1n];
  return fc.oneof(
    fc.bigInt({ min, max }),
    fc.constantFrom(...edges.filter((edge) => edge >= min && edge <= max)),
  );
}

const INT_TEXT = int(257, true)
  .filter((value) => value > -(1n << 256n))
  .map(String);
const DEC_TEXT = int(316, true)
  .filter((value) => value > -(1n << 315n))
  .map(String);

function scalar(field: FieldTable, table: MessageTable): fc.Arbitrary<unknown> {
  if (isAmount(field, table)) return int(257, true).filter((value) => value > -(1n << 256n));
  if (field.kind === "enum") return int(32, true).map(Number);
  if (field.customtype !== undefined) {
    const text = field.customtype === "Int" ? INT_TEXT : DEC_TEXT;
    return field.type === "bytes" ? text.map((value) => new TextEncoder().encode(value)) : text;
  }
  if (field.type === "string") return TEXT;
  if (field.type === "bytes") return BYTES;
  if (field.type === "bool") return fc.boolean();
  const signed = /^(s|int)/.test(field.type);
  if (field.type.endsWith("64")) return int(64, signed);
  return int(32, signed).map(Number);
}

const TIME = fc.record({
  seconds: fc.oneof(
    fc.bigInt({ min: -62135596800n, max: 253402300799n }),
    fc.constantFrom(0n, -62135596800n, 253402300799n, -1n),
  ),
  nanos: fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 1, 500_000_000, 1000)),
});

const DURATION = int(64, true).map((nanos) => ({
  seconds: nanos / 1_000_000_000n,
  nanos: Number(nanos % 1_000_000_000n),
}));

function one(field: FieldTable, type: MessageType<unknown>, limits: Limits): fc.Arbitrary<unknown> {
  if (field.kind !== "message") return scalar(field, type.table);
  const real = field.std !== undefined || limits.onlyRealTimes;
  if (field.type === "google.protobuf.Timestamp" && real) return TIME;
  if (field.type === "google.protobuf.Duration" && real) return DURATION;
  const inner = type.refs().types.get(field.type);
  if (inner === undefined) throw new Error(`${type.name}.${field.name}: no ${field.type}`);
  return randomValue(inner, { ...limits, depth: limits.depth - 1 });
}

/** Random values of `type`: fields present or at their default, at most one member of a oneof. */
export function randomValue(
  type: MessageType<unknown>,
  limits: Limits = { depth: 3, onlyRealTimes: false },
): fc.Arbitrary<Record<string, unknown>> {
  const shapes: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of type.table.fields) {
    const key = camelCase(field.name);
    const bare = field.kind === "message" && limits.depth <= 0 && field.std === undefined;
    if (bare && (isOptional(field) || field.repeated === true)) continue;
    if (field.repeated === true) shapes[key] = fc.array(one(field, type, limits), { maxLength: 3 });
    else if (isOptional(field))
      shapes[key] = fc.option(one(field, type, limits), { nil: undefined });
    else if (!bare) shapes[key] = one(field, type, limits);
  }
  // Some fields are left at their default, and of each oneof one member at most is kept.
  const record = fc.record(shapes, { requiredKeys: [] });
  return fc.tuple(record, fc.nat(97)).map(([value, pick]) => oneMember(type, value, pick));
}

function oneMember(
  type: MessageType<unknown>,
  value: Record<string, unknown>,
  pick: number,
): Record<string, unknown> {
  const kept = { ...value };
  for (const oneof of new Set(type.table.fields.map((field) => field.oneof))) {
    if (oneof === undefined) continue;
    const set = type.table.fields
      .filter((field) => field.oneof === oneof && kept[camelCase(field.name)] !== undefined)
      .map((field) => camelCase(field.name));
    for (const [index, key] of set.entries()) if (index !== pick % set.length) delete kept[key];
  }
  return type.create(kept) as Record<string, unknown>;
}
