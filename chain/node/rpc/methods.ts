// What every RPC method is: a name, its arguments in order, and a function over the node's parts.
// Heights and pages are read here, with CometBFT's rules and texts.

import type { EngineApplication } from "../application.ts";
import type { Admission } from "../embedded/admission.ts";
import type { BlockStore } from "../embedded/blocks.ts";
import type { Engine } from "../embedded/engine.ts";
import type { Mempool } from "../embedded/mempool.ts";
import type { EventBus } from "../events.ts";
import type { Indexer } from "../index/indexer.ts";
import type { NodeMetrics } from "../metrics_node.ts";
import type { RpcArguments } from "./protocol.ts";
import { internalError } from "./protocol.ts";
import type { WorkQueue } from "./queue.ts";
import type { ServiceParts } from "./services.ts";

/** What a node says about itself. */
export interface NodeIdentity {
  readonly moniker: string;
  /** Lower-case hex of the node key's address. */
  readonly nodeId: string;
  readonly chainId: string;
  readonly rpcAddress: string;
  readonly validatorKey: Uint8Array;
  readonly validatorAddress: Uint8Array;
}

/** What methods work with. */
export interface RpcParts extends ServiceParts {
  readonly app: EngineApplication;
  readonly engine: Engine;
  readonly blocks: BlockStore;
  readonly indexer: Indexer | undefined;
  readonly mempool: Mempool;
  readonly admission: Admission;
  readonly bus: EventBus;
  readonly metrics: NodeMetrics;
  /** Where searches of the index wait for their turn. */
  readonly searches: WorkQueue;
  readonly identity: NodeIdentity;
  /** CometBFT's genesis document as text. */
  readonly genesis: string;
  /** Whether this is a local chain whose clock may be moved. */
  readonly dev: boolean;
  /** Longest wait of broadcast_tx_commit, milliseconds. */
  readonly commitTimeoutMs: number;
}

/** One method. */
export interface RpcMethod {
  readonly name: string;
  readonly args: readonly string[];
  run(parts: RpcParts, args: RpcArguments): unknown;
}

/** Shorthand for a table of methods. */
export function method(
  name: string,
  args: readonly string[],
  run: (parts: RpcParts, args: RpcArguments) => unknown,
): RpcMethod {
  return { name, args, run };
}

/** The height asked for: the latest when absent. Throws: RpcError with CometBFT's text. */
export function heightOf(parts: RpcParts, args: RpcArguments, name = "height"): bigint {
  const latest = parts.engine.state.height;
  const height = args.integer(name);
  if (height === undefined) return latest;
  if (height <= 0n) throw internalError(`height must be greater than 0, but got ${height}`);
  if (height > latest) {
    throw internalError(
      `height ${height} must be less than or equal to the current blockchain height ${latest}`,
    );
  }
  const { base } = parts.blocks;
  if (height < base)
    throw internalError(`height ${height} is not available, lowest height is ${base}`);
  return height;
}

/** Most entries of a page. */
const MAX_PER_PAGE = 100n;
const DEFAULT_PER_PAGE = 30n;

/** Where a page begins and ends in a list of `total`. Throws: RpcError when there is no such page. */
export function pageOf(
  args: RpcArguments,
  total: number,
): { readonly start: number; readonly end: number } {
  const asked = args.integer("per_page") ?? DEFAULT_PER_PAGE;
  const size = Number(asked < 1n ? DEFAULT_PER_PAGE : asked > MAX_PER_PAGE ? MAX_PER_PAGE : asked);
  const pages = Math.max(1, Math.ceil(total / size));
  const page = args.integer("page") ?? 1n;
  if (page < 1n || page > BigInt(pages))
    throw internalError(`page should be within [1, ${pages}] range, given ${page}`);
  const start = (Number(page) - 1) * size;
  return { start, end: Math.min(start + size, total) };
}

/** Bytes of transactions that one page holds. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** Counts what goes into a page of a search. */
export class PageSize {
  #bytes = 0;

  /** Throws: RpcError once the page is too large. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= MAX_PAGE_BYTES) return;
    throw internalError(
      `the page holds more than ${MAX_PAGE_BYTES} bytes of transactions; ask for fewer per_page`,
    );
  }
}

/** Whether results are wanted newest first. Throws: RpcError for another word. */
function isDescending(args: RpcArguments): boolean {
  const order = args.text("order_by", "");
  if (order === "desc") return true;
  if (order === "asc" || order === "") return false;
  throw internalError("expected order_by to be either `asc` or `desc` or empty");
}

/** The page asked for of what a search found, in the order asked for. Throws: RpcError. */
export function pageOfFound<T>(args: RpcArguments, found: readonly T[]): readonly T[] {
  const ordered = isDescending(args) ? found.toReversed() : found;
  const { start, end } = pageOf(args, found.length);
  return ordered.slice(start, end);
}
