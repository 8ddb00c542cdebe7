// Typed events: a proto message of flat scalar fields becomes one ABCI event whose type is the full
// proto name and whose attributes are the fields, in field order, with plain text values.

import { assert } from "../base/assert.ts";
import { toBase64 } from "../base/bytes.ts";
import type { EnumTable, FieldTable, MessageType } from "../codec/index.ts";
import type { Attribute, Context } from "./types.ts";

/** An attribute in the form in which ABCI carries it: results hold thousands, made once. */
export function attribute(key: string, value: string): Required<Attribute> {
  return { key, value, index: true };
}

/** How one field of an event is printed. */
interface EventField {
  readonly key: string;
  /** Property of the TypeScript value. */
  readonly property: string;
  /** Names by number, of an enum. */
  readonly names: ReadonlyMap<number, string> | undefined;
}

const FIELDS = new Map<string, readonly EventField[]>();

/**
 * Emits `value` as the typed event `type`. Every field becomes an attribute, defaults too: integers
 * in decimal, booleans as true/false, bytes in base64, enums by name, text as it is.
 */
export function emitTyped<T>(ctx: Context, type: MessageType<T>, value: T): void {
  const attributes: Attribute[] = [];
  const record = value as Readonly<Record<string, unknown>>;
  for (const field of fieldsOf(type)) {
    const plain = record[field.property];
    if (plain === undefined) continue;
    attributes.push(attribute(field.key, plainText(plain, field.names)));
  }
  ctx.emit({ type: type.name, attributes });
}

function fieldsOf<T>(type: MessageType<T>): readonly EventField[] {
  let fields = FIELDS.get(type.name);
  if (fields === undefined) {
    fields = type.table.fields.map((field) => eventField(type, field));
    FIELDS.set(type.name, fields);
  }
  return fields;
}

function eventField<T>(type: MessageType<T>, field: FieldTable): EventField {
  const flat = field.kind !== "message" && field.repeated !== true;
  assert(flat, `event ${type.name}: field ${field.name} is not a flat scalar`);
  return {
    key: field.name,
    property: field.name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    names: namesOf(type.refs().enums.get(field.type)),
  };
}

function namesOf(table: EnumTable | undefined): ReadonlyMap<number, string> | undefined {
  return table && new Map(table.values.map(([name, number]) => [number, name]));
}

function plainText(value: unknown, names: ReadonlyMap<number, string> | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && names !== undefined) return names.get(value) ?? String(value);
  if (value instanceof Uint8Array) return toBase64(value);
  return String(value);
}
