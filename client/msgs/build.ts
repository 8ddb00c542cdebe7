// Turns message types into functions that make what CosmJS signs.

import type { EncodeObject } from "@cosmjs/proto-signing";
import type { MessageType } from "../../chain/codec/types.ts";
import type { Fill } from "../fill.ts";
import { fill } from "../fill.ts";

/** A message of a known type, as SigningStargateClient takes it. */
export interface Message<T> extends EncodeObject {
  readonly value: T;
}

/** One function per message type. */
export type MessageBuilders<Types extends Readonly<Record<string, MessageType<unknown>>>> = {
  readonly [Name in keyof Types]: Types[Name] extends MessageType<infer T>
    ? (value: Fill<T>) => Message<T>
    : never;
};

const typesOf = new WeakMap<object, readonly MessageType<unknown>[]>();

/** Builders of a table of message types. Absent fields get their defaults, unknown ones throw. */
export function messageBuilders<Types extends Readonly<Record<string, MessageType<unknown>>>>(
  types: Types,
): MessageBuilders<Types> {
  const builders: Record<string, (value: Fill<unknown>) => Message<unknown>> = {};
  for (const [name, type] of Object.entries(types)) {
    builders[name] = (value) => ({ typeUrl: type.typeUrl, value: fill(type, value) });
  }
  typesOf.set(builders, Object.values(types));
  return builders as MessageBuilders<Types>;
}

/** The message types behind builders. */
export function messageTypesOf(builders: object): readonly MessageType<unknown>[] {
  return typesOf.get(builders) ?? [];
}
