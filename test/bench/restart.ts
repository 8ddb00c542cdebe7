// A store of many keys on LevelDB: writing it, writing its snapshot piece by piece, loading it.
//
//   node build/test/bench/restart.js [keys]        default 1000000

import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../../chain/node/db.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { StateLoader, TreeMultiStore } from "../../chain/store/index.ts";
import type { StoreChange } from "../../chain/store/index.ts";

const KEYS = Number(process.argv[2] ?? 1_000_000);
/** Updates per block after the fill, and blocks that a restart has to replay. */
const UPDATES = 5000;
const REPLAYED = 20;

const platform = fastPlatform(console.log);
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(2)} s`;

/** Key number n: 21 bytes like an account's, spread over the tree. */
function keyOf(n: number): Uint8Array {
  const key = new Uint8Array(21);
  const view = new DataView(key.buffer);
  view.setUint8(0, 2);
  view.setUint32(1, Math.imul(n, 0x9e3779b1));
  view.setUint32(5, n);
  for (let at = 9; at < 21; at += 4) view.setUint32(at, Math.imul(n + at, 0x85ebca6b));
  return key;
}

function changesOf(count: number, pick: (i: number) => number): StoreChange[] {
  const keys = new Map<number, Buffer>();
  for (let i = 0; i < count; i++) keys.set(pick(i), Buffer.from(keyOf(pick(i))));
  const sorted = [...keys.values()].sort(Buffer.compare);
  return sorted.map((key, i) => [key, new Uint8Array(40).fill(i)]);
}

async function commit(
  store: TreeMultiStore,
  database: Database,
  changes: StoreChange[],
): Promise<void> {
  const height = store.height + 1n;
  store.stage(height, { seconds: height, nanos: 0 }, new Map([["bank", changes]]), new Map());
  await database.write(store.batch().writes, { sync: true });
  store.promote();
}

/** Writes a whole snapshot in pieces of 4096 nodes; gives the longest piece's time on this thread. */
async function snapshot(store: TreeMultiStore, database: Database): Promise<number> {
  let longest = 0;
  for (let first = true; ; first = false) {
    const begin = performance.now();
    const step = store.snapshots.step(4096, first);
    if (step === undefined) return longest;
    longest = Math.max(longest, performance.now() - begin);
    await database.write(step.writes, { sync: step.last });
    for (const range of step.clear) await database.clear(range);
    if (step.last) return longest;
  }
}

async function run(folder: string): Promise<void> {
  let database = await Database.open(folder);
  const store = new TreeMultiStore(platform, ["bank"]);
  let since = performance.now();
  await commit(
    store,
    database,
    changesOf(KEYS, (i) => i),
  );
  console.log(`${KEYS} keys: first block staged and written in ${seconds(since)}`);
  since = performance.now();
  const longest = await snapshot(store, database);
  console.log(`  snapshot written in ${seconds(since)}, longest piece ${longest.toFixed(1)} ms`);
  for (let block = 0; block < REPLAYED; block++)
    await commit(
      store,
      database,
      changesOf(UPDATES, (i) => (block * 7919 + i * 104_729) % KEYS),
    );
  await database.close();

  since = performance.now();
  database = await Database.open(folder);
  const loader = new StateLoader(platform, ["bank"]);
  for (let range = loader.next(); range !== undefined; range = loader.next())
    await database.scan(range, (key, value) => loader.push(key, value));
  const loaded = loader.finish();
  const same = Buffer.compare(loaded.appHash, store.appHash) === 0;
  console.log(
    `  restart in ${seconds(since)}, ${REPLAYED} blocks of ${UPDATES} updates replayed; app hash ${same ? "equal" : "DIFFERS"}`,
  );
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  const { usedBytes, reservedBytes } = loaded.memory;
  console.log(`  arenas ${megabytes(usedBytes)} used of ${megabytes(reservedBytes)}`);
  await database.close();
}

const folder = mkdtempSync(join(tmpdir(), "leasehold-restart-"));
if (statfsSync(folder).bavail * statfsSync(folder).bsize < 2 ** 31)
  console.log("less than 2 GB are free here");
try {
  await run(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
