// JSON-RPC 2.0 as CometBFT speaks it: ids, errors and the forms in which arguments arrive (named or
// positional JSON, and the texts of a URI).

import { fromBase64, fromHex, utf8 } from "../../base/bytes.ts";
import { parseInteger } from "../../base/integers.ts";

/** Error codes. Source: CometBFT rpc/jsonrpc/types. */
export const RPC_CODES = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  server: -32000,
} as const;

const MESSAGES: Readonly<Record<number, string>> = {
  [RPC_CODES.parse]: "Parse error. Invalid JSON",
  [RPC_CODES.invalidRequest]: "Invalid Request",
  [RPC_CODES.methodNotFound]: "Method not found",
  [RPC_CODES.invalidParams]: "Invalid params",
  [RPC_CODES.internal]: "Internal error",
  [RPC_CODES.server]: "Server error",
};

/** An answer that is an error; `data` is the sentence for people. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, data: string) {
    super(data);
    this.code = code;
  }
}

/** Shorthand for what most failures are. */
export function internalError(data: string): RpcError {
  return new RpcError(RPC_CODES.internal, data);
}

/** Shorthand for arguments that cannot be read. */
export function paramsError(data: string): RpcError {
  return new RpcError(RPC_CODES.invalidParams, data);
}

/** Id of a request: text or number; undefined for a notification. */
export type RpcId = string | number | undefined;

/** One request after its envelope was checked. */
export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: unknown;
}

/** Text of a successful answer. */
export function resultText(id: RpcId, result: unknown): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id ?? -1)},"result":${JSON.stringify(result)}}`;
}

/** Characters of a sentence that an answer carries: a refusal does not send a whole request back. */
const MAX_SENTENCE = 1000;

/** Text of a failed answer. */
export function errorText(id: RpcId, error: RpcError): string {
  const { code } = error;
  const data = error.message.slice(0, MAX_SENTENCE).toWellFormed();
  const body = { code, message: MESSAGES[code] ?? "Error", data };
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id ?? -1)},"error":${JSON.stringify(body)}}`;
}

/** Checks the envelope of one request. Throws: RpcError. */
export function parseRequest(value: unknown): RpcRequest {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RpcError(RPC_CODES.invalidRequest, "a request is an object");
  const { id, method, params } = value as Record<string, unknown>;
  if (typeof method !== "string" || method === "")
    throw new RpcError(RPC_CODES.invalidRequest, "the request names no method");
  if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number")
    throw new RpcError(RPC_CODES.invalidRequest, "an id is text or a number");
  return { id: id ?? undefined, method, params };
}

/** Arguments of one call by name. */
export class RpcArguments {
  readonly #values: ReadonlyMap<string, unknown>;
  /** URI arguments are texts with their own quoting. */
  readonly #fromUri: boolean;

  constructor(values: ReadonlyMap<string, unknown>, fromUri: boolean) {
    this.#values = values;
    this.#fromUri = fromUri;
  }

  /** Whether an argument was given. */
  has(name: string): boolean {
    const value = this.#values.get(name);
    return value !== undefined && value !== null && value !== "";
  }

  /** Text; a URI has it in double quotes. Throws: RpcError. */
  text(name: string, fallback?: string): string {
    const value = this.#values.get(name);
    if (!this.has(name) && fallback !== undefined) return fallback;
    if (typeof value !== "string") throw paramsError(`${name} must be a string`);
    if (!this.#fromUri) return value;
    return this.#quoted(name, value) ?? paramsFail(`${name} must be in double quotes`);
  }

  /** Bytes: base64 in JSON; 0x hex or quoted raw text in a URI. Throws: RpcError. */
  bytes(name: string): Uint8Array {
    const value = this.#values.get(name);
    if (!this.has(name) || typeof value !== "string") throw paramsError(`${name} is missing`);
    if (!this.#fromUri) return fromBase64(value) ?? paramsFail(`${name} must be base64`);
    if (value.startsWith("0x"))
      return fromHex(value.slice(2)) ?? paramsFail(`${name} must be hex after 0x`);
    const raw = this.#quoted(name, value);
    if (raw === undefined || !raw.isWellFormed())
      throw paramsError(`${name} must be 0x and hex, or text in double quotes`);
    return utf8(raw);
  }

  /** Bytes that JSON has in hex (`abci_query` data). Throws: RpcError. */
  hex(name: string): Uint8Array {
    if (!this.has(name)) return new Uint8Array(0);
    const value = this.#values.get(name);
    if (typeof value !== "string") throw paramsError(`${name} must be hex`);
    if (this.#fromUri && !value.startsWith("0x")) return this.bytes(name);
    const digits = value.startsWith("0x") ? value.slice(2) : value;
    return fromHex(digits) ?? paramsFail(`${name} must be hex`);
  }

  /** An integer that came as number or text. Throws: RpcError. */
  integer(name: string): bigint | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#values.get(name);
    const text = typeof value === "string" ? value.replace(/^"(.*)"$/, "$1") : value;
    const parsed = Number.isSafeInteger(text)
      ? BigInt(text as number)
      : typeof text === "string"
        ? parseInteger(text, (1n << 63n) - 1n)
        : undefined;
    return parsed ?? paramsFail(`${name} must be an integer`);
  }

  /** Text of a number or of a number with a unit, quoted or not. Throws: RpcError when absent. */
  integerText(name: string): string {
    const value = this.#values.get(name);
    if (typeof value === "number") return value.toString();
    if (typeof value !== "string") throw paramsError(`${name} is missing`);
    return value.replace(/^"(.*)"$/, "$1");
  }

  /** A flag. Throws: RpcError. */
  flag(name: string): boolean {
    if (!this.has(name)) return false;
    const value = this.#values.get(name);
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    throw paramsError(`${name} must be true or false`);
  }

  #quoted(name: string, value: string): string | undefined {
    if (!/^".*"$/s.test(value)) return undefined;
    try {
      const text: unknown = JSON.parse(value);
      return typeof text === "string" ? text : undefined;
    } catch {
      throw paramsError(`${name} is not a well-formed string`);
    }
  }
}

function paramsFail(data: string): never {
  throw paramsError(data);
}

/** Arguments of a JSON call: an object, an array in the order of `names`, or nothing. Throws: RpcError. */
export function jsonArguments(params: unknown, names: readonly string[]): RpcArguments {
  const values = new Map<string, unknown>();
  if (Array.isArray(params)) {
    if (params.length > names.length)
      throw paramsError(`expected ${names.length} parameters, got ${params.length}`);
    for (const [index, value] of params.entries()) values.set(names[index] as string, value);
  } else if (typeof params === "object" && params !== null) {
    for (const name of names) {
      if (Object.hasOwn(params, name)) values.set(name, (params as Record<string, unknown>)[name]);
    }
  } else if (params !== undefined && params !== null) {
    throw paramsError("params must be an object or an array");
  }
  return new RpcArguments(values, false);
}

/** Arguments of a URI call. */
export function uriArguments(search: URLSearchParams, names: readonly string[]): RpcArguments {
  const values = new Map<string, unknown>();
  for (const name of names) {
    const value = search.get(name);
    if (value !== null) values.set(name, value);
  }
  return new RpcArguments(values, true);
}
