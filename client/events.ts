// Typed events of the chain's own modules: the event type is the full name of a proto message, its
// attributes are the message's fields as plain text.

import { fromBase64 } from "../chain/base/bytes.ts";
import { camelCase } from "../chain/codec/fields.ts";
import { messageTypes as chainTypes } from "../chain/codec/gen/leasehold/chain/v1.ts";
import { messageTypes as deploymentTypes } from "../chain/codec/gen/leasehold/deployment/v1.ts";
import { messageTypes as escrowTypes } from "../chain/codec/gen/leasehold/escrow/v1.ts";
import { messageTypes as marketTypes } from "../chain/codec/gen/leasehold/market/v1.ts";
import { messageTypes as providerTypes } from "../chain/codec/gen/leasehold/provider/v1.ts";
import type { FieldTable, MessageType } from "../chain/codec/types.ts";
import { isBigint } from "./fill.ts";

/** An event as RPC and transactions carry it. */
export interface RawEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** A decoded event of one message type. */
export interface TypedEvent<T> {
  readonly type: string;
  readonly value: T;
}

const eventTypes: ReadonlyMap<string, MessageType<unknown>> = new Map(
  [chainTypes, providerTypes, escrowTypes, marketTypes, deploymentTypes]
    .flat()
    .filter((type) => type.name.split(".").at(-1)?.startsWith("Event") === true)
    .map((type) => [type.name, type]),
);

/** Decodes an event; undefined when it is none of ours or does not parse. */
export function decodeEvent(event: RawEvent): TypedEvent<unknown> | undefined {
  const type = eventTypes.get(event.type);
  const value = type === undefined ? undefined : decodeFields(type, event);
  return value === undefined ? undefined : { type: event.type, value };
}

/** The events of one type, decoded, in order. */
export function findEvents<T>(type: MessageType<T>, events: readonly RawEvent[]): T[] {
  const found: T[] = [];
  for (const event of events) {
    const value = event.type === type.name ? decodeFields(type, event) : undefined;
    if (value !== undefined) found.push(value as T);
  }
  return found;
}

function decodeFields(type: MessageType<unknown>, event: RawEvent): unknown {
  const texts = new Map(event.attributes.map(({ key, value }) => [key, value]));
  const value: Record<string, unknown> = {};
  for (const field of type.table.fields) {
    const text = texts.get(field.name);
    if (text === undefined) continue;
    const parsed = parseField(type, field, text);
    if (parsed === undefined) return undefined;
    value[camelCase(field.name)] = parsed;
  }
  return type.create(value);
}

function parseField(type: MessageType<unknown>, field: FieldTable, text: string): unknown {
  if (field.kind === "enum") {
    const known = type
      .refs()
      .enums.get(field.type)
      ?.values.find(([name]) => name === text);
    return known === undefined ? parseNumber(text) : known[1];
  }
  if (isBigint(field, type.table)) return /^-?[0-9]{1,78}$/.test(text) ? BigInt(text) : undefined;
  if (field.type === "string") return text;
  if (field.type === "bytes") return fromBase64(text);
  if (field.type === "bool") return text === "true" ? true : text === "false" ? false : undefined;
  return parseNumber(text);
}

function parseNumber(text: string): number | undefined {
  return /^-?[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}
