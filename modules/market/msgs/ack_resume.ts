import {
  LeaseState,
  MsgAckResume,
  MsgAckResumeResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { acknowledge, currentLease, requireState } from "../keeper/leases.ts";
import { leaseKey } from "../types.ts";
import { checkLeaseId } from "./checks.ts";

/**
 * MsgAckResume, signed by the operator: resuming -> active; the lease accrues from this block.
 * State: leases, starts; escrow/payments. Events: EventLeaseResumed; escrow's.
 * Throws: market/4, 8, 25, 37; provider/8.
 */
export function ackResume(deps: Deps): MsgHandler<MsgAckResume, MsgAckResumeResponse> {
  return {
    type: MsgAckResume,
    response: MsgAckResumeResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      checkLeaseId(msg.lease, env);
    },
    handle(ctx, msg) {
      const key = leaseKey(msg.lease, ctx.addresses);
      deps.provider.requireOperator(ctx, key.provider, msg.operator);
      const lease = requireState(currentLease(ctx, deps, key), LeaseState.RESUMING);
      if (ctx.uptime >= lease.deadlineUptime)
        throw marketErrors.tooLate.with(
          `the acknowledgement was due before second ${lease.deadlineUptime} of uptime`,
        );
      acknowledge(ctx, deps, key, lease);
      return {};
    },
  };
}
