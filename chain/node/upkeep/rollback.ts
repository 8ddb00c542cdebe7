// rollback: application, engine state, block log and index of a stopped home go back to an earlier height.
// Order: index, application, engine. A crash in between leaves an application or index that lags behind
// the log, which the next start brings up again: then nothing was rolled back, and nothing is lost.

import type { Application } from "../../runtime/index.ts";
import { repairSides, Rollback } from "../../store/index.ts";
import type { BlockStore } from "../embedded/blocks.ts";
import { indexedBlock } from "../embedded/execution.ts";
import { planRewind, stateAt } from "../embedded/rewind.ts";
import type { RewindPlan, RewindWish } from "../embedded/rewind.ts";
import { readSignState } from "../embedded/signer.ts";
import { loadStopped, withStopped } from "./stopped.ts";
import type { StoppedHome, UpkeepOptions } from "./stopped.ts";

/** Where a home stands after a rollback. */
export interface RolledBack {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  /** Newest block of the log; undefined when CometBFT keeps the blocks. */
  readonly newestBlock: bigint | undefined;
}

/** Rolls a home back. Throws: Error with a sentence; nothing was changed then. */
export function rollBack(options: UpkeepOptions, wish: RewindWish): Promise<RolledBack> {
  return withStopped(options, async (home) => {
    if (home.blocks === undefined) return rollBackApplicationOnly(home, wish);
    const { blocks } = home;
    const current = blocks.loadState();
    if (current === undefined) throw new Error("the block log holds no state of the engine");
    const heights = {
      app: home.height,
      state: current.height,
      store: blocks.height,
      base: blocks.base,
      initial: current.initialHeight,
      signed: readSignState(options.home).height,
    };
    const plan = planRewind(heights, wish);
    const state = stateAt(blocks, current, plan.state);
    const app = await loadStopped(home, plan.app);
    await rewindIndex(home, blocks, plan);
    await rewindApplication(home, app);
    await blocks.rewind(state, plan.store);
    return { height: plan.app, appHash: app.store.appHash, newestBlock: plan.store };
  });
}

/** Behind CometBFT: its part is rolled back by its own command. */
async function rollBackApplicationOnly(home: StoppedHome, wish: RewindWish): Promise<RolledBack> {
  const target = wish.height ?? home.height - 1n;
  if (target < 1n || target >= home.height)
    throw new Error(`the application is at height ${home.height}: it cannot go back to ${target}`);
  const app = await loadStopped(home, target);
  await rewindApplication(home, app);
  return { height: target, appHash: app.store.appHash, newestBlock: undefined };
}

/** Makes the state that `app` was loaded with the last one. */
async function rewindApplication({ database }: StoppedHome, app: Application): Promise<void> {
  const back = new Rollback(app.store);
  for (const range of back.ranges)
    await database.scan(range, (key, value) => back.push(key, value));
  const sides = repairSides(app.store, app.rebuildSides());
  await database.write([...back.writes(), ...sides.writes], { sync: true });
}

/** Takes the blocks that are removed or executed afresh out of the index. */
async function rewindIndex(
  { indexer, platform }: StoppedHome,
  blocks: BlockStore,
  plan: RewindPlan,
): Promise<void> {
  if (indexer === undefined) return;
  for (let height = indexer.height; height > plan.state; height--) {
    const [block, response] = [blocks.block(height), blocks.response(height)];
    const id = blocks.meta(height)?.blockId;
    if (!block || !response || !id)
      throw new Error(`the block log lacks a part of height ${height}`);
    const hashes = block.data.txs.map((tx) => platform.sha256(tx));
    await indexer.remove(indexedBlock({ block, id, response, hashes }));
  }
}
