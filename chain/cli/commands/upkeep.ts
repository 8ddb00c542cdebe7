// rollback | reindex | prune: what keeps the data of a stopped node in order.

import { resolve } from "node:path";
import { findCometbft } from "../../node/cometbft/binary.ts";
import { readSettings } from "../../node/foundation.ts";
import { pruneHome } from "../../node/upkeep/prune.ts";
import { reindexTransactions, rebuildSideStores } from "../../node/upkeep/reindex.ts";
import { rollBack } from "../../node/upkeep/rollback.ts";
import type { Call, CommandCode } from "../command.ts";
import { describeFailure } from "../failure.ts";
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
    if (newestBlock === undefined) tellOfComet(call, height, wish.hard);
    else if (newestBlock > height)
      call.out.line(
        `The next start executes blocks ${height + 1n} to ${newestBlock} of the log again.`,
      );
    else call.out.line(`Blocks after ${height} are removed; the next start makes others.`);
  },
};

/** What CometBFT, which keeps its own state and blocks, is to do after the application went back. */
function tellOfComet({ home, out }: Call, height: bigint, hard: boolean): void {
  const at = resolve(home);
  const run = [cometProgram(home, out), "rollback", ...(hard ? ["--hard"] : []), "--home", at];
  const command = run.map(shellWord).join(" ");
  if (!hard) {
    out.line(
      `CometBFT keeps its blocks, and has those from ${height + 1n} on executed again at the next start.`,
    );
    out.line(`Where the last one may give another result than before, first run once: ${command}`);
    return;
  }
  out.line(
    `CometBFT still has its blocks. Before the next start run, until it says height ${height}: ${command}`,
  );
  out.line(
    "The validator's key signs no height again: blocks in their place must come from other validators.",
  );
}

/** Path of the CometBFT that this home is run with; its bare name where there is none. */
function cometProgram(home: string, out: Call["out"]): string {
  try {
    return findCometbft(readSettings(home).app.text("comet.binary")).path;
  } catch (error) {
    out.note(describeFailure(error));
    return "cometbft";
  }
}

/** A word as a shell reads it back. */
function shellWord(text: string): string {
  return /^[\w/.:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

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
