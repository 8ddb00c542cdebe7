// Hashes of what stands in a block: the header itself, its transactions, its evidence, the commit
// it carries and the parts it travels in. Source: CometBFT types/block.go, types/part_set.go.

import { EMPTY_BYTES } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import type { Proof } from "../../codec/gen/tendermint/crypto.ts";
import type { Block, Commit, Evidence, Header } from "../../codec/gen/tendermint/types.ts";
import {
  BlockID,
  CommitSig,
  DuplicateVoteEvidence,
  LightClientAttackEvidence,
} from "../../codec/gen/tendermint/types.ts";
import { Consensus } from "../../codec/gen/tendermint/version.ts";
import { merkleProofs, merkleRoot } from "../../crypto/merkle.ts";
import { bytesField, stringField, timestampBytes, varintField } from "./wire.ts";

/** Bytes of one part of a block. Source: CometBFT BlockPartSizeBytes. */
export const PART_SIZE_BYTES = 65536;

/** The block protocol that headers carry. Source: CometBFT version.BlockProtocol. */
export const BLOCK_PROTOCOL = 11n;

/** Hash of a header: what validators sign and clients trust. */
export function headerHash(platform: Platform, header: Header): Uint8Array {
  return merkleRoot(platform, [
    Consensus.encode(header.version),
    stringField(1, header.chainId),
    varintField(1, header.height),
    timestampBytes(header.time),
    BlockID.encode(header.lastBlockId),
    bytesField(1, header.lastCommitHash),
    bytesField(1, header.dataHash),
    bytesField(1, header.validatorsHash),
    bytesField(1, header.nextValidatorsHash),
    bytesField(1, header.consensusHash),
    bytesField(1, header.appHash),
    bytesField(1, header.lastResultsHash),
    bytesField(1, header.evidenceHash),
    bytesField(1, header.proposerAddress),
  ]);
}

/** Root over the SHA-256 of each transaction. */
export function dataHash(platform: Platform, txs: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(
    platform,
    txs.map((tx) => platform.sha256(tx)),
  );
}

/** Proofs that each transaction stands in the block. */
export function txProofs(
  platform: Platform,
  txs: readonly Uint8Array[],
): { readonly root: Uint8Array; readonly proofs: readonly Proof[] } {
  return merkleProofs(
    platform,
    txs.map((tx) => platform.sha256(tx)),
  );
}

/** Root over the signatures of a commit: `last_commit_hash` of the next header. */
export function commitHash(platform: Platform, commit: Commit): Uint8Array {
  return merkleRoot(
    platform,
    commit.signatures.map((signature) => CommitSig.encode(signature)),
  );
}

/** Root over the evidence of a block, each without the wrapper that names its kind. */
export function evidenceHash(platform: Platform, evidence: readonly Evidence[]): Uint8Array {
  return merkleRoot(
    platform,
    evidence.map((item) => {
      if (item.duplicateVoteEvidence !== undefined)
        return DuplicateVoteEvidence.encode(item.duplicateVoteEvidence);
      if (item.lightClientAttackEvidence !== undefined)
        return LightClientAttackEvidence.encode(item.lightClientAttackEvidence);
      return EMPTY_BYTES;
    }),
  );
}

/** A block as it travels: 64 KiB parts, each with its proof under the part set hash. */
export interface PartSet {
  readonly total: number;
  readonly hash: Uint8Array;
  readonly parts: readonly Uint8Array[];
  readonly proofs: readonly Proof[];
}

/** Cuts the bytes of a block into parts. */
export function partSet(platform: Platform, blockBytes: Uint8Array): PartSet {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < blockBytes.length; at += PART_SIZE_BYTES)
    parts.push(blockBytes.subarray(at, at + PART_SIZE_BYTES));
  const { root, proofs } = merkleProofs(platform, parts);
  return { total: parts.length, hash: root, parts, proofs };
}

/** The name of a block: hash of its header and of its parts. */
export function blockId(platform: Platform, block: Block, bytes: Uint8Array): BlockID {
  const parts = partSet(platform, bytes);
  return {
    hash: headerHash(platform, block.header),
    partSetHeader: { total: parts.total, hash: parts.hash },
  };
}

/** The name of no block, which the first header carries and a nil vote means. */
export const NO_BLOCK: BlockID = {
  hash: EMPTY_BYTES,
  partSetHeader: { total: 0, hash: EMPTY_BYTES },
};
