// The book of an order: its live bids, at most order_max_bids, one per provider. Who gets in, who
// falls out, and when a late bid moves the award.

import { must } from "../../../chain/base/assert.ts";
import type { Address } from "../../../chain/base/address.ts";
import { compareBytes } from "../../../chain/base/bytes.ts";
import { compareBig } from "../../../chain/base/integers.ts";
import { BidEnd, BidState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Auction, Bid, Order, Params } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { bidAccount } from "../../escrow/index.ts";
import {
  emitBidCreated,
  emitBidEnded,
  emitBidLowered,
  emitBidStandby,
  emitOrderExtended,
} from "../events.ts";
import * as state from "../state.ts";
import { amountOf, leaseOf } from "../types.ts";
import type { BidKey, OrderKey } from "../types.ts";
import { readParams } from "./deps.ts";
import type { Deps } from "./deps.ts";
import { moveJoint } from "./joints.ts";
import { effectivePrice, PPM } from "./price.ts";

/** Seconds before an award in which a new best bid moves it, and by which it moves. */
const EXTENSION_S = 5n;
/** How often an award is moved at most. */
const MAX_EXTENSIONS = 10;
/** Seconds of U from the first bid on a rolling order to its award. */
export const ROLLING_WINDOW_S = 10n;
/** Seconds of U for which a bid by hand on a manual order binds. */
export const BINDING_S = 300n;

// ---- order of bids ----------------------------------------------------------------------------------

/** What bids are compared by. */
export interface Rank {
  readonly eff: bigint;
  readonly price: bigint;
  /** Number of the provider's last award; 0 = never awarded. */
  readonly lastAward: bigint;
  readonly age: bigint;
  readonly provider: Uint8Array;
}

/** The better bid first: least eff, then price, least recently awarded, older revision, address. */
export function compareRank(a: Rank, b: Rank): number {
  return (
    compareBig(a.eff, b.eff) ||
    compareBig(a.price, b.price) ||
    compareBig(a.lastAward, b.lastAward) ||
    compareBig(a.age, b.age) ||
    compareBytes(a.provider, b.provider)
  );
}

/**
 * Whether a new eff gets into a ladder (ascending) of at most `places`: there is room, or it is
 * below the least, or better than the worst by the step.
 */
export function mayEnter(
  eff: bigint,
  ladder: readonly bigint[],
  places: number,
  stepPpm: number,
): boolean {
  if (ladder.length < places) return true;
  const least = must(ladder[0], "the least of a full book");
  const worst = must(ladder.at(-1), "the worst of a full book");
  return eff < least || eff * PPM <= worst * (PPM - BigInt(stepPpm));
}

// ---- reading ----------------------------------------------------------------------------------------

/** A live bid with its key. */
export interface Entry {
  readonly key: BidKey;
  readonly bid: Bid;
}

/** Live bids of an order in one state, best first; ties by what was last awarded to whom. */
export function listBook(
  ctx: Context,
  deps: Pick<Deps, "provider">,
  order: OrderKey,
  wanted: BidState = BidState.OPEN,
): readonly Entry[] {
  const ranked: (Entry & { readonly rank: Rank })[] = [];
  for (const [tuple, bid] of state.bids.iterate(ctx, { prefix: state.orderTuple(order) })) {
    if (bid.state !== wanted || isOver(ctx, bid)) continue;
    const key = state.leaseOfTuple(tuple);
    ranked.push({ key, bid, rank: rankOf(ctx, deps, key.provider, bid) });
  }
  return ranked.sort((a, b) => compareRank(a.rank, b.rank));
}

function rankOf(ctx: Context, deps: Pick<Deps, "provider">, provider: Address, bid: Bid): Rank {
  const { lastAward } = deps.provider.standing(ctx, provider);
  return { eff: bid.eff, price: amountOf(bid.price), lastAward, age: bid.age, provider };
}

/** Whether a bid's own time is over, whether or not the queue has run. */
export function isOver(ctx: Context, bid: Bid): boolean {
  return bid.state === BidState.OPEN && bid.expiresUptime !== 0n && ctx.uptime >= bid.expiresUptime;
}

/** Effective price of a price, with what is known of reputation (nothing yet: the best) and fit. */
export function effOf(price: bigint, fit: bigint, params: Params): bigint {
  return effectivePrice(price, {
    reputation: PPM,
    fit,
    weightReputation: BigInt(params.weightReputationPpm),
    weightFit: BigInt(params.weightFitPpm),
  });
}

// ---- entering ---------------------------------------------------------------------------------------

/** An order that takes bids, with its changing part. */
export interface OpenOrder {
  readonly key: OrderKey;
  readonly order: Order;
  readonly auction: Auction;
}

/**
 * Puts a new or lowered bid into the book, where it may push another out. Gives back whether it got
 * in; nothing is written when it did not. `before` is the bid that it lowers, which leaves its place.
 * Events: EventBidCreated or EventBidLowered, EventBidEnded (evicted), EventOrderExtended.
 */
