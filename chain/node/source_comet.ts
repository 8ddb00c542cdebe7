// Blocks as CometBFT has them, asked for over its RPC. Each call has a time and a size that it may not
// pass, and only so many run at once. None of them makes CometBFT call the application's consensus or
// query connection, so an ABCI query that waits for one cannot wait for itself.

import { toBase64 } from "../base/bytes.ts";
import type { TxResult } from "../codec/gen/tendermint/abci.ts";
import type { DefaultNodeInfo } from "../codec/gen/tendermint/p2p.ts";
import type { Header } from "../codec/gen/tendermint/types.ts";
import { unimplemented } from "../runtime/index.ts";
import type { Validator } from "./comet/validators.ts";
import { MempoolError } from "./embedded/mempool.ts";
import { QueryError } from "./index/query.ts";
import { WorkQueue } from "./rpc/queue.ts";
import type { BlockSource, FoundTxs, SearchPage } from "./source.ts";
import type { SourceBlock, SourceStatus, Submitted } from "./source.ts";
import { PageError, SourceError } from "./source.ts";
import { Answer, readBlock, readBlockId, readHeader } from "./source_json.ts";
import { readNodeInfo, readTx, readValidator } from "./source_json.ts";

/** Bounds of the calls. */
export interface CometSourceLimits {
  /** Longest time of one call, milliseconds. */
  readonly timeout: number;
  /** Bytes of one answer. */
  readonly maxAnswerBytes: number;
  /** Calls that run at once; further ones wait in order. */
  readonly maxRunning: number;
  /** Calls that may wait. */
  readonly maxWaiting: number;
}

/** A block of 21 MB of transactions in base64, with room around it. */
const LIMITS: CometSourceLimits = {
  timeout: 10_000,
  maxAnswerBytes: 48 * 1024 * 1024,
  maxRunning: 16,
  maxWaiting: 500,
};

/** Entries of one page of `validators`. Source: CometBFT. */
const PER_PAGE = 100;

/** CometBFT said no: its sentence. */
class RefusedCall extends Error {}

/** A node of CometBFT. */
export class CometSource implements BlockSource {
  readonly #url: string;
  readonly #limits: CometSourceLimits;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #searches = new WorkQueue();

  /** `url` is its RPC: `http://127.0.0.1:26657`. */
  constructor(url: string, limits: Partial<CometSourceLimits> = {}) {
    this.#url = url;
    this.#limits = { ...LIMITS, ...limits };
  }

