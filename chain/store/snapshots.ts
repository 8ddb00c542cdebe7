// Tree snapshots on disk: when one is due, writing it a few thousand nodes at a time so that no
// block waits for it, and what becomes superfluous when it is complete.
//
// Nodes of a committed version never change, so the writer only has to pin its version and may
// work between blocks, in the host's idle time. A snapshot without its marker does not exist.

import { assert, must } from "../base/assert.ts";
import { concatBytes, EMPTY_BYTES, readU64BigEndian, u64BigEndian, utf8 } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import type { History, Version } from "./history.ts";
import { NIL } from "./nodes.ts";
import { heightKey, RECORD, RecordWriter, requireIntact } from "./records.ts";
import { NodeStream } from "./stream.ts";
import type { TreeEngine } from "./tree.ts";
import type { DiskRange, DiskWrite, SnapshotStep } from "./types.ts";

/** When snapshots are made and how many stay. */
export interface SnapshotPolicy {
  /** At the latest after this many blocks. */
  readonly blocks: number;
  /** Or after this many changed keys: a restart replays about 100,000 a second. */
  readonly keys: number;
  /**
   * Complete snapshots that stay at least: the second is there should the first be damaged. There are
   * more when they are made so often that two do not reach back to the oldest height in memory.
   */
  readonly keep: number;
  /** Changed keys that a restart replays at most only to reach further back: a second or two. */
  readonly replay: number;
}

const DEFAULTS: SnapshotPolicy = { blocks: 1000, keys: 200_000, keep: 2, replay: 200_000 };
/** A chunk is closed when it is this long, bytes. */
const CHUNK_BYTES = 1 << 18;

/** A snapshot that is complete on disk. */
export interface SnapshotMark {
  readonly height: bigint;
  /** Keys that were changed since the snapshot before it (or genesis): what replaying them costs. */
  readonly keys: number;
  readonly chunks: number;
  /** Chained over the chunks by `chainDigest`: a flipped bit must not become state. */
  readonly digest: Uint8Array;
}

/** Digest of a row of chunks, one chunk longer: SHA-256(digest so far, SHA-256(chunk)). */
export function chainDigest(platform: Platform, before: Uint8Array, chunk: Uint8Array): Uint8Array {
  return platform.sha256(concatBytes(before, platform.sha256(chunk)));
}

/** Value of a marker record. */
export function encodeMark(mark: SnapshotMark): Uint8Array {
  const count = u64BigEndian(BigInt(mark.chunks));
  return concatBytes(count, mark.digest, u64BigEndian(BigInt(mark.keys)));
}

/** Reads a marker record; those of 0.1.0 say no keys. Throws: DamagedState. */
export function decodeMark(height: bigint, value: Uint8Array): SnapshotMark {
  const { length } = value;
  requireIntact(length === 40 || length === 48, `marker of snapshot ${height} has ${length} bytes`);
  const keys = length === 48 ? Number(readU64BigEndian(value, 40)) : 0;
  return { height, keys, chunks: Number(readU64BigEndian(value)), digest: value.slice(8, 40) };
}

/** Keeps account of snapshots and of the change sets that are needed beside them. */
export class SnapshotKeeper {
  readonly policy: SnapshotPolicy;
  readonly #engine: TreeEngine;
  readonly #history: History;
  #complete: SnapshotMark[] = [];
  #firstChange: bigint | undefined;
  #blocks = 0;
  #keys = 0;
  #latest: Version | undefined;
  #writer: SnapshotWriter | undefined;

  constructor(engine: TreeEngine, history: History, policy: Partial<SnapshotPolicy>) {
    this.policy = { ...DEFAULTS, ...policy };
    assert(this.policy.keep >= 1, "at least one snapshot is kept");
    this.#engine = engine;
    this.#history = history;
  }

  /** Whether the changes up to the last of these snapshots, which follow one another, are few enough. */
  canReplay(marks: readonly SnapshotMark[]): boolean {
    return marks.reduce((sum, mark) => sum + mark.keys, 0) <= this.policy.replay;
  }

  /** Snapshots on disk, oldest first. */
  get complete(): readonly SnapshotMark[] {
    return this.#complete;
  }

  /** Height being written, if any. */
  get writing(): bigint | undefined {
    return this.#writer?.version.height;
  }

  /** First height whose change set is on disk; `height` when none was before. */
  firstChange(height: bigint): bigint {
    this.#firstChange ??= height;
    return this.#firstChange;
  }

