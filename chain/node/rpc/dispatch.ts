// From a request to the text of its answer: finds the method, reads the arguments, turns failures into
// JSON-RPC errors. Batches run in order.

import { CodecError } from "../../codec/error.ts";
import { MempoolError } from "../embedded/mempool.ts";
import { QueryError } from "../index/query.ts";
import type { Logger } from "../log.ts";
import type { Allowance } from "./allowance.ts";
import { HeavyLane } from "./lane.ts";
import type { RpcMethod, RpcParts } from "./methods.ts";
import {
  errorText,
  internalError,
  jsonArguments,
  parseRequest,
  resultText,
  RPC_CODES,
  RpcError,
} from "./protocol.ts";
import type { RpcArguments, RpcId } from "./protocol.ts";

/** Characters that the answers of one batch may have together: what is beyond is refused, not held. */
const MAX_BATCH_ANSWER = 16 * 1024 * 1024;
/** A body of more characters is heavy: the longest take a tenth of a second to parse. */
const LONG_BODY = 65_536;

/** Runs calls that only one kind of connection has (subscriptions); undefined for other methods. */
export type ExtraMethods = (
  name: string,
  params: unknown,
  id: RpcId,
) => { result: unknown } | undefined;

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new RpcError(RPC_CODES.parse, `error unmarshalling request: ${reason}`);
  }
}

/** Answers requests. */
export class Dispatcher {
  readonly #parts: RpcParts;
  readonly #methods: ReadonlyMap<string, RpcMethod>;
  readonly #maxBatch: number;
  /** For the answers of all batches that are being gathered. */
  readonly #allowance: Allowance;
  readonly #heavy = new HeavyLane(internalError);
  readonly #log: Logger;

  constructor(
    parts: RpcParts,
    methods: readonly RpcMethod[],
    maxBatch: number,
    allowance: Allowance,
    log: Logger,
  ) {
    this.#allowance = allowance;
    this.#parts = parts;
    this.#methods = new Map(methods.map((one) => [one.name, one]));
    this.#maxBatch = maxBatch;
    this.#log = log;
  }

  /** All methods by name. */
  get methods(): ReadonlyMap<string, RpcMethod> {
    return this.#methods;
  }

  /** Runs one method. Throws: RpcError, whatever went wrong. */
  async call(name: string, args: RpcArguments): Promise<unknown> {
    const found = this.#methods.get(name);
    if (found === undefined)
      throw new RpcError(RPC_CODES.methodNotFound, `there is no method ${name}`);
    const { calls } = this.#parts.metrics;
    try {
      const result = await found.run(this.#parts, args);
      calls.add({ method: name, outcome: "ok" });
      return result;
    } catch (error) {
      calls.add({ method: name, outcome: "error" });
      throw this.#translate(name, error);
    }
  }

  /**
   * Answers the text of a body: a request or a batch. Undefined when nothing is to be answered
   * (notifications). Throws: RpcError -32700 when it is not JSON.
   */
  async answer(body: string, extra?: ExtraMethods): Promise<string | undefined> {
    const isLong = body.length > LONG_BODY;
    const json = isLong ? await this.#heavy.run(() => parseBody(body)) : parseBody(body);
    if (!Array.isArray(json)) return this.#answerOne(json, extra);
    if (json.length === 0)
      return errorText(-1, new RpcError(RPC_CODES.invalidRequest, "empty batch"));
    if (this.#maxBatch > 0 && json.length > this.#maxBatch) {
      const text = `batch request exceeds maximum (${json.length} > ${this.#maxBatch})`;
      return errorText(-1, new RpcError(RPC_CODES.invalidRequest, text));
    }
    return this.#answerAll(json, extra);
  }

  /** Answers a batch in order; between two requests others get their turn. */
  async #answerAll(batch: readonly unknown[], extra?: ExtraMethods): Promise<string | undefined> {
    const answers: string[] = [];
    let size = 0;
    try {
      for (const one of batch) {
        const text = await this.#answerOne(one, extra);
        if (text === undefined) continue;
        if (size + text.length > MAX_BATCH_ANSWER || !this.#allowance.take(text.length))
          return errorText(
            -1,
            internalError("the batch's answers are too large; ask for less at once"),
          );
        size += text.length;
        answers.push(text);
        await new Promise((resume) => setImmediate(resume));
      }
      return answers.length <= 1 ? answers[0] : `[${answers.join(",")}]`;
    } finally {
      this.#allowance.give(size);
    }
  }

  async #answerOne(value: unknown, extra: ExtraMethods | undefined): Promise<string | undefined> {
    let id: RpcId = -1;
    try {
      const request = parseRequest(value);
      id = request.id;
      const own = extra?.(request.method, request.params, id);
      const names = this.#methods.get(request.method)?.args ?? [];
      const result =
        own === undefined
          ? await this.call(request.method, jsonArguments(request.params, names))
          : own.result;
      return id === undefined ? undefined : resultText(id, result);
    } catch (error) {
      return id === undefined ? undefined : errorText(id, this.#translate("request", error));
    }
  }

  #translate(name: string, error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    if (error instanceof QueryError)
      return internalError(`failed to parse query: ${error.message}`);
    if (error instanceof MempoolError) return internalError(error.message);
    if (error instanceof CodecError) return internalError(error.message);
    const text = error instanceof Error ? error.message : String(error);
    this.#log.error("a method failed", {
      method: name,
      error: error instanceof Error ? (error.stack ?? text) : text,
    });
    return internalError(text);
  }
}
