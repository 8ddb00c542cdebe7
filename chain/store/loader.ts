// Restart: floor 5 pushes records from disk, and the last committed state comes out.
//
//   const loader = new StateLoader(platform, names, options);
//   for (let range = loader.next(); range !== undefined; range = loader.next())
//     await database.scan(range, (key, value) => loader.push(key, value));
//   const store = loader.finish();          then clear the ranges of store.snapshots.stale()
//
// The newest complete snapshot is assembled with its hashes, then the change sets after it are
// applied as blocks, each checked against the commit record of its height. Whatever does not fit is
// a DamagedState that names the height, and the store where it can be known. With `newest` the
// loader keeps to older snapshots (and forgets the later ones): the way out when one is damaged.

import { assert, must } from "../base/assert.ts";
import { EMPTY_BYTES, equalBytes, toHex } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { MemStore } from "./memory.ts";
import { TreeMultiStore } from "./multistore.ts";
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
type Phase = "meta" | "marks" | "chunks" | "commits" | "changes" | "sides" | "done";

const FOLLOWING: Readonly<Record<Phase, Phase>> = {
  meta: "marks",
  marks: "chunks",
  chunks: "commits",
  commits: "changes",
  changes: "sides",
  sides: "done",
  done: "done",
};

/** Settings of a load. */
export interface LoadOptions extends MultiStoreOptions {
  /** Only snapshots at or below this height are used. */
  readonly newest?: bigint;
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
  #latest: { readonly height: bigint; readonly firstChange: bigint } | undefined;
  #mark: SnapshotMark | undefined;
  #pending: { readonly height: bigint; readonly changes: Map<string, StoreChange[]> } | undefined;

  constructor(platform: Platform, names: readonly string[], options: LoadOptions = {}) {
    this.#store = new TreeMultiStore(platform, names, options);
    this.#options = options;
    this.#snapshot = new SnapshotReader(this.#store);
  }

  /** Height of the snapshot that was begun with; undefined while, or when, there is none. */
  get snapshot(): bigint | undefined {
    return this.#mark?.height;
  }

  /** The next range to push, in key order; undefined when all is there. */
  next(): DiskRange | undefined {
    this.#endPhase();
    this.#phase = this.#phase === undefined ? "meta" : FOLLOWING[this.#phase];
    if (this.#phase === "chunks" && this.#mark === undefined) this.#phase = "commits";
    if (this.#phase !== "meta" && this.#latest === undefined) this.#phase = "done";
    return this.#range();
  }

  /** Takes one record of the range that was asked for last. */
  push(key: Uint8Array, value: Uint8Array): void {
    switch (key[0]) {
      case RECORD.latest:
        this.#latest = decodeLatest(value);
        return;
      case RECORD.marker:
        this.#marks.push(decodeMark(heightOfKey(key), value));
        return;
      case RECORD.chunk:
        this.#snapshot.push(value);
        return;
      case RECORD.commit:
        this.#commits.set(heightOfKey(key), decodeCommit(heightOfKey(key), value));
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
    return this.#store;
  }

  #endPhase(): void {
    if (this.#phase === "marks") this.#chooseSnapshot();
    if (this.#phase === "commits" && this.#mark !== undefined) this.#adoptSnapshot(this.#mark);
    if (this.#phase === "changes") this.#replayPending();
  }

  #chooseSnapshot(): void {
    const latest = must(this.#latest, "latest height").height;
    const { newest } = this.#options;
    this.#usable = this.#marks.filter(
      (mark) => mark.height <= latest && (newest === undefined || mark.height <= newest),
    );
    this.#mark = this.#usable[this.#usable.length - 1];
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
        return {
          gte: heightKey(RECORD.commit, this.#base()),
          lt: Uint8Array.of(RECORD.commit + 1),
        };
      case "changes":
        return {
          gte: heightKey(RECORD.changes, this.#base() + 1n),
          lt: Uint8Array.of(RECORD.changes + 1),
        };
      case "sides":
        return { gte: Uint8Array.of(RECORD.side), lt: Uint8Array.of(RECORD.side + 1) };
      default:
        return undefined;
    }
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