  /** Tells of a commit with so many changed keys. */
  committed(version: Version, keys: number): void {
    this.#latest = version;
    this.#blocks += 1;
    this.#keys += keys;
    // A load that begins further back passes the later snapshots.
    if (this.#complete.some(({ height }) => height === version.height)) this.#begin();
  }

  /** What a loader found on disk. */
  restore(complete: readonly SnapshotMark[], firstChange: bigint): void {
    this.#complete = [...complete];
    this.#firstChange = firstChange;
  }

  /** Whether `step` has something to do. */
  get due(): boolean {
    if (this.#writer !== undefined) return true;
    return this.#blocks >= this.policy.blocks || this.#keys >= this.policy.keys;
  }

  /**
   * Writes on, about `nodes` nodes (a thousand take about half a millisecond); begins when a
   * snapshot is due or `force`d. A large tree gets up to eight times as many, so as to be done
   * within some sixty steps: what a restart replays grows meanwhile. Undefined when there is
   * nothing to do. Floor 5 writes what it gets, in order: the last step with fsync, and clears the
   * ranges only after it.
   */
  step(nodes: number, force = false): SnapshotStep | undefined {
    if (this.#writer === undefined) {
      if (this.#latest === undefined || !(force || this.due)) return undefined;
      this.#history.pin(this.#latest);
      this.#writer = new SnapshotWriter(this.#engine, this.#latest, this.#keys);
      this.#begin();
    }
    const writer = this.#writer;
    const writes = writer.run(Math.min(8 * nodes, Math.max(nodes, writer.total >>> 6)));
    if (!writer.done) return { writes, last: false, clear: [] };
    this.#writer = undefined;
    this.#history.unpin(writer.version);
    const { chunks, digest, keys } = writer;
    const mark: SnapshotMark = { height: writer.version.height, keys, chunks, digest };
    writes.push([heightKey(RECORD.marker, mark.height), encodeMark(mark)]);
    this.#add(mark);
    return { writes, last: true, clear: this.stale() };
  }

  /** Ranges on disk that nothing needs: what belongs to no complete snapshot, and old change sets. */
  stale(): readonly DiskRange[] {
    const complete = this.#complete.map((mark) => mark.height);
    const writing = this.writing;
    const chunks = writing === undefined ? complete : [...complete, writing];
    const ranges = [...gaps(RECORD.marker, complete), ...gaps(RECORD.chunk, chunks)];
    const first = this.#firstChange ?? 0n;
    if (first > 1n) {
      ranges.push({ gte: Uint8Array.of(RECORD.changes), lt: heightKey(RECORD.changes, first) });
      ranges.push({ gte: Uint8Array.of(RECORD.commit), lt: heightKey(RECORD.commit, first - 1n) });
    }
    return ranges;
  }

  /** Counts anew from a snapshot on. */
  #begin(): void {
    this.#blocks = 0;
    this.#keys = 0;
  }

  /**
   * Takes in a complete snapshot and lets go of older ones. Those stay that lead to the oldest height in
   * memory, so that a restart gives all these heights again, unless that is too much to replay.
   */
  #add(mark: SnapshotMark): void {
    this.#complete = [...this.#complete.filter((other) => other.height !== mark.height), mark];
    const oldest = this.#history.oldest?.height ?? 0n;
    const { keep } = this.policy;
    const reaches = (at: number): boolean =>
      must(this.#complete[at], "mark").height <= oldest ||
      !this.canReplay(this.#complete.slice(at));
    while (this.#complete.length > keep && reaches(1)) this.#complete.shift();
    // The oldest snapshot needs the change sets after it; those before it lead from genesis.
    if (this.#complete.length >= keep && reaches(0))
      this.#firstChange = must(this.#complete[0], "mark").height + 1n;
  }
}

/** The ranges of one kind of record between these heights (ascending). */
function gaps(kind: number, heights: readonly bigint[]): DiskRange[] {
  const ranges: DiskRange[] = [];
  let from = 0n;
  for (const height of heights) {
    if (height > from) ranges.push({ gte: heightKey(kind, from), lt: heightKey(kind, height) });
    from = height + 1n;
  }
  ranges.push({ gte: heightKey(kind, from), lt: Uint8Array.of(kind + 1) });
  return ranges;
}

/** Writes one version, all its stores one after another. */
class SnapshotWriter {
  readonly version: Version;
  /** Keys changed since the snapshot before. */
  readonly keys: number;
  /** Nodes of all its stores. */
  readonly total: number;
  chunks = 0;
  digest: Uint8Array = EMPTY_BYTES;
  readonly #engine: TreeEngine;
  readonly #stores: string[];
  readonly #out = new RecordWriter();
  #stream: NodeStream | undefined;

  constructor(engine: TreeEngine, version: Version, keys: number) {
    this.#engine = engine;
    this.version = version;
    this.keys = keys;
    this.#stores = version.roots.map((root) => root.name);
    this.total = this.#stores.reduce((sum, name) => sum + this.#nodesOf(name), 0);
  }

  get done(): boolean {
    return this.#stores.length === 0 && this.#stream === undefined;
  }

  /** Chunks filled by at most `limit` nodes, and at the end the last one. */
  run(limit: number): DiskWrite[] {
    const writes: DiskWrite[] = [];
    let left = limit;
    while (left > 0 && !this.done) {
      this.#stream ??= this.#begin();
      left -= this.#stream.run(Math.min(left, 256), this.#out);
      if (this.#stream.done) this.#stream = undefined;
      if (this.#out.length >= CHUNK_BYTES || this.done) writes.push(this.#close());
    }
    return writes;
  }

  /** Begins the next store: its name and count of nodes stand before its nodes. */
  #begin(): NodeStream {
    const name = this.#stores.shift() as string;
    this.#out.bytes(utf8(name));
    this.#out.number(this.#nodesOf(name));
    return new NodeStream(this.#engine, this.#rootOf(name), true);
  }

  #rootOf(name: string): number {
    return must(this.version.nodes.get(name), `no store ${name}`);
  }

  /** A tree of n leaves has n - 1 inner nodes. */
  #nodesOf(name: string): number {
    const root = this.#rootOf(name);
    return root === NIL ? 0 : 2 * this.#engine.arena.size(root) - 1;
  }

  #close(): DiskWrite {
    const key = heightKey(RECORD.chunk, this.version.height, this.chunks);
    const chunk = this.#out.take();
    this.chunks += 1;
    this.digest = chainDigest(this.#engine.platform, this.digest, chunk);
    return [key, chunk];
  }
}
