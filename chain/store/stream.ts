// A tree as a stream of its nodes, children before parents: what a snapshot on disk holds, and the
// raw export and import of a store. Nothing of the shape is lost, so that the imported tree has
// the same hashes; they may be carried along (a restart need not hash) or left out (then whoever
// imports computes them, and trusts nobody).
//
//   node = 00 version key value [hash] | 01 version [hash]
// Numbers are varints; key and value have their length before them; a hash is 32 bytes.

import { assert } from "../base/assert.ts";
import { NIL } from "./nodes.ts";
import { RecordReader, requireIntact, RecordWriter } from "./records.ts";
import type { TreeEngine } from "./tree.ts";

const LEAF = 0;
const INNER = 1;

/** Walks one tree and writes its nodes, a limited number at a time. The root must stay valid. */
export class NodeStream {
  readonly #engine: TreeEngine;
  readonly #hashes: boolean;
  /** Nodes to visit; a negative id has had its children visited. */
  readonly #stack: number[];

  constructor(engine: TreeEngine, root: number, hashes: boolean) {
    this.#engine = engine;
    this.#hashes = hashes;
    this.#stack = root === NIL ? [] : [root];
  }

  get done(): boolean {
    return this.#stack.length === 0;
  }

  /** Writes at most `limit` nodes; gives their number. */
  run(limit: number, out: RecordWriter): number {
    const { arena } = this.#engine;
    let count = 0;
    while (count < limit) {
      const id = this.#stack.pop();
      if (id === undefined) return count;
      if (id > 0 && arena.height(id) > 0) {
        this.#stack.push(-id, arena.right(id), arena.left(id));
        continue;
      }
      this.#write(id < 0 ? -id : id, out);
      count += 1;
    }
    return count;
  }

  #write(id: number, out: RecordWriter): void {
    const { arena } = this.#engine;
    const isLeaf = arena.height(id) === 0;
    out.number(isLeaf ? LEAF : INNER);
    out.number(arena.version(id));
    if (isLeaf) {
      out.bytes(arena.blobs.read(arena.key(id)));
      out.bytes(arena.blobs.read(arena.value(id)));
    }
    if (!this.#hashes) return;
    assert(arena.isHashed(id), "a node without a hash in a committed tree");
    out.raw(arena.hash(id));
  }
}

/** Builds a tree from its stream. Throws: DamagedState when the stream cannot be one. */
export class NodeAssembler {
  readonly #engine: TreeEngine;
  readonly #hashes: boolean;
  /** Finished subtrees with the smallest key of each. */
  readonly #stack: { readonly id: number; readonly minKey: number }[] = [];

  constructor(engine: TreeEngine, hashes: boolean) {
    this.#engine = engine;
    this.#hashes = hashes;
  }

  /** Reads one node. */
  read(from: RecordReader): void {
    const { arena } = this.#engine;
    const kind = from.number();
    const version = from.number();
    requireIntact(version > 0 && version < 2 ** 32, `a node of version ${version}`);
    if (kind === LEAF) {
      const key = from.bytes();
      requireIntact(key.length > 0, "a leaf without a key");
      const keyBlob = arena.blobs.put(key);
      const id = arena.leaf(version, keyBlob, arena.blobs.put(from.bytes()));
      this.#stack.push({ id, minKey: keyBlob });
    } else {
      requireIntact(kind === INNER && this.#stack.length >= 2, "a node without its children");
      const right = this.#stack.pop() as { id: number; minKey: number };
      const left = this.#stack.pop() as { id: number; minKey: number };
      arena.blobs.hold(right.minKey);
      const id = arena.inner(version, right.minKey, left.id, right.id);
      this.#stack.push({ id, minKey: left.minKey });
    }
    if (this.#hashes)
      arena.setHash(this.#stack[this.#stack.length - 1]?.id as number, from.raw(32));
  }

  /** The root; NIL when nothing was read. */
  finish(): number {
    requireIntact(this.#stack.length <= 1, `${this.#stack.length} subtrees without a parent`);
    return this.#stack.pop()?.id ?? NIL;
  }
}

/** Key and value of the next node of a stream with hashes; undefined when it is no leaf. */
export function readLeaf(from: RecordReader): readonly [Uint8Array, Uint8Array] | undefined {
  const kind = from.number();
  from.number();
  const leaf = kind === LEAF ? ([from.bytes(), from.bytes()] as const) : undefined;
  from.raw(32);
  return leaf;
}

/** Chunks of an exported store are about this long, bytes. */
const EXPORT_CHUNK_BYTES = 1 << 18;
const EXPORT_NODES = 1024;

/** The nodes of one tree as chunks of about 256 KB, without hashes. The root must stay valid. */
export function* exportTree(engine: TreeEngine, root: number): IterableIterator<Uint8Array> {
  const stream = new NodeStream(engine, root, false);
  const out = new RecordWriter();
  while (!stream.done) {
    stream.run(EXPORT_NODES, out);
    if (out.length >= EXPORT_CHUNK_BYTES) yield out.take();
  }
  if (out.length > 0) yield out.take();
}

/** Builds and hashes a tree from chunks of `exportTree`. Compare its root hash before use. */
export function importTree(engine: TreeEngine, chunks: Iterable<Uint8Array>): number {
  const assembler = new NodeAssembler(engine, false);
  for (const chunk of chunks) {
    const from = new RecordReader(chunk);
    while (!from.done) assembler.read(from);
  }
  const root = assembler.finish();
  engine.hashTree(root);
  return root;
}
