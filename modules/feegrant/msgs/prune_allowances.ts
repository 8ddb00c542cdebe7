import {
  MsgPruneAllowances,
  MsgPruneAllowancesResponse,
} from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { emitPruned } from "../events.ts";
import type { FeegrantKeeper } from "../keeper.ts";

/** Allowances that one message removes. Source: SDK x/feegrant. */
const ALLOWANCES_PER_MESSAGE = 75;

/**
 * cosmos.feegrant.v1beta1.MsgPruneAllowances: anybody may have ended allowances removed. State:
 * allowances, allowance_queue. Events: prune_feegrant.
 */
export function pruneAllowances(
  keeper: FeegrantKeeper,
): MsgHandler<MsgPruneAllowances, MsgPruneAllowancesResponse> {
  return {
    type: MsgPruneAllowances,
    response: MsgPruneAllowancesResponse,
    handle(ctx, { pruner }) {
      keeper.prune(ctx, ALLOWANCES_PER_MESSAGE);
      emitPruned(ctx, pruner);
      return {};
    },
  };
}
