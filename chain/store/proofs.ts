// ICS-23 proofs of a tree: that a key has a value, or that it lies between two neighbours and is
// not there. Byte for byte what cosmos/iavl gives; light clients and IBC check them against the
// IAVL spec of ics23. A leaf with an empty value gets a proof too, which ics23 refuses, as in Go.
//
// A proof reads some twenty nodes, so they are read one by one through a face that a tree in memory
// and one on disk both have.

import { compareBytes, concatBytes, EMPTY_BYTES } from "../base/bytes.ts";
import { CommitmentProof, HashOp, LengthOp } from "../codec/gen/cosmos/ics23/v1.ts";
import type { ExistenceProof, InnerOp, LeafOp } from "../codec/gen/cosmos/ics23/v1.ts";
import { NIL } from "./nodes.ts";
import { innerPrefix } from "./preimage.ts";
import type { TreeEngine } from "./tree.ts";

const HASH_LENGTH = Uint8Array.of(32);

/** One node of a hashed tree, wherever it lies. `left` and `right` only of inner nodes. */
export interface TreeNode {
  readonly version: number;
  /** 0 for a leaf. */
  readonly height: number;
  /** Leaves below. */
  readonly size: number;
  readonly hash: Uint8Array;
  /** Of a leaf its key, of an inner node the smallest key of its right side. */
  readonly key: Uint8Array;
  /** Of a leaf. */
  readonly value: Uint8Array;
  left(): TreeNode;
  right(): TreeNode;
}

/** A node of the arenas as a TreeNode. */
class ArenaNode implements TreeNode {
  readonly #engine: TreeEngine;
  readonly #id: number;

  constructor(engine: TreeEngine, id: number) {
    this.#engine = engine;
    this.#id = id;
  }

  get version(): number {
    return this.#engine.arena.version(this.#id);
  }

  get height(): number {
    return this.#engine.arena.height(this.#id);
  }

  get size(): number {
    return this.#engine.arena.size(this.#id);
  }

  get hash(): Uint8Array {
    return this.#engine.arena.hash(this.#id);
  }

  get key(): Uint8Array {
    const { arena } = this.#engine;
    return arena.blobs.read(arena.key(this.#id));
  }

  get value(): Uint8Array {
    const { arena } = this.#engine;
    return arena.blobs.read(arena.value(this.#id));
  }

  left(): TreeNode {
    return new ArenaNode(this.#engine, this.#engine.arena.left(this.#id));
  }

  right(): TreeNode {
    return new ArenaNode(this.#engine, this.#engine.arena.right(this.#id));
  }
}

/** Encoded proof of presence or absence of `key` below a hashed root in memory. */
export function proveKey(engine: TreeEngine, root: number, key: Uint8Array): Uint8Array {
  return proveBelow(root === NIL ? undefined : new ArenaNode(engine, root), key);
}

/** Encoded proof of presence or absence of `key` below a root; undefined = the empty tree. */
export function proveBelow(root: TreeNode | undefined, key: Uint8Array): Uint8Array {
  const [left, right] = root === undefined ? [] : around(root, key);
  if (left !== undefined && left === right)
    return CommitmentProof.encode(CommitmentProof.create({ exist: presence(root, left) }));
  return CommitmentProof.encode(
    CommitmentProof.create({
      nonexist: { key, left: presence(root, left), right: presence(root, right) },
    }),
  );
}

type Neighbours = readonly [left: Uint8Array | undefined, right: Uint8Array | undefined];

/** The keys beside `key`: the same array twice when it is there. */
function around(root: TreeNode, key: Uint8Array): Neighbours {
  let node = root;
  let [before, behind]: (TreeNode | undefined)[] = [];
  while (node.height > 0) {
    const [left, right] = [node.left(), node.right()];
    if (compareBytes(key, node.key) < 0) [node, behind] = [left, right];
    else [node, before] = [right, left];
  }
  const found = node.key;
  const order = compareBytes(key, found);
  if (order === 0) return [found, found];
  return order < 0
    ? [outermost(before, (one) => one.right()), found]
    : [found, outermost(behind, (one) => one.left())];
}

/** Key of the last leaf on one side. */
function outermost(
  top: TreeNode | undefined,
  step: (node: TreeNode) => TreeNode,
): Uint8Array | undefined {
  let node = top;
  while (node !== undefined && node.height > 0) node = step(node);
  return node?.key;
}

/** Leaf operation of a leaf made in `version`: prefix zz(0) zz(1) zz(version). */
function leafOp(version: number): LeafOp {
  return {
    hash: HashOp.SHA256,
    prehashKey: HashOp.NO_HASH,
    prehashValue: HashOp.SHA256,
    length: LengthOp.VAR_PROTO,
    prefix: innerPrefix(0, 1, version),
  };
}

/** One step up: what stands before and behind the hash of the child on the path. */
function innerOp(node: TreeNode, fromLeft: boolean): InnerOp {
  const head = innerPrefix(node.height, node.size, node.version);
  if (fromLeft) {
    const suffix = concatBytes(HASH_LENGTH, node.right().hash);
    return { hash: HashOp.SHA256, prefix: concatBytes(head, HASH_LENGTH), suffix };
  }
  const prefix = concatBytes(head, HASH_LENGTH, node.left().hash, HASH_LENGTH);
  return { hash: HashOp.SHA256, prefix, suffix: EMPTY_BYTES };
}

/** Proof of a key that is there. */
function presence(
  root: TreeNode | undefined,
  key: Uint8Array | undefined,
): ExistenceProof | undefined {
  if (root === undefined || key === undefined) return undefined;
  const path: InnerOp[] = [];
  let node = root;
  while (node.height > 0) {
    const toLeft = compareBytes(key, node.key) < 0;
    path.push(innerOp(node, toLeft));
    node = toLeft ? node.left() : node.right();
  }
  return { key, value: node.value, leaf: leafOp(node.version), path: path.reverse() };
}
