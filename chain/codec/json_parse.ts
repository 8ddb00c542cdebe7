// Reading of proto JSON: names as in the .proto file or in camel case, integers as text or number,
// enums by name or number, null for the default. An unknown name is refused with its path.

import { fromBase64, utf8 } from "../base/bytes.ts";
import { MAX_AMOUNT, MAX_INT64, MAX_UINT64, parseInteger } from "../base/integers.ts";
import { parseTime } from "../base/time.ts";
import type { Duration, Timestamp } from "../base/time.ts";
import { scaledOfDecimal } from "./decimal.ts";
import { CodecError } from "./error.ts";
import { camelCase, isAmount } from "./fields.ts";
import { refEnum, refType } from "./json.ts";
import { isDuration, isTimestamp } from "./ranges.ts";
import { MAX_DEPTH } from "./reader.ts";
import type { FieldTable, Json, MessageType, TypeRegistry } from "./types.ts";
import { durationFromJson } from "./wellknown.ts";

/** The message that JSON stands for. Throws: CodecError with the path of what is wrong. */
export function messageFromJson(
  type: MessageType<unknown>,
  json: Json,
  registry: TypeRegistry,
  path: string = type.name,
  depth = 0,
): unknown {
  if (depth > MAX_DEPTH) throw new CodecError(path, `nested deeper than ${MAX_DEPTH}`);
  if (type.name === "google.protobuf.Timestamp") return timeFromJson(text(json, path), path);
  if (type.name === "google.protobuf.Duration") return spanFromJson(text(json, path), path);
  const entries = object(json, path);
  if (type.name === "google.protobuf.Any") return anyFromJson(entries, registry, path, depth);
  const given: Record<string, unknown> = {};
  for (const [name, item] of entries) {
    const field = type.table.fields.find(
      (candidate) => candidate.name === name || camelCase(candidate.name) === name,
    );
    if (field === undefined) throw new CodecError(`${path}.${shown(name)}`, "unknown field");
    const key = camelCase(field.name);
    if (given[key] !== undefined) throw new CodecError(`${path}.${name}`, "given twice");
    if (item === null) continue;
    given[key] = fieldFromJson(type, field, item, registry, `${path}.${name}`, depth);
  }
  return type.create(given);
}

/** A time that also has a text: of the years 1 to 9999. */
function timeFromJson(text: string, path: string): Timestamp {
  const time = parsed(parseTime(text), path, "not an RFC 3339 time");
  if (!isTimestamp(time)) throw new CodecError(path, "not a time between the years 1 and 9999");
  return time;
}

/** A duration that also has a text: of at most 292 years. */
function spanFromJson(text: string, path: string): Duration {
  const span = parsed(durationFromJson(text), path, "not a duration such as 1.5s");
  if (!isDuration(span)) throw new CodecError(path, "not a duration of at most 292 years");
  return span;
}

function fieldFromJson(
  type: MessageType<unknown>,
  field: FieldTable,
  json: Json,
  registry: TypeRegistry,
  path: string,
  depth: number,
): unknown {
  const one = (item: Json, where: string): unknown => {
    if (field.kind === "enum") return enumFromJson(type, field, item, where);
    if (field.kind === "scalar")
      return scalarFromJson(field, isAmount(field, type.table), item, where);
    return messageFromJson(refType(type, field), item, registry, where, depth + 1);
  };
  if (field.repeated !== true) return one(json, path);
  if (!Array.isArray(json)) throw new CodecError(path, "not a list");
  return (json as readonly Json[]).map((item, index) => one(item, `${path}[${index}]`));
}

function enumFromJson(
  type: MessageType<unknown>,
  field: FieldTable,
  json: Json,
  path: string,
): number {
  if (typeof json === "number" && (json | 0) === json) return json;
  const found = refEnum(type, field).values.find(([name]) => name === json);
  if (found === undefined) throw new CodecError(path, `no value of ${field.type}`);
  return found[1];
}

function scalarFromJson(field: FieldTable, amount: boolean, json: Json, path: string): unknown {
  if (field.type === "bool") {
    if (typeof json !== "boolean") throw new CodecError(path, "not true or false");
    return json;
  }
  if (field.customtype !== undefined) {
    const number = numberFromJson(field, json, path);
    return field.type === "bytes" ? utf8(number) : number;
  }
  if (field.type === "bytes") return parsed(fromBase64(text(json, path)), path, "not base64");
  if (amount) return integer(json, -MAX_AMOUNT, MAX_AMOUNT, path);
  if (field.type === "string") return text(json, path);
  const [min, max] = RANGES[field.type] as readonly [bigint, bigint];
  const value = integer(json, min, max, path);
  return field.type.endsWith("64") ? value : Number(value);
}

/** Wire text of an Int or LegacyDec. */
function numberFromJson(field: FieldTable, json: Json, path: string): string {
  if (field.customtype === "Int") return integer(json, -MAX_AMOUNT, MAX_AMOUNT, path).toString();
  return parsed(scaledOfDecimal(text(json, path)), path, "not a decimal of at most 18 places");
}

const SIGNED_64 = [-MAX_INT64 - 1n, MAX_INT64] as const;
const SIGNED_32 = [-(1n << 31n), (1n << 31n) - 1n] as const;
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int64: SIGNED_64,
  sint64: SIGNED_64,
  sfixed64: SIGNED_64,
  uint64: [0n, MAX_UINT64],
  fixed64: [0n, MAX_UINT64],
  int32: SIGNED_32,
  sint32: SIGNED_32,
  sfixed32: SIGNED_32,
  uint32: [0n, (1n << 32n) - 1n],
  fixed32: [0n, (1n << 32n) - 1n],
};

function integer(json: Json, min: bigint, max: bigint, path: string): bigint {
  const value =
    typeof json === "number" && Number.isSafeInteger(json)
      ? BigInt(json)
      : typeof json === "string"
        ? parseInteger(json)
        : undefined;
  if (value === undefined) throw new CodecError(path, "not a whole number");
  if (value < min || value > max) throw new CodecError(path, `not between ${min} and ${max}`);
  return value;
}

function anyFromJson(
  entries: readonly (readonly [string, Json])[],
  registry: TypeRegistry,
  path: string,
  depth: number,
): unknown {
  const typeUrl = entries.find(([name]) => name === "@type")?.[1];
  if (typeof typeUrl !== "string") throw new CodecError(path, "@type is missing");
  const type = registry.find(typeUrl);
  if (type === undefined) throw new CodecError(path, `type ${shown(typeUrl)} is not known`);
  const rest = entries.filter(([name]) => name !== "@type");
  const wrapped = type.name.startsWith("google.protobuf.");
  const content = wrapped ? (rest.find(([name]) => name === "value")?.[1] ?? null) : undefined;
  const json = content === undefined ? Object.fromEntries(rest) : content;
  const value = messageFromJson(type, json, registry, `${path}(${typeUrl})`, depth + 1);
  return { typeUrl, value: type.encode(value) };
}

/** A name that somebody else chose, no longer than an error should repeat it. */
function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}...` : name;
}

function object(json: Json, path: string): (readonly [string, Json])[] {
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw new CodecError(path, "not an object");
  return Object.entries(json as { readonly [key: string]: Json });
}

function text(json: Json, path: string): string {
  if (typeof json !== "string") throw new CodecError(path, "not text");
  if (!json.isWellFormed()) throw new CodecError(path, "has a lone surrogate");
  return json;
}

function parsed<T>(value: T | undefined, path: string, reason: string): T {
  if (value === undefined) throw new CodecError(path, reason);
  return value;
}
