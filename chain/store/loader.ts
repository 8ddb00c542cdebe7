// Restart: floor 5 pushes records from disk, and the last committed state comes out.
//
//   const loader = new StateLoader(platform, names, options);
//   for (let range = loader.next(); range !== undefined; range = loader.next())
//     await database.scan(range, (key, value) => loader.push(key, value));
//   const store = loader.finish();          then clear the ranges of store.stale()
//
// A complete snapshot is assembled with its hashes, then the change sets after it are applied as
// blocks, each checked against the commit record of its height. Of several snapshots the newest is
// taken that lets all heights be kept that the options ask for. Whatever does not fit is a
// DamagedState that names the height, and the store where it can be known. Snapshots in `without` are
// passed over (and forgotten): the way out when one is damaged. `upTo` leads to an earlier height.

import { assert, must } from "../base/assert.ts";
import { compareBytes, EMPTY_BYTES, equalBytes, toHex } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { MemStore } from "./memory.ts";
import { DEFAULT_HEIGHTS, TreeMultiStore } from "./multistore.ts";
import type { MultiStoreOptions } from "./multistore.ts";
import {
  decodeChanges,
  decodeCommit,
  decodeLatest,
  heightKey,
  heightOfKey,
  parseRow,
  RECORD,
  RecordReader,
  requireIntact,
} from "./records.ts";
import { chainDigest, decodeMark } from "./snapshots.ts";
import type { SnapshotMark } from "./snapshots.ts";
import { NodeAssembler } from "./stream.ts";
import type { CommitInfo, DiskRange, StoreChange } from "./types.ts";

/** Which part of the disk is being read. */
type Phase = "meta" | "marks" | "commits" | "chunks" | "changes" | "sides" | "done";

const FOLLOWING: Readonly<Record<Phase, Phase>> = {
  meta: "marks",
  marks: "commits",
  commits: "chunks",
  chunks: "changes",
  changes: "sides",
  sides: "done",
  done: "done",
};

/** Settings of a load. */
export interface LoadOptions extends MultiStoreOptions {
  /** Heights of snapshots that are not used, because they are damaged; 0 = the way from genesis. */
  readonly without?: ReadonlySet<bigint>;
  /** Ends at this height instead of the last one. Side stores have no past: they are the last ones. */
  readonly upTo?: bigint;
}

/** Heights that the disk names. */
interface Latest {
  readonly height: bigint;
  readonly firstChange: bigint;
}

/** Builds a multistore from records. Used once. */
export class StateLoader {
  readonly #store: TreeMultiStore;
  readonly #options: LoadOptions;
  readonly #marks: SnapshotMark[] = [];
  readonly #commits = new Map<bigint, CommitInfo>();
  readonly #snapshot: SnapshotReader;
  #usable: readonly SnapshotMark[] = [];
  #phase: Phase | undefined;
  #latest: Latest | undefined;
  #mark: SnapshotMark | undefined;
  #chosen = false;
  #pending: { readonly height: bigint; readonly changes: Map<string, StoreChange[]> } | undefined;

  constructor(platform: Platform, names: readonly string[], options: LoadOptions = {}) {
    this.#store = new TreeMultiStore(platform, names, options);
    this.#options = options;
    this.#snapshot = new SnapshotReader(this.#store);
  }

  /** Height that was begun with: a snapshot's, 0 for genesis; undefined before that was decided. */
  get start(): bigint | undefined {
    return this.#chosen ? (this.#mark?.height ?? 0n) : undefined;
  }

