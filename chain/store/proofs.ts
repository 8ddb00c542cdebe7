// ICS-23 proofs of a tree: that a key has a value, or that it lies between two neighbours and is
// not there. Byte for byte what cosmos/iavl gives; light clients and IBC check them against the
// IAVL spec of ics23. A leaf with an empty value gets a proof too, which ics23 refuses, as in Go.

import { assert } from "../base/assert.ts";
import { concatBytes, EMPTY_BYTES } from "../base/bytes.ts";
import { CommitmentProof, HashOp, LengthOp } from "../codec/gen/cosmos/ics23/v1.ts";
import type { ExistenceProof, InnerOp, LeafOp } from "../codec/gen/cosmos/ics23/v1.ts";
import { NIL } from "./nodes.ts";
import type { NodeArena } from "./nodes.ts";
import { innerPrefix } from "./preimage.ts";
import type { TreeEngine } from "./tree.ts";

const HASH_LENGTH = Uint8Array.of(32);

/** Encoded proof of presence or absence of `key` below a hashed root. */
export function proveKey(engine: TreeEngine, root: number, key: Uint8Array): Uint8Array {
  if (engine.find(root, key) !== NIL)
    return CommitmentProof.encode(CommitmentProof.create({ exist: presence(engine, root, key) }));
  const [left] = neighbours(engine.leaves(root, undefined, key, true));
  const [right] = neighbours(engine.leaves(root, key, undefined, false));
  const prove = (leaf: number | undefined): ExistenceProof | undefined =>
    leaf === undefined
      ? undefined
      : presence(engine, root, engine.arena.blobs.read(engine.arena.key(leaf)));
  return CommitmentProof.encode(
    CommitmentProof.create({ nonexist: { key, left: prove(left), right: prove(right) } }),
  );
}

/** The first leaf of a walk. */
function neighbours(leaves: IterableIterator<number>): readonly number[] {
  const first = leaves.next();
  return first.done === true ? [] : [first.value];
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
function innerOp(arena: NodeArena, id: number, fromLeft: boolean): InnerOp {
  const head = innerPrefix(arena.height(id), arena.size(id), arena.version(id));
  if (fromLeft) {
    const suffix = concatBytes(HASH_LENGTH, arena.hash(arena.right(id)));
    return { hash: HashOp.SHA256, prefix: concatBytes(head, HASH_LENGTH), suffix };
  }
  const prefix = concatBytes(head, HASH_LENGTH, arena.hash(arena.left(id)), HASH_LENGTH);
  return { hash: HashOp.SHA256, prefix, suffix: EMPTY_BYTES };
}

/** Proof of a key that is there. */
function presence(engine: TreeEngine, root: number, key: Uint8Array): ExistenceProof {
  const { arena } = engine;
  const path: InnerOp[] = [];
  let id = root;
  while (arena.height(id) > 0) {
    const toLeft = arena.blobs.compare(key, arena.key(id)) < 0;
    path.push(innerOp(arena, id, toLeft));
    id = toLeft ? arena.left(id) : arena.right(id);
  }
  assert(arena.blobs.compare(key, arena.key(id)) === 0, "presence of a key that is not there");
  return {
    key,
    value: arena.blobs.read(arena.value(id)),
    leaf: leafOp(arena.version(id)),
    path: path.reverse(),
  };
}
