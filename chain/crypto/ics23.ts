// Verifying ICS-23 proofs: what a light client, the `query --prove` of the client and our own tests
// do with the proof operations of a query. The rules are those of ics23/go v0.11 for its two specs
// that occur here: the IAVL tree of a store, and the plain Merkle tree over the stores.

import { compareBytes, concatBytes, equalBytes, startsWithBytes, utf8 } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { CommitmentProof, HashOp, LengthOp } from "../codec/gen/cosmos/ics23/v1.ts";
import type { ExistenceProof, InnerOp, LeafOp } from "../codec/gen/cosmos/ics23/v1.ts";

/** Shape that a proof must have. */
export interface TreeSpec {
  readonly name: "iavl" | "simple";
  /** Bytes of a child in the preimage of its parent. */
  readonly childSize: number;
  /** Bytes that stand before the first child. */
  readonly minPrefix: number;
  readonly maxPrefix: number;
}

/** cosmos/iavl: children are 32 bytes behind a length byte. */
export const IAVL_SPEC: TreeSpec = { name: "iavl", childSize: 33, minPrefix: 4, maxPrefix: 12 };
/** RFC 6962, as CometBFT and the multistore have it. */
export const SIMPLE_SPEC: TreeSpec = { name: "simple", childSize: 32, minPrefix: 1, maxPrefix: 1 };

/** Every leaf of both specs begins with this; no inner node does. */
const LEAF_PREFIX = Uint8Array.of(0);

/** What hashing needs of the platform. */
export type Sha256 = Pick<Platform, "sha256">;

