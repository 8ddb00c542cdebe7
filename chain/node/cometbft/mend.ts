// CometBFT writes its index of transactions after everything else of a block, from events that are not sent
// again: one that is killed in between never finds the transactions of that block by hash. Its own
// offline command writes the last blocks again from what it has stored.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Blocks that are indexed again: the index is at most a block or two behind. */
const BLOCKS = 10n;
/** Longest time for that, milliseconds; it was measured at a tenth of a second. */
const LIMIT_MS = 60_000;

/** Which CometBFT, and how far its chain is. */
export interface MendOptions {
  readonly binary: string;
  readonly home: string;
  /** Height of the application: its blocks and answers are in CometBFT's stores. */
  readonly height: bigint;
  readonly initialHeight: bigint;
}

/**
 * Indexes the last blocks again; CometBFT must not run. Gives a sentence when that was not possible (the
 * blocks are pruned, or the stores hold another chain): CometBFT itself says so when it starts.
 */
export async function mendIndex(options: MendOptions): Promise<string | undefined> {
  const { binary, home, height, initialHeight } = options;
  if (height < initialHeight) return undefined;
  const first = height - BLOCKS + 1n > initialHeight ? height - BLOCKS + 1n : initialHeight;
  const range = ["--start-height", first.toString(), "--end-height", height.toString()];
  try {
    const args = ["reindex-event", "--home", home, ...range];
    const { stdout } = await promisify(execFile)(binary, args, { timeout: LIMIT_MS });
    const lines = stdout.trim().split("\n");
    if (lines.at(-1)?.includes("finished") === true) return undefined;
    return `the index of CometBFT is not mended: ${lines.at(-1) ?? "no answer"}`;
  } catch (error) {
    const [sentence = ""] = String((error as Error).message).split("\n");
    return `the index of CometBFT is not mended: ${sentence}`;
  }
}
