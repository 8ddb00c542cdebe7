// Evidence of a block as ABCI tells the application. Source: CometBFT types/evidence.go, ABCI().

import type { Misbehavior } from "../../codec/gen/tendermint/abci.ts";
import { MisbehaviorType } from "../../codec/gen/tendermint/abci.ts";
import type { Evidence } from "../../codec/gen/tendermint/types.ts";

/** What validators did: one entry for each of them. */
export function misbehaviorOf(evidence: readonly Evidence[]): readonly Misbehavior[] {
  return evidence.flatMap((item): readonly Misbehavior[] => {
    const { duplicateVoteEvidence: vote, lightClientAttackEvidence: attack } = item;
    if (vote !== undefined) {
      const { voteA, validatorPower: power, timestamp: time, totalVotingPower } = vote;
      const [address, height] = [voteA?.validatorAddress ?? new Uint8Array(0), voteA?.height ?? 0n];
      const type = MisbehaviorType.DUPLICATE_VOTE;
      return [{ type, validator: { address, power }, height, time, totalVotingPower }];
    }
    if (attack === undefined) return [];
    const { commonHeight: height, timestamp: time, totalVotingPower } = attack;
    return attack.byzantineValidators.map(({ address, votingPower: power }) => {
      const type = MisbehaviorType.LIGHT_CLIENT_ATTACK;
      return { type, validator: { address, power }, height, time, totalVotingPower };
    });
  });
}
