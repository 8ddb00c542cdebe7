// reindex: what can be built anew from something better. The transaction index comes from the block log,
// the side stores (lists and counters for queries) from the trees.

import { repairSides } from "../../store/index.ts";
import type { SideDifference } from "../../store/index.ts";
import { indexedBlock } from "../embedded/execution.ts";
import { loadStopped, withStopped } from "./stopped.ts";
import type { UpkeepOptions } from "./stopped.ts";

/** Blocks between two words about progress. */
const PROGRESS_BLOCKS = 5000n;

/** What was indexed. */
export interface Reindexed {
  readonly from: bigint;
  readonly to: bigint;
  readonly txs: number;
}

/** Builds the transaction index of a stopped home anew. Throws: Error with a sentence. */
export function reindexTransactions(options: UpkeepOptions): Promise<Reindexed> {
  return withStopped(options, async ({ blocks, indexer, platform }) => {
    if (blocks === undefined)
      throw new Error(
        `CometBFT keeps the index of this home: run cometbft reindex-event --home ${options.home}`,
      );
    if (indexer === undefined)
      throw new Error(
        'the index is switched off: set indexer = "kv" under [tx_index] in config.toml',
      );
    await indexer.clear();
    let txs = 0;
    for (let { base: height } = blocks; height <= blocks.height; height++) {
      const [block, response] = [blocks.block(height), blocks.response(height)];
      const id = blocks.meta(height)?.blockId;
      // The answer to the last block is missing when a crash kept it from the application.
      if (!block || !response || !id) continue;
      const hashes = block.data.txs.map((tx) => platform.sha256(tx));
      await indexer.add(indexedBlock({ block, id, response, hashes }));
      txs += hashes.length;
      if (height % PROGRESS_BLOCKS === 0n)
        options.note(`indexed up to height ${height} of ${blocks.height}, ${txs} transactions`);
    }
    return { from: blocks.base, to: indexer.height, txs };
  });
}

/** Makes the side stores what the trees say. Gives what was not, by store. Throws: Error. */
export function rebuildSideStores(
  options: UpkeepOptions,
): Promise<{ readonly height: bigint; readonly found: readonly SideDifference[] }> {
  return withStopped(options, async (home) => {
    const app = await loadStopped(home);
    options.note(`the trees of height ${home.height} are loaded; building the lists`);
    const { writes, found } = repairSides(app.store, app.rebuildSides());
    await home.database.write(writes, { sync: true });
    return { height: home.height, found };
  });
}
