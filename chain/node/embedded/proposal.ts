// Builds the next block from the engine's state and signs it. Source: CometBFT state.MakeBlock,
// consensus state; BFT time: a header carries the median of the precommit times of the block before,
// which with one signer is its own.

import { assert } from "../../base/assert.ts";
import { EMPTY_BYTES } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import type { Timestamp } from "../../base/time.ts";
import type { CommitInfo, RequestFinalizeBlock } from "../../codec/gen/tendermint/abci.ts";
import { BlockIDFlag, SignedMsgType } from "../../codec/gen/tendermint/types.ts";
import type { BlockID, Commit, CommitSig } from "../../codec/gen/tendermint/types.ts";
import { Block } from "../../codec/gen/tendermint/types.ts";
import { merkleRoot } from "../../crypto/merkle.ts";
import { misbehaviorOf } from "../comet/evidence.ts";
import { BLOCK_PROTOCOL, blockId, commitHash, evidenceHash, NO_BLOCK } from "../comet/header.ts";
import { consensusHash } from "../comet/params.ts";
import { findValidator, validatorsHash } from "../comet/validators.ts";
import type { ValidatorSet } from "../comet/validators.ts";
import { voteSignBytes } from "../comet/votes.ts";
import type { SignedBlock } from "./blocks.ts";
import type { Signer } from "./signer.ts";
import { appVersion } from "./state.ts";
import type { EngineState } from "./state.ts";

/** Limit when max_bytes is -1. Source: CometBFT MaxBlockSizeBytes. */
const MAX_BLOCK_BYTES = 104857600n;
/** Bytes of a block beside its data: framing and header. Source: CometBFT types/block.go. */
const BLOCK_OVERHEAD_BYTES = 11n + 626n;
/** Bytes of a commit without signatures, and of one signature with its framing. Same source. */
const COMMIT_BYTES = 94n;
const SIGNATURE_BYTES = 111n;
/** The Go zero time, which absent votes carry. */
const NO_TIME: Timestamp = { seconds: -62135596800n, nanos: 0 };

/** The commit of no block, which the first block carries. */
export const NO_COMMIT: Commit = { height: 0n, round: 0, blockId: NO_BLOCK, signatures: [] };

/** Bytes that transactions may take in a block under these parameters. */
export function maxDataBytes(state: EngineState): bigint {
  const declared = state.params.block?.maxBytes ?? -1n;
  const limit = declared < 0n ? MAX_BLOCK_BYTES : declared;
  const signers = BigInt(state.validators.list.length);
  return limit - BLOCK_OVERHEAD_BYTES - COMMIT_BYTES - SIGNATURE_BYTES * signers;
}

/** Time of the next block: genesis for the first, else when the last one was signed. */
export function nextBlockTime(state: EngineState, lastCommit: Commit, self: Uint8Array): Timestamp {
  if (state.height === 0n) return state.blockTime;
  const own = lastCommit.signatures.find(
    (entry) =>
      entry.blockIdFlag === BlockIDFlag.COMMIT && sameAddress(entry.validatorAddress, self),
  );
  assert(own !== undefined, `the commit of height ${lastCommit.height} lacks this validator`);
  return own.timestamp;
}

function sameAddress(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Who voted how in a commit, as ABCI tells the application. */
export function commitInfo(commit: Commit, validators: ValidatorSet): CommitInfo {
  return {
    round: commit.round,
    votes: commit.signatures.flatMap((entry, index) => {
      const validator = validators.list[index];
      if (validator === undefined) return [];
      const { address, power } = validator;
      return [{ validator: { address, power }, blockIdFlag: entry.blockIdFlag }];
    }),
  };
}

/** Everything of the next block that does not depend on its transactions. */
export interface BlockFrame {
  readonly height: bigint;
  readonly time: Timestamp;
  readonly lastCommit: Commit;
  readonly proposer: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
}

/** The frame of the block after `state`. */
export function blockFrame(
  platform: Platform,
  state: EngineState,
  lastCommit: Commit,
  proposer: Uint8Array,
): BlockFrame {
  return {
    height: state.height === 0n ? state.initialHeight : state.height + 1n,
    time: nextBlockTime(state, lastCommit, proposer),
    lastCommit,
    proposer,
    nextValidatorsHash: validatorsHash(platform, state.nextValidators),
  };
}

/** A block that nobody has signed. */
export type MadeBlock = Omit<SignedBlock, "commit">;

/** A whole block with these transactions. */
export function makeBlock(
  platform: Platform,
  state: EngineState,
  frame: BlockFrame,
  txs: readonly Uint8Array[],
): MadeBlock {
  const { block: limits } = state.params;
  const hashes = txs.map((tx) => platform.sha256(tx));
  const block: Block = {
    header: {
      version: { block: BLOCK_PROTOCOL, app: appVersion(state) },
      chainId: state.chainId,
      height: frame.height,
      time: frame.time,
      lastBlockId: state.blockId,
      lastCommitHash: commitHash(platform, frame.lastCommit),
      dataHash: merkleRoot(platform, hashes),
      validatorsHash: validatorsHash(platform, state.validators),
      nextValidatorsHash: frame.nextValidatorsHash,
      consensusHash: consensusHash(platform, limits?.maxBytes ?? 0n, limits?.maxGas ?? 0n),
      appHash: state.appHash,
      lastResultsHash: state.resultsHash,
      evidenceHash: evidenceHash(platform, []),
      proposerAddress: frame.proposer,
    },
    data: { txs },
    evidence: { evidence: [] },
    lastCommit: frame.lastCommit,
  };
  const bytes = Block.encode(block);
  return { block, bytes, id: blockId(platform, block, bytes), hashes };
}

/** Signs a block as this validator; the others are absent. The place is on disk before this returns. */
export function signBlock(
  state: EngineState,
  made: MadeBlock,
  signer: Signer,
  time: Timestamp,
): SignedBlock {
  const { height } = made.block.header;
  const round = signer.freeRound(height);
  const type = SignedMsgType.PRECOMMIT;
  const chainId = state.chainId;
  const signBytes = voteSignBytes({ type, height, round, blockId: made.id, time, chainId });
  const signature = signer.sign(height, round, signBytes);
  const self = findValidator(state.validators, signer.key.address);
  const signatures = state.validators.list.map((validator): CommitSig => {
    if (validator !== self) {
      return {
        blockIdFlag: BlockIDFlag.ABSENT,
        validatorAddress: EMPTY_BYTES,
        timestamp: NO_TIME,
        signature: EMPTY_BYTES,
      };
    }
    const validatorAddress = validator.address;
    return { blockIdFlag: BlockIDFlag.COMMIT, validatorAddress, timestamp: time, signature };
  });
  return { ...made, commit: { height, round, blockId: made.id, signatures } };
}

/** What the application is asked to execute. */
export function finalizeRequest(
  block: Block,
  id: BlockID,
  lastValidators: ValidatorSet,
): RequestFinalizeBlock {
  const { header } = block;
  return {
    txs: block.data.txs,
    decidedLastCommit: commitInfo(block.lastCommit ?? NO_COMMIT, lastValidators),
    misbehavior: misbehaviorOf(block.evidence.evidence),
    hash: id.hash,
    height: header.height,
    time: header.time,
    nextValidatorsHash: header.nextValidatorsHash,
    proposerAddress: header.proposerAddress,
  };
}

/** Whether this key alone holds more than two thirds of a set. */
export function holdsTwoThirds(validators: ValidatorSet, address: Uint8Array): boolean {
  const power = findValidator(validators, address)?.power ?? 0n;
  return power * 3n > validators.total * 2n;
}
