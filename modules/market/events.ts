// Events of module market, one function each. Names are flat so that searches find them.

import type { ChainError } from "../../chain/base/errors.ts";
import {
  EventAwardFailed,
  EventBidCreated,
  EventBidEnded,
  EventBidLowered,
  EventBidStandby,
  EventBidWon,
  EventLeaseClosed,
  EventLeaseCreated,
  EventLeaseResumed,
  EventLeaseResuming,
  EventLeaseStarted,
  EventLeaseSuspended,
  EventOfferPosted,
  EventOfferState,
  EventOfferUpdated,
  EventOrderEnded,
  EventOrderExtended,
  EventOrderMatched,
  EventOrderOpened,
  EventOrderRolling,
  EventParamsUpdated,
  EventProviderExcluded,
  OfferCause,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Bid,
  BidEnd,
  BidState,
  Lease,
  Offer,
  Order,
  OrderId,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { emitTyped } from "../../chain/runtime/index.ts";
import { amountOf, modelName } from "./types.ts";

/** An order takes bids; `deadline` is the second of U of the award, 0 = by hand. */
export function emitOrderOpened(ctx: Context, order: Order, deadline: bigint): void {
  emitTyped(ctx, EventOrderOpened, {
    ...order.id,
    ceiling: amountOf(order.ceiling),
    denom: order.ceiling.denom,
    mode: order.settings.mode,
    deadlineUptime: deadline,
    joint: order.joint,
  });
}

/** A late best bid moved the award to a second of U. */
export function emitOrderExtended(ctx: Context, id: OrderId, deadlineUptime: bigint): void {
  emitTyped(ctx, EventOrderExtended, { ...id, deadlineUptime });
}

/** A deadline passed without a winner. */
export function emitOrderRolling(ctx: Context, id: OrderId): void {
  emitTyped(ctx, EventOrderRolling, id);
}

/** A chosen bid could not be awarded, and why. */
export function emitAwardFailed(
  ctx: Context,
  id: OrderId,
  provider: string,
  error: ChainError,
): void {
  const { codespace, code, message } = error;
  emitTyped(ctx, EventAwardFailed, { ...id, provider, codespace, code, reason: message });
}

/** An order has a lease. */
export function emitOrderMatched(ctx: Context, lease: Lease): void {
  const { amount, denom } = lease.price;
  emitTyped(ctx, EventOrderMatched, { ...lease.id, price: BigInt(amount), denom });
}

/** An order expired or closed. */
export function emitOrderEnded(ctx: Context, order: Order): void {
  emitTyped(ctx, EventOrderEnded, { ...order.id, state: order.state, end: order.end });
}

/** A new bid or quote. */
export function emitBidCreated(ctx: Context, bid: Bid): void {
  const { eff, revision, offer } = bid;
  const { amount, denom } = bid.price;
  emitTyped(ctx, EventBidCreated, {
    ...bid.id,
    price: BigInt(amount),
    denom,
    eff,
    revision,
    offer,
  });
}

/** A bid asks less than before. */
export function emitBidLowered(ctx: Context, bid: Bid): void {
  const { amount, denom } = bid.price;
  emitTyped(ctx, EventBidLowered, {
    ...bid.id,
    price: BigInt(amount),
    denom,
    eff: bid.eff,
    revision: bid.revision,
  });
}

/** A bid waits while the winner starts. */
export function emitBidStandby(ctx: Context, bid: Bid): void {
  emitTyped(ctx, EventBidStandby, bid.id);
}

/** A bid has the lease. */
export function emitBidWon(ctx: Context, bid: Bid): void {
  emitTyped(ctx, EventBidWon, bid.id);
}

/** A bid ended without a lease. */
export function emitBidEnded(ctx: Context, bid: Bid, state: BidState, end: BidEnd): void {
  emitTyped(ctx, EventBidEnded, { ...bid.id, state, end });
}

/** A new offer. */
export function emitOfferPosted(ctx: Context, offer: Offer): void {
  emitTyped(ctx, EventOfferPosted, {
    provider: offer.provider,
    offer: offer.id,
    model: offer.model === undefined ? "" : modelName(offer.model),
    referencePrice: offer.referencePrice,
    denom: offer.denom,
  });
}

/** Prices, shapes or end of an offer changed. */
export function emitOfferUpdated(ctx: Context, offer: Offer): void {
  const { provider, version, referencePrice } = offer;
  emitTyped(ctx, EventOfferUpdated, { provider, offer: offer.id, version, referencePrice });
}

const CAUSE_NAMES = new Map<OfferCause, string>([
  [OfferCause.OWNER, "owner"],
  [OfferCause.STALE_HEARTBEAT, "stale_heartbeat"],
  [OfferCause.PROVIDER, "provider"],
  [OfferCause.SHORT_LATE, "short_late"],
  [OfferCause.NO_START, "no_start"],
]);

/** State or causes of an offer changed. */
export function emitOfferState(ctx: Context, offer: Offer): void {
  const causes = offer.causes.map((cause) => CAUSE_NAMES.get(cause) ?? "").join(",");
  emitTyped(ctx, EventOfferState, {
    provider: offer.provider,
    offer: offer.id,
    state: offer.state,
    causes,
  });
}

/** An order was awarded. */
export function emitLeaseCreated(ctx: Context, lease: Lease): void {
  const { deadlineUptime, offer } = lease;
  const { amount, denom } = lease.price;
  emitTyped(ctx, EventLeaseCreated, {
    ...lease.id,
    price: BigInt(amount),
    denom,
    deadlineUptime,
    offer,
  });
}

/** A lease accrues from now. */
export function emitLeaseStarted(ctx: Context, lease: Lease): void {
  emitTyped(ctx, EventLeaseStarted, { ...lease.id, startedAt: lease.startedAt });
}

/** The account ran out of funds at T = `at`. */
export function emitLeaseSuspended(ctx: Context, lease: Lease, at: bigint): void {
  emitTyped(ctx, EventLeaseSuspended, { ...lease.id, at });
}

/** Funds are back; the provider must acknowledge. */
export function emitLeaseResuming(ctx: Context, lease: Lease): void {
  emitTyped(ctx, EventLeaseResuming, { ...lease.id, deadlineUptime: lease.deadlineUptime });
}

/** A lease accrues again. */
export function emitLeaseResumed(ctx: Context, lease: Lease): void {
  emitTyped(ctx, EventLeaseResumed, { ...lease.id, at: ctx.now });
}

/** A lease ended. */
export function emitLeaseClosed(ctx: Context, lease: Lease, note: string): void {
  const { end, closedAt } = lease;
  emitTyped(ctx, EventLeaseClosed, { ...lease.id, end, note, closedAt });
}

/** A provider is kept out of a group until a second of U. */
export function emitProviderExcluded(ctx: Context, lease: Lease, untilUptime: bigint): void {
  const { owner, dseq, gseq, provider } = lease.id;
  emitTyped(ctx, EventProviderExcluded, { owner, dseq, gseq, provider, untilUptime });
}

/** The parameters changed. */
export function emitParamsUpdated(ctx: Context, version: bigint): void {
  emitTyped(ctx, EventParamsUpdated, { version });
}
