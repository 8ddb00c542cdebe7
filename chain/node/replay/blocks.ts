// A block as CometBFT made it against what we compute of it: every hash in the header, the name of the
// block, the signatures of the commit that it carries, its time.

import { EMPTY_BYTES } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import { compareTime, formatTime } from "../../base/time.ts";
import type { Timestamp } from "../../base/time.ts";
import type { Commit } from "../../codec/gen/tendermint/types.ts";
import { Block, BlockID, BlockIDFlag } from "../../codec/gen/tendermint/types.ts";
import { blockId, commitHash, dataHash, evidenceHash } from "../comet/header.ts";
import { consensusHash } from "../comet/params.ts";
import { findValidator, validatorsHash } from "../comet/validators.ts";
import type { ValidatorSet } from "../comet/validators.ts";
import { checkCommit } from "../comet/votes.ts";
import { NO_COMMIT } from "../embedded/proposal.ts";
import type { EngineState } from "../embedded/state.ts";
import type { SourceBlock } from "../source.ts";
import type { Findings } from "./findings.ts";

/** Checks a block that follows `state`. */
export function checkBlock(
  platform: Platform,
  state: EngineState,
  found: SourceBlock,
  findings: Findings,
): void {
  const { header, data, evidence } = found.block;
  const lastCommit = found.block.lastCommit ?? NO_COMMIT;
  const { height } = header;
  const same = (what: string, expected: Uint8Array, got: Uint8Array): boolean =>
    findings.bytes(height, what, expected, got);
  const own = blockId(platform, found.block, Block.encode(found.block));
  same("header hash", found.id.hash, own.hash);
  same("part set hash", BlockID.encode(found.id), BlockID.encode(own));
  same("id of the last block", BlockID.encode(header.lastBlockId), BlockID.encode(state.blockId));
  same("commit hash", header.lastCommitHash, commitHash(platform, lastCommit));
  same("data hash", header.dataHash, dataHash(platform, data.txs));
  same("evidence hash", header.evidenceHash, evidenceHash(platform, evidence.evidence));
  same("validators hash", header.validatorsHash, validatorsHash(platform, state.validators));
  const next = validatorsHash(platform, state.nextValidators);
  same("next validators hash", header.nextValidatorsHash, next);
  const { maxBytes, maxGas } = state.params.block ?? { maxBytes: 0n, maxGas: 0n };
  same("consensus hash", header.consensusHash, consensusHash(platform, maxBytes, maxGas));
  same("app hash", header.appHash, state.appHash);
  same("results hash", header.lastResultsHash, state.resultsHash);
  const proposer = findValidator(state.validators, header.proposerAddress);
  same("proposer", header.proposerAddress, proposer?.address ?? EMPTY_BYTES);
  checkTime(state, header.time, lastCommit, findings);
  if (state.height === 0n) return;
  const { chainId, lastValidators, blockId: lastId } = state;
  const wrong = checkCommit(platform, chainId, lastValidators, lastId, lastCommit);
  const words = (): [string, string] => ["more than 2/3 of the power signed", wrong ?? ""];
  findings.check(height, "signatures of the commit", wrong === undefined, words);
}

function checkTime(state: EngineState, time: Timestamp, commit: Commit, findings: Findings): void {
  const isFirst = state.height === 0n;
  const height = isFirst ? state.initialHeight : state.height + 1n;
  const expected = isFirst ? state.blockTime : medianTime(commit, state.lastValidators);
  const words = (): [string, string] => [formatTime(expected), formatTime(time)];
  findings.check(height, "block time", compareTime(expected, time) === 0, words);
}

/** The time at which half of the voting power had signed. Source: CometBFT types/time WeightedMedian. */
export function medianTime(commit: Commit, validators: ValidatorSet): Timestamp {
  const votes = commit.signatures.flatMap(({ blockIdFlag, timestamp }, index) => {
    const power = validators.list[index]?.power ?? 0n;
    return blockIdFlag === BlockIDFlag.ABSENT ? [] : [{ timestamp, power }];
  });
  votes.sort((a, b) => compareTime(a.timestamp, b.timestamp));
  let rest = votes.reduce((sum, { power }) => sum + power, 0n) / 2n;
  for (const { timestamp, power } of votes) {
    if (rest <= power) return timestamp;
    rest -= power;
  }
  return { seconds: 0n, nanos: 0 };
}
