// Awards: which bid of an order gets the lease. Least effective price wins; what cannot be awarded
// is skipped with a recorded reason, so that a losing bid never changes the winner among the rest.

import { must } from "../../../chain/base/assert.ts";
import { compareBytes, EMPTY_BYTES } from "../../../chain/base/bytes.ts";
import type { ChainError } from "../../../chain/base/errors.ts";
import { compareBig } from "../../../chain/base/integers.ts";
import {
  BidEnd,
  BidState,
  OrderEnd,
  OrderState,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Auction, Lease, Order } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { emitAwardFailed, emitBidWon, emitOrderMatched, emitOrderRolling } from "../events.ts";
import * as state from "../state.ts";
import { amountOf } from "../types.ts";
import type { OrderKey } from "../types.ts";
import { endBid, holdBid, listBook, removeBid, setDeadline } from "./book.ts";
import type { Entry } from "./book.ts";
import { accountOf, readParams } from "./deps.ts";
import type { Deps } from "./deps.ts";
import { jointOrders, moveJoint } from "./joints.ts";
import { drainBids, openLease } from "./leases.ts";
import { expireOrder, getOrder, leaveAuction, requireOpen } from "./orders.ts";

/** Losing bids that wait while the winner starts. */
const STANDBY = 3;

/** Whether an award failed for want of funds: no other bid would change that. */
function isFundsFailure(error: ChainError): boolean {
  return marketErrors.notFunded.is(error) || error.codespace === "escrow";
}

/**
 * open -> matched: gives the order to one bid. The best three others stay on standby, the rest end
 * by queue. Events: EventLeaseCreated, EventBidWon, EventOrderMatched, EventBidStandby.
 * Throws: what openLease throws.
 */
export function awardTo(ctx: Context, deps: Deps, key: OrderKey, winner: Entry): Lease {
  const order = getOrder(ctx, key);
  leaveAuction(ctx, key, order);
  const lease = openLease(ctx, deps, winner.key, order, winner.bid);
  removeBid(ctx, deps, winner);
  emitBidWon(ctx, winner.bid);
  markMatched(ctx, key, order, winner);
  emitOrderMatched(ctx, lease);
  for (const entry of listBook(ctx, deps, key).slice(0, STANDBY)) holdBid(ctx, entry);
  drainBids(ctx, winner.key);
  return lease;
}

function markMatched(ctx: Context, key: OrderKey, order: Order, winner: Entry): void {
  const after = { ...order, state: OrderState.MATCHED, winner: winner.bid.id.provider };
  state.orders.set(ctx, state.orderTuple(key), after);
}

/**
 * Promotes the best standby of a matched order whose winner did not start; those that no longer hold
 * are lost. Gives back whether one was promoted.
 */
export function promoteStandby(ctx: Context, deps: Deps, key: OrderKey): boolean {
  const order = getOrder(ctx, key);
  for (const entry of listBook(ctx, deps, key, BidState.STANDBY)) {
    const result = ctx.attempt((branch) => {
      const lease = openLease(branch, deps, entry.key, order, entry.bid);
      removeBid(branch, deps, entry);
      emitBidWon(branch, entry.bid);
      markMatched(branch, key, order, entry);
      emitOrderMatched(branch, lease);
    });
    if (result.ok) return true;
    emitAwardFailed(ctx, order.id, entry.bid.id.provider, result.error);
    if (isFundsFailure(result.error)) return false;
    endBid(ctx, deps, entry, BidState.LOST, BidEnd.INELIGIBLE);
  }
  return false;
}

// ---- one order --------------------------------------------------------------------------------------

/**
 * The award of an auto order whose deadline or window has ended. Without a winner the offers are
 * scanned again where the book was full, else the order becomes rolling.
 * Events: those of awardTo; EventAwardFailed, EventBidEnded (ineligible), EventOrderRolling.
 */
export function awardOrder(ctx: Context, deps: Deps, key: OrderKey): void {
  deps.escrow.catchUp(ctx, accountOf(key));
  const order = state.orders.get(ctx, state.orderTuple(key));
  if (order?.state !== OrderState.OPEN) return;
  const auction = state.auctions.must(ctx, state.orderTuple(key));
  if (ctx.uptime >= order.expiresUptime) {
    setDeadline(ctx, { key, auction }, 0n);
    return;
  }
  const entries = formerFirst(ctx, auction, listBook(ctx, deps, key));
  for (const entry of entries) {
    const result = ctx.attempt((branch) => awardTo(branch, deps, key, entry));
    if (result.ok) return;
    emitAwardFailed(ctx, order.id, entry.bid.id.provider, result.error);
    if (isFundsFailure(result.error)) {
      roll(ctx, { key, order, auction: { ...auction, failedOnFunds: true } });
      return;
    }
    endBid(ctx, deps, entry, BidState.LOST, BidEnd.INELIGIBLE);
  }
  const over = { ...auction, failedOnFunds: false };
  if (entries.length < readParams(ctx).orderMaxBids) roll(ctx, { key, order, auction: over });
  else scanAgain(ctx, key, order, over);
}

