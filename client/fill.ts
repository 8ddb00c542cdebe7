// Values as people write them to values as the codec takes them: absent fields get their defaults,
// numbers become bigints where the wire has 64 bits, and a field that does not exist is an error
// rather than lost.

import { camelCase, isAmount } from "../chain/codec/fields.ts";
import type { FieldTable, MessageTable, MessageType } from "../chain/codec/types.ts";

/** A message value in which every field may be left out, and a bigint may be a safe integer. */
export type Fill<T> = T extends bigint
  ? bigint | number
  : T extends Uint8Array | string | number | boolean | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Fill<Item>[]
      : { readonly [Key in keyof T]?: Fill<T[Key]> | undefined };

/** The complete value. Throws TypeError that names the field which does not exist or fit. */
export function fill<T>(type: MessageType<T>, value: Fill<T>): T {
  return fillMessage(type, value, type.name) as T;
}

function fillMessage(type: MessageType<unknown>, value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) throw new TypeError(`${path} is not an object`);
  const given = value as Readonly<Record<string, unknown>>;
  const names = new Set(type.table.fields.map((field) => camelCase(field.name)));
  for (const key of Object.keys(given)) {
    if (!names.has(key) && key !== "$typeUrl") throw new TypeError(`${path} has no field ${key}`);
  }
  const filled: Record<string, unknown> = {};
  for (const field of type.table.fields) {
    const name = camelCase(field.name);
    const item = given[name];
    if (item === undefined) continue;
    filled[name] = fillField(type, field, item, `${path}.${name}`);
  }
  return type.create(filled);
}

function fillField(
  type: MessageType<unknown>,
  field: FieldTable,
  value: unknown,
  path: string,
): unknown {
  if (field.repeated === true) {
    if (!Array.isArray(value)) throw new TypeError(`${path} is not a list`);
    return (value as unknown[]).map((item, index) =>
      fillOne(type, field, item, `${path}[${index}]`),
    );
  }
  return fillOne(type, field, value, path);
}

function fillOne(
  type: MessageType<unknown>,
  field: FieldTable,
  value: unknown,
  path: string,
): unknown {
  if (field.kind === "message") {
    const inner = type.refs().types.get(field.type);
    return inner === undefined ? value : fillMessage(inner, value, path);
  }
  if (!isBigint(field, type.table) || typeof value === "bigint") return value;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new TypeError(`${path} is not a whole number`);
  }
  return BigInt(value);
}

/** Whether the field is a bigint in TypeScript. */
export function isBigint(field: FieldTable, table: MessageTable): boolean {
  return /^(u?int64|sint64|s?fixed64)$/.test(field.type) || isAmount(field, table);
}
