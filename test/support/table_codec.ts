// The plain reference codec: walks a message table for every value. It shares nothing with the
// generated code but the tables, so the two are held against each other. Far too slow for a node.

import { concatBytes, fromUtf8, utf8 } from "../../chain/base/bytes.ts";
import { MAX_AMOUNT, parseInteger } from "../../chain/base/integers.ts";
import { messageToAmino } from "../../chain/codec/amino.ts";
import { CodecError } from "../../chain/codec/error.ts";
import { camelCase, isAmount, isOptional, isPacked } from "../../chain/codec/fields.ts";
import { messageToJson } from "../../chain/codec/json.ts";
import { messageFromJson } from "../../chain/codec/json_parse.ts";
import type { EnumTable, FieldTable, MessageTable, MessageType } from "../../chain/codec/types.ts";

type Value = Record<string, unknown>;
const MAX_DEPTH = 32;

/** Codecs of all `messages`, by full name. */
export function tableCodecs(
  messages: readonly MessageTable[],
  enums: readonly EnumTable[],
): Map<string, MessageType<unknown>> {
  const types = new Map<string, MessageType<unknown>>();
  const tables = new Map(messages.map((table) => [table.name, table]));
  const refs = { types, enums: new Map(enums.map((table) => [table.name, table])) };
  for (const table of messages) {
    const type: MessageType<unknown> = {
      name: table.name,
      typeUrl: `/${table.name}`,
      table,
      refs: () => refs,
      encode: (value) => encode(table, value as Value, tables),
      decode: (bytes) => decode(table, bytes, tables, 0),
      decodeLenient: () => {
        throw new Error("the reference codec is strict only");
      },
      create: (partial) => ({ ...empty(table, tables), ...partial }),
      toJson: (value, registry) => messageToJson(type, value, registry),
      fromJson: (json, registry) => messageFromJson(type, json, registry),
      toAmino: (value, registry) => messageToAmino(type, value, registry),
    };
    types.set(table.name, type);
  }
  return types;
}

type Tables = ReadonlyMap<string, MessageTable>;

function tableOf(tables: Tables, name: string): MessageTable {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`no table of ${name}`);
  return table;
}

/** Default of one value of the field, as if it were alone. */
function zero(table: MessageTable, field: FieldTable, tables: Tables): unknown {
  if (field.kind === "message") {
    if (field.std === "time") return { seconds: -62135596800n, nanos: 0 };
    return empty(tableOf(tables, field.type), tables);
  }
  if (isAmount(field, table)) return 0n;
  if (field.kind === "enum") return 0;
  if (field.type === "string") return "";
  if (field.type === "bytes") return new Uint8Array(0);
  if (field.type === "bool") return false;
  return field.type.endsWith("64") ? 0n : 0;
}

function empty(table: MessageTable, tables: Tables): Value {
  const value: Value = {};
  for (const field of table.fields) {
    const key = camelCase(field.name);
    if (field.repeated === true) value[key] = [];
    else value[key] = isOptional(field) ? undefined : zero(table, field, tables);
  }
  return value;
}

function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...out, Number(rest)]);
}

function fixed(value: bigint, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function wireType(field: FieldTable): number {
  if (field.kind === "message" || field.type === "string" || field.type === "bytes") return 2;
  if (field.kind === "enum") return 0;
  if (/^s?fixed64$/.test(field.type)) return 1;
  return /^s?fixed32$/.test(field.type) ? 5 : 0;
}

function inRange(field: FieldTable, value: bigint): boolean {
  const bits = field.kind === "scalar" && field.type.endsWith("64") ? 64 : 32;
  const signed = field.kind === "enum" || field.type.startsWith("s") || field.type.startsWith("i");
  const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return wrapped === value;
}

/** Content of one value, without tag and without length. */
function encodeOne(
  table: MessageTable,
  field: FieldTable,
  value: unknown,
  tables: Tables,
): Uint8Array {
  const where = `${table.name}.${field.name}`;
  if (field.kind === "message") {
    checkStd(field, value, where);
    return encode(tableOf(tables, field.type), value as Value, tables);
  }
  if (isAmount(field, table)) return utf8((value as bigint).toString());
  if (field.type === "string") return utf8(value as string);
  if (field.type === "bytes") return value as Uint8Array;
  const number = BigInt(value as bigint | number | boolean);
  if (field.type !== "bool" && !inRange(field, number)) throw new CodecError(where, "out of range");
  if (field.kind === "enum") return varint(number);
  if (field.type === "sint32" || field.type === "sint64") {
    return varint(number >= 0n ? number * 2n : -number * 2n - 1n);
  }
  if (field.type.includes("fixed")) return fixed(number, field.type.endsWith("64") ? 8 : 4);
  return varint(number);
}

function encode(table: MessageTable, value: Value, tables: Tables): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of table.fields) {
    const held = value[camelCase(field.name)];
    const tag = varint(BigInt(field.number * 8 + (isPacked(field) ? 2 : wireType(field))));
    const framed = (item: unknown): Uint8Array => {
      const content = encodeOne(table, field, item, tables);
      if (wireType(field) !== 2) return concatBytes(tag, content);
      return concatBytes(tag, varint(BigInt(content.length)), content);
    };
    if (isPacked(field)) {
      const items = (held as unknown[]).map((item) => encodeOne(table, field, item, tables));
      const all = concatBytes(...items);
      if (items.length > 0) parts.push(concatBytes(tag, varint(BigInt(all.length)), all));
    } else if (field.repeated === true) parts.push(...(held as unknown[]).map(framed));
    else if (isWritten(table, field, held, tables)) parts.push(framed(held));
  }
  return concatBytes(...parts);
}

