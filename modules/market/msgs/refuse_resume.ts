import {
  LeaseEnd,
  LeaseState,
  MsgRefuseResume,
  MsgRefuseResumeResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { Deps } from "../keeper/deps.ts";
import { closeLease, currentLease, requireState } from "../keeper/leases.ts";
import { leaseKey } from "../types.ts";
import { checkLeaseId, checkNote } from "./checks.ts";

/**
 * MsgRefuseResume, signed by the operator: resuming -> closed(not_resumed); the group is offered
 * again as its settings say. State and events: as the end of a lease.
 * Throws: market/4, 8, 34, 37; provider/8.
 */
export function refuseResume(deps: Deps): MsgHandler<MsgRefuseResume, MsgRefuseResumeResponse> {
  return {
    type: MsgRefuseResume,
    response: MsgRefuseResumeResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      checkLeaseId(msg.lease, env);
      checkNote(msg.reason);
    },
    handle(ctx, msg) {
      const key = leaseKey(msg.lease, ctx.addresses);
      deps.provider.requireOperator(ctx, key.provider, msg.operator);
      requireState(currentLease(ctx, deps, key), LeaseState.RESUMING);
      const { reason: note } = msg;
      closeLease(ctx, deps, key, { end: LeaseEnd.NOT_RESUMED, side: "provider", note });
      return {};
    },
  };
}
