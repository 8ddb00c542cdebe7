// Statements about store `market` that hold after every block.

import { equalBytes, toHex } from "../../chain/base/bytes.ts";
import {
  BidState,
  LeaseState,
  OfferState,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease, OfferRow } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { OfferRow as OfferRowType } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { PaymentState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context, Invariant } from "../../chain/runtime/index.ts";
import { leasePayment } from "../escrow/index.ts";
import { Counter, read } from "./keeper/counters.ts";
import type { Deps } from "./keeper/deps.ts";
import { rowKeys, rowOf } from "./keeper/offers.ts";
import { covers, expandShapes, unpack } from "./keeper/packing.ts";
import * as state from "./state.ts";
import { amountOf, formatOrder } from "./types.ts";

/** All invariants of the module. */
export function marketInvariants(deps: Deps): readonly Invariant[] {
  return [
    { name: "market/indexes", check: (ctx) => state.marketSchema.checkIndexes(ctx) },
    { name: "market/orders", check: orders },
    { name: "market/bids", check: bids },
    { name: "market/leases", check: (ctx) => leases(ctx, deps) },
    { name: "market/capacity", check: capacity },
    { name: "market/rows", check: rows },
    { name: "market/queues", check: queues },
    { name: "market/exclusions", check: exclusions },
  ];
}

/** A group has at most one live order; open orders have an auction; sums and counters are right. */
function orders(ctx: Context): readonly string[] {
  const found: string[] = [];
  const ceilings = new Map<string, bigint>();
  let open = 0n;
  let live = 0;
  for (const [tuple, order] of state.orders.iterate(ctx)) {
    const name = `order ${formatOrder(order.id)}`;
    const key = state.orderOfTuple(tuple);
    const isOpen = order.state === OrderState.OPEN;
    const matched = order.state === OrderState.MATCHED;
    if (state.auctions.has(ctx, tuple) !== isOpen)
      found.push(`${name}: auction without open order`);
    if ((order.winner === "") !== isOpen && matched) found.push(`${name}: matched without winner`);
    if (!isOpen && !matched) continue;
    live++;
    if (state.liveOrders.get(ctx, state.groupTuple(key)) !== BigInt(key.oseq))
      found.push(`${name}: is not the live order of its group`);
    if (!isOpen) continue;
    open++;
    const place = `${order.id.owner}/${order.id.dseq}`;
    ceilings.set(place, (ceilings.get(place) ?? 0n) + amountOf(order.ceiling));
  }
  const pointers = [...state.liveOrders.keys(ctx)].length;
  if (pointers !== live) found.push(`${pointers} live order entries for ${live} live orders`);
  if (read(ctx, Counter.OPEN_ORDERS) !== open) found.push(`open orders are miscounted, ${open}`);
  for (const [[owner, dseq], sum] of state.openCeilings.iterate(ctx)) {
    const place = `${ctx.addresses.format(owner)}/${dseq}`;
    if (ceilings.get(place) !== sum) found.push(`${place}: open ceilings are missummed`);
    ceilings.delete(place);
  }
  if (ceilings.size > 0) found.push(`${ceilings.size} deployments without a sum of open ceilings`);
  return found;
}

/** Bids are open on an open order (or wait for its drain), or on standby beside a starting lease. */
function bids(ctx: Context): readonly string[] {
  const found: string[] = [];
  for (const [[owner, dseq, gseq, oseq], bid] of state.bids.iterate(ctx)) {
    const order = state.orders.get(ctx, [owner, dseq, gseq, oseq]);
    const name = `bid on ${formatOrder(bid.id)} of ${bid.id.provider}`;
    if (order === undefined) found.push(`${name}: no such order`);
    if (bid.state !== BidState.OPEN && bid.state !== BidState.STANDBY)
      found.push(`${name}: state ${bid.state} is stored`);
    if (bid.state === BidState.STANDBY && order?.state === OrderState.OPEN)
      found.push(`${name}: on standby while the order is open`);
  }
  return found;
}

/** At most one live lease per order, on a matched one; only active leases accrue. */
function leases(ctx: Context, deps: Deps): readonly string[] {
  const found: string[] = [];
  const live = new Set<string>();
  for (const [tuple, lease] of state.leases.iterate(ctx)) {
    if (lease.state === LeaseState.CLOSED) continue;
    const order = formatOrder(lease.id);
    const name = `lease ${order} of ${lease.id.provider}`;
    const place = `${lease.id.owner}/${order}`;
    if (live.has(place)) found.push(`${name}: a second live lease of its order`);
    live.add(place);
    const key = state.leaseOfTuple(tuple);
    const record = state.orders.get(ctx, state.orderTuple(key));
    if (record?.state !== OrderState.MATCHED || record.winner !== lease.id.provider)
      found.push(`${name}: its order is not matched with it`);
    found.push(...paymentFaults(ctx, deps, name, lease, key));
  }
  if (read(ctx, Counter.LIVE_LEASES) !== BigInt(live.size))
    found.push(`live leases are miscounted, ${live.size}`);
  return found;
}

function paymentFaults(
  ctx: Context,
  deps: Deps,
  name: string,
  lease: Lease,
  key: Parameters<typeof leasePayment>[0],
): readonly string[] {
  const payment = deps.escrow.findPayment(ctx, leasePayment(key));
  if (payment === undefined || payment.state === PaymentState.CLOSED)
    return [`${name}: live without a live payment`];
  const accrues = payment.state === PaymentState.OPEN;
  const runs = lease.state === LeaseState.ACTIVE || lease.state === LeaseState.RECLAIMING;
  return accrues && !runs ? [`${name}: accrues in state ${lease.state}`] : [];
}

