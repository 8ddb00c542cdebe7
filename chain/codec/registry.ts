// Lookup of message types by URL and by amino name. What a chain serves is what it registers.

import { assert } from "../base/assert.ts";
import { camelCase } from "./fields.ts";
import type { MessageType, TypeRegistry } from "./types.ts";

/** A set of message types. */
export interface Registry extends TypeRegistry {
  /** The type of amino JSON's `type`, for readers of legacy JSON. */
  findAmino(aminoName: string): MessageType<unknown> | undefined;
  /** All types that stand for an interface, such as `cosmos.base.v1beta1.Msg`. */
  implementing(name: string): readonly MessageType<unknown>[];
  /** All registered types, in order of registration. */
  readonly types: readonly MessageType<unknown>[];
}

/** A registry of these types. A type URL or amino name given twice is a bug. */
export function createRegistry(types: readonly MessageType<unknown>[]): Registry {
  const byUrl = new Map<string, MessageType<unknown>>();
  const byAmino = new Map<string, MessageType<unknown>>();
  for (const type of types) {
    assert(!byUrl.has(type.typeUrl), `${type.typeUrl} is registered twice`);
    byUrl.set(type.typeUrl, type);
    const { aminoName } = type.table;
    if (aminoName === undefined) continue;
    assert(!byAmino.has(aminoName), `amino name ${aminoName} is registered twice`);
    byAmino.set(aminoName, type);
  }
  return {
    types: [...types],
    find: (typeUrl) => byUrl.get(typeUrl),
    findAmino: (aminoName) => byAmino.get(aminoName),
    implementing: (name) => types.filter((type) => type.table.implements?.includes(name)),
  };
}

/**
 * The signers of a message as its table names them: the text of the signer fields, in order, each
 * once. A signer field that is itself a message (or a list of them) is asked in turn, as
 * MsgMultiSend asks its inputs.
 */
export function signersOf(type: MessageType<unknown>, value: unknown): readonly string[] {
  const signers: string[] = [];
  for (const name of type.table.signer ?? []) {
    const field = type.table.fields.find((candidate) => candidate.name === name);
    assert(field !== undefined, `${type.name} has no signer field ${name}`);
    const held = (value as Readonly<Record<string, unknown>>)[camelCase(name)];
    for (const item of Array.isArray(held) ? (held as unknown[]) : [held]) {
      if (typeof item === "string") signers.push(item);
      else {
        const inner = type.refs().types.get(field.type);
        if (inner !== undefined && item !== undefined) signers.push(...signersOf(inner, item));
      }
    }
  }
  return [...new Set(signers)];
}
