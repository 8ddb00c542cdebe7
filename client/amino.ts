// Amino JSON of this chain's own messages, both ways. Their fields are texts, whole numbers, bytes,
// booleans, Coin and messages of these: no oneof, no Any, no time, so one walk over the table does.

import { fromBase64 } from "../chain/base/bytes.ts";
import { camelCase } from "../chain/codec/fields.ts";
import type { FieldTable, Json, MessageType } from "../chain/codec/types.ts";
import { isBigint } from "./fill.ts";

/** Deepest nesting of messages that is read, as in the codec. */
const MAX_DEPTH = 32;
const NO_TYPES = { find: () => undefined };

/** The `value` of the amino form {type, value} of a message. */
export function toAmino(type: MessageType<unknown>, value: unknown): Json {
  const form = type.toAmino(value, NO_TYPES) as { readonly type: string; readonly value: Json };
  return form.value;
}

/** The message of an amino `value`; what is absent is at its default. Throws TypeError with the path. */
export function fromAmino(type: MessageType<unknown>, json: unknown): unknown {
  return readMessage(type, json, type.name, 0);
}

function readMessage(
  type: MessageType<unknown>,
  json: unknown,
  path: string,
  depth: number,
): unknown {
  if (depth > MAX_DEPTH) throw new TypeError(`${type.name} is nested deeper than ${MAX_DEPTH}`);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(`${path} is not an object`);
  }
  const given = new Map(Object.entries(json as Readonly<Record<string, unknown>>));
  const value: Record<string, unknown> = {};
  for (const field of type.table.fields) {
    const key = field.aminoFieldName ?? field.name;
    const item = given.get(key);
    given.delete(key);
    if (item === undefined || item === null) continue;
    value[camelCase(field.name)] = readField(type, field, item, `${path}.${key}`, depth);
  }
  for (const key of given.keys()) throw new TypeError(`${path} has no field ${key.slice(0, 100)}`);
  return type.create(value);
}

function readField(
  type: MessageType<unknown>,
  field: FieldTable,
  json: unknown,
  path: string,
  depth: number,
): unknown {
  if (field.repeated !== true) return readOne(type, field, json, path, depth);
  if (!Array.isArray(json)) throw new TypeError(`${path} is not a list`);
  return (json as unknown[]).map((item, index) =>
    readOne(type, field, item, `${path}[${index}]`, depth),
  );
}

function readOne(
  type: MessageType<unknown>,
  field: FieldTable,
  json: unknown,
  path: string,
  depth: number,
): unknown {
  if (field.kind === "message") {
    const inner = type.refs().types.get(field.type);
    if (inner === undefined) throw new TypeError(`${path} is of unknown type ${field.type}`);
    return readMessage(inner, json, path, depth + 1);
  }
  if (isBigint(field, type.table)) {
    if (typeof json === "string" && /^-?[0-9]{1,78}$/.test(json)) return BigInt(json);
    throw new TypeError(`${path} is not a whole number in text`);
  }
  if (field.type === "bytes") {
    const bytes = typeof json === "string" ? fromBase64(json) : undefined;
    if (bytes === undefined) throw new TypeError(`${path} is not base64`);
    return bytes;
  }
  const expected =
    field.type === "string" ? "string" : field.type === "bool" ? "boolean" : "number";
  if (typeof json !== expected) throw new TypeError(`${path} is not a ${expected}`);
  return json;
}
