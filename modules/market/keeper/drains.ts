// What ends by queue, a bounded number per block: bids of orders that are over, exclusions that are
// over, and objects that retention deletes.

import {
  BidEnd,
  BidState,
  LeaseState,
  OrderEnd,
  OrderState,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Order } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context, DueItem } from "../../../chain/runtime/index.ts";
import * as state from "../state.ts";
import type { OrderKey } from "../types.ts";
import { endBid } from "./book.ts";
import type { Entry } from "./book.ts";
import type { Deps } from "./deps.ts";
import { leaseOfOrder } from "./leases.ts";
import { endOffer } from "./offers.ts";
import { expireOrder } from "./orders.ts";

/** Handles one entry of the drain queue. */
export function drain(ctx: Context, deps: Deps, item: DueItem): void {
  if (item.kind === state.Kind.EXCLUSION) dropExclusion(ctx, item.id);
  else drainOrder(ctx, deps, state.orderFromBytes(item.id));
}

function dropExclusion(ctx: Context, id: Uint8Array): void {
  const place = state.exclusions.key.decode({ bytes: id, offset: 0 }, true);
  const until = state.exclusions.get(ctx, place);
  if (until !== undefined && until <= ctx.uptime) state.exclusions.delete(ctx, place);
}

/**
 * Ends the bids of an order that is matched or over: open ones were outbid or lost their order;
 * those on standby go when the lease runs or the order has ended. Events: EventBidEnded.
 */
function drainOrder(ctx: Context, deps: Deps, key: OrderKey): void {
  const order = state.orders.get(ctx, state.orderTuple(key));
  if (order === undefined || order.state === OrderState.OPEN) return;
  const matched = order.state === OrderState.MATCHED;
  const waiting = matched && leaseOfOrder(ctx, order, key).state === LeaseState.STARTING;
  for (const entry of allBids(ctx, key)) {
    if (entry.bid.state === BidState.OPEN)
      endBid(ctx, deps, entry, BidState.LOST, matched ? BidEnd.OUTBID : BidEnd.ORDER_ENDED);
    else if (!waiting) endBid(ctx, deps, entry, BidState.LOST, BidEnd.ORDER_ENDED);
  }
  if (!matched) dropRejections(ctx, key);
}

function allBids(ctx: Context, key: OrderKey): readonly Entry[] {
  const entries: Entry[] = [];
  for (const [tuple, bid] of state.bids.iterate(ctx, { prefix: state.orderTuple(key) }))
    entries.push({ key: state.leaseOfTuple(tuple), bid });
  return entries;
}

function dropRejections(ctx: Context, key: OrderKey): void {
  const places = [...state.rejections.keys(ctx, { prefix: state.orderTuple(key) })];
  for (const place of places) state.rejections.delete(ctx, place);
}

/** A bid by hand whose own time is over: open -> expired. Events: EventBidEnded. */
export function expireBid(ctx: Context, deps: Deps, id: Uint8Array): void {
  const key = state.leaseFromBytes(id);
  const bid = state.bids.get(ctx, state.leaseTuple(key));
  if (bid?.state !== BidState.OPEN || bid.expiresUptime === 0n || bid.expiresUptime > ctx.uptime)
    return;
  endBid(ctx, deps, { key, bid }, BidState.EXPIRED);
}

/** An open order whose life is over. */
export function expireDueOrder(ctx: Context, deps: Deps, id: Uint8Array): void {
  const key = state.orderFromBytes(id);
  const order: Order | undefined = state.orders.get(ctx, state.orderTuple(key));
  if (order?.state !== OrderState.OPEN || order.expiresUptime > ctx.uptime) return;
  expireOrder(ctx, deps, key, OrderEnd.NO_BIDS);
}

/** An offer whose time is over. */
export function expireOffer(ctx: Context, deps: Deps, id: Uint8Array): void {
  const offer = state.offers.get(ctx, state.offers.key.decode({ bytes: id, offset: 0 }, true));
  if (offer !== undefined && offer.expiresAt <= ctx.now) endOffer(ctx, deps, offer);
}

/** Deletes an ended order or lease whose retention is over. Bids that still wait for their end get it. */
export function forget(ctx: Context, deps: Deps, item: DueItem): void {
  if (item.kind !== state.Kind.ORDER) {
    state.leases.delete(ctx, state.leaseTuple(state.leaseFromBytes(item.id)));
    return;
  }
  const key = state.orderFromBytes(item.id);
  drainOrder(ctx, deps, key);
  state.orders.delete(ctx, state.orderTuple(key));
}
