// Proto JSON as the SDK's REST gateway prints it: original names, defaults emitted, 64-bit integers
// as text, empty bytes as null, Any opened with `@type`.

import { toBase64 } from "../base/bytes.ts";
import type { Duration, Timestamp } from "../base/time.ts";
import { decimalOfScaled, numberText } from "./decimal.ts";
import { CodecError } from "./error.ts";
import { camelCase } from "./fields.ts";
import { MAX_DEPTH } from "./reader.ts";
import type { Any, EnumTable, FieldTable, Json, MessageType, TypeRegistry } from "./types.ts";
import { durationToJson, timeToJson } from "./wellknown.ts";

/** The JSON of a message. Throws: CodecError for an Any whose type or bytes are not known. */
export function messageToJson(
  type: MessageType<unknown>,
  value: unknown,
  registry: TypeRegistry,
  depth = 0,
): Json {
  if (depth > MAX_DEPTH) throw new CodecError(type.name, `nested deeper than ${MAX_DEPTH}`);
  if (type.name === "google.protobuf.Timestamp") return timeToJson(value as Timestamp);
  if (type.name === "google.protobuf.Duration") return durationToJson(value as Duration);
  if (type.name === "google.protobuf.Any") return anyToJson(value as Any, registry, depth);
  const json: Record<string, Json> = {};
  for (const field of type.table.fields) {
    const item = (value as Record<string, unknown>)[camelCase(field.name)];
    if (field.oneof !== undefined && item === undefined) continue;
    json[field.name] = fieldToJson(type, field, item, registry, depth);
  }
  return json;
}

function fieldToJson(
  type: MessageType<unknown>,
  field: FieldTable,
  value: unknown,
  registry: TypeRegistry,
  depth: number,
): Json {
  const one = (item: unknown): Json => {
    if (field.kind === "enum") return enumToJson(refEnum(type, field), item as number);
    if (field.kind === "scalar") return scalarToJson(field, item);
    return messageToJson(refType(type, field), item, registry, depth + 1);
  };
  if (field.repeated === true) return (value as readonly unknown[]).map(one);
  if (value === undefined) return null;
  return isNull(field, value) ? null : one(value);
}

/** Go holds these as a nil pointer or slice. */
function isNull(field: FieldTable, value: unknown): boolean {
  if (field.customtype !== undefined) return field.nullable !== false && numberText(value) === "";
  return value instanceof Uint8Array && value.length === 0 && field.oneof === undefined;
}

function scalarToJson(field: FieldTable, value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (field.customtype === "LegacyDec") return decimalOfScaled(numberText(value) || "0");
  if (field.customtype === "Int") return numberText(value) || "0";
  if (value instanceof Uint8Array) return toBase64(value);
  return value as string | number | boolean;
}

function enumToJson(table: EnumTable, value: number): Json {
  return table.values.find(([, number]) => number === value)?.[0] ?? value;
}

function anyToJson(value: Any, registry: TypeRegistry, depth: number): Json {
  const type = registry.find(value.typeUrl);
  if (type === undefined) throw new CodecError(value.typeUrl.slice(0, 200), "type is not known");
  const json = messageToJson(type, type.decode(value.value), registry, depth + 1);
  if (type.name.startsWith("google.protobuf.")) return { "@type": value.typeUrl, value: json };
  return { "@type": value.typeUrl, ...(json as object) };
}

/** The message type that a field names. */
export function refType(type: MessageType<unknown>, field: FieldTable): MessageType<unknown> {
  const found = type.refs().types.get(field.type);
  if (found === undefined) throw new CodecError(`${type.name}.${field.name}`, `no ${field.type}`);
  return found;
}

/** The enum that a field names. */
export function refEnum(type: MessageType<unknown>, field: FieldTable): EnumTable {
  const found = type.refs().enums.get(field.type);
  if (found === undefined) throw new CodecError(`${type.name}.${field.name}`, `no ${field.type}`);
  return found;
}
