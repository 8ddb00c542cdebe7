// Heights beyond those in memory: every node of every tree on disk, so that an older height is read
// and proved by walking down from its root with point reads. Used for `pruning = nothing` and for
// more heights than memory keeps; see docs/adr/0017.
//
//   08 version(8) len(1) store hash(32)   node: made in `version`, read by its hash
//   09 height(8)                          roots: the commit record, and the version of each root node
//   0a height(8) part(4)                  nodes that the height no longer has (bounded archives only)
//   0b                                    first and last height archived, and whether it is bounded
//
// The hash contains the version, so that a node of the tree in memory says where it lies on disk:
// nothing is numbered, and a tree that was loaded from a snapshot continues its archive.

import { assert } from "../base/assert.ts";
import { compareBytes, concatBytes, readU64BigEndian, u64BigEndian, utf8 } from "../base/bytes.ts";
import type { Version } from "./history.ts";
import { NIL } from "./nodes.ts";
import type { TreeNode } from "./proofs.ts";
import {
  decodeCommit,
  encodeCommit,
  heightKey,
  RECORD,
  RecordReader,
  RecordWriter,
  requireIntact,
} from "./records.ts";
import type { Orphans, TreeEngine } from "./tree.ts";
import type { CommitInfo, DiskRange, DiskWrite, StoreEntry } from "./types.ts";

/** What an archive is to hold. */
export interface ArchiveOptions {
  /** Synchronous point read of a record. */
  readonly read: (key: Uint8Array) => Uint8Array | undefined;
  /** Heights that stay; undefined = all. */
  readonly heights?: number | undefined;
  /** Blocks between two prunings, at least 1. */
  readonly interval: number;
}

/** Orphans of one height in a record of about this many bytes. */
const PART_BYTES = 1 << 20;
/** Heights removed by one batch: a smaller setting must not make one batch of millions of rows. */
const MAX_PRUNED = 64n;
/** Nodes of one piece of the base. */
const BASE_NODES = 10_000;

/** Heights on disk: all of them from `from` to `through`. */
interface Span {
  readonly from: bigint;
  readonly through: bigint;
}

/** Root nodes of an archived height. */
export interface ArchivedHeight {
  readonly info: CommitInfo;
  /** Root of each store by name; undefined for an empty store. */
  readonly roots: ReadonlyMap<string, TreeNode | undefined>;
}

/** Key of a node. */
function nodeKey(version: number, store: string, hash: Uint8Array): Uint8Array {
  const name = utf8(store);
  const head = heightKey(RECORD.node, BigInt(version));
  return concatBytes(head, Uint8Array.of(name.length), name, hash);
}

/** Keeps heights on disk. */
export class Archive {
  readonly #engine: TreeEngine;
  readonly #options: ArchiveOptions;
  #span: Span | undefined;
  /** The span that the batch being written leaves. */
  #next: Span | undefined;

  constructor(engine: TreeEngine, options: ArchiveOptions) {
    assert(options.heights === undefined || options.heights >= 1, "at least one height is kept");
    this.#engine = engine;
    this.#options = options;
  }

  /** First height on disk; undefined when there is none. */
  get oldest(): bigint | undefined {
    return this.#span?.from;
  }

