// Messages that hold other messages in fields of type Any: what stands there must be known, decode
// as strictly as the rest, and be neither too deep nor too much, before anything is done with it.

import { CodecError } from "./error.ts";
import { camelCase } from "./fields.ts";
import { refType } from "./json.ts";
import type { Any, FieldTable, MessageType, TypeRegistry } from "./types.ts";

/** Levels of Any below each other, the message itself counted. Source: SDK, codec/types. */
export const MAX_ANY_DEPTH = 10;

/** Values of type Any in one message, itself counted. Source: SDK, codec/types. */
export const MAX_ANYS = 100;

const ANY = "google.protobuf.Any";
const MSG = "cosmos.base.v1beta1.Msg";

/** Sees an Any with its type and its decoded content. */
type Visit = (any: Any, type: MessageType<unknown>, content: unknown) => void;

/** One walk: what is looked up, who is told, and what is left of the limit. */
interface Walk {
  readonly registry: TypeRegistry;
  readonly visit: Visit | undefined;
  anys: number;
}

/**
 * Opens every Any below a decoded message, and tells `visit` of each. Throws: CodecError for a type
 * that is not known or may not stand in its field, for content that does not decode, and beyond the
 * limits.
 */
export function checkAnys(
  type: MessageType<unknown>,
  value: unknown,
  registry: TypeRegistry,
  visit?: Visit,
): void {
  if (anyFields(type).length > 0)
    checkBelow(type, value, { registry, visit, anys: MAX_ANYS - 1 }, MAX_ANY_DEPTH - 1);
}

function checkBelow(type: MessageType<unknown>, value: unknown, walk: Walk, depth: number): void {
  for (const field of anyFields(type)) {
    const held = (value as Readonly<Record<string, unknown>>)[camelCase(field.name)];
    if (held === undefined) continue;
    for (const item of Array.isArray(held) ? (held as unknown[]) : [held]) {
      if (field.type === ANY) checkAny(type, field, item as Any, walk, depth);
      else checkBelow(refType(type, field), item, walk, depth);
    }
  }
}

function checkAny(
  holder: MessageType<unknown>,
  field: FieldTable,
  any: Any,
  walk: Walk,
  depth: number,
): void {
  const path = `${holder.name}.${field.name}`;
  if (depth === 0) throw new CodecError(path, `nested deeper than ${MAX_ANY_DEPTH} messages`);
  if (walk.anys === 0) throw new CodecError(path, `holds more than ${MAX_ANYS} messages`);
  walk.anys -= 1;
  const type = walk.registry.find(any.typeUrl);
  const name = any.typeUrl.slice(0, 200);
  if (type === undefined) throw new CodecError(path, `no message of type ${name}`);
  if (!mayStandIn(type, field)) throw new CodecError(path, `${name} is no ${field.accepts}`);
  const content = type.decode(any.value);
  walk.visit?.(any, type, content);
  checkBelow(type, content, walk, depth - 1);
}

/** A message that is signed names its signers; anything else names the interfaces it implements. */
function mayStandIn(type: MessageType<unknown>, field: FieldTable): boolean {
  const { accepts } = field;
  if (accepts === undefined) return true;
  if (accepts === MSG) return (type.table.signer ?? []).length > 0;
  return type.table.implements?.includes(accepts) === true;
}

const FIELDS = new Map<string, readonly FieldTable[]>();

/** Fields of a message that are an Any or hold one somewhere below. */
function anyFields(type: MessageType<unknown>): readonly FieldTable[] {
  let fields = FIELDS.get(type.name);
  if (fields === undefined) {
    fields = type.table.fields.filter((field) => leadsToAny(type, field, new Set()));
    FIELDS.set(type.name, fields);
  }
  return fields;
}

function leadsToAny(
  type: MessageType<unknown>,
  field: FieldTable,
  seen: ReadonlySet<string>,
): boolean {
  if (field.kind !== "message") return false;
  if (field.type === ANY) return true;
  if (seen.has(field.type)) return false;
  const inner = refType(type, field);
  const further = new Set([...seen, field.type]);
  return inner.table.fields.some((below) => leadsToAny(inner, below, further));
}
