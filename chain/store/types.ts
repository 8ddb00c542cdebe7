// The faces of floor 1. A read passes: collection -> gas store -> branch (tx) -> branch (block) -> tree.
// Implementations live beside this file; higher floors import only what `index.ts` exports.

import type { Timestamp } from "../base/time.ts";

/**
 * Reads of an ordered map of bytes. Returned arrays are not to be changed by the caller. `text` is the
 * key with one character per byte, for callers that have it at hand: it spares a conversion.
 */
export interface ReadStore {
  get(key: Uint8Array, text?: string): Uint8Array | undefined;
  has(key: Uint8Array, text?: string): boolean;
  /** Entries with start <= key < end (an absent bound is open), ascending, or descending if `reverse`. */
  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry>;
}

/** One key and its value. */
export type StoreEntry = readonly [key: Uint8Array, value: Uint8Array];

/** An ordered map of bytes. Writes while an iterator of the same store is open are a bug, except through a branch. */
export interface KVStore extends ReadStore {
  /** The value may be empty, the key may not. Both are copied or never changed by the caller afterwards. */
  set(key: Uint8Array, value: Uint8Array, text?: string): void;
  delete(key: Uint8Array, text?: string): void;
}

/** A store whose writes stay in memory until `write` hands them to its parent, keys ascending. */
export interface Branch extends KVStore {
  /** Net effect since the branch was made (or last written), sorted by key; undefined = delete. */
  changes(): readonly StoreChange[];
  /** Applies `changes` to the parent and empties the branch. */
  write(): void;
  discard(): void;
}

/** Where collections find their stores. The runtime's context is one. */
export interface StoreSource {
  /** The hashed store of that name. */
  store(name: string): KVStore;
  /** The unhashed side store of that name: written by transitions, read by list queries only. */
  side(name: string): KVStore;
}

/** One net change of a block or branch: a write of an equal value is a change too. */
export type StoreChange = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** One proof operation, as ABCI carries it. */
export interface ProofOp {
  readonly type: "ics23:iavl" | "ics23:simple";
  readonly key: Uint8Array;
  /** `cosmos.ics23.v1.CommitmentProof`, encoded. */
  readonly data: Uint8Array;
}

/** Root of one store in a commit. */
export interface StoreRoot {
  readonly name: string;
  readonly hash: Uint8Array;
}

/** What stands on disk about one height. */
export interface CommitInfo {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly time: Timestamp;
  readonly roots: readonly StoreRoot[];
}

/** A committed state at one height. Stays valid while the multistore keeps that height. */
export interface StateView {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  /** Whether it is read from disk: some twenty times slower. */
  readonly archived: boolean;
  store(name: string): ReadStore;
  /** Proof of presence or absence of `key`: [ics23:iavl, ics23:simple]. */
  prove(store: string, key: Uint8Array): readonly ProofOp[];
}

/**
 * The unhashed side store: listing indexes and maintained counters, ordered, in memory. No gas, not
 * readable inside transactions (the runtime refuses), persisted in the same batch as the trees.
 * One instance per hashed store name; same interface as a KVStore.
 */
export interface SideStore extends KVStore {}

/** One record for the database: an absent value deletes. Applied in order in one atomic batch. */
export type DiskWrite = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** Record keys from `gte` (included) to `lt` (excluded). */
export interface DiskRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

/** A piece of a tree snapshot: see `SnapshotKeeper.step`. */
export interface SnapshotStep {
  /** To be written in order; with fsync when `last`. */
  readonly writes: readonly DiskWrite[];
  /** Whether the snapshot is complete with these writes. */
  readonly last: boolean;
  /** To be cleared once the writes of the last step have reached the disk. */
  readonly clear: readonly DiskRange[];
}

/** What floor 5 must write (one atomic fsynced batch) before `promote` may be called. */
export interface CommitBatch {
  readonly info: CommitInfo;
  readonly writes: readonly DiskWrite[];
}

/**
 * All stores of the application. Life of a block: `stage(changes)` computes the working hash,
 * `batch()` gives the disk writes, floor 5 writes them, `promote()` makes the root the committed one.
 * `stage` again discards what was staged before.
 */
export interface MultiStore {
  /** Names of mounted (hashed) stores, sorted. */
  readonly names: readonly string[];
  /** Height of the last commit; 0 before the first. */
  readonly height: bigint;
  /** App hash of the last commit; SHA-256 of nothing before the first. */
  readonly appHash: Uint8Array;
  /** The last committed state. */
  latest(): StateView;
  /** A kept height, or undefined when it is gone or not yet there. */
  at(height: bigint): StateView | undefined;
  /** The oldest height that `at` answers. */
  readonly oldestHeight: bigint;
  /** Applies one block's net changes (sorted by key) per store to new roots; gives the app hash. */
  stage(
    height: bigint,
    time: Timestamp,
    changes: ReadonlyMap<string, readonly StoreChange[]>,
    side: ReadonlyMap<string, readonly StoreChange[]>,
  ): Uint8Array;
  /** Disk writes of what is staged. */
  batch(): CommitBatch;
  /** Makes the staged root the committed one. */
  promote(): void;
  /** Committed side store of one name (what queries and blocks branch from). */
  side(name: string): SideStore;
}
