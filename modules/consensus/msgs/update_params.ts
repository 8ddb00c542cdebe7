import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "../../../chain/codec/gen/cosmos/consensus/v1.ts";
import { checkAuthority, undefinedError } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { emitUpdated } from "../events.ts";
import type { ConsensusKeeper } from "../keeper.ts";
import { validateExtensionHeight } from "../params.ts";

/**
 * cosmos.consensus.v1.MsgUpdateParams, signed by the authority; holds from the next block on.
 * State: params. Events: update_consensus_params. Throws: gov/13, undefined/1.
 */
export function updateParams(
  keeper: ConsensusKeeper,
): MsgHandler<MsgUpdateParams, MsgUpdateParamsResponse> {
  return {
    type: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      const { block, evidence, validator, abci } = msg;
      if (block === undefined || evidence === undefined || validator === undefined)
        throw undefinedError("all parameters must be present");
      const old = keeper.params(ctx);
      validateExtensionHeight(
        old.abci?.voteExtensionsEnableHeight ?? 0n,
        abci?.voteExtensionsEnableHeight,
        ctx.height,
      );
      const update = { block, evidence, validator, version: { app: 0n }, ...(abci && { abci }) };
      const next = { ...update, abci: abci ?? old.abci ?? { voteExtensionsEnableHeight: 0n } };
      keeper.setParams(ctx, next);
      emitUpdated(ctx, msg.authority, update);
      return {};
    },
  };
}
