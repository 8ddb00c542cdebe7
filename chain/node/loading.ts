// The application's committed state, from its database into memory.

import { equalBytes } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { committedHeight, DamagedState, RECORD, StateLoader } from "../store/index.ts";
import type { TreeMultiStore } from "../store/index.ts";
import { decodeCommit, heightKey } from "../store/records.ts";
import { appHashOf } from "../store/roots.ts";
import type { Database } from "./db.ts";
import { storeOptions } from "./settings.ts";
import type { NodeSettings } from "./settings.ts";

/**
 * Loads the application's committed state, or with `upTo` that of an earlier height, to look at or to go
 * back to (then nothing on disk is touched). When a snapshot on disk is damaged the one before it and
 * the change sets after that give the same state; `warn` hears of it.
 * Throws: DamagedState with a sentence when nothing leads to the committed state, Error with one when
 * the state is that of an application with other stores.
 */
export async function loadStore(
  platform: Platform,
  names: readonly string[],
  database: Database,
  settings: Pick<NodeSettings, "app">,
  warn: (sentence: string) => void,
  upTo?: bigint,
): Promise<TreeMultiStore> {
  requireSameStores(platform, names, database.path, (key) => database.get(key));
  const kept = storeOptions(settings.app, (key) => database.get(key));
  let first: DamagedState | undefined;
  const without = new Set<bigint>();
  for (;;) {
    const target = upTo === undefined ? {} : { upTo };
    const loader = new StateLoader(platform, names, { ...kept, ...target, without });
    try {
      const store = await pushAll(loader, database);
      if (upTo !== undefined) return store;
      for (const range of store.stale()) await database.clear(range);
      await beginArchive(store, database, warn);
      return store;
    } catch (error) {
      if (!(error instanceof DamagedState)) throw error;
      first ??= error;
      const { start } = loader;
      if (start === undefined || without.has(start)) throw first;
      warn(`${error.message}; trying without ${start === 0n ? "genesis" : `snapshot ${start}`}`);
      without.add(start);
    }
  }
}

/**
 * The application hash is over all stores by name: an application with others would fork off, or find a
 * fault in every hash where there is none.
 */
function requireSameStores(
  platform: Platform,
  names: readonly string[],
  path: string,
  get: (key: Uint8Array) => Uint8Array | undefined,
): void {
  const height = committedHeight(get);
  const record = height === 0n ? undefined : get(heightKey(RECORD.commit, height));
  if (record === undefined) return;
  const { roots, appHash } = decodeCommit(height, record);
  // Names in a damaged record mean nothing: what is damaged is found by whoever loads.
  if (!equalBytes(appHashOf(platform, roots), appHash)) return;
  const theirs = roots.map(({ name }) => name);
  const [lacks, more] = [
    names.filter((name) => !theirs.includes(name)),
    theirs.filter((name) => !names.includes(name)),
  ];
  if (lacks.length + more.length === 0) return;
  const differences = [
    ...(lacks.length > 0 ? [`it lacks ${lacks.join(", ")}`] : []),
    ...(more.length > 0 ? [`it has ${more.join(", ")}, which this version has not`] : []),
  ];
  throw new Error(
    `${path} was written by a version of leasehold with other stores: ${differences.join(", and ")}. ` +
      "Export with that version and begin a new home from it (init --genesis FILE), or empty a " +
      "development home with comet unsafe-reset-all",
  );
}

/** Writes all nodes of the state once, when heights are to be kept on disk from now on. */
async function beginArchive(
  store: TreeMultiStore,
  database: Database,
  warn: (sentence: string) => void,
): Promise<void> {
  let pieces = 0;
  for (const writes of store.archiveBase()) {
    if (pieces++ === 0)
      warn(`heights are kept on disk from ${store.height} on: all of the state is written once`);
    await database.write(writes, { sync: true });
  }
}

async function pushAll(loader: StateLoader, database: Database): Promise<TreeMultiStore> {
  for (let range = loader.next(); range !== undefined; range = loader.next())
    await database.scan(range, (key, value) => loader.push(key, value));
  return loader.finish();
}