  /** The next range to push, in key order; undefined when all is there. */
  next(): DiskRange | undefined {
    this.#endPhase();
    this.#phase = this.#phase === undefined ? "meta" : FOLLOWING[this.#phase];
    if (this.#phase === "chunks" && this.#mark === undefined) this.#phase = "changes";
    if (this.#latest === undefined) this.#withoutLatest();
    return this.#range();
  }

  /** A disk to which nothing was written has no commit: those are looked for, and no more. */
  #withoutLatest(): void {
    if (this.#phase === "marks") this.#phase = "commits";
    else if (this.#phase !== "meta") this.#phase = "done";
  }

  /** Takes one record of the range that was asked for last. */
  push(key: Uint8Array, value: Uint8Array): void {
    switch (key[0]) {
      case RECORD.latest:
        this.#latest = this.#endOf(decodeLatest(value));
        return;
      case RECORD.marker:
        this.#marks.push(decodeMark(heightOfKey(key), value));
        return;
      case RECORD.chunk:
        this.#snapshot.push(value);
        return;
      case RECORD.commit:
        this.#pushCommit(decodeCommit(heightOfKey(key), value));
        return;
      case RECORD.changes:
        this.#pushChanges(heightOfKey(key), value);
        return;
      case RECORD.side: {
        const row = parseRow(key);
        const side = this.#store.names.includes(row.store)
          ? this.#store.side(row.store)
          : undefined;
        if (side instanceof MemStore) side.set(row.key, value.slice());
        return;
      }
      default:
        assert(false, `record of kind ${key[0]} was not asked for`);
    }
  }

  /** The loaded store. Throws: DamagedState when it is not the state that was committed last. */
  finish(): TreeMultiStore {
    assert(this.#phase === "done", "finish before every range was pushed");
    const height = this.#latest?.height ?? 0n;
    requireIntact(
      this.#store.height === height,
      `the disk says height ${height}, its records lead to ${this.#store.height}`,
    );
    if (this.#latest !== undefined)
      this.#store.snapshots.restore(this.#usable, this.#latest.firstChange);
    this.#store.archive?.open(height);
    return this.#store;
  }

  /** Where the load is to end. Throws: DamagedState for a height that was not reached yet. */
  #endOf(latest: Latest): Latest {
    const height = this.#options.upTo ?? latest.height;
    requireIntact(
      height > 0n && height <= latest.height,
      `height ${height} is not one of 1 to ${latest.height}`,
    );
    return { height, firstChange: latest.firstChange };
  }

  #endPhase(): void {
    if (this.#phase === "commits" && this.#latest !== undefined) this.#chooseSnapshot();
    if (this.#phase === "chunks" && this.#mark !== undefined) this.#adoptSnapshot(this.#mark);
    if (this.#phase === "changes") this.#replayPending();
  }

  #chooseSnapshot(): void {
    const { height: latest, firstChange } = must(this.#latest, "latest height");
    const { without, provableHeights, upTo } = this.#options;
    this.#usable = this.#marks.filter(({ height }) => {
      return height <= latest && without?.has(height) !== true;
    });
    this.#store.snapshots.restore(this.#usable, firstChange);
    // While nothing is pruned the changes of genesis and after lead everywhere, but not so fast.
    const [firstCommit] = this.#commits.keys();
    const fromGenesis = firstCommit === firstChange && without?.has(0n) !== true;
    const heights = upTo === undefined ? (provableHeights ?? DEFAULT_HEIGHTS) : 1;
    this.#mark = this.#startOf(
      latest - BigInt(heights) + 1n,
      fromGenesis ? firstChange : undefined,
    );
    this.#chosen = this.#mark !== undefined || fromGenesis;
    requireIntact(
      this.#chosen,
      `failed to load state at height ${latest}; version does not exist ` +
        `(oldest snapshot: ${this.#marks[0]?.height ?? "none"})`,
    );
  }

  /**
   * The snapshot to begin with so that heights from `oldest` on are kept, as far as that is not too much
   * to replay; undefined = genesis, whose first block `genesis` is, if its changes are there.
   */
  #startOf(oldest: bigint, genesis: bigint | undefined): SnapshotMark | undefined {
    const usable = this.#usable;
    const { snapshots } = this.#store;
    const reaching = usable.findLastIndex(({ height }) => height <= oldest);
    for (let at = Math.max(0, reaching); at < usable.length; at++) {
      const mark = must(usable[at], "mark");
      const more = reaching < 0 && genesis !== undefined && mark.height > genesis;
      if (at === 0 && more && snapshots.canReplay(usable)) return undefined;
      if (snapshots.canReplay(usable.slice(at + 1))) return mark;
    }
    return undefined;
  }

  /** Height of the snapshot, or the one before the first change set. */
  #base(): bigint {
    const latest = must(this.#latest, "latest height");
    return this.#mark?.height ?? latest.firstChange - 1n;
  }

  #range(): DiskRange | undefined {
    switch (this.#phase) {
      case "meta":
        return { gte: Uint8Array.of(RECORD.latest), lt: Uint8Array.of(RECORD.latest + 1) };
      case "marks":
        return { gte: Uint8Array.of(RECORD.marker), lt: Uint8Array.of(RECORD.marker + 1) };
      case "chunks": {
        const { height } = must(this.#mark, "snapshot");
        return { gte: heightKey(RECORD.chunk, height), lt: heightKey(RECORD.chunk, height + 1n) };
      }
      case "commits":
        if (this.#options.upTo !== undefined) return this.#heights(RECORD.commit, 0n);
        return { gte: Uint8Array.of(RECORD.commit), lt: Uint8Array.of(RECORD.commit + 1) };
      case "changes":
        return this.#heights(RECORD.changes, this.#base() + 1n);
      case "sides":
        return { gte: Uint8Array.of(RECORD.side), lt: Uint8Array.of(RECORD.side + 1) };
      default:
        return undefined;
    }
  }

  /** Records of one kind from a height up to the last. */
  #heights(kind: number, from: bigint): DiskRange {
    const { height } = must(this.#latest, "latest height");
    return { gte: heightKey(kind, from), lt: heightKey(kind, height + 1n) };
  }

  /** Makes the assembled snapshot the first committed height. */
  #adoptSnapshot(mark: SnapshotMark): void {
    const info = this.#commits.get(mark.height);
    requireIntact(info !== undefined, `no commit record of snapshot height ${mark.height}`);
    const nodes = this.#snapshot.finish(mark);
    const { engine } = this.#store;
    for (const { name, hash } of info.roots) {
      const node = nodes.get(name);
      requireIntact(node !== undefined, `snapshot ${mark.height} lacks store ${name}`);
      const found = engine.hashTree(node);
      requireIntact(
        equalBytes(found, hash),
        `snapshot ${mark.height}: store ${name} has root ${toHex(found)}, not ${toHex(hash)}`,
      );
    }
    this.#store.adopt(info, nodes);
  }

  #pushCommit(info: CommitInfo): void {
    const latest = this.#latest?.height ?? 0n;
    requireIntact(
      info.height <= latest,
      `the disk says height ${latest}, and has a commit record of height ${info.height}`,
    );
    this.#commits.set(info.height, info);
  }

  #pushChanges(height: bigint, part: Uint8Array): void {
    if (this.#pending !== undefined && this.#pending.height !== height) this.#replayPending();
    this.#pending ??= { height, changes: new Map() };
    const info = this.#commits.get(height);
    requireIntact(info !== undefined, `no commit record of height ${height}`);
    // Change sets number the stores that were mounted at their height.
    const names = info.roots.map((root) => root.name);
    decodeChanges(part, names, this.#pending.changes);
  }

  /** Applies one block's changes and holds the result against its commit record. */
  #replayPending(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { height } = pending;
    const info = this.#commits.get(height);
    requireIntact(info !== undefined, `no commit record of height ${height}`);
    const store = this.#store;
    requireIntact(
      store.height === 0n || height === store.height + 1n,
      `no change set between heights ${store.height} and ${height}`,
    );
    requireChanges(height, pending.changes, store.names);
    const appHash = store.stage(height, info.time, pending.changes, new Map());
    store.promote();
    if (equalBytes(appHash, info.appHash)) return;
    const found = must(store.commitInfo(height), "the height just promoted");
    const wrong = found.roots.filter(
      (root, i) => !equalBytes(root.hash, info.roots[i]?.hash ?? EMPTY_BYTES),
    );
    const names = wrong.map((root) => root.name).join(", ");
    requireIntact(false, `change set of height ${height} gives another root of ${names}`);
  }
}

/** Refuses changes that no block can have made: of an unknown store, or not in order. */
function requireChanges(
  height: bigint,
  changes: ReadonlyMap<string, readonly StoreChange[]>,
  names: readonly string[],
): void {
  for (const [name, list] of changes) {
    const place = `change set of height ${height}`;
    requireIntact(names.includes(name), `${place}: there is no store ${JSON.stringify(name)}`);
    const isOrdered = list.every(
      ([key], i) => compareBytes(list[i - 1]?.[0] ?? EMPTY_BYTES, key) < 0,
    );
    requireIntact(isOrdered, `${place}: its changes of ${name} are not in order`);
  }
}

/** Puts the chunks of a snapshot together. */
class SnapshotReader {
  readonly #store: TreeMultiStore;
  readonly #roots = new Map<string, number>();
  #chunks = 0;
  #digest: Uint8Array = EMPTY_BYTES;
  #current: { readonly name: string; readonly assembler: NodeAssembler; left: number } | undefined;

  constructor(store: TreeMultiStore) {
    this.#store = store;
  }

  push(chunk: Uint8Array): void {
    this.#chunks += 1;
    this.#digest = chainDigest(this.#store.platform, this.#digest, chunk);
    const from = new RecordReader(chunk);
    while (!from.done) {
      let current = this.#current;
      if (current === undefined) {
        const assembler = new NodeAssembler(this.#store.engine, true);
        current = { name: from.text(), assembler, left: from.number() };
        this.#current = current;
      }
      while (current.left > 0 && !from.done) {
        current.assembler.read(from);
        current.left -= 1;
      }
      if (current.left > 0) return;
      this.#roots.set(current.name, current.assembler.finish());
      this.#current = undefined;
    }
  }

  /** Root nodes by store name. */
  finish(mark: SnapshotMark): ReadonlyMap<string, number> {
    requireIntact(
      this.#chunks === mark.chunks && this.#current === undefined,
      `snapshot ${mark.height} has ${this.#chunks} of ${mark.chunks} chunks`,
    );
    requireIntact(
      equalBytes(this.#digest, mark.digest),
      `snapshot ${mark.height}: its chunks are not what was written`,
    );
    return this.#roots;
  }
}
