// rollback | reindex | prune: what keeps the data of a stopped node in order.

import { pruneHome } from "../../node/upkeep/prune.ts";
import { reindexTransactions, rebuildSideStores } from "../../node/upkeep/reindex.ts";
import { rollBack } from "../../node/upkeep/rollback.ts";
import type { Call, CommandCode } from "../command.ts";
import { table, toJsonText } from "../output.ts";
import { upkeepOptions } from "../stopped.ts";

/** rollback [--height H] [--hard]: back to an earlier height. */
export const rollback: CommandCode = {
  async run(call) {
    const wish = { height: call.args.integer("height"), hard: call.args.has("hard") };
    const { height, appHash, newestBlock } = await rollBack(upkeepOptions(call), wish);
    const hash = Buffer.from(appHash).toString("hex").toUpperCase();
    if (call.out.json)
      return call.out.line(toJsonText({ height, app_hash: hash, newest_block: newestBlock }));
    call.out.line(`Rolled back state to height ${height} and hash ${hash}.`);
    if (newestBlock === undefined)
      call.out.line(
        `CometBFT keeps its own state and blocks: run cometbft rollback${wish.hard ? " --hard" : ""} ` +
          "(once per height) with its home too.",
      );
    else if (newestBlock > height)
      call.out.line(
        `The next start executes blocks ${height + 1n} to ${newestBlock} of the log again.`,
      );
    else call.out.line(`Blocks after ${height} are removed; the next start makes others.`);
  },
};

async function reindexSide(call: Call): Promise<void> {
  const { height, found } = await rebuildSideStores(upkeepOptions(call));
  if (call.out.json) return call.out.line(toJsonText({ height, mended: found }));
  if (found.length === 0)
    return call.out.line(`The lists of height ${height} are what the trees say; nothing to mend.`);
  const rows = found.map(({ store, missing, wrong, stray }) => [
    store,
    `${missing}`,
    `${wrong}`,
    `${stray}`,
  ]);
  call.out.line(table(["store", "missing", "wrong", "stray"], rows));
  call.out.line(`The lists of height ${height} are mended.`);
}

/** reindex [--side]: builds the transaction index, or the lists of the state, anew. */
export const reindex: CommandCode = {
  async run(call) {
    if (call.args.has("side")) return reindexSide(call);
    const { from, to, txs } = await reindexTransactions(upkeepOptions(call));
    if (call.out.json) return call.out.line(toJsonText({ from, to, txs: txs.toString() }));
    call.out.line(`Indexed ${txs} transactions of blocks ${from} to ${to}.`);
  },
};

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** prune: removes what the settings no longer ask for. */
export const prune: CommandCode = {
  async run(call) {
    const pruned = await pruneHome(upkeepOptions(call));
    if (call.out.json)
      return call.out.line(
        toJsonText({
          height: pruned.height,
          oldest_state: pruned.oldestState,
          oldest_block: pruned.oldestBlock,
          blocks_removed: pruned.blocksRemoved.toString(),
          bytes_before: pruned.bytesBefore.toString(),
          bytes_after: pruned.bytesAfter.toString(),
        }),
      );
    call.out.line(
      `States from height ${pruned.oldestState} to ${pruned.height} are readable; ` +
        `${pruned.blocksRemoved} blocks were removed.`,
    );
    call.out.line(`Disk: ${mebibytes(pruned.bytesBefore)}, now ${mebibytes(pruned.bytesAfter)}.`);
  },
};