export function enterBook(
  ctx: Context,
  deps: Deps,
  open: OpenOrder,
  bid: Bid,
  before?: Bid,
): boolean {
  const params = readParams(ctx);
  const provider = ctx.addresses.parse(bid.id.provider);
  const others = listBook(ctx, deps, open.key).filter(
    (entry) => compareBytes(entry.key.provider, provider) !== 0,
  );
  const ladder = others.map((entry) => entry.bid.eff);
  if (!mayEnter(bid.eff, ladder, params.orderMaxBids, params.bidStepPpm)) return false;
  if (others.length >= params.orderMaxBids) {
    const worst = must(others.at(-1), "the worst of a full book");
    endBid(ctx, deps, worst, BidState.LOST, BidEnd.EVICTED);
  }
  const key = leaseOf(open.key, provider);
  state.bids.set(ctx, state.leaseTuple(key), bid);
  moveExpiry(ctx, key, before, bid);
  if (before === undefined) emitBidCreated(ctx, bid);
  else emitBidLowered(ctx, bid);
  const best = ladder[0];
  if (best === undefined || bid.eff < best) extend(ctx, open);
  return true;
}

function moveExpiry(ctx: Context, key: BidKey, before: Bid | undefined, after: Bid): void {
  const id = state.leaseBytes(key);
  const was = before?.expiresUptime ?? 0n;
  if (was === after.expiresUptime) return;
  if (was !== 0n) state.bidQueue.remove(ctx, was, 0, id);
  if (after.expiresUptime !== 0n) state.bidQueue.insert(ctx, after.expiresUptime, 0, id);
}

/** open -> standby: binding until the winner runs, its own time stops. Events: EventBidStandby. */
export function holdBid(ctx: Context, { key, bid }: Entry): void {
  const waiting: Bid = { ...bid, state: BidState.STANDBY, expiresUptime: 0n };
  state.bids.set(ctx, state.leaseTuple(key), waiting);
  moveExpiry(ctx, key, bid, waiting);
  emitBidStandby(ctx, waiting);
}

/**
 * A new best bid in the last seconds moves the award, its own or the joint one. A deadline of 0 is
 * never moved, and none beyond the order's own end.
 */
function extend(ctx: Context, { key, order, auction }: OpenOrder): void {
  const { extensions } = auction;
  if (auction.rolling || order.settings.deadlineS === 0n || extensions >= MAX_EXTENSIONS) return;
  const joint = order.joint === 0n ? undefined : state.joints.get(ctx, order.joint);
  const deadline = joint?.deadlineUptime ?? auction.deadlineUptime;
  if (deadline === 0n || ctx.uptime >= deadline || deadline - ctx.uptime > EXTENSION_S) return;
  const moved = deadline + EXTENSION_S;
  if (moved >= order.expiresUptime) return;
  const extended = { ...auction, extensions: extensions + 1 };
  setDeadline(ctx, { key, auction: extended }, joint === undefined ? moved : 0n);
  if (joint !== undefined) moveJoint(ctx, joint.id, moved);
  emitOrderExtended(ctx, order.id, moved);
}

/**
 * Plans the award of an order for a second of U (0 = none) and stores its auction. Before the first
 * scan has ended the award stands in no queue.
 */
export function setDeadline(
  ctx: Context,
  { key, auction }: Pick<OpenOrder, "key" | "auction">,
  deadline: bigint,
): Auction {
  const id = state.orderBytes(key);
  const { ORDER } = state.Kind;
  if (auction.deadlineUptime !== 0n)
    state.awardQueue.remove(ctx, auction.deadlineUptime, ORDER, id);
  if (deadline !== 0n && auction.scanned) state.awardQueue.insert(ctx, deadline, ORDER, id);
  const after: Auction = { ...auction, deadlineUptime: deadline };
  state.auctions.set(ctx, state.orderTuple(key), after);
  return after;
}

/** A rolling order whose book has bids is awarded after a short window. */
export function wakeRolling(ctx: Context, deps: Deps, key: OrderKey): void {
  const auction = state.auctions.get(ctx, state.orderTuple(key));
  if (auction === undefined || !auction.rolling || auction.deadlineUptime !== 0n) return;
  if (listBook(ctx, deps, key).length === 0) return;
  setDeadline(ctx, { key, auction }, ctx.uptime + ROLLING_WINDOW_S);
}

// ---- ending -----------------------------------------------------------------------------------------

/** Takes a bid out of state and gives its deposit back. Events: EventBidEnded. */
export function endBid(
  ctx: Context,
  deps: Deps,
  entry: Entry,
  to: BidState,
  end: BidEnd = BidEnd.UNSPECIFIED,
): void {
  removeBid(ctx, deps, entry);
  emitBidEnded(ctx, entry.bid, to, end);
}

/** Takes a bid out of state and gives its deposit back, without an event. */
export function removeBid(ctx: Context, deps: Deps, { key, bid }: Entry): void {
  state.bids.delete(ctx, state.leaseTuple(key));
  moveExpiry(ctx, key, bid, { ...bid, expiresUptime: 0n });
  if (bid.deposit !== undefined) deps.escrow.closeAccount(ctx, bidAccount(key, key.provider));
}
