// Which handler serves a message or a query.

import { assert, must } from "../base/assert.ts";
import { CodecError } from "../codec/index.ts";
import type { MessageType } from "../codec/index.ts";
import type { MsgHandler, QueryHandler } from "./types.ts";

/** Gives the signer addresses of a message, as its fields hold them. */
export type SignersOf = (message: unknown) => readonly string[];

/** One served message. */
export interface MsgRoute {
  readonly handler: MsgHandler;
  readonly signersOf: SignersOf;
  /** Module name as the SDK derives it: the second part of the type name. */
  readonly moduleName: string;
}

/** All messages that the application serves. */
export class MsgRouter {
  readonly #routes = new Map<string, MsgRoute>();

  register(handler: MsgHandler): void {
    const { type } = handler;
    assert(!this.#routes.has(type.typeUrl), `two handlers of ${type.name}`);
    assert((type.table.signer ?? []).length > 0, `${type.name} names no signer`);
    this.#routes.set(type.typeUrl, {
      handler,
      signersOf: signersOfType(type),
      moduleName: must(type.name.split(".")[1], `package of ${type.name}`),
    });
  }

  /** The route of a type URL. Throws: CodecError when it is not served. */
  find(typeUrl: string): MsgRoute {
    const route = this.#routes.get(typeUrl);
    if (route === undefined)
      throw new CodecError("body.messages", `no message of type ${typeUrl.slice(0, 200)}`);
    return route;
  }

  /** Whether messages of a type URL are served. */
  serves(typeUrl: string): boolean {
    return this.#routes.has(typeUrl);
  }

  /** Type URLs served, in order of registration. */
  typeUrls(): readonly string[] {
    return [...this.#routes.keys()];
  }
}

/** Reads signer fields: strings, or messages that have signer fields of their own (bank inputs). */
export function signersOfType(type: MessageType<unknown>): SignersOf {
  const readers = (type.table.signer ?? []).map((name) => signerField(type, name));
  const [only] = readers;
  if (readers.length === 1 && only !== undefined) return only;
  return (message) => readers.flatMap((read) => read(message));
}

function signerField(type: MessageType<unknown>, name: string): SignersOf {
  const property = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const field = must(
    type.table.fields.find((candidate) => candidate.name === name),
    `signer field ${name} of ${type.name}`,
  );
  const read = (message: unknown): unknown =>
    (message as Readonly<Record<string, unknown>>)[property];
  if (field.kind !== "message") return (message) => listOf(read(message)) as string[];
  const inner = must(type.refs().types.get(field.type), `type ${field.type}`);
  const signers = signersOfType(inner as MessageType<unknown>);
  return (message) => listOf(read(message)).flatMap((item) => signers(item));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** All queries that the application serves, by gRPC path. */
export class QueryRouter {
  readonly #routes = new Map<string, QueryHandler>();

  register(handler: QueryHandler): void {
    assert(!this.#routes.has(handler.path), `two handlers of ${handler.path}`);
    this.#routes.set(handler.path, handler);
  }

  find(path: string): QueryHandler | undefined {
    return this.#routes.get(path);
  }

  /** Paths served, in order of registration. */
  paths(): readonly string[] {
    return [...this.#routes.keys()];
  }
}
