// A home whose node is stopped, opened for the commands that keep it in order: the disk of the
// application, and what only the embedded engine has beside it.

import type { Platform } from "../../base/platform.ts";
import { storeNames } from "../../app/index.ts";
import { Application } from "../../runtime/index.ts";
import type { AppParts } from "../../runtime/index.ts";
import { committedHeight } from "../../store/index.ts";
import { claimedBy, dataPaths } from "../claim.ts";
import { Database } from "../db.ts";
import { BlockStore } from "../embedded/blocks.ts";
import { isThere } from "../files.ts";
import { closeAll, readSettings } from "../foundation.ts";
import { Indexer } from "../index/indexer.ts";
import { loadStore } from "../loading.ts";
import { fastPlatform } from "../platform.ts";
import type { NodeSettings } from "../settings.ts";

/** What such a command is called with. */
export interface UpkeepOptions {
  readonly home: string;
  readonly compose: (platform: Platform) => AppParts;
  /** Hears, in sentences, of long work and of what is not as it should be. */
  readonly note: (sentence: string) => void;
}

/** A stopped home. */
export interface StoppedHome {
  readonly options: UpkeepOptions;
  readonly platform: Platform;
  readonly settings: NodeSettings;
  readonly parts: AppParts;
  /** Where the application's state lies. */
  readonly database: Database;
  /** Height of the application; at least 1. */
  readonly height: bigint;
  /** The embedded engine's block log; undefined when CometBFT makes the blocks. */
  readonly blocks: BlockStore | undefined;
  /** The embedded engine's index, when it is switched on. */
  readonly indexer: Indexer | undefined;
  /** Takes what is closed at the end. */
  readonly databases: readonly Database[];
}

/** Opens a home, lets `use` work on it and closes it. Throws: Error with a sentence, also without blocks. */
export async function withStopped<T>(
  options: UpkeepOptions,
  use: (home: StoppedHome) => Promise<T>,
): Promise<T> {
  const { home, note } = options;
  const { warnings, ...settings } = readSettings(home);
  for (const warning of warnings) note(warning);
  const platform = fastPlatform(note);
  const databases: Database[] = [];
  const open = async (path: string, mebibytes?: number): Promise<Database> => {
    const database = await Database.open(path, mebibytes);
    databases.push(database);
    return database;
  };
  try {
    const paths = dataPaths(home);
    if (!isThere(paths.application)) throw new Error(`${home} has no blocks yet`);
    const database = await open(paths.application);
    const height = committedHeight((key) => database.get(key));
    if (height === 0n) throw new Error(`${home} has no blocks yet`);
    const embedded = claimedBy(home) !== "comet";
    const indexed = embedded && settings.config.text("tx_index.indexer") === "kv";
    return await use({
      options,
      platform,
      settings,
      parts: options.compose(platform),
      database,
      height,
      blocks: embedded ? await BlockStore.load(await open(paths.blocks, 16), platform) : undefined,
      indexer: indexed ? new Indexer(await open(paths.index)) : undefined,
      databases,
    });
  } finally {
    await closeAll(databases.map((database) => () => database.close()));
  }
}

/** The application of a stopped home with its last state, or with that of an earlier height. */
export async function loadStopped(home: StoppedHome, upTo?: bigint): Promise<Application> {
  const { platform, settings, parts, database, options } = home;
  const names = storeNames(parts);
  const store = await loadStore(platform, names, database, settings, options.note, upTo);
  const minRetainBlocks = BigInt(settings.app.number("min-retain-blocks"));
  return new Application(parts, { store, platform, minRetainBlocks });
}