  /** Takes up what is on disk when the state that was loaded stands at `height`. */
  open(height: bigint): void {
    const value = this.#options.read(Uint8Array.of(RECORD.archive));
    if (value === undefined) return;
    requireIntact(value.length === 17, `record of the archive has ${value.length} bytes`);
    const span = { from: readU64BigEndian(value), through: readU64BigEndian(value, 8) };
    // Orphans were not noted by an unbounded archive: a bounded one cannot go on from it.
    const bounded = value[16] === 1;
    if (span.through === height && (bounded || !this.#bounded)) this.#span = span;
  }

  /**
   * What is to be cleared before the archive goes on: nodes of versions after `height`, and all of a
   * bounded archive that cannot be continued. An unbounded one keeps its older heights.
   */
  stale(height: bigint): readonly DiskRange[] {
    const from = this.#span === undefined && this.#bounded ? 0n : height + 1n;
    return [RECORD.node, RECORD.root, RECORD.orphans].map((kind) => ({
      gte: heightKey(kind, from),
      lt: Uint8Array.of(kind + 1),
    }));
  }

  /** Pieces that write all of `version`, from which on heights are archived; none when they are. */
  *base(version: Version): IterableIterator<readonly DiskWrite[]> {
    if (this.#span !== undefined) return;
    let writes: DiskWrite[] = [];
    for (const [name, root] of version.nodes) {
      for (const id of this.#nodesOf(root)) {
        writes.push(this.#nodeWrite(name, id));
        if (writes.length < BASE_NODES) continue;
        yield writes;
        writes = [];
      }
    }
    const span = { from: version.height, through: version.height };
    yield [...writes, this.#rootsWrite(version), this.#spanWrite(span)];
    this.#span = span;
  }

  /** Records of a staged version. They belong into its batch. */
  writes(version: Version, orphans: ReadonlyMap<string, Orphans>): DiskWrite[] {
    const { height } = version;
    const writes: DiskWrite[] = [];
    for (const [name, root] of version.nodes)
      for (const id of this.#nodesOf(root, Number(height))) writes.push(this.#nodeWrite(name, id));
    writes.push(this.#rootsWrite(version));
    if (this.#bounded) for (const write of this.#orphanWrites(height, orphans)) writes.push(write);
    const from = this.#span?.from ?? height;
    const due = height % BigInt(this.#options.interval) === 0n;
    const pruned = due ? this.#prune(from, height, writes) : from;
    this.#next = { from: pruned, through: height };
    writes.push(this.#spanWrite(this.#next));
    return writes;
  }

  /** Tells that the batch of the last `writes` is on disk. */
  promoted(): void {
    this.#span = this.#next ?? this.#span;
    this.#next = undefined;
  }

  /** Removes heights over the limit; undefined when there are none. Between blocks only. */
  pruneStep(): readonly DiskWrite[] | undefined {
    const span = this.#span;
    if (span === undefined) return undefined;
    const writes: DiskWrite[] = [];
    const from = this.#prune(span.from, span.through, writes);
    if (from === span.from) return undefined;
    this.#span = { from, through: span.through };
    writes.push(this.#spanWrite(this.#span));
    return writes;
  }

  /** An archived height; undefined when it is not there. Throws: DamagedState. */
  at(height: bigint): ArchivedHeight | undefined {
    const { read } = this.#options;
    const value = read(heightKey(RECORD.root, height));
    if (value === undefined) return undefined;
    const from = new RecordReader(value);
    const info = decodeCommit(height, from.bytes());
    const roots = new Map<string, TreeNode | undefined>();
    for (const { name, hash } of info.roots) {
      const version = from.number();
      roots.set(name, version === 0 ? undefined : new DiskNode(read, name, version, hash));
    }
    return { info, roots };
  }

  get #bounded(): boolean {
    return this.#options.heights !== undefined;
  }

  /** Nodes below `root`; only those made in `version` when it is given. */
  *#nodesOf(root: number, version?: number): IterableIterator<number> {
    const { arena } = this.#engine;
    const stack = [root];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (id === NIL || (version !== undefined && arena.version(id) !== version)) continue;
      yield id;
      if (arena.height(id) > 0) stack.push(arena.right(id), arena.left(id));
    }
  }

  #nodeWrite(store: string, id: number): DiskWrite {
    const { arena } = this.#engine;
    const out = new RecordWriter();
    const height = arena.height(id);
    out.number(height);
    out.bytes(arena.blobs.read(arena.key(id)));
    if (height === 0) out.bytes(arena.blobs.read(arena.value(id)));
    else {
      out.number(arena.size(id));
      for (const child of [arena.left(id), arena.right(id)]) {
        out.number(arena.version(child));
        out.raw(arena.hash(child));
      }
    }
    return [nodeKey(arena.version(id), store, arena.hash(id)), out.take()];
  }

  #rootsWrite(version: Version): DiskWrite {
    const out = new RecordWriter();
    out.bytes(encodeCommit(version));
    for (const { name } of version.roots) {
      const root = version.nodes.get(name) ?? NIL;
      out.number(root === NIL ? 0 : this.#engine.arena.version(root));
    }
    return [heightKey(RECORD.root, version.height), out.take()];
  }

  #spanWrite(span: Span): DiskWrite {
    const mode = Uint8Array.of(this.#bounded ? 1 : 0);
    const value = concatBytes(u64BigEndian(span.from), u64BigEndian(span.through), mode);
    return [Uint8Array.of(RECORD.archive), value];
  }

  /** The keys of nodes that `height` replaced, so that they can be removed one day. */
  #orphanWrites(height: bigint, orphans: ReadonlyMap<string, Orphans>): DiskWrite[] {
    const { arena } = this.#engine;
    const writes: DiskWrite[] = [];
    const out = new RecordWriter();
    const close = (): void => {
      writes.push([heightKey(RECORD.orphans, height, writes.length), out.take()]);
    };
    for (const [name, { nodes: ids }] of orphans)
      for (const id of ids) {
        out.bytes(nodeKey(arena.version(id), name, arena.hash(id)));
        if (out.length >= PART_BYTES) close();
      }
    if (out.length > 0) close();
    return writes;
  }

  /** Adds the removal of heights that end before those to be kept; gives the first that stays. */
  #prune(from: bigint, through: bigint, writes: DiskWrite[]): bigint {
    const { heights, read } = this.#options;
    if (heights === undefined) return from;
    const wanted = through - BigInt(heights) + 1n;
    const until = wanted > from + MAX_PRUNED ? from + MAX_PRUNED : wanted;
    // What `height` replaced is needed below it only.
    for (let height = from + 1n; height <= until; height++) {
      writes.push([heightKey(RECORD.root, height - 1n), undefined]);
      for (let part = 0; ; part++) {
        const key = heightKey(RECORD.orphans, height, part);
        const value = read(key);
        if (value === undefined) break;
        const keys = new RecordReader(value);
        while (!keys.done) writes.push([keys.bytes(), undefined]);
        writes.push([key, undefined]);
      }
    }
    return until > from ? until : from;
  }
}

/** A node that is read from disk when its content is asked for. */
class DiskNode implements TreeNode {
  readonly version: number;
  readonly hash: Uint8Array;
  readonly #read: ArchiveOptions["read"];
  readonly #store: string;
  #content: NodeContent | undefined;

  constructor(read: ArchiveOptions["read"], store: string, version: number, hash: Uint8Array) {
    this.version = version;
    this.hash = hash;
    this.#read = read;
    this.#store = store;
  }

  get height(): number {
    return this.#load().height;
  }

  get size(): number {
    return this.#load().size;
  }

  get key(): Uint8Array {
    return this.#load().key;
  }

  get value(): Uint8Array {
    return this.#load().value;
  }

  left(): TreeNode {
    return this.#load().children[0] ?? missing(this.#store, this.version);
  }

  right(): TreeNode {
    return this.#load().children[1] ?? missing(this.#store, this.version);
  }

  #load(): NodeContent {
    this.#content ??= this.#fetch();
    return this.#content;
  }

  #fetch(): NodeContent {
    const bytes = this.#read(nodeKey(this.version, this.#store, this.hash));
    if (bytes === undefined) return missing(this.#store, this.version);
    const from = new RecordReader(bytes);
    const height = from.number();
    const key = from.bytes();
    if (height === 0) return { height, key, size: 1, value: from.bytes(), children: [] };
    const size = from.number();
    const child = (): DiskNode =>
      new DiskNode(this.#read, this.#store, from.number(), from.raw(32));
    return { height, key, size, value: new Uint8Array(0), children: [child(), child()] };
  }
}

interface NodeContent {
  readonly height: number;
  readonly size: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly children: readonly DiskNode[];
}

function missing(store: string, version: number): never {
  requireIntact(false, `the archive lacks a node of store ${store}, version ${version}`);
}

/** The leaf of `key` below a node. */
export function findBelow(root: TreeNode | undefined, key: Uint8Array): TreeNode | undefined {
  let node = root;
  while (node !== undefined && node.height > 0)
    node = compareBytes(key, node.key) < 0 ? node.left() : node.right();
  return node !== undefined && compareBytes(key, node.key) === 0 ? node : undefined;
}

/** Entries with start <= key < end below a node, in order; an absent bound is open. */
export function* entriesBelow(
  root: TreeNode | undefined,
  start: Uint8Array | undefined,
  end: Uint8Array | undefined,
  reverse: boolean,
): IterableIterator<StoreEntry> {
  const stack = root === undefined ? [] : [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { key } = node;
    const fromLeft = start === undefined || compareBytes(start, key) < 0;
    const toRight = end === undefined || compareBytes(end, key) > 0;
    if (node.height === 0) {
      const atStart = fromLeft || compareBytes(start, key) === 0;
      if (atStart && toRight) yield [key, node.value];
      continue;
    }
    const sides = [toRight ? node.right() : undefined, fromLeft ? node.left() : undefined];
    for (const side of reverse ? sides.toReversed() : sides)
      if (side !== undefined) stack.push(side);
  }
}
