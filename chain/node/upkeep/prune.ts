// prune: removes at once what the settings no longer ask for, and gives the room back: archived heights,
// change sets before a new snapshot, blocks.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TreeMultiStore } from "../../store/index.ts";
import { RECORD } from "../../store/index.ts";
import type { Database } from "../db.ts";
import { loadStopped, withStopped } from "./stopped.ts";
import type { UpkeepOptions } from "./stopped.ts";

/** What is left, and what went. */
export interface Pruned {
  readonly height: bigint;
  /** Oldest height that is readable and provable after the next start. */
  readonly oldestState: bigint;
  /** Oldest block; undefined when CometBFT keeps the blocks. */
  readonly oldestBlock: bigint | undefined;
  readonly blocksRemoved: number;
  /** Of all databases, before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const SNAPSHOT_NODES = 50_000;

/** Prunes a stopped home. Throws: Error with a sentence. */
export function pruneHome(options: UpkeepOptions): Promise<Pruned> {
  return withStopped(options, async (home) => {
    const { databases, database, blocks } = home;
    const bytesBefore = sizeOf(databases);
    const app = await loadStopped(home);
    const { store } = app;
    await pruneArchive(store, database);
    options.note(`writing a tree snapshot of height ${home.height}`);
    await writeSnapshot(store, database);
    const retain = app.retainHeight();
    const removed = blocks === undefined || retain === 0n ? 0 : await blocks.prune(retain);
    options.note("giving the room back");
    for (const one of databases) await one.compact();
    return {
      height: home.height,
      oldestState: store.oldestHeight,
      oldestBlock: blocks?.base,
      blocksRemoved: removed,
      bytesBefore,
      bytesAfter: sizeOf(databases),
    };
  });
}

async function pruneArchive(store: TreeMultiStore, database: Database): Promise<void> {
  if (store.archive === undefined) {
    const range = { gte: Uint8Array.of(RECORD.node), lt: Uint8Array.of(RECORD.archive + 1) };
    return database.clear(range);
  }
  for (let writes = store.archive.pruneStep(); writes; writes = store.archive.pruneStep())
    await database.write(writes, { sync: true });
}

async function writeSnapshot(store: TreeMultiStore, database: Database): Promise<void> {
  if (store.snapshots.complete.at(-1)?.height === store.height) return;
  for (let first = true; ; first = false) {
    const step = store.snapshots.step(SNAPSHOT_NODES, first);
    if (step === undefined) return;
    await database.write(step.writes, { sync: step.last });
    for (const range of step.clear) await database.clear(range);
    if (step.last) return;
  }
}

function sizeOf(databases: readonly Database[]): number {
  let bytes = 0;
  for (const { path } of databases)
    for (const file of readdirSync(path)) bytes += statSync(join(path, file)).size;
  return bytes;
}
