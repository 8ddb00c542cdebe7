// A REST call from its parts to the text of its answer: route, request message, query, JSON. Needs no
// HTTP server, and runs what touches the application in its turn.

import type { Registry } from "../../codec/index.ts";
import { CodecError, createRegistry } from "../../codec/index.ts";
import { allMessageTypes } from "../../codec/gen/index.ts";
import { HeavyLane } from "../rpc/lane.ts";
import { RpcError } from "../rpc/protocol.ts";
import { answerQuery } from "../rpc/served.ts";
import type { ServiceParts } from "../rpc/services.ts";
import { bindRequest } from "./binding.ts";
import { GatewayRefusal, invalidArgument, noSuchPath, refusalOf } from "./refusal.ts";
import { makeRoutes, matchRoutes } from "./routes.ts";
import type { Match, Route } from "./routes.ts";

/** A call without its HTTP dress. */
export interface GatewayCall {
  readonly verb: string;
  /** Raw: still percent-encoded, without the query string. */
  readonly path: string;
  readonly search: URLSearchParams;
  readonly body: string;
  /** Text of the height header. */
  readonly height: string | undefined;
}

/** A good answer. */
export interface GatewayAnswer {
  readonly body: string;
  /** Height at which the query was answered. */
  readonly height: bigint;
}

/** Answers calls. */
export class Gateway {
  readonly routes: readonly Route[];
  readonly #parts: ServiceParts;
  readonly #registry: Registry = createRegistry(allMessageTypes);
  readonly #heavy = new HeavyLane((text) => new GatewayRefusal("ResourceExhausted", text));

  /** `served`: gRPC paths of all queries that are answered. */
  constructor(parts: ServiceParts, served: readonly string[]) {
    this.#parts = parts;
    this.routes = makeRoutes(served);
  }

  /** Routes that a call fits, best first. Throws: GatewayRefusal. */
  match(verb: string, path: string): readonly Match[] {
    const found = matchRoutes(this.routes, verb, decodePath(path));
    if (found.length === 0) throw noSuchPath();
    return found;
  }

  /** Answers a call. Throws: GatewayRefusal. */
  async answer(call: GatewayCall): Promise<GatewayAnswer> {
    const matches = this.match(call.verb === "HEAD" ? "GET" : call.verb, call.path);
    const height = heightOf(call.height);
    let refusal: unknown;
    for (const match of matches) {
      try {
        return await this.#answerMatch(match, call, height);
      } catch (error) {
        const unfit = error instanceof GatewayRefusal && error.status === "InvalidArgument";
        if (!unfit) throw error;
        refusal ??= error;
      }
    }
    throw refusal;
  }

  async #answerMatch(match: Match, call: GatewayCall, height: bigint): Promise<GatewayAnswer> {
    try {
      if (call.body.length <= LIGHT_BYTES) return await this.#answerNow(match, call, height);
      return await this.#heavy.run(() => this.#answerNow(match, call, height));
    } catch (error) {
      throw translate(error);
    }
  }

  async #answerNow(match: Match, call: GatewayCall, height: bigint): Promise<GatewayAnswer> {
    const { query, response } = match.route;
    const data = bindRequest(match, call, this.#registry);
    const answer = await answerQuery(this.#parts, { path: query, data, height, prove: false });
    const refusal = refusalOf(answer);
    if (refusal !== undefined) throw refusal;
    const { value } = answer;
    requireShowable(value.length);
    const show = (): string =>
      JSON.stringify(response.toJson(response.decode(value), this.#registry));
    const light = value.length <= LIGHT_BYTES || call.body.length > LIGHT_BYTES;
    const body = light ? await this.#parts.turns.run(show) : await this.#heavy.run(show);
    return { body, height: answer.height };
  }
}

/** A body or an answer of more bytes is heavy: a block of two hundred transfers is not. */
const LIGHT_BYTES = 128 * 1024;

/** Bytes of an answer that are turned into JSON: beyond it blocks would feel the work. */
const MAX_SHOWN_BYTES = 8 * 1024 * 1024;

/** Throws: GatewayRefusal for an answer as only a block near the limit of its size gives one. */
export function requireShowable(bytes: number): void {
  if (bytes <= MAX_SHOWN_BYTES) return;
  const size = `the answer has ${bytes} bytes, REST shows at most ${MAX_SHOWN_BYTES}`;
  throw new GatewayRefusal("ResourceExhausted", `${size}; ask for it over RPC`);
}

/** Too much waits; or a transaction of a block holds something that has no JSON here. */
function translate(error: unknown): unknown {
  if (error instanceof RpcError) return new GatewayRefusal("ResourceExhausted", error.message);
  if (error instanceof CodecError) return new GatewayRefusal("Internal", error.message);
  return error;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidArgument("the path is not well-formed percent-encoding");
  }
}

/** The height that a header asks for; 0 = the latest. Throws: GatewayRefusal. */
function heightOf(text: string | undefined): bigint {
  if (text === undefined || text === "") return 0n;
  if (!/^\d{1,18}$/.test(text))
    throw invalidArgument(`invalid height header ${JSON.stringify(text.slice(0, 30))}`);
  return BigInt(text);
}