  async nodeInfo(): Promise<DefaultNodeInfo> {
    return readNodeInfo((await this.#call("status")).at("node_info"));
  }

  async status(): Promise<SourceStatus> {
    const sync = (await this.#call("status")).at("sync_info");
    return {
      height: sync.at("latest_block_height").big(),
      time: sync.at("latest_block_time").time(),
      appHash: sync.at("latest_app_hash").hex(),
      earliest: sync.at("earliest_block_height").big(),
      catchingUp: sync.at("catching_up").flag(),
      halted: undefined,
    };
  }

  async block(height: bigint): Promise<SourceBlock | undefined> {
    const answer = await this.#call("block", { height: height.toString() });
    const block = answer.at("block");
    if (block.absent) return undefined;
    return { block: readBlock(block), id: readBlockId(answer.at("block_id")) };
  }

  async header(height: bigint): Promise<Header | undefined> {
    const header = (await this.#call("header", { height: height.toString() })).at("header");
    return header.absent ? undefined : readHeader(header);
  }

  async validators(height: bigint): Promise<readonly Validator[]> {
    const found: Validator[] = [];
    for (let page = 1; ; page++) {
      const params = { height: height.toString(), page: String(page), per_page: String(PER_PAGE) };
      const answer = await this.#call("validators", params);
      const items = answer.at("validators").items();
      found.push(...items.map(readValidator));
      if (items.length === 0 || BigInt(found.length) >= answer.at("total").big()) return found;
    }
  }

  async tx(hash: Uint8Array): Promise<TxResult | undefined> {
    try {
      return readTx(await this.#ask("tx", { hash: toBase64(hash), prove: false }));
    } catch (error) {
      if (!(error instanceof RefusedCall)) throw error;
      if (error.message.includes("not found")) return undefined;
      throw searchRefusal(error);
    }
  }

  async searchTxs(query: string, page: SearchPage): Promise<FoundTxs> {
    const params = {
      query,
      prove: false,
      page: page.page.toString(),
      per_page: String(page.limit),
      order_by: page.descending ? "desc" : "asc",
    };
    try {
      // One at a time, as the embedded engine has it: a search takes CometBFT's processor from its blocks.
      const answer = await this.#searches.run(() => this.#ask("tx_search", params));
      const total = Number(answer.at("total_count").big());
      return { txs: answer.at("txs").items().map(readTx), total };
    } catch (error) {
      if (error instanceof RefusedCall) throw searchRefusal(error);
      throw error;
    }
  }

  async submit(tx: Uint8Array, mode: "sync" | "async"): Promise<Submitted> {
    try {
      const answer = await this.#ask(`broadcast_tx_${mode}`, { tx: toBase64(tx) });
      return {
        code: answer.at("code").number(),
        codespace: answer.at("codespace").text(),
        data: answer.at("data").hex(),
        log: answer.at("log").text(),
      };
    } catch (error) {
      if (!(error instanceof RefusedCall)) throw error;
      if (/already exists in cache|too large|mempool is full/i.test(error.message))
        throw new MempoolError(error.message);
      throw new SourceError(`CometBFT did not take the transaction: ${error.message}`);
    }
  }

  async peers(): Promise<number> {
    return Number((await this.#call("net_info")).at("n_peers").big());
  }

  /** A call that CometBFT has no reason to refuse. */
  async #call(method: string, params: object = {}): Promise<Answer> {
    try {
      return await this.#ask(method, params);
    } catch (error) {
      if (!(error instanceof RefusedCall)) throw error;
      throw new SourceError(`CometBFT refused ${method}: ${error.message}`);
    }
  }

  /** One call. Throws: RefusedCall with CometBFT's sentence; SourceError. */
  async #ask(method: string, params: object): Promise<Answer> {
    await this.#enter();
    try {
      return parseAnswer(await this.#fetch(method, params), method);
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    const { maxRunning, maxWaiting } = this.#limits;
    if (this.#running < maxRunning) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= maxWaiting)
      throw new SourceError(`the node is busy: ${maxWaiting} calls to CometBFT wait; try again`);
    await new Promise<void>((resume) => this.#waiting.push(resume));
  }

  /** The place goes to who waits longest. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }

  async #fetch(method: string, params: object): Promise<string> {
    const { timeout } = this.#limits;
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal: AbortSignal.timeout(timeout),
      });
      return await this.#read(response, method);
    } catch (error) {
      if (error instanceof SourceError) throw error;
      const late = error instanceof Error && error.name === "TimeoutError";
      const reason = late ? `did not answer ${method} within ${timeout} ms` : "does not answer";
      throw new SourceError(`CometBFT at ${this.#url} ${reason}`, { cause: error });
    }
  }

  async #read(response: Response, method: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > this.#limits.maxAnswerBytes)
        throw new SourceError(`CometBFT's answer to ${method} is larger than this node reads`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size).toString("utf8");
  }
}

/** The result of an answer. Throws: RefusedCall; SourceError. */
function parseAnswer(text: string, method: string): Answer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SourceError(`CometBFT's answer to ${method} is not JSON`, { cause: error });
  }
  const answer = new Answer(json, method);
  const refused = answer.at("error");
  if (refused.absent) return answer.at("result");
  const data = refused.at("data").text();
  throw new RefusedCall(data === "" ? refused.at("message").text() : data);
}

/** Refusals of searches in the classes that the embedded source throws. */
function searchRefusal(error: RefusedCall): Error {
  const { message } = error;
  if (/indexing is disabled/.test(message)) return unimplemented(message);
  if (/page should be within/.test(message)) return new PageError(message);
  if (/query|expected|got/.test(message)) return new QueryError(message);
  return new SourceError(`CometBFT could not search: ${message}`);
}