/** For a while after a reopening by funds the former provider goes first, at its former price or less. */
export function formerFirst(
  ctx: Context,
  auction: Auction,
  entries: readonly Entry[],
): readonly Entry[] {
  if (auction.former === "" || ctx.uptime >= auction.formerUntilUptime) return entries;
  const former = entries.find(
    ({ bid }) => bid.id.provider === auction.former && amountOf(bid.price) <= auction.formerPrice,
  );
  if (former === undefined) return entries;
  return [former, ...entries.filter((entry) => entry !== former)];
}

/** No quote of a full book held: those that were evicted or passed over get their turn before it rolls. */
function scanAgain(ctx: Context, key: OrderKey, order: Order, auction: Auction): void {
  const again = { ...auction, scanned: false, cursor: EMPTY_BYTES };
  state.auctions.set(ctx, state.orderTuple(key), again);
  state.scanQueue.insert(ctx, order.openedUptime, state.Kind.ORDER, state.orderBytes(key));
}

function roll(
  ctx: Context,
  { key, order, auction }: { key: OrderKey; order: Order; auction: Auction },
): void {
  setDeadline(ctx, { key, auction: { ...auction, rolling: true } }, 0n);
  if (!auction.rolling) emitOrderRolling(ctx, order.id);
}

// ---- joint awards -----------------------------------------------------------------------------------

/**
 * The award of orders that are placed all or none, in gseq order against what is left of room, funds
 * and standing. Any failure drops all, and the orders expire together. It waits until the first scan
 * of each order has ended.
 */
export function awardJoint(ctx: Context, deps: Deps, id: bigint): void {
  const first = jointOrders(ctx, id)?.[0];
  if (first === undefined) return;
  deps.escrow.catchUp(ctx, accountOf(first));
  const keys = jointOrders(ctx, id);
  if (keys === undefined) return;
  if (!keys.every((key) => state.auctions.must(ctx, state.orderTuple(key)).scanned)) {
    moveJoint(ctx, id, ctx.uptime + 1n);
    return;
  }
  const together = state.joints.must(ctx, id).sameProvider;
  const result = ctx.attempt((branch) => {
    for (const key of keys) requireOpen(branch, key);
    if (together) awardToOne(branch, deps, keys);
    else awardEach(branch, deps, keys);
  });
  if (result.ok) return;
  const end = isFundsFailure(result.error) ? OrderEnd.FUNDS : OrderEnd.JOINT;
  emitAwardFailed(ctx, getOrder(ctx, first).id, "", result.error);
  for (const key of keys)
    if (getOrder(ctx, key).state === OrderState.OPEN) expireOrder(ctx, deps, key, end);
}

/** Throws: market/40, or the last reason, when an order has no bid that can be awarded. */
function awardEach(ctx: Context, deps: Deps, keys: readonly OrderKey[]): void {
  for (const key of keys) {
    const auction = state.auctions.must(ctx, state.orderTuple(key));
    awardFirst(ctx, deps, key, formerFirst(ctx, auction, listBook(ctx, deps, key)));
  }
}

function awardFirst(ctx: Context, deps: Deps, key: OrderKey, entries: readonly Entry[]): void {
  let reason = marketErrors.noWinner.with(`group ${key.gseq}: no bids`);
  for (const entry of entries) {
    const result = ctx.attempt((branch) => awardTo(branch, deps, key, entry));
    if (result.ok) return;
    reason = result.error;
    if (isFundsFailure(reason)) break;
  }
  throw reason;
}

/** The provider with the least sum of effective prices among those with a bid on every order. */
function awardToOne(ctx: Context, deps: Deps, keys: readonly OrderKey[]): void {
  const books = keys.map((key) => listBook(ctx, deps, key));
  const first = must(books[0], "a joint award of no orders");
  const sets = first
    .map(({ key }) => books.map((book) => bidOf(book, key.provider)))
    .filter((set): set is Entry[] => set.every((entry) => entry !== undefined))
    .toSorted((a, b) => compareBig(sumOfEff(a), sumOfEff(b)));
  let reason = marketErrors.noWinner.with("no provider has a bid on every group");
  for (const set of sets) {
    const result = ctx.attempt((branch) => {
      for (const [index, entry] of set.entries())
        awardTo(branch, deps, must(keys[index], "as many orders as bids"), entry);
    });
    if (result.ok) return;
    reason = result.error;
    if (isFundsFailure(reason)) break;
  }
  throw reason;
}

function bidOf(book: readonly Entry[], provider: Uint8Array): Entry | undefined {
  return book.find(({ key }) => compareBytes(key.provider, provider) === 0);
}

function sumOfEff(set: readonly Entry[]): bigint {
  let sum = 0n;
  for (const { bid } of set) sum += bid.eff;
  return sum;
}