/** A proof operation as an ABCI query carries it. */
export interface VerifiableOp {
  readonly type: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Checks the two operations of a store query against an application hash: that `key` of `store`
 * has `value`, or (undefined) that it is not there. Gives the reason why not; undefined = proven.
 * Throws: CodecError when a proof does not decode.
 */
export function checkStoreProof(
  platform: Sha256,
  ops: readonly VerifiableOp[],
  claim: {
    readonly appHash: Uint8Array;
    readonly store: string;
    readonly key: Uint8Array;
    readonly value: Uint8Array | undefined;
  },
): string | undefined {
  const [inner, outer] = ops;
  if (inner === undefined || outer === undefined || ops.length !== 2)
    return "two operations needed";
  if (inner.type !== "ics23:iavl" || outer.type !== "ics23:simple") return "unknown operation";
  const storeRoot = CommitmentProof.decode(outer.data).exist?.value;
  if (storeRoot === undefined) return "the store's root is not in the proof";
  const name = utf8(claim.store);
  const inStore =
    claim.value === undefined
      ? checkAbsence(platform, IAVL_SPEC, storeRoot, inner.data, claim.key)
      : checkPresence(platform, IAVL_SPEC, storeRoot, inner.data, claim.key, claim.value);
  return (
    inStore ?? checkPresence(platform, SIMPLE_SPEC, claim.appHash, outer.data, name, storeRoot)
  );
}

/** Checks that `key` has `value` below `root`. Gives the reason why not. */
export function checkPresence(
  platform: Sha256,
  spec: TreeSpec,
  root: Uint8Array,
  proof: Uint8Array,
  key: Uint8Array,
  value: Uint8Array,
): string | undefined {
  const { exist } = CommitmentProof.decode(proof);
  if (exist === undefined) return "not a proof of presence";
  if (!equalBytes(exist.key, key)) return "the proof is of another key";
  if (!equalBytes(exist.value, value)) return "the proof is of another value";
  return checkPath(platform, spec, root, exist);
}

/** Checks that nothing stands under `key` below `root`. Gives the reason why not. */
export function checkAbsence(
  platform: Sha256,
  spec: TreeSpec,
  root: Uint8Array,
  proof: Uint8Array,
  key: Uint8Array,
): string | undefined {
  const { nonexist } = CommitmentProof.decode(proof);
  if (nonexist === undefined) return "not a proof of absence";
  // ics23 does not look at the key in the proof; the claim's key is what is compared below.
  if (!equalBytes(nonexist.key, key)) return "the proof is of another key";
  const { left, right } = nonexist;
  if (left === undefined && right === undefined) return "no neighbour in the proof";
  for (const side of [left, right]) {
    const wrong = side === undefined ? undefined : checkPath(platform, spec, root, side);
    if (wrong !== undefined) return wrong;
  }
  if (left !== undefined && compareBytes(left.key, key) >= 0) return "the left key is not left";
  if (right !== undefined && compareBytes(right.key, key) <= 0) return "the right key is not right";
  if (left === undefined)
    return isEdge(spec, right?.path ?? [], 0) ? undefined : "the right key is not the first";
  if (right === undefined)
    return isEdge(spec, left.path, 1) ? undefined : "the left key is not the last";
  return areNeighbours(spec, left.path, right.path) ? undefined : "the keys are not neighbours";
}

/** Checks form and root of one path. */
function checkPath(
  platform: Sha256,
  spec: TreeSpec,
  root: Uint8Array,
  proof: ExistenceProof,
): string | undefined {
  const { leaf, key, value, path } = proof;
  if (leaf === undefined) return "no leaf operation";
  if (key.length === 0) return "a leaf needs a key";
  if (value.length === 0) return "a leaf needs a value";
  const leafFault = leafIsWrong(spec, leaf);
  if (leafFault !== undefined) return leafFault;
  let hash = platform.sha256(
    concatBytes(leaf.prefix, lengthPrefixed(key), lengthPrefixed(platform.sha256(value))),
  );
  for (const [i, step] of path.entries()) {
    const fault = stepIsWrong(spec, step, i + 1);
    if (fault !== undefined) return fault;
    hash = platform.sha256(concatBytes(step.prefix, hash, step.suffix));
  }
  return equalBytes(hash, root) ? undefined : "the proof leads to another root";
}

function leafIsWrong(spec: TreeSpec, leaf: LeafOp): string | undefined {
  const formed =
    leaf.hash === HashOp.SHA256 &&
    leaf.prehashKey === HashOp.NO_HASH &&
    leaf.prehashValue === HashOp.SHA256 &&
    leaf.length === LengthOp.VAR_PROTO &&
    startsWithBytes(leaf.prefix, LEAF_PREFIX);
  if (!formed) return "a leaf operation of another spec";
  if (spec.name === "simple") return leaf.prefix.length === 1 ? undefined : "a long leaf prefix";
  return iavlPrefixIsWrong(leaf.prefix, 0);
}

function stepIsWrong(spec: TreeSpec, step: InnerOp, layer: number): string | undefined {
  const { prefix, suffix } = step;
  if (step.hash !== HashOp.SHA256) return "a step of another hash";
  if (startsWithBytes(prefix, LEAF_PREFIX)) return "a step that looks like a leaf";
  if (prefix.length < spec.minPrefix) return "a step with a short prefix";
  if (prefix.length > spec.maxPrefix + spec.childSize) return "a step with a long prefix";
  if (suffix.length % spec.childSize !== 0) return "a step with an odd suffix";
  return spec.name === "simple" ? undefined : iavlPrefixIsWrong(prefix, layer);
}

/** Height, size and version as varints, and behind them nothing, a length byte, or a left child. */
function iavlPrefixIsWrong(prefix: Uint8Array, layer: number): string | undefined {
  const numbers: bigint[] = [];
  let at = 0;
  for (let i = 0; i < 3; i++) {
    let raw = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = prefix[at++];
      if (byte === undefined || shift > 63n) return "a prefix that ends inside a number";
      raw |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    if (raw % 2n !== 0n) return "a negative number in a prefix";
    numbers.push(raw >> 1n);
  }
  const rest = prefix.length - at;
  const [height = 0n, size = 0n] = numbers;
  if (layer === 0)
    return rest === 0 && height === 0n && size === 1n ? undefined : "an iavl leaf of wrong form";
  if (height < BigInt(layer)) return "an iavl node lower than its path";
  return rest === 1 || rest === 34 ? undefined : "an iavl node of wrong form";
}

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  const head: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128);
  return concatBytes(Uint8Array.of(...head, rest), bytes);
}

/** Which child of its parent the step comes from: 0 left, 1 right; undefined = neither. */
function branchOf(spec: TreeSpec, step: InnerOp): 0 | 1 | undefined {
  for (const branch of [0, 1] as const) {
    const before = branch * spec.childSize;
    const fits =
      step.prefix.length >= before + spec.minPrefix &&
      step.prefix.length <= before + spec.maxPrefix &&
      step.suffix.length === (1 - branch) * spec.childSize;
    if (fits) return branch;
  }
  return undefined;
}

/** Whether every step comes from the same side: the first or the last key of the subtree. */
function isEdge(spec: TreeSpec, path: readonly InnerOp[], branch: 0 | 1): boolean {
  return path.every((step) => branchOf(spec, step) === branch);
}

/** Whether two paths part once, left to the left and right to the right, and hug each other below. */
function areNeighbours(
  spec: TreeSpec,
  left: readonly InnerOp[],
  right: readonly InnerOp[],
): boolean {
  let l = left.length - 1;
  let r = right.length - 1;
  for (; l >= 0 && r >= 0; l--, r--) {
    const [a, b] = [left[l] as InnerOp, right[r] as InnerOp];
    if (equalBytes(a.prefix, b.prefix) && equalBytes(a.suffix, b.suffix)) continue;
    const part = branchOf(spec, a) === 0 && branchOf(spec, b) === 1;
    return part && isEdge(spec, left.slice(0, l), 1) && isEdge(spec, right.slice(0, r), 0);
  }
  return false;
}