function isWritten(
  table: MessageTable,
  field: FieldTable,
  value: unknown,
  tables: Tables,
): boolean {
  if (isOptional(field)) return value !== undefined;
  if (field.kind === "message" || isAmount(field, table)) return true;
  if (value instanceof Uint8Array) return value.length > 0;
  return value !== zero(table, field, tables);
}

function checkStd(field: FieldTable, value: unknown, where: string): void {
  if (field.std === undefined) return;
  const { seconds, nanos } = value as { seconds: bigint; nanos: number };
  if (field.std === "time") {
    const inYears = seconds >= -62135596800n && seconds < 253402300800n;
    if (!inYears || nanos < 0 || nanos > 999999999) throw new CodecError(where, "time");
    return;
  }
  const total = seconds * 1000000000n + BigInt(nanos);
  const sameSign = seconds === 0n || nanos === 0 || seconds > 0n === nanos > 0;
  if (Math.abs(nanos) > 999999999 || !sameSign || BigInt.asIntN(64, total) !== total)
    throw new CodecError(where, "duration");
}

/** One field cut out of a message: where its content lies and what number a varint had. */
interface Cut {
  readonly number: number;
  readonly type: number;
  readonly content: Uint8Array;
  readonly varint: bigint;
  readonly rest: Uint8Array;
}

function takeVarint(bytes: Uint8Array): readonly [bigint, Uint8Array] {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[i];
    if (byte === undefined) throw new CodecError("", "ends inside a varint");
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) {
      if (value !== BigInt.asUintN(64, value)) throw new CodecError("", "varint too long");
      if (i > 0 && byte === 0) throw new CodecError("", "varint not shortest");
      return [value, bytes.subarray(i + 1)];
    }
  }
  throw new CodecError("", "varint too long");
}

function take(bytes: Uint8Array): Cut {
  const [tag, afterTag] = takeVarint(bytes);
  const type = Number(tag & 7n);
  const number = Number(tag >> 3n);
  if (number < 1 || number > 536870911) throw new CodecError("", "field number");
  let content = afterTag;
  let value = 0n;
  let length = 0;
  if (type === 0) {
    const [read, rest] = takeVarint(afterTag);
    return { number, type, content: new Uint8Array(0), varint: read, rest };
  }
  if (type === 2) {
    [value, content] = takeVarint(afterTag);
    if (value > BigInt(content.length)) throw new CodecError("", "longer than the rest");
    length = Number(value);
  } else if (type === 1 || type === 5) length = type === 1 ? 8 : 4;
  else throw new CodecError("", "wire type");
  if (content.length < length) throw new CodecError("", "ends early");
  const whole = content.subarray(0, length);
  return { number, type, content: whole, varint: 0n, rest: content.subarray(length) };
}

function decode(table: MessageTable, bytes: Uint8Array, tables: Tables, depth: number): Value {
  if (depth > MAX_DEPTH) throw new CodecError(table.name, "too deep");
  const value = empty(table, tables);
  const seen = new Set<FieldTable>();
  let last = 0;
  for (let rest = bytes; rest.length > 0;) {
    const cut = take(rest);
    rest = cut.rest;
    const field = table.fields.find((candidate) => candidate.number === cut.number);
    const where = `${table.name}.${field?.name}`;
    if (field === undefined) throw new CodecError(where, "unknown");
    if (cut.number < last) throw new CodecError(where, "order");
    if (cut.number === last && (field.repeated !== true || isPacked(field)))
      throw new CodecError(where, "twice");
    last = cut.number;
    checkOneof(table, field, seen, where);
    seen.add(field);
    if (cut.type !== (isPacked(field) ? 2 : wireType(field)))
      throw new CodecError(where, "wire type");
    store(table, field, cut, value, tables, depth);
  }
  for (const field of table.fields) {
    const required = isAmount(field, table) && !isOptional(field) && field.repeated !== true;
    if (required && !seen.has(field)) throw new CodecError(field.name, "missing");
  }
  return value;
}