/** What is used of an offer is the sum of its live placements, and at most what it has. */
function capacity(ctx: Context): readonly string[] {
  const found: string[] = [];
  const placed = new Map<bigint, Lease[]>();
  for (const [, lease] of state.leases.iterate(ctx)) {
    if (lease.state === LeaseState.CLOSED || lease.offer === 0n) continue;
    placed.set(lease.offer, [...(placed.get(lease.offer) ?? []), lease]);
  }
  let active = 0n;
  for (const [id, offer] of state.offers.iterate(ctx)) {
    if (offer.state === OfferState.ACTIVE) active++;
    const here = placed.get(id) ?? [];
    placed.delete(id);
    if (here.length !== offer.leases) found.push(`offer ${id}: ${here.length} leases, not counted`);
    const hosts = expandShapes(offer.shapes);
    let free = state.capacities.must(ctx, id).free;
    for (const lease of here) free = unpack(specOf(ctx, lease), lease.placements, free);
    const whole = hosts.every((host, index) => {
      const rest = free[index];
      return rest !== undefined && covers(rest, host) && covers(host, rest);
    });
    if (!whole) found.push(`offer ${id}: free and used are not what it has`);
  }
  for (const id of placed.keys()) found.push(`offer ${id}: used by leases and not there`);
  if (read(ctx, Counter.ACTIVE_OFFERS) !== active) found.push(`active offers are miscounted`);
  return found;
}

function specOf(ctx: Context, lease: Lease): Parameters<typeof unpack>[0] {
  const owner = ctx.addresses.parse(lease.id.owner);
  const { dseq, gseq, oseq } = lease.id;
  return state.orders.must(ctx, [owner, dseq, gseq, oseq]).spec.units;
}

/** The index of offers is what a rebuild from the offers gives. */
function rows(ctx: Context): readonly string[] {
  const found: string[] = [];
  const expected = new Map<string, OfferRow>();
  for (const [id, offer] of state.offers.iterate(ctx)) {
    const row = rowOf(ctx, offer, state.capacities.must(ctx, id).free);
    if (row === undefined) continue;
    for (const key of rowKeys(offer)) expected.set(key.join("/"), row);
  }
  for (const [key, row] of state.offerRows.iterate(ctx)) {
    const name = key.join("/");
    const wanted = expected.get(name);
    if (wanted === undefined) found.push(`index row ${name} of no offer`);
    else if (!equalBytes(OfferRowType.encode(row), OfferRowType.encode(wanted)))
      found.push(`index row ${name} is out of date`);
    expected.delete(name);
  }
  for (const name of expected.keys()) found.push(`index row ${name} is missing`);
  return found;
}

/**
 * Every live object that needs a queue entry has exactly one, and no entry points at nothing; items
 * that were set aside apart.
 */
function queues(ctx: Context): readonly string[] {
  const wanted = new Map<string, number>();
  const want = (queue: string): number => wanted.set(queue, (wanted.get(queue) ?? 0) + 1).size;
  for (const [, order] of state.orders.iterate(ctx))
    want(order.state === OrderState.OPEN ? "order_expiries" : "");
  for (const [, auction] of state.auctions.iterate(ctx)) {
    want(auction.scanned ? "" : "scans");
    want(auction.rematchUptime === 0n ? "" : "rematches");
    want(auction.scanned && auction.deadlineUptime !== 0n ? "awards" : "");
  }
  for (const joint of state.joints.iterate(ctx)) want(joint.length > 0 ? "awards" : "");
  for (const [, bid] of state.bids.iterate(ctx))
    want(bid.expiresUptime === 0n ? "" : "bid_expiries");
  for (const [, lease] of state.leases.iterate(ctx)) {
    const live = lease.state !== LeaseState.CLOSED;
    want(live && lease.deadlineUptime !== 0n ? "starts" : "");
    want(live && lease.startedAt !== 0n && lease.durationS !== 0n ? "terms" : "");
  }
  for (const [, offer] of state.offers.iterate(ctx))
    want(offer.state === OfferState.DRAINING ? "" : "offer_expiries");
  const found: string[] = [];
  for (const queue of LIVE_QUEUES) {
    const entries = [...queue.iterate(ctx)].length;
    const { name } = queue.place;
    const need = wanted.get(name) ?? 0;
    const aside = [...state.setAsides.iterate(ctx, { prefix: [name] })].length;
    if (entries > need || entries < need - aside)
      found.push(`queue ${name}: ${entries} entries for ${need}, ${aside} set aside`);
  }
  return found;
}

/** Each exclusion waits for its end once, at its second; items that were set aside apart. */
function exclusions(ctx: Context): readonly string[] {
  const wanted = new Set<string>();
  for (const [place, until] of state.exclusions.iterate(ctx))
    wanted.add(`${toHex(state.exclusions.keyBytes(place))} until ${until}`);
  const found: string[] = [];
  for (const [second, kind, id] of state.drainQueue.iterate(ctx)) {
    if (kind !== state.Kind.EXCLUSION) continue;
    const name = `${toHex(id)} until ${second}`;
    if (!wanted.delete(name)) found.push(`a drain waits for no exclusion, ${name}`);
  }
  const { name } = state.drainQueue.place;
  const aside = [...state.setAsides.iterate(ctx, { prefix: [name] })].length;
  if (wanted.size > aside)
    found.push(`${wanted.size} exclusions wait for no end, ${aside} set aside`);
  return found;
}

const LIVE_QUEUES = [
  state.startQueue,
  state.termQueue,
  state.scanQueue,
  state.rematchQueue,
  state.awardQueue,
  state.bidQueue,
  state.orderQueue,
  state.offerQueue,
] as const;
