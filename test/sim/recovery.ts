// What a process that starts again does with its disk: load, fall back to an older snapshot where
// the newest is damaged, and hold everything against everything, as `verify-state` does.

import { equalBytes, readU64BigEndian, toHex } from "../../chain/base/bytes.ts";
import {
  DamagedState,
  describeDamage,
  DiskVerifier,
  RECORD,
  repairSides,
  Rollback,
  StateLoader,
  verifyTrees,
} from "../../chain/store/index.ts";
import type {
  LoadOptions,
  MultiStoreOptions,
  StoreChange,
  TreeMultiStore,
} from "../../chain/store/index.ts";
import type { TestDisk } from "../support/disk.ts";
import { simPlatform } from "./platform.ts";
import type { Random } from "./random.ts";

/** A loaded state, and the height of the snapshot that it began with; 0 = genesis. */
export interface Loaded {
  readonly store: TreeMultiStore;
  readonly start: bigint;
}

function kind(record: number): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return { gte: Uint8Array.of(record), lt: Uint8Array.of(record + 1) };
}

function pushed(disk: TestDisk, loader: StateLoader): TreeMultiStore {
  for (let range = loader.next(); range !== undefined; range = loader.next())
    for (const [key, value] of disk.records.iterate(range.gte, range.lt)) loader.push(key, value);
  return loader.finish();
}

/** Loads what is on a disk, by a snapshot that is whole. */
function load(disk: TestDisk, names: readonly string[], settings: LoadOptions): Loaded {
  const without = new Set<bigint>();
  let first: DamagedState | undefined;
  for (;;) {
    const loader = new StateLoader(simPlatform, names, { ...settings, without });
    try {
      const store = pushed(disk, loader);
      return { store, start: loader.start ?? 0n };
    } catch (error) {
      if (!(error instanceof DamagedState)) throw error;
      first ??= error;
      const { start } = loader;
      if (start === undefined || without.has(start)) throw first;
      without.add(start);
    }
  }
}

/** What a process that starts again comes to, and what it tidies on its disk. */
export function recover(
  disk: TestDisk,
  names: readonly string[],
  settings: MultiStoreOptions,
): Loaded {
  const loaded = load(disk, names, settings);
  disk.clear(loaded.store.stale());
  for (const writes of loaded.store.archiveBase()) disk.write(writes);
  return loaded;
}

/** Side rows by store, as modules rebuild them. */
export type Sides = ReadonlyMap<string, readonly StoreChange[]>;

/**
 * Makes `upTo` the last height of a disk; `rebuild` gives the side rows of the state that it is
 * handed, since those have no past.
 */
export function rollBack(
  disk: TestDisk,
  upTo: bigint,
  names: readonly string[],
  settings: MultiStoreOptions,
  rebuild: (store: TreeMultiStore) => Sides,
): void {
  const { store } = load(disk, names, { ...settings, upTo });
  const back = new Rollback(store);
  for (const { gte, lt } of back.ranges)
    for (const [key, value] of disk.records.iterate(gte, lt)) back.push(key, value);
  disk.write([...back.writes(), ...repairSides(store, rebuild(store)).writes]);
}

/** Flips one bit of the newest snapshot where an older one is there; gives the height of the damaged one. */
export function damageNewest(disk: TestDisk, random: Random): bigint | undefined {
  const marks = [...disk.records.iterate(kind(RECORD.marker).gte, kind(RECORD.marker).lt)];
  const newest = marks.at(-1)?.[0].slice(1);
  if (newest === undefined || marks.length < 2) return undefined;
  const chunks = [...disk.records.iterate(kind(RECORD.chunk).gte, kind(RECORD.chunk).lt)];
  const own = chunks.filter(([key]) => newest.every((byte, at) => key[at + 1] === byte));
  const [key, value] = random.of(own);
  const flipped = value.slice();
  const at = random.int(0, flipped.length - 1);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << random.int(0, 7));
  disk.records.set(key, flipped);
  return readU64BigEndian(newest);
}

/** Every node hashed anew, every row against what it is made from: sentences about what is wrong. */
export function diskFaults(disk: TestDisk, store: TreeMultiStore, sides: Sides): string[] {
  const rows = new DiskVerifier(store);
  for (const { gte, lt } of rows.ranges)
    for (const [key, value] of disk.records.iterate(gte, lt)) rows.push(key, value);
  const lists = repairSides(store, sides).found.map(
    ({ store: name, missing, wrong, stray }) =>
      `lists of ${name}: ${missing} rows missing, ${wrong} wrong, ${stray} that belong to nothing`,
  );
  return [...[...verifyTrees(store), ...rows.finish()].map(describeDamage), ...lists];
}

/** Sentences about side rows that two states do not share. */
export function sideDifference(own: TreeMultiStore, other: TreeMultiStore): string[] {
  return own.names.flatMap((name) => {
    const rows = [...own.side(name).iterate()];
    const told = new Map([...other.side(name).iterate()].map(([key, row]) => [toHex(key), row]));
    const wrong = rows.filter(([key, row]) => {
      const found = told.get(toHex(key));
      return found === undefined || !equalBytes(found, row);
    });
    if (wrong.length === 0 && told.size === rows.length) return [];
    return [
      `side rows of ${name}: ${rows.length}, the twin has ${told.size}, ${wrong.length} differ`,
    ];
  });
}
