// What chain/app hands to the application: modules, the order of their block stages, and the few
// keepers that the runtime itself calls.

import type { ConsensusParams } from "../codec/gen/tendermint/types.ts";
import type { Platform } from "../base/platform.ts";
import type { Json } from "../codec/index.ts";
import type { TreeMultiStore } from "../store/index.ts";
import type { AnteAccounts, AnteAllowances, AnteFees, GasPrice } from "./ante_types.ts";
import type { BugReporter } from "./failure.ts";
import type { MsgRouter } from "./router.ts";
import type { AppModule, Context, FailedItem, StoreSource } from "./types.ts";

/** What a chain is born with. */
export interface ChainIdentity {
  readonly chainId: string;
  readonly prefix: string;
}

/** Clock T and clock U in whole seconds. */
export interface ClockReading {
  readonly time: bigint;
  readonly uptime: bigint;
}

/** What the runtime asks of module chain. */
export interface ChainKeeping {
  /** Address prefix named in this module's part of a genesis. Throws a ChainError without one. */
  prefixOfGenesis(state: Json | undefined): string;
  /** Identity from state; undefined before genesis. */
  identity(source: StoreSource): ChainIdentity | undefined;
  /** Both clocks as of the last block; undefined before genesis. */
  clocks(source: StoreSource): ClockReading | undefined;
  /** Longest gap between blocks, seconds, that clock U counts in full. */
  maxBlockGap(source: StoreSource): bigint;
  /** Moves both clocks to a new header time and gives them. */
  advance(source: StoreSource, now: bigint): ClockReading;
  quarantine(ctx: Context, item: FailedItem): void;
}

/** What the runtime asks of module consensus. */
export interface ConsensusKeeping {
  /** Reads the store (and is charged, as in the SDK). */
  params(source: StoreSource): ConsensusParams;
  setParams(source: StoreSource, params: ConsensusParams): void;
}

/** The application's composition. */
export interface AppParts {
  readonly name: string;
  readonly version: string;
  /** All modules, in the order of modules/order.ts. */
  readonly modules: readonly AppModule[];
  /** Orders of the block stages and of genesis; a module may be missing where it has no part. */
  readonly order: {
    readonly preBlock: readonly AppModule[];
    readonly beginBlock: readonly AppModule[];
    readonly endBlock: readonly AppModule[];
    readonly initGenesis: readonly AppModule[];
  };
  readonly chain: ChainKeeping;
  readonly consensus: ConsensusKeeping;
  /** All messages of the modules: whoever runs messages inside messages shares it. */
  readonly messages: MsgRouter;
  readonly accounts: AnteAccounts;
  readonly fees: AnteFees;
  /** Without it a transaction that names a fee granter is refused. */
  readonly allowances?: AnteAllowances;
}

/** What the node decides: none of it changes a result in a block. */
export interface AppSettings {
  readonly store: TreeMultiStore;
  readonly platform: Platform;
  /** Asked of transactions in CheckTx. */
  readonly minGasPrices?: readonly GasPrice[];
  /** Most gas of one query; default 10,000,000. */
  readonly queryGasLimit?: bigint;
  /** Hears of contained bugs. Default: thrown on. */
  readonly reportBug?: BugReporter;
  /** Blocks that the consensus engine is asked to keep at least; 0 or absent = all of them. */
  readonly minRetainBlocks?: bigint;
  /** Verdicts of signature checks that are remembered; default 20,000. */
  readonly memoSize?: number;
}
