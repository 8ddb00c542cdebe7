import {
  LeaseEnd,
  LeaseState,
  MsgCloseLease,
  MsgCloseLeaseResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { closeLease as close, currentLease, requireState } from "../keeper/leases.ts";
import { leaseKey } from "../types.ts";
import { checkLeaseId } from "./checks.ts";

/**
 * MsgCloseLease, signed by the tenant: live -> closed(owner). The group is paused, or offered again
 * where `reopen` asks for it. State and events: as the end of a lease.
 * Throws: market/4, 8, 31, 37.
 */
export function closeLease(deps: Deps): MsgHandler<MsgCloseLease, MsgCloseLeaseResponse> {
  return {
    type: MsgCloseLease,
    response: MsgCloseLeaseResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      checkLeaseId(msg.lease, env);
      if (msg.lease.owner !== msg.owner)
        throw marketErrors.notTheirs.with("only its tenant closes a lease; a provider leaves it");
    },
    handle(ctx, msg) {
      const key = leaseKey(msg.lease, ctx.addresses);
      const { STARTING, ACTIVE, SUSPENDED, RESUMING, RECLAIMING } = LeaseState;
      const lease = currentLease(ctx, deps, key);
      requireState(lease, STARTING, ACTIVE, SUSPENDED, RESUMING, RECLAIMING);
      const { reopen } = msg;
      close(ctx, deps, key, { end: LeaseEnd.OWNER, side: "tenant", reopen });
      return {};
    },
  };
}
