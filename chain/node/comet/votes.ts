// What a validator signs, and the check that a commit carries enough of it.
// Source: CometBFT types/canonical.go, types/vote.go, types/validation.go.

import { equalBytes } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import type { Timestamp } from "../../base/time.ts";
import type { BlockID, Commit } from "../../codec/gen/tendermint/types.ts";
import { BlockIDFlag, CanonicalVote, SignedMsgType } from "../../codec/gen/tendermint/types.ts";
import type { ValidatorSet } from "./validators.ts";
import { delimited } from "./wire.ts";

/** How a validator stands in a commit, by the names of the wire. */
export { BlockIDFlag };

/** One vote as it is signed. */
export interface SignedVote {
  readonly type: number;
  readonly height: bigint;
  readonly round: number;
  /** Absent for a nil vote. */
  readonly blockId: BlockID | undefined;
  readonly time: Timestamp;
  readonly chainId: string;
}

/** The bytes that are signed: a length-delimited canonical vote. */
export function voteSignBytes(vote: SignedVote): Uint8Array {
  return delimited(
    CanonicalVote.encode({
      type: vote.type,
      height: vote.height,
      round: BigInt(vote.round),
      blockId: vote.blockId,
      timestamp: vote.time,
      chainId: vote.chainId,
    }),
  );
}

/** Sign bytes of the vote at `index` of a commit. */
export function commitSignBytes(chainId: string, commit: Commit, index: number): Uint8Array {
  const entry = commit.signatures[index];
  return voteSignBytes({
    type: SignedMsgType.PRECOMMIT,
    height: commit.height,
    round: commit.round,
    blockId: entry?.blockIdFlag === BlockIDFlag.COMMIT ? commit.blockId : undefined,
    time: entry?.timestamp ?? { seconds: 0n, nanos: 0 },
    chainId,
  });
}

/** What was wrong with a commit, or undefined when more than 2/3 of the power signed the block. */
export function checkCommit(
  platform: Platform,
  chainId: string,
  validators: ValidatorSet,
  blockId: BlockID,
  commit: Commit,
): string | undefined {
  const { signatures } = commit;
  if (signatures.length !== validators.list.length)
    return `commit has ${signatures.length} signatures, the set ${validators.list.length} validators`;
  if (!sameBlockId(commit.blockId, blockId)) return "commit is for another block";
  let signed = 0n;
  for (const [index, entry] of signatures.entries()) {
    const validator = validators.list[index];
    if (entry.blockIdFlag === BlockIDFlag.ABSENT || validator === undefined) continue;
    if (!equalBytes(entry.validatorAddress, validator.address))
      return `signature ${index} is of another validator`;
    const bytes = commitSignBytes(chainId, commit, index);
    if (!platform.verifyEd25519(validator.key, bytes, entry.signature))
      return `signature ${index} is wrong`;
    if (entry.blockIdFlag === BlockIDFlag.COMMIT) signed += validator.power;
  }
  return signed * 3n > validators.total * 2n
    ? undefined
    : `power ${signed} of ${validators.total} signed, more than 2/3 is needed`;
}

/** Whether two ids name the same block. */
export function sameBlockId(a: BlockID, b: BlockID): boolean {
  return (
    equalBytes(a.hash, b.hash) &&
    a.partSetHeader.total === b.partSetHeader.total &&
    equalBytes(a.partSetHeader.hash, b.partSetHeader.hash)
  );
}
