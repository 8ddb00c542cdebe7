// The application hash: an RFC 6962 Merkle tree over the named stores in order of name, and the
// ICS-23 proof that a store's root is in it. Source: cosmossdk.io/store types/commit_info.go,
// cometbft crypto/merkle.

import { assert } from "../base/assert.ts";
import { compareBytes, concatBytes, EMPTY_BYTES, utf8 } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { CommitmentProof, HashOp, LengthOp } from "../codec/gen/cosmos/ics23/v1.ts";
import type { InnerOp } from "../codec/gen/cosmos/ics23/v1.ts";
import { rootOfHashes, splitPoint } from "../crypto/merkle.ts";
import { writeUnsigned } from "./preimage.ts";
import type { StoreRoot } from "./types.ts";

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** Order of store names: by their UTF-8 bytes. */
export function compareNames(a: string, b: string): number {
  return compareBytes(utf8(a), utf8(b));
}

/** The application hash of store roots (sorted by name); SHA-256 of nothing when there are none. */
export function appHashOf(platform: Platform, roots: readonly StoreRoot[]): Uint8Array {
  return rootOfHashes(
    platform,
    roots.map((root) => rootLeaf(platform, root)),
  );
}

/** Encoded ICS-23 proof that store `name` has its root among `roots` (sorted by name). */
export function proveStore(
  platform: Platform,
  roots: readonly StoreRoot[],
  name: string,
): Uint8Array {
  const at = roots.findIndex((root) => root.name === name);
  assert(at >= 0, `no store ${name}`);
  const leaves = roots.map((root) => rootLeaf(platform, root));
  return CommitmentProof.encode(
    CommitmentProof.create({
      exist: {
        key: utf8(name),
        value: (roots[at] as StoreRoot).hash,
        leaf: {
          hash: HashOp.SHA256,
          prehashKey: HashOp.NO_HASH,
          prehashValue: HashOp.SHA256,
          length: LengthOp.VAR_PROTO,
          prefix: LEAF,
        },
        path: merklePath(platform, leaves, at),
      },
    }),
  );
}

/** Leaf hash: SHA-256(0x00, uv(len name), name, 0x20, SHA-256(root)). */
function rootLeaf(platform: Platform, root: StoreRoot): Uint8Array {
  const name = utf8(root.name);
  const length = new Uint8Array(4);
  const used = writeUnsigned(length, 0, name.length);
  return platform.sha256(
    concatBytes(
      LEAF,
      length.subarray(0, used),
      name,
      Uint8Array.of(32),
      platform.sha256(root.hash),
    ),
  );
}

/** Steps from leaf `at` up to the root. */
function merklePath(platform: Platform, leaves: readonly Uint8Array[], at: number): InnerOp[] {
  if (leaves.length === 1) return [];
  const split = splitPoint(leaves.length);
  if (at < split) {
    const suffix = rootOfHashes(platform, leaves.slice(split));
    const step = { hash: HashOp.SHA256, prefix: INNER, suffix };
    return [...merklePath(platform, leaves.slice(0, split), at), step];
  }
  const prefix = concatBytes(INNER, rootOfHashes(platform, leaves.slice(0, split)));
  const step = { hash: HashOp.SHA256, prefix, suffix: EMPTY_BYTES };
  return [...merklePath(platform, leaves.slice(split), at - split), step];
}