function checkOneof(
  table: MessageTable,
  field: FieldTable,
  seen: ReadonlySet<FieldTable>,
  where: string,
): void {
  if (field.oneof === undefined) return;
  const others = table.fields.filter((other) => other !== field && other.oneof === field.oneof);
  if (others.some((other) => seen.has(other))) throw new CodecError(where, "second of a oneof");
}

function store(
  table: MessageTable,
  field: FieldTable,
  cut: Cut,
  value: Value,
  tables: Tables,
  depth: number,
): void {
  const key = camelCase(field.name);
  const where = `${table.name}.${field.name}`;
  if (isPacked(field)) {
    const items: unknown[] = [];
    if (cut.content.length === 0) throw new CodecError(where, "empty list");
    if (depth + 1 > MAX_DEPTH) throw new CodecError(where, "too deep");
    for (let rest = cut.content; rest.length > 0;) {
      const [item, after] = takePacked(field, rest, where);
      items.push(decodeNumber(field, item, where));
      rest = after;
    }
    value[key] = items;
    return;
  }
  const one = decodeOne(table, field, cut, tables, depth);
  if (field.repeated === true) (value[key] as unknown[]).push(one);
  else {
    const explicit =
      !isOptional(field) && !isWritten(table, field, one, tables) && field.kind !== "message";
    if (explicit) throw new CodecError(where, "explicit default");
    value[key] = one;
  }
}

function takePacked(
  field: FieldTable,
  bytes: Uint8Array,
  where: string,
): readonly [bigint, Uint8Array] {
  const type = wireType(field);
  if (type === 0) return takeVarint(bytes);
  const width = type === 1 ? 8 : 4;
  if (bytes.length < width) throw new CodecError(where, "ends early");
  return [littleEndian(bytes.subarray(0, width)), bytes.subarray(width)];
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function decodeNumber(field: FieldTable, raw: bigint, where: string): unknown {
  if (field.type === "bool") {
    if (raw > 1n) throw new CodecError(where, "bool");
    return raw === 1n;
  }
  const zigzag = field.type === "sint32" || field.type === "sint64";
  const signed = field.kind === "enum" || /^(int|sfixed)/.test(field.type);
  const bits = field.type.includes("fixed32") ? 32 : 64;
  const value = zigzag
    ? raw & 1n
      ? -(raw >> 1n) - 1n
      : raw >> 1n
    : signed
      ? BigInt.asIntN(bits, raw)
      : raw;
  if (!inRange(field, value)) throw new CodecError(where, "out of range");
  return field.kind === "scalar" && field.type.endsWith("64") ? value : Number(value);
}

function decodeOne(
  table: MessageTable,
  field: FieldTable,
  cut: Cut,
  tables: Tables,
  depth: number,
): unknown {
  const where = `${table.name}.${field.name}`;
  if (field.kind === "message") {
    const value = decode(tableOf(tables, field.type), cut.content, tables, depth + 1);
    checkStd(field, value, where);
    return value;
  }
  if (field.type === "bytes") return cut.content.slice();
  if (field.type === "string") return decodeText(table, field, cut.content, where);
  return decodeNumber(field, cut.type === 0 ? cut.varint : littleEndian(cut.content), where);
}

function decodeText(
  table: MessageTable,
  field: FieldTable,
  bytes: Uint8Array,
  where: string,
): unknown {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new CodecError(where, "not UTF-8");
  if (isAmount(field, table)) {
    const value = parseInteger(text, MAX_AMOUNT);
    if (value === undefined) throw new CodecError(where, "not an integer");
    return value;
  }
  if (field.customtype === undefined) return text;
  if (!/^(0|-?[1-9][0-9]*)$/.test(text)) throw new CodecError(where, "not an integer");
  const bits = field.customtype === "Int" ? 256n : 315n;
  if (text.replace("-", "").length > 99 || BigInt(text.replace("-", "")) >> bits !== 0n)
    throw new CodecError(where, "too large");
  return text;
}
