// Typed events: a proto message of flat scalar fields becomes one ABCI event whose type is the full
// proto name and whose attributes are the fields, in field order, with plain text values.

import { assert } from "../base/assert.ts";
import { toBase64 } from "../base/bytes.ts";
import type { FieldTable, Json, MessageType, TypeRegistry } from "../codec/types.ts";
import type { Attribute, Context } from "./types.ts";

/** How one field of an event is printed. */
interface EventField {
  readonly key: string;
  /** Property of the TypeScript value. */
  readonly property: string;
  readonly isEnum: boolean;
}

const FIELDS = new Map<string, readonly EventField[]>();

const NO_TYPES: TypeRegistry = { find: () => undefined };

/**
 * Emits `value` as the typed event `type`. Every field becomes an attribute, defaults too: integers
 * in decimal, booleans as true/false, bytes in base64, enums by name, text as it is.
 */
export function emitTyped<T>(ctx: Context, type: MessageType<T>, value: T): void {
  const attributes: Attribute[] = [];
  const record = value as Readonly<Record<string, unknown>>;
  let json: Json | undefined;
  for (const field of fieldsOf(type)) {
    const plain = record[field.property];
    if (plain === undefined) continue;
    if (field.isEnum) {
      json ??= type.toJson(value, NO_TYPES);
      const named = (json as { readonly [key: string]: Json })[field.key];
      attributes.push({ key: field.key, value: String(named ?? plain) });
    } else {
      attributes.push({ key: field.key, value: plainText(plain) });
    }
  }
  ctx.emit({ type: type.name, attributes });
}

function fieldsOf<T>(type: MessageType<T>): readonly EventField[] {
  let fields = FIELDS.get(type.name);
  if (fields === undefined) {
    fields = type.table.fields.map((field) => eventField(type.name, field));
    FIELDS.set(type.name, fields);
  }
  return fields;
}

function eventField(owner: string, field: FieldTable): EventField {
  const flat = field.kind !== "message" && field.repeated !== true;
  assert(flat, `event ${owner}: field ${field.name} is not a flat scalar`);
  return {
    key: field.name,
    property: field.name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    isEnum: field.kind === "enum",
  };
}

function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return toBase64(value);
  return String(value);
}
