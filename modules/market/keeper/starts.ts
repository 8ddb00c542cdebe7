// Deadlines of leases: a start that came late, an acknowledgement that did not come, a term that ended.

import { LeaseEnd, LeaseState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import * as state from "../state.ts";
import { orderOf } from "../types.ts";
import type { LeaseKey } from "../types.ts";
import { promoteStandby } from "./award.ts";
import { accountOf } from "./deps.ts";
import type { Deps } from "./deps.ts";
import { closeLease, closeMatched, finishLease, isLive } from "./leases.ts";
import type { Ending } from "./leases.ts";

const NO_START: Ending = { end: LeaseEnd.NO_START, side: "provider" };
const NOT_RESUMED: Ending = { end: LeaseEnd.NOT_RESUMED, side: "provider" };
const TERM: Ending = { end: LeaseEnd.TERM, side: "term" };

/**
 * The deadline of a lease is over. starting -> closed(no_start): nobody is paid, the provider is kept
 * out of this group, the next standby is promoted in the same block. resuming -> closed(not_resumed).
 */
export function endDeadline(ctx: Context, deps: Deps, key: LeaseKey): void {
  deps.escrow.catchUp(ctx, accountOf(key));
  const lease = state.leases.get(ctx, state.leaseTuple(key));
  if (lease === undefined || lease.deadlineUptime === 0n || lease.deadlineUptime > ctx.uptime)
    return;
  if (lease.state === LeaseState.RESUMING) closeLease(ctx, deps, key, NOT_RESUMED);
  if (lease.state !== LeaseState.STARTING) return;
  const closed = finishLease(ctx, deps, key, NO_START);
  if (promoteStandby(ctx, deps, orderOf(key))) return;
  closeMatched(ctx, deps, key, closed, NO_START);
}

/** The term of a lease is over: live -> closed(term). */
export function endTerm(ctx: Context, deps: Deps, key: LeaseKey): void {
  deps.escrow.catchUp(ctx, accountOf(key));
  const lease = state.leases.get(ctx, state.leaseTuple(key));
  if (lease !== undefined && isLive(lease)) closeLease(ctx, deps, key, TERM);
}
