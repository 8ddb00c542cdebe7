// All stores of the application: one tree per name, the committed heights, what is staged, and
// what goes to disk. See README.md for the life of a block and of a snapshot.
//
// What does not live here: gas, caches above the tree, and any reading of the disk (`loader.ts` is
// given bytes).

import { assert, must } from "../base/assert.ts";
import { compareBytes, EMPTY_BYTES } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import type { Timestamp } from "../base/time.ts";
import { Archive } from "./archive.ts";
import type { ArchiveOptions } from "./archive.ts";
import { History } from "./history.ts";
import type { HistoryLimits, Version } from "./history.ts";
import { MemStore } from "./memory.ts";
import { NIL } from "./nodes.ts";
import {
  addRows,
  encodeChanges,
  encodeCommit,
  encodeLatest,
  heightKey,
  RECORD,
} from "./records.ts";
import { appHashOf, compareNames } from "./roots.ts";
import { SnapshotKeeper } from "./snapshots.ts";
import type { SnapshotPolicy } from "./snapshots.ts";
import { TreeEngine } from "./tree.ts";
import type { Orphans } from "./tree.ts";
import type {
  CommitBatch,
  CommitInfo,
  DiskRange,
  DiskWrite,
  MultiStore,
  SideStore,
  StateView,
  StoreChange,
  StoreRoot,
} from "./types.ts";
import { ArchivedView, CommittedView, EmptyView } from "./views.ts";

/** Heights that stay in memory unless a setting says otherwise. */
export const DEFAULT_HEIGHTS = 256;

/** Rows of the latest state, which 0.1.0 kept beside the trees. */
const OLD_ROWS: DiskRange = { gte: Uint8Array.of(4), lt: Uint8Array.of(5) };

/** Settings of a multistore; all have defaults. None of them changes a hash. */
export interface MultiStoreOptions {
  /** Heights that stay readable and provable, the last included. Default 256. */
  readonly provableHeights?: number;
  /** Cap on the bytes held for past heights. Default 512 MB. */
  readonly provableBytes?: number;
  /** When tree snapshots are made. */
  readonly snapshots?: Partial<SnapshotPolicy>;
  /** Heights beyond those in memory; absent = none. */
  readonly archive?: ArchiveOptions;
}

/** Changes of one block per store, sorted by key. */
export type BlockChanges = ReadonlyMap<string, readonly StoreChange[]>;

/** Fewer changes of a store are hashed before another thread has woken up. */
const SHARED_CHANGES = 300;

function countOf(changes: BlockChanges): number {
  let count = 0;
  for (const list of changes.values()) count += list.length;
  return count;
}

/** All nodes of the lists in one array. */
function joined(lists: ReadonlyMap<string, Orphans>): Uint32Array {
  let length = 0;
  for (const { nodes } of lists.values()) length += nodes.length;
  const all = new Uint32Array(length);
  let at = 0;
  for (const { nodes } of lists.values()) {
    all.set(nodes, at);
    at += nodes.length;
  }
  return all;
}

interface Staged {
  readonly version: Version;
  readonly changes: BlockChanges;
  readonly side: BlockChanges;
  /** Nodes that it replaced, by store. */
  readonly orphans: ReadonlyMap<string, Orphans>;
}

/** The one implementation of MultiStore. */
export class TreeMultiStore implements MultiStore {
  readonly names: readonly string[];
  readonly engine: TreeEngine;
  readonly platform: Platform;
  readonly snapshots: SnapshotKeeper;
  /** Heights on disk, when the settings ask for more than memory keeps. */
  readonly archive: Archive | undefined;
  readonly #history: History;
  readonly #sides = new Map<string, MemStore>();
  readonly #emptyHash: Uint8Array;
  #staged: Staged | undefined;

