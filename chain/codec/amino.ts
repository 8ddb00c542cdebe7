// Amino JSON as SIGN_MODE_LEGACY_AMINO_JSON signs it: defaults omitted, 64-bit integers as text,
// 32-bit ones and enums as numbers, times as RFC 3339, durations in nanoseconds, messages that have
// an amino name wrapped as {type, value}; inside an Any all of them, with the URL for a name.

import { toBase64, utf8 } from "../base/bytes.ts";
import type { Duration, Timestamp } from "../base/time.ts";
import { decimalOfScaled, numberText } from "./decimal.ts";
import { CodecError } from "./error.ts";
import { camelCase, isAmount } from "./fields.ts";
import { refType } from "./json.ts";
import { MAX_DEPTH } from "./reader.ts";
import type { Any, FieldTable, Json, MessageType, TypeRegistry } from "./types.ts";
import { durationToAmino, timeToAmino } from "./wellknown.ts";

type Value = Readonly<Record<string, unknown>>;

/** Amino JSON of a message. Throws: CodecError where amino has no form for it. */
export function messageToAmino(
  type: MessageType<unknown>,
  value: unknown,
  registry: TypeRegistry,
  depth = 0,
): Json {
  const { aminoName } = type.table;
  const body = bodyToAmino(type, value, registry, depth);
  return aminoName === undefined ? body : { type: aminoName, value: body };
}

/** Sorted keys, no space, and `<`, `>`, `&`, U+2028 and U+2029 escaped: the text that is signed. */
export function sortedJson(json: Json): string {
  if (Array.isArray(json)) return `[${(json as readonly Json[]).map(sortedJson).join(",")}]`;
  if (json !== null && typeof json === "object") {
    const entries = Object.entries(json as { readonly [key: string]: Json });
    entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    return `{${entries.map(([key, item]) => `${escaped(key)}:${sortedJson(item)}`).join(",")}}`;
  }
  return typeof json === "string" ? escaped(json) : JSON.stringify(json);
}

/** The bytes of `sortedJson`. */
export function sortedJsonBytes(json: Json): Uint8Array {
  return utf8(sortedJson(json));
}

/** A JSON string as Go's encoding/json (1.22 and newer) and CosmJS write it. */
function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function bodyToAmino(
  type: MessageType<unknown>,
  value: unknown,
  registry: TypeRegistry,
  depth: number,
): Json {
  if (depth > MAX_DEPTH) throw new CodecError(type.name, `nested deeper than ${MAX_DEPTH}`);
  if (type.name === "google.protobuf.Timestamp") return timeToAmino(value as Timestamp);
  if (type.name === "google.protobuf.Duration") return durationToAmino(value as Duration);
  if (type.name === "google.protobuf.Any") return anyToAmino(value as Any, registry, depth);
  const special = SPECIAL[type.table.aminoEncoding ?? ""];
  if (special !== undefined) return special(type, value as Value, registry, depth);
  const json: Record<string, Json> = {};
  for (const field of type.table.fields) {
    const item = (value as Value)[camelCase(field.name)];
    if (field.oneof !== undefined && item === undefined) {
      json[oneofName(type, field)] ??= null;
      continue;
    }
    const form = fieldToAmino(type, field, item, registry, depth);
    if (form === undefined) continue;
    if (field.oneof === undefined) json[field.aminoFieldName ?? field.name] = form;
    else {
      const chosen = { [field.name]: form };
      json[oneofName(type, field)] = { type: field.aminoOneofName as string, value: chosen };
    }
  }
  return json;
}

/** The key of a oneof, as Go names its field. Throws: CodecError where its members have no amino name. */
function oneofName(type: MessageType<unknown>, { oneof = "", aminoOneofName }: FieldTable): string {
  if (aminoOneofName === undefined)
    throw new CodecError(`${type.name}.${oneof}`, "amino JSON has no form for this oneof");
  const name = camelCase(oneof);
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** The form of a field, or undefined when it is omitted. */
function fieldToAmino(
  type: MessageType<unknown>,
  field: FieldTable,
  value: unknown,
  registry: TypeRegistry,
  depth: number,
): Json | undefined {
  const one = (item: unknown): Json =>
    field.kind === "message"
      ? bodyToAmino(refType(type, field), item, registry, depth + 1)
      : scalarToAmino(field, item);
  const keep = field.aminoDontOmitEmpty === true;
  if (field.repeated === true) {
    const list = value as readonly unknown[];
    if (list.length > 0) return list.map(one);
    if (!keep) return undefined;
    return field.aminoEncoding === "legacy_coins" ? [] : null;
  }
  if (value === undefined) {
    if (!keep) return undefined;
    const path = `${type.name}.${field.name}`;
    throw new CodecError(path, "amino JSON cannot leave out this message");
  }
  if (field.kind !== "message" && !keep && isDefault(value) && !isAmount(field, type.table)) {
    return undefined;
  }
  return one(value);
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === "" || value === 0 || value === 0n || value === false;
}

function scalarToAmino(field: FieldTable, value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (field.customtype !== undefined) {
    const text = numberText(value);
    if (text === "") return "0";
    return field.customtype === "LegacyDec" ? decimalOfScaled(text) : text;
  }
  if (!(value instanceof Uint8Array)) return value as string | number | boolean;
  return value.length === 0 && field.repeated !== true ? null : toBase64(value);
}

function anyToAmino(value: Any, registry: TypeRegistry, depth: number): Json {
  const type = registry.find(value.typeUrl);
  if (type === undefined) throw new CodecError(value.typeUrl.slice(0, 200), "type is not known");
  const body = bodyToAmino(type, type.decode(value.value), registry, depth + 1);
  return { type: nameInAny(type), value: body };
}

/** Inside an Any, and as a message of a transaction, a type without an amino name has its URL. */
export function nameInAny(type: MessageType<unknown>): string {
  return type.table.aminoName ?? type.typeUrl;
}

type SpecialForm = (
  type: MessageType<unknown>,
  value: Value,
  registry: TypeRegistry,
  depth: number,
) => Json;

/** Messages whose `(amino.message_encoding)` names a form of their own. */
const SPECIAL: Readonly<Record<string, SpecialForm>> = {
  key_field: (_, value) => {
    const key = value["key"] as Uint8Array;
    return key.length === 0 ? null : toBase64(key);
  },
  threshold_string: (_, value, registry, depth) => ({
    threshold: String(value["threshold"]),
    pubkeys: (value["publicKeys"] as readonly Any[]).map((key) => anyToAmino(key, registry, depth)),
  }),
  module_account: (_, value) => {
    const account = (value["baseAccount"] ?? {}) as Value;
    const permissions = value["permissions"] as readonly string[];
    return {
      account_number: exactNumber(account["accountNumber"], "account_number"),
      address: (account["address"] ?? "") as string,
      name: value["name"] as string,
      permissions: permissions.length === 0 ? null : permissions,
      public_key: "",
      sequence: exactNumber(account["sequence"], "sequence"),
    };
  },
};

/** Go prints these two integers as JSON numbers; beyond 2^53 a JSON number here would be another. */
function exactNumber(value: unknown, field: string): number {
  const number = Number((value ?? 0n) as bigint);
  if (Number.isSafeInteger(number)) return number;
  throw new CodecError(`cosmos.auth.v1beta1.ModuleAccount.${field}`, "no exact JSON number");
}
