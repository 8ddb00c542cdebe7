// Going back with the engine: which height application, engine state and block log are to have, and the
// engine's state of an earlier height out of what the log holds. Nothing here signs or unsigns: the
// last-sign state stays as it is, and what it does not allow is refused.

import type { BlockStore } from "./blocks.ts";
import type { EngineState } from "./state.ts";

/** Heights as they were found. */
export interface RewindHeights {
  readonly app: bigint;
  readonly state: bigint;
  /** Newest and oldest block of the log. */
  readonly store: bigint;
  readonly base: bigint;
  readonly initial: bigint;
  /** Height that the validator's key signed last. */
  readonly signed: bigint;
}

/** What was asked for. */
export interface RewindWish {
  /** Default: one below the application's. */
  readonly height?: bigint | undefined;
  /** Remove the blocks above it too. */
  readonly hard: boolean;
}

/** Heights that they shall have. */
export interface RewindPlan {
  readonly app: bigint;
  readonly state: bigint;
  readonly store: bigint;
}

/**
 * Plans a rollback. Without `hard` the log stays whole and the next start executes its blocks again: all
 * but the last must give the application hashes that the log knows. With `hard` the blocks above go, and
 * the next start makes others in their place: only where the key may still sign, which is the height that
 * it signed last (in a new round). Throws: Error with a sentence.
 */
export function planRewind(found: RewindHeights, wish: RewindWish): RewindPlan {
  const { state, store, base, initial, signed } = found;
  const app = wish.height ?? found.app - 1n;
  if (app < initial)
    throw new Error(
      `height ${app} lies before the first block (${initial}); to begin anew use comet unsafe-reset-all`,
    );
  if (app >= found.app && !(wish.hard && app === found.app && store > app))
    throw new Error(`the application is at height ${found.app}: it cannot go back to ${app}`);
  if (app + 1n < base)
    throw new Error(
      `blocks below ${base} are pruned: they could not be executed again after ${app}`,
    );
  if (!wish.hard) return { app, store, state: state < store ? state : store - 1n };
  if (signed > app + 1n)
    throw new Error(
      `the validator's key signed up to height ${signed}: with the blocks from ${app + 1n} on removed it ` +
        "would have to sign heights a second time, which is double signing; roll back without --hard " +
        `(the blocks are executed again), or with --hard to ${signed - 1n}`,
    );
  return { app, store: app, state: app };
}

/**
 * The engine's state after block `height`, of which the log still holds the next block.
 * Throws: Error when the log lacks a part of it.
 */
export function stateAt(blocks: BlockStore, current: EngineState, height: bigint): EngineState {
  if (height === current.height) return current;
  const [meta, next] = [blocks.meta(height), blocks.meta(height + 1n)];
  const [last, validators, nextValidators] = [0n, 1n, 2n].map((more) =>
    blocks.validators(height + more),
  );
  const params = blocks.params(height + 1n);
  if (!meta || !next || !last || !validators || !nextValidators || !params)
    throw new Error(`the block log does not hold all of height ${height}`);
  return {
    ...current,
    height,
    blockId: meta.blockId,
    blockTime: meta.header.time,
    validators,
    nextValidators,
    lastValidators: last,
    validatorsChanged: blocks.validatorsChanged(current.validatorsChanged, height + 2n),
    params,
    paramsChanged: blocks.paramsChanged(current.paramsChanged, height + 1n),
    resultsHash: next.header.lastResultsHash,
    appHash: next.header.appHash,
  };
}
