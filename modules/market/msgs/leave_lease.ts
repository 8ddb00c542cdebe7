import {
  LeaseEnd,
  LeaseState,
  MsgLeaveLease,
  MsgLeaveLeaseResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { closeLease, currentLease, requireState } from "../keeper/leases.ts";
import { leaseKey } from "../types.ts";
import { checkLeaseId } from "./checks.ts";

/** Reasons that a provider may give. */
const REASONS: readonly LeaseEnd[] = [
  LeaseEnd.HARDWARE,
  LeaseEnd.DECOMMISSION,
  LeaseEnd.TERMS_BROKEN,
  LeaseEnd.UNSTABLE,
  LeaseEnd.PROVIDER,
];

/**
 * MsgLeaveLease, signed by the operator: active | suspended -> closed(reason). The provider is kept
 * out of the group for a while; the group is offered again as its settings say.
 * State and events: as the end of a lease. Throws: market/4, 8, 34, 37; provider/8.
 */
export function leaveLease(deps: Deps): MsgHandler<MsgLeaveLease, MsgLeaveLeaseResponse> {
  return {
    type: MsgLeaveLease,
    response: MsgLeaveLeaseResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      checkLeaseId(msg.lease, env);
      if (!REASONS.includes(msg.reason))
        throw marketErrors.invalidReason.with(
          `reason ${msg.reason} is not one that a provider leaves for (${REASONS.join(", ")})`,
        );
    },
    handle(ctx, msg) {
      const key = leaseKey(msg.lease, ctx.addresses);
      deps.provider.requireOperator(ctx, key.provider, msg.operator);
      requireState(currentLease(ctx, deps, key), LeaseState.ACTIVE, LeaseState.SUSPENDED);
      closeLease(ctx, deps, key, { end: msg.reason, side: "provider" });
      return {};
    },
  };
}
