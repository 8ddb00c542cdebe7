// The Merkle tree of CometBFT (RFC 6962 with SHA-256): roots of lists and proofs of one element.
// Source: CometBFT crypto/merkle, spec/core/encoding.

import { concatBytes, EMPTY_BYTES, equalBytes } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import type { Proof } from "../codec/gen/tendermint/crypto.ts";

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);
/** A path longer than this belongs to no list: 2^100 elements. Source: CometBFT MaxAunts. */
const MAX_AUNTS = 100;

/** Hash of one element. */
export function leafHash(platform: Platform, leaf: Uint8Array): Uint8Array {
  return platform.sha256(concatBytes(LEAF, leaf));
}

function innerHash(platform: Platform, left: Uint8Array, right: Uint8Array): Uint8Array {
  return platform.sha256(concatBytes(INNER, left, right));
}

/** Largest power of two below `length` (length > 1): where a list is split. */
export function splitPoint(length: number): number {
  const highest = 2 ** (31 - Math.clz32(length));
  return highest === length ? highest >>> 1 : highest;
}

function rootOf(
  platform: Platform,
  hashes: readonly Uint8Array[],
  from: number,
  to: number,
): Uint8Array {
  if (to - from === 1) return hashes[from] ?? EMPTY_BYTES;
  const middle = from + splitPoint(to - from);
  const left = rootOf(platform, hashes, from, middle);
  return innerHash(platform, left, rootOf(platform, hashes, middle, to));
}

/** Root of a list; SHA-256 of nothing for the empty list. */
export function merkleRoot(platform: Platform, leaves: readonly Uint8Array[]): Uint8Array {
  return rootOfHashes(
    platform,
    leaves.map((leaf) => leafHash(platform, leaf)),
  );
}

/** Root of a list whose leaves are hashed already. */
export function rootOfHashes(platform: Platform, hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return platform.sha256(EMPTY_BYTES);
  return rootOf(platform, hashes, 0, hashes.length);
}

/** Root and, per element, the hashes beside its path from the bottom up. */
export function merkleProofs(
  platform: Platform,
  leaves: readonly Uint8Array[],
): { readonly root: Uint8Array; readonly proofs: readonly Proof[] } {
  if (leaves.length === 0) return { root: platform.sha256(EMPTY_BYTES), proofs: [] };
  const hashes = leaves.map((leaf) => leafHash(platform, leaf));
  const aunts: Uint8Array[][] = hashes.map(() => []);
  const build = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return hashes[from] ?? EMPTY_BYTES;
    const middle = from + splitPoint(to - from);
    const left = build(from, middle);
    const right = build(middle, to);
    for (let i = from; i < to; i++) aunts[i]?.push(i < middle ? right : left);
    return innerHash(platform, left, right);
  };
  const root = build(0, hashes.length);
  const proofs = hashes.map((hash, index) => ({
    total: BigInt(hashes.length),
    index: BigInt(index),
    leafHash: hash,
    aunts: aunts[index] ?? [],
  }));
  return { root, proofs };
}

/** Whether `proof` shows that `leaf` stands at its index under `root`. */
export function verifyMerkleProof(
  platform: Platform,
  root: Uint8Array,
  leaf: Uint8Array,
  proof: Proof,
): boolean {
  if (proof.total < 1n || proof.total > 0x7fffffffn || proof.aunts.length > MAX_AUNTS) return false;
  if (proof.index < 0n || proof.index >= proof.total) return false;
  if (!equalBytes(leafHash(platform, leaf), proof.leafHash)) return false;
  const walk = (index: number, total: number, aunts: number): Uint8Array | undefined => {
    if (total === 1) return aunts === 0 ? proof.leafHash : undefined;
    const aunt = proof.aunts[aunts - 1];
    if (aunt === undefined) return undefined;
    const middle = splitPoint(total);
    const inLeft = index < middle;
    const inner = inLeft
      ? walk(index, middle, aunts - 1)
      : walk(index - middle, total - middle, aunts - 1);
    if (inner === undefined) return undefined;
    return inLeft ? innerHash(platform, inner, aunt) : innerHash(platform, aunt, inner);
  };
  const computed = walk(Number(proof.index), Number(proof.total), proof.aunts.length);
  return computed !== undefined && equalBytes(computed, root);
}
