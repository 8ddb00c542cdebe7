// What market does when escrow or provider tell it something.

import type { Address } from "../../../chain/base/address.ts";
import {
  LeaseEnd,
  LeaseState,
  OfferCause,
  OrderState,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { Scope } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { ProviderState } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import type { AccountChange, EscrowHooks, Transition } from "../../escrow/index.ts";
import { accountIdOf } from "../../escrow/index.ts";
import type { ProviderHooks } from "../../provider/index.ts";
import * as state from "../state.ts";
import { leaseOf } from "../types.ts";
import type { LeaseKey, OrderKey } from "../types.ts";
import { wakeRolling } from "./book.ts";
import type { Deps } from "./deps.ts";
import { closeLease, resumeLease, suspendLease } from "./leases.ts";
import { endOffer, offersOf, setCause } from "./offers.ts";
import { getOrder } from "./orders.ts";

/** Market's answer to changes of a deployment's account; transitions are applied in their order. */
export function escrowHooks(deps: Deps): EscrowHooks {
  return {
    afterAccountChanged(ctx, change) {
      for (const transition of change.transitions) applyToLeases(ctx, deps, change, transition);
    },
  };
}

function applyToLeases(
  ctx: Context,
  deps: Deps,
  { account }: AccountChange,
  transition: Transition,
): void {
  const id = accountIdOf(account, ctx.addresses);
  if (id.scope !== Scope.DEPLOYMENT) return;
  for (const key of ordersOf(ctx, ctx.addresses.parse(id.owner), id.dseq)) {
    const funded = transition.kind === "resumed" || transition.kind === "deposited";
    if (funded) wakeRolling(ctx, deps, key);
    if (transition.kind === "deposited") continue;
    const order = getOrder(ctx, key);
    if (order.state === OrderState.OPEN) continue;
    const leaseKey = leaseOf(key, ctx.addresses.parse(order.winner));
    const lease = state.leases.must(ctx, state.leaseTuple(leaseKey));
    applyToLease(ctx, deps, leaseKey, lease, transition);
  }
}

function ordersOf(ctx: Context, owner: Address, dseq: bigint): readonly OrderKey[] {
  const keys: OrderKey[] = [];
  for (const [[, , gseq], oseq] of state.liveOrders.iterate(ctx, { prefix: [owner, dseq] }))
    keys.push({ owner, dseq, gseq, oseq: Number(oseq) });
  return keys;
}

/**
 * suspended: starting -> closed(funds), active | resuming -> suspended. resumed: suspended ->
 * resuming. grace_ended: live -> closed(funds), where escrow has closed the payments.
 */
function applyToLease(
  ctx: Context,
  deps: Deps,
  key: LeaseKey,
  lease: Lease,
  transition: Transition,
): void {
  const { STARTING, ACTIVE, RESUMING, RECLAIMING, SUSPENDED, CLOSED } = LeaseState;
  const running = [ACTIVE, RESUMING, RECLAIMING] as readonly LeaseState[];
  const { kind } = transition;
  if (lease.state === CLOSED) return;
  if (kind === "grace_ended" || (kind === "suspended" && lease.state === STARTING))
    closeLease(ctx, deps, key, { end: LeaseEnd.FUNDS, side: "funds" });
  else if (kind === "suspended" && running.includes(lease.state))
    suspendLease(ctx, key, lease, transition.at);
  else if (kind === "resumed" && lease.state === SUSPENDED) resumeLease(ctx, key, lease);
}

/** Market's answer to changes of a provider: its offers stop and go on with it. */
export function providerHooks(deps: Deps): ProviderHooks {
  const each = (ctx: Context, provider: Address, cause: OfferCause, on: boolean): void => {
    for (const offer of offersOf(ctx, ctx.addresses.format(provider)))
      setCause(ctx, offer, cause, on);
  };
  return {
    afterProviderStateChanged(ctx, provider, to) {
      each(ctx, provider, OfferCause.PROVIDER, to !== ProviderState.ACTIVE);
      if (to !== ProviderState.RETIRING && to !== ProviderState.TOMBSTONED) return;
      for (const offer of offersOf(ctx, ctx.addresses.format(provider))) endOffer(ctx, deps, offer);
    },
    afterHeartbeatStale: (ctx, provider) => each(ctx, provider, OfferCause.STALE_HEARTBEAT, true),
    afterHeartbeatFresh: (ctx, provider) => each(ctx, provider, OfferCause.STALE_HEARTBEAT, false),
  };
}
