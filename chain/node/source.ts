// What floor-5 services and REST ask about blocks, whichever engine makes them. The embedded engine
// answers from its block log and index, CometBFT through its RPC: whoever asks cannot tell.

import type { Timestamp } from "../base/time.ts";
import type { TxResult } from "../codec/gen/tendermint/abci.ts";
import type { DefaultNodeInfo } from "../codec/gen/tendermint/p2p.ts";
import type { Block, BlockID, Header } from "../codec/gen/tendermint/types.ts";
import type { Validator } from "./comet/validators.ts";

/** How far the chain is, as its node knows it. */
export interface SourceStatus {
  /** Height, time and header's app hash of the last block; height 0 before the first. */
  readonly height: bigint;
  readonly time: Timestamp;
  readonly appHash: Uint8Array;
  /** Oldest block that is kept. */
  readonly earliest: bigint;
  readonly catchingUp: boolean;
  /** Why no more blocks are made, when the engine halted by itself. */
  readonly halted: string | undefined;
}

/** A block with its id. */
export interface SourceBlock {
  readonly id: BlockID;
  readonly block: Block;
}

/** Which page of a search is wanted; pages count from 1, at most 100 entries each. */
export interface SearchPage {
  readonly page: bigint;
  readonly limit: number;
  readonly descending: boolean;
}

/** A page of what a search found. */
export interface FoundTxs {
  readonly txs: readonly TxResult[];
  /** Number of all transactions that match. */
  readonly total: number;
}

/** What the check of a sent transaction said; `async` waits for none and says code 0. */
export interface Submitted {
  readonly code: number;
  readonly codespace: string;
  readonly data: Uint8Array;
  readonly log: string;
}

/** The engine cannot be asked now, or what it says cannot be understood. One sentence. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/** A page beyond the last one was asked for. */
export class PageError extends Error {
  override readonly name = "PageError";
}

/**
 * Blocks, transactions and the node itself. Heights are those between `earliest` and `height` of the
 * status. Every method may reject with SourceError; nothing here runs inside a block.
 */
export interface BlockSource {
  /** The node as peers see it. */
  nodeInfo(): Promise<DefaultNodeInfo>;
  status(): Promise<SourceStatus>;
  /** The block of a height that is kept. */
  block(height: bigint): Promise<SourceBlock | undefined>;
  header(height: bigint): Promise<Header | undefined>;
  /** The validators of a height, in their order. */
  validators(height: bigint): Promise<readonly Validator[] | undefined>;
  /** The transaction of a hash. Throws: StatusError where nothing is indexed. */
  tx(hash: Uint8Array): Promise<TxResult | undefined>;
  /** Transactions whose events satisfy a query. Throws: QueryError; PageError; StatusError. */
  searchTxs(query: string, page: SearchPage): Promise<FoundTxs>;
  /** Sends a transaction. Throws: MempoolError before the application has seen it. */
  submit(tx: Uint8Array, mode: "sync" | "async"): Promise<Submitted>;
  /** Number of peers. */
  peers(): Promise<number>;
}