  /** An empty multistore. A stored one is made by `StateLoader`. */
  constructor(platform: Platform, names: readonly string[], options: MultiStoreOptions = {}) {
    this.platform = platform;
    this.names = names.toSorted(compareNames);
    for (const [i, name] of this.names.entries())
      assert(name.length > 0 && name !== this.names[i + 1], `store ${name} is mounted twice`);
    this.engine = new TreeEngine(platform);
    const limits: HistoryLimits = {
      heights: options.provableHeights ?? DEFAULT_HEIGHTS,
      bytes: options.provableBytes ?? 512 * 1024 * 1024,
    };
    this.#history = new History(this.engine, limits);
    for (const name of this.names) this.#sides.set(name, new MemStore());
    this.#emptyHash = platform.sha256(EMPTY_BYTES);
    this.snapshots = new SnapshotKeeper(this.engine, this.#history, options.snapshots ?? {});
    const { archive } = options;
    this.archive = archive === undefined ? undefined : new Archive(this.engine, archive);
  }

  get height(): bigint {
    return this.#history.latest?.height ?? 0n;
  }

  get appHash(): Uint8Array {
    return this.#history.latest?.appHash ?? this.#emptyHash;
  }

  get oldestHeight(): bigint {
    return this.archive?.oldest ?? this.oldestInMemory;
  }

  /** The oldest height that needs no disk. */
  get oldestInMemory(): bigint {
    return this.#history.oldest?.height ?? 0n;
  }

  /** Bytes in use by nodes, keys and values, and bytes taken from the host. */
  get memory(): { readonly usedBytes: number; readonly reservedBytes: number } {
    const { usedBytes, reservedBytes } = this.engine.arena;
    return { usedBytes, reservedBytes };
  }

  latest(): StateView {
    const version = this.#history.latest;
    if (version !== undefined) return this.#view(version);
    return new EmptyView(this.names, this.#emptyHash);
  }

  at(height: bigint): StateView | undefined {
    const version = this.#history.find(height);
    if (version !== undefined) return this.#view(version);
    if (height > this.height) return undefined;
    const found = this.archive?.at(height);
    return found === undefined ? undefined : new ArchivedView(this.platform, found);
  }

  /** What was committed at a kept height. */
  commitInfo(height: bigint): CommitInfo | undefined {
    return this.#history.find(height);
  }

  stage(height: bigint, time: Timestamp, changes: BlockChanges, side: BlockChanges): Uint8Array {
    this.discard();
    const { latest } = this.#history;
    assert(
      height > 0n && (latest === undefined || height === latest.height + 1n),
      `staging height ${height} after ${this.height}`,
    );
    for (const name of [...changes.keys(), ...side.keys()])
      assert(this.#sides.has(name), `changes of store ${name}, which is not mounted`);
    const { nodes, orphans } = this.#applyAll(height, changes);
    const roots: StoreRoot[] = [];
    for (const [name, root] of nodes) roots.push({ name, hash: this.engine.hashTree(root) });
    const appHash = appHashOf(this.platform, roots);
    const version: Version = {
      height,
      time,
      appHash,
      roots,
      nodes,
      orphans: joined(orphans),
      orphanBytes: [...orphans.values()].reduce((sum, { bytes }) => sum + bytes, 0),
      released: false,
    };
    this.#staged = { version, changes, side, orphans };
    return appHash;
  }

  /** Drops what is staged; nothing happens when nothing is. */
  discard(): void {
    const staged = this.#staged;
    if (staged === undefined) return;
    this.#staged = undefined;
    const { height, nodes } = staged.version;
    for (const root of nodes.values()) this.engine.freeVersion(root, Number(height));
  }

  batch(): CommitBatch {
    const { version, changes, side, orphans } = must(this.#staged, "nothing is staged");
    const { height, appHash, time, roots } = version;
    const info: CommitInfo = { height, appHash, time, roots };
    const writes: DiskWrite[] = [];
    for (const [part, bytes] of encodeChanges(changes, this.names).entries())
      writes.push([heightKey(RECORD.changes, height, part), bytes]);
    for (const name of this.names) addRows(writes, RECORD.side, name, side.get(name) ?? []);
    writes.push([heightKey(RECORD.commit, height), encodeCommit(info)]);
    for (const write of this.archive?.writes(version, orphans) ?? []) writes.push(write);
    const first = this.snapshots.firstChange(height);
    writes.push([Uint8Array.of(RECORD.latest), encodeLatest(height, first)]);
    return { info, writes };
  }

  promote(): void {
    const { version, changes, side } = must(this.#staged, "nothing is staged");
    this.#staged = undefined;
    for (const [name, list] of side) {
      const store = this.#sides.get(name) as MemStore;
      for (const [key, value] of list) {
        if (value === undefined) store.delete(key);
        else store.set(key, value);
      }
    }
    this.#history.add(version);
    this.snapshots.committed(version, countOf(changes));
    this.archive?.promoted();
  }

  /** Ranges on disk that nothing needs: of snapshots, change sets, archive, and what 0.1.0 wrote. */
  stale(): readonly DiskRange[] {
    return [OLD_ROWS, ...this.snapshots.stale(), ...(this.archive?.stale(this.height) ?? [])];
  }

  /** Pieces that must be written, in order, before the first block after a load. */
  *archiveBase(): IterableIterator<readonly DiskWrite[]> {
    const { latest } = this.#history;
    if (latest !== undefined && this.archive !== undefined) yield* this.archive.base(latest);
  }

  side(name: string): SideStore {
    return must(this.#sides.get(name), `no store ${name}`);
  }

  /**
   * Puts a loaded state in place of the empty one: used by `StateLoader` and by restoring. Roots
   * must be hashed.
   */
  adopt(info: CommitInfo, nodes: ReadonlyMap<string, number>): void {
    assert(this.#history.latest === undefined, "a state is loaded into an empty store only");
    this.#history.add({
      ...info,
      nodes,
      orphans: new Uint32Array(0),
      orphanBytes: 0,
      released: false,
    });
  }

  /** Root node of a store at a kept height, for exports and checks. */
  rootAt(height: bigint, name: string): number {
    const version = must(this.#history.find(height), `height ${height} is not kept`);
    return must(version.nodes.get(name), `no store ${name}`);
  }

  /**
   * New roots of all stores by name, and what they replaced. While one store is changed, the helper hashes
   * the one before: those with most changes first.
   */
  #applyAll(
    height: bigint,
    changes: BlockChanges,
  ): { readonly nodes: Map<string, number>; readonly orphans: Map<string, Orphans> } {
    const old = this.#history.latest?.nodes;
    const nodes = new Map(this.names.map((name) => [name, old?.get(name) ?? NIL]));
    const orphans = new Map<string, Orphans>();
    const count = (name: string): number => changes.get(name)?.length ?? 0;
    let hashed: (() => void) | undefined;
    for (const name of this.names.toSorted((a, b) => count(b) - count(a))) {
      this.engine.begin(Number(height));
      const root = this.#apply(name, nodes.get(name) ?? NIL, changes.get(name) ?? []);
      nodes.set(name, root);
      orphans.set(name, this.engine.end());
      hashed?.();
      hashed = count(name) < SHARED_CHANGES ? undefined : this.engine.hashAhead(root);
    }
    hashed?.();
    return { nodes, orphans };
  }

  #apply(name: string, root: number, changes: readonly StoreChange[]): number {
    let last: Uint8Array | undefined;
    for (const [key] of changes) {
      assert(
        last === undefined || compareBytes(last, key) < 0,
        `changes of ${name} are not sorted`,
      );
      last = key;
    }
    return this.engine.apply(root, changes);
  }

  #view(version: Version): StateView {
    return new CommittedView(this.engine, version);
  }
}
