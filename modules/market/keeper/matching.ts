// Matching: offers that fit an open order become quotes by themselves, found by walking index rows
// in order of their reference price. Bounded per order and block; a cursor goes on in the next block.

import { must } from "../../../chain/base/assert.ts";
import type { Address } from "../../../chain/base/address.ts";
import { addressFromBytes } from "../../../chain/base/address.ts";
import {
  concatBytes,
  EMPTY_BYTES,
  equalBytes,
  readU64BigEndian,
  u64BigEndian,
} from "../../../chain/base/bytes.ts";
import { toWireCoin } from "../../../chain/base/coins.ts";
import { compareBig, maxBig } from "../../../chain/base/integers.ts";
import { BidState, OrderState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Auction,
  Bid,
  GroupSpec,
  Offer,
  OfferRow,
  Order,
  Params,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import * as state from "../state.ts";
import { amountOf, groupDenom, leaseOf, modelName } from "../types.ts";
import type { OrderKey } from "../types.ts";
import { effOf, enterBook, listBook, mayEnter, setDeadline, wakeRolling } from "./book.ts";
import type { Entry } from "./book.ts";
import { readParams } from "./deps.ts";
import type { Deps } from "./deps.ts";
import { excludedUntil, isBarred } from "./eligibility.ts";
import {
  askedUnits,
  fitPpm,
  isMiss,
  offerClaims,
  offerFit,
  requirementMiss,
  rowMiss,
} from "./fit.ts";
import { freeHosts, getOffer } from "./offers.ts";
import { offerPrice } from "./price.ts";

/** Most index rows read for one order in one block. */
const ROWS_PER_ORDER = 256;

/** What a block may still read; counted down. */
export interface ScanBudget {
  rows: number;
  offers: number;
}

// ---- rows -------------------------------------------------------------------------------------------

/** A part of the index: all rows of one model, of one vendor, with GPU, or without. */
export type Range = readonly [denom: string, kind: number, name: string];

/** One row of the index. */
export interface Row {
  readonly price: bigint;
  readonly id: bigint;
  readonly row: OfferRow;
}

/** The parts of the index in which offers for a group stand. Units beyond the first with GPU are checked apart. */
export function rangesOf(spec: GroupSpec): readonly Range[] {
  const denom = groupDenom(spec);
  const { MODEL, VENDOR, GPU, CPU } = state.RowKind;
  const unit = spec.units.find((candidate) => candidate.gpu.units > 0n);
  if (unit === undefined) return [[denom, CPU, ""]];
  const any: Range = [denom, GPU, ""];
  const ranges = new Map<string, Range>();
  for (const wish of unit.gpu.models) {
    if (wish.vendor === "") return [any];
    const range: Range =
      wish.model === "" ? [denom, VENDOR, wish.vendor] : [denom, MODEL, modelName(wish)];
    ranges.set(`${range[1]}/${range[2]}`, range);
  }
  return ranges.size === 0 ? [any] : [...ranges.values()];
}

/** Cursor behind a row: where the scan goes on. */
function cursorAt(row: Row): Uint8Array {
  return concatBytes(u64BigEndian(row.price), u64BigEndian(row.id));
}

/**
 * The next rows of several ranges, merged by (price, offer id), each offer once, from a cursor on
 * (included); at most `limit`.
 */
export function readRows(
  ctx: Context,
  ranges: readonly Range[],
  cursor: Uint8Array,
  limit: number,
): readonly Row[] {
  const walks = ranges.map((range) => walkRange(ctx, range, cursor));
  const heads = walks.map((walk) => walk.next().value);
  const rows: Row[] = [];
  while (rows.length < limit) {
    const index = leastOf(heads);
    if (index === undefined) break;
    const row = must(heads[index], "the least head");
    if (rows.at(-1)?.id !== row.id) rows.push(row);
    heads[index] = must(walks[index], "the walk of a head").next().value;
  }
  for (const walk of walks) walk.return(undefined);
  return rows;
}

function* walkRange(
  ctx: Context,
  range: Range,
  cursor: Uint8Array,
): Generator<Row, undefined, undefined> {
  const bounds =
    cursor.length === 0
      ? { prefix: range }
      : {
          prefix: range,
          start: [...range, readU64BigEndian(cursor), readU64BigEndian(cursor, 8)] as const,
        };
  for (const [key, row] of state.offerRows.iterate(ctx, bounds))
    yield { price: key[3], id: key[4], row };
  return undefined;
}

function leastOf(heads: readonly (Row | undefined)[]): number | undefined {
  let least: number | undefined;
  for (const [index, head] of heads.entries()) {
    if (head === undefined) continue;
    const best = least === undefined ? undefined : heads[least];
    if (best === undefined || compareRows(head, best) < 0) least = index;
  }
  return least;
}

function compareRows(a: Row, b: Row): number {
  return compareBig(a.price, b.price) || compareBig(a.id, b.id);
}

// ---- scan -------------------------------------------------------------------------------------------

/**
 * Scans offers for an open order from its cursor on, within the budget, and quotes those that fit.
 * Gives back whether its range is through. Index order bounds no group's price from below, so a full
 * book ends no scan: rows whose price could not enter it are passed over, which costs no read.
 * State: offer_rows, offers, capacities, bids, auctions. Events: EventBidCreated, EventBidLowered,
 * EventBidEnded (evicted).
 */
export function scanOrder(ctx: Context, deps: Deps, key: OrderKey, budget: ScanBudget): boolean {
  const order = state.orders.get(ctx, state.orderTuple(key));
  if (order?.state !== OrderState.OPEN) return true;
  const auction = state.auctions.must(ctx, state.orderTuple(key));
  const limit = Math.min(ROWS_PER_ORDER, budget.rows);
  const ranges = rangesOf(order.spec);
  const rows = readRows(ctx, ranges, auction.cursor, limit + 1);
  let stop: Row | undefined = rows[limit];
  let book = listBook(ctx, deps, key);
  const params = readParams(ctx);
  budget.rows -= Math.max(ranges.length, Math.min(rows.length, limit));
  for (const row of rows.slice(0, limit)) {
    if (budget.offers === 0) {
      stop = row;
      break;
    }
    if (!isCandidate(ctx, key, order, row) || !canCompete(params, order, row, book)) continue;
    budget.offers--;
    if (quote(ctx, deps, { key, order, row })) book = listBook(ctx, deps, key);
  }
  const cursor = stop === undefined ? EMPTY_BYTES : cursorAt(stop);
  const now = state.auctions.must(ctx, state.orderTuple(key));
  state.auctions.set(ctx, state.orderTuple(key), { ...now, cursor });
  return stop === undefined;
}

/** Whether a quote at a row's prices is within the ceiling and would get into the book as it is. */
function canCompete(params: Params, order: Order, { row }: Row, book: readonly Entry[]): boolean {
  const price = offerPrice(order.spec, row.prices);
  if (price === undefined || price > amountOf(order.ceiling)) return false;
  const { orderMaxBids, bidStepPpm } = params;
  if (book.length < orderMaxBids) return true;
  const others = book.filter((entry) => !equalBytes(entry.key.provider, row.provider));
  const ladder = others.map((entry) => entry.bid.eff);
  const eff = effOf(maxBig(price, 1n), fitPpm(order.spec), params);
  return mayEnter(eff, ladder, orderMaxBids, bidStepPpm);
}

/** Whether a row is worth reading its offer for. */
function isCandidate(ctx: Context, key: OrderKey, order: Order, { row }: Row): boolean {
  if (row.expiresAt <= ctx.now || rowMiss(order.spec, row) !== undefined) return false;
  const provider = addressFromBytes(row.provider);
  if (equalBytes(provider, key.owner)) return false;
  return excludedUntil(ctx, key, provider) === undefined;
}

interface Candidate {
  readonly key: OrderKey;
  readonly order: Order;
  readonly row: Row;
}

/** Makes a quote of an offer where it fits and its provider has no better bid. Gives back whether. */
function quote(ctx: Context, deps: Deps, { key, order, row }: Candidate): boolean {
  const provider = addressFromBytes(row.row.provider);
  const offer = getOffer(ctx, row.id);
  const fit = offerFit(order.spec, offer, freeHosts(ctx, row.id), amountOf(order.ceiling));
  if (isMiss(fit) || !deps.provider.isAwardable(ctx, provider)) return false;
  const claims = offerClaims(deps.provider.get(ctx, provider).attributes, offer.attributes);
  if (requirementMiss(order.spec, claims) !== undefined) return false;
  const bidKey = leaseOf(key, provider);
  if (isBarred(ctx, bidKey, fit.price)) return false;
  const before = state.bids.get(ctx, state.leaseTuple(bidKey));
  const bid = quoteOf(ctx, order, offer, { provider, price: fit.price, before });
  if (before !== undefined && !improves(before, bid)) return false;
  const auction = state.auctions.must(ctx, state.orderTuple(key));
  return enterBook(ctx, deps, { key, order, auction }, bid, before);
}

/** A bid by hand stands; an older quote gives way to a cheaper one of the same provider. */
function improves(before: Bid, after: Bid): boolean {
  if (before.offer === 0n || before.state !== BidState.OPEN) return false;
  return after.eff < before.eff && amountOf(after.price) < amountOf(before.price);
}

function quoteOf(
  ctx: Context,
  order: Order,
  offer: Offer,
  terms: { readonly provider: Address; readonly price: bigint; readonly before: Bid | undefined },
): Bid {
  const { provider, price, before } = terms;
  const params = readParams(ctx);
  return {
    id: { ...order.id, provider: ctx.addresses.format(provider) },
    state: BidState.OPEN,
    price: toWireCoin({ denom: offer.denom, amount: price }),
    eff: effOf(price, fitPpm(order.spec), params),
    revision: (before?.revision ?? 0) + 1,
    revisedUptime: ctx.uptime,
    age: state.ages.next(ctx),
    offer: offer.id,
    units: askedUnits(order.spec, offer.model),
    createdUptime: before?.createdUptime ?? ctx.uptime,
    expiresUptime: 0n,
    reclamationWindowS: 0n,
    deposit: undefined,
    paramsVersion: params.version,
  };
}

// ---- when scans run ---------------------------------------------------------------------------------

/** A first scan, or one after a round without winner: then the award may run, and the next scan is planned. */
export function firstScan(ctx: Context, deps: Deps, key: OrderKey, budget: ScanBudget): void {
  if (!scanOrder(ctx, deps, key, budget)) return;
  const place = state.orderTuple(key);
  const order = state.orders.get(ctx, place);
  if (order?.state !== OrderState.OPEN) return;
  const id = state.orderBytes(key);
  state.scanQueue.remove(ctx, order.openedUptime, state.Kind.ORDER, id);
  const auction = { ...state.auctions.must(ctx, place), scanned: true };
  const ready = setDeadline(ctx, { key, auction }, auction.deadlineUptime);
  planRematch(ctx, key, ready, ctx.uptime + readParams(ctx).rematchS);
  wakeRolling(ctx, deps, key);
}

/** A later scan, from the start of the range: offers that are new, cheaper or free again get in. */
export function rematch(ctx: Context, deps: Deps, key: OrderKey, budget: ScanBudget): void {
  const place = state.orderTuple(key);
  const before = state.auctions.must(ctx, place);
  if (!before.rematching)
    state.auctions.set(ctx, place, { ...before, cursor: EMPTY_BYTES, rematching: true });
  if (!scanOrder(ctx, deps, key, budget)) return;
  const auction = state.auctions.must(ctx, place);
  planRematch(ctx, key, auction, ctx.uptime + readParams(ctx).rematchS);
  wakeRolling(ctx, deps, key);
}

/** Plans the next later scan for a second of U. */
export function planRematch(ctx: Context, key: OrderKey, auction: Auction, at: bigint): void {
  const id = state.orderBytes(key);
  const { ORDER } = state.Kind;
  if (auction.rematchUptime !== 0n)
    state.rematchQueue.remove(ctx, auction.rematchUptime, ORDER, id);
  state.rematchQueue.insert(ctx, at, ORDER, id);
  const scans = auction.scans + 1;
  const planned = { ...auction, scans, rematchUptime: at, rematching: false };
  state.auctions.set(ctx, state.orderTuple(key), planned);
}
