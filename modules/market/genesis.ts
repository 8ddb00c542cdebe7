// Genesis of module market: every object it keeps. Indexes, counters and queues (but the drains, which
// no object tells of) are made from the objects, so that export(init(g)) = g and nothing can contradict them.

import { ChainError } from "../../chain/base/errors.ts";
import { u64BigEndian } from "../../chain/base/bytes.ts";
import {
  GenesisState,
  LeaseState,
  OfferState,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Auction,
  Bid,
  Drain,
  Exclusion,
  Kept,
  Lease,
  Offer,
  OfferCapacity,
  Order,
  Rejection,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { BasicEnv, Context, GenesisPart } from "../../chain/runtime/index.ts";
import { marketErrors } from "./errors.ts";
import { add, Counter } from "./keeper/counters.ts";
import { readParams } from "./keeper/deps.ts";
import { restoreRows } from "./keeper/offers.ts";
import { countOrder } from "./keeper/orders.ts";
import { expandShapes } from "./keeper/packing.ts";
import { DEFAULT_PARAMS, validateParams } from "./params.ts";
import * as state from "./state.ts";
import { amountOf, leaseId, leaseKey, orderId, orderKey } from "./types.ts";

/** The module's part of genesis. */
export function marketGenesis(): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({
      params: DEFAULT_PARAMS,
      orders: [],
      auctions: [],
      joints: [],
      bids: [],
      offers: [],
      capacities: [],
      leases: [],
      rejections: [],
      exclusions: [],
      lastOffer: 0n,
      lastJoint: 0n,
      lastAge: 0n,
      drains: [],
      kept: [],
    }),
    validate,
    init,
    export: exportAll,
  };
}

// ---- init -------------------------------------------------------------------------------------------

function init(ctx: Context, genesis: GenesisState): void {
  state.params.set(ctx, genesis.params);
  state.offerIds.set(ctx, genesis.lastOffer + 1n);
  state.jointIds.set(ctx, genesis.lastJoint + 1n);
  state.ages.set(ctx, genesis.lastAge + 1n);
  const kept = new Map(genesis.kept.map((one) => [keptName(one.order, one.provider), one.until]));
  for (const order of genesis.orders) initOrder(ctx, order, kept.get(keptName(order.id, "")));
  for (const auction of genesis.auctions) initAuction(ctx, auction);
  for (const joint of genesis.joints) {
    state.joints.set(ctx, joint.id, joint);
    const { JOINT } = state.Kind;
    state.awardQueue.insert(ctx, joint.deadlineUptime, JOINT, u64BigEndian(joint.id));
  }
  for (const bid of genesis.bids) initBid(ctx, bid);
  for (const capacity of genesis.capacities) state.capacities.set(ctx, capacity.offer, capacity);
  for (const offer of genesis.offers) initOffer(ctx, offer);
  for (const lease of genesis.leases)
    initLease(ctx, lease, kept.get(keptName(lease.id, lease.id.provider)));
  for (const { id, below } of genesis.rejections)
    state.rejections.set(ctx, state.leaseTuple(leaseKey(id, ctx.addresses)), below);
  for (const exclusion of genesis.exclusions) initExclusion(ctx, exclusion);
  for (const { order, uptime } of genesis.drains) {
    const id = state.orderBytes(orderKey(order, ctx.addresses));
    state.drainQueue.insert(ctx, uptime, state.Kind.ORDER, id);
  }
}

/** `kept`: when it is deleted, if that is not its end plus the retention of today. */
function initOrder(ctx: Context, order: Order, kept: bigint | undefined): void {
  const key = orderKey(order.id, ctx.addresses);
  const id = state.orderBytes(key);
  state.orders.set(ctx, state.orderTuple(key), order);
  if (!isEnded(order)) state.liveOrders.set(ctx, state.groupTuple(key), BigInt(key.oseq));
  else {
    const until = kept ?? order.endedAt + readParams(ctx).retentionS;
    state.retentionQueue.insert(ctx, until, state.Kind.ORDER, id);
  }
  if (order.state !== OrderState.OPEN) return;
  countOrder(ctx, key, 1n, amountOf(order.ceiling));
  state.orderQueue.insert(ctx, order.expiresUptime, state.Kind.ORDER, id);
}

function initAuction(ctx: Context, auction: Auction): void {
  const key = orderKey(auction.id, ctx.addresses);
  const id = state.orderBytes(key);
  const { ORDER } = state.Kind;
  const { openedUptime } = state.orders.must(ctx, state.orderTuple(key));
  state.auctions.set(ctx, state.orderTuple(key), auction);
  if (!auction.scanned) state.scanQueue.insert(ctx, openedUptime, ORDER, id);
  else if (auction.deadlineUptime !== 0n)
    state.awardQueue.insert(ctx, auction.deadlineUptime, ORDER, id);
  if (auction.rematchUptime !== 0n)
    state.rematchQueue.insert(ctx, auction.rematchUptime, ORDER, id);
}

function initBid(ctx: Context, bid: Bid): void {
  const key = leaseKey(bid.id, ctx.addresses);
  state.bids.set(ctx, state.leaseTuple(key), bid);
  if (bid.expiresUptime !== 0n)
    state.bidQueue.insert(ctx, bid.expiresUptime, 0, state.leaseBytes(key));
}

function initOffer(ctx: Context, offer: Offer): void {
  state.offers.set(ctx, offer.id, offer);
  if (offer.state === OfferState.ACTIVE) add(ctx, Counter.ACTIVE_OFFERS, 1n);
  if (offer.state !== OfferState.DRAINING)
    state.offerQueue.insert(ctx, offer.expiresAt, 0, state.offers.keyBytes(offer.id));
  restoreRows(ctx, offer);
}

function initLease(ctx: Context, lease: Lease, kept: bigint | undefined): void {
  const key = leaseKey(lease.id, ctx.addresses);
  const id = state.leaseBytes(key);
  const { LEASE } = state.Kind;
  state.leases.set(ctx, state.leaseTuple(key), lease);
  if (lease.state === LeaseState.CLOSED) {
    const until = kept ?? lease.closedAt + readParams(ctx).retentionS;
    state.retentionQueue.insert(ctx, until, LEASE, id);
    return;
  }
  add(ctx, Counter.LIVE_LEASES, 1n);
  if (lease.deadlineUptime !== 0n) state.startQueue.insert(ctx, lease.deadlineUptime, LEASE, id);
  if (lease.startedAt !== 0n && lease.durationS !== 0n)
    state.termQueue.insert(ctx, lease.startedAt + lease.durationS, LEASE, id);
}

function initExclusion(ctx: Context, exclusion: Exclusion): void {
  const owner = ctx.addresses.parse(exclusion.owner);
  const provider = ctx.addresses.parse(exclusion.provider);
  const place = [owner, exclusion.dseq, exclusion.gseq, provider] as const;
  state.exclusions.set(ctx, place, exclusion.untilUptime);
  const id = state.exclusions.keyBytes(place);
  state.drainQueue.insert(ctx, exclusion.untilUptime, state.Kind.EXCLUSION, id);
}

// ---- export -----------------------------------------------------------------------------------------

function values<V>(entries: Iterable<readonly [unknown, V]>): readonly V[] {
  return [...entries].map(([, value]) => value);
}

function exportAll(ctx: Context): GenesisState {
  const rejections = [...state.rejections.iterate(ctx)].map(([tuple, below]): Rejection => ({
    id: leaseId(state.leaseOfTuple(tuple), ctx.addresses),
    below,
  }));
  const exclusions = [...state.exclusions.iterate(ctx)].map(
    ([[owner, dseq, gseq, provider], untilUptime]): Exclusion => ({
      owner: ctx.addresses.format(owner),
      dseq,
      gseq,
      provider: ctx.addresses.format(provider),
      untilUptime,
    }),
  );
  return {
    params: readParams(ctx),
    orders: values(state.orders.iterate(ctx)),
    auctions: values(state.auctions.iterate(ctx)),
    joints: values(state.joints.iterate(ctx)),
    bids: values(state.bids.iterate(ctx)),
    offers: values(state.offers.iterate(ctx)),
    capacities: values(state.capacities.iterate(ctx)),
    leases: values(state.leases.iterate(ctx)),
    rejections,
    exclusions,
    lastOffer: state.offerIds.peek(ctx) - 1n,
    lastJoint: state.jointIds.peek(ctx) - 1n,
    lastAge: state.ages.peek(ctx) - 1n,
    drains: exportDrains(ctx),
    kept: exportKept(ctx),
  };
}

function exportDrains(ctx: Context): readonly Drain[] {
  const drains: Drain[] = [];
  for (const [uptime, kind, id] of state.drainQueue.iterate(ctx))
    if (kind === state.Kind.ORDER)
      drains.push({ order: orderId(state.orderFromBytes(id), ctx.addresses), uptime });
  return drains;
}

interface Ended extends Omit<Kept, "until"> {
  /** When it ended, T. */
  readonly ended: bigint;
}

function endOfOrder(ctx: Context, id: Uint8Array): Ended {
  const key = state.orderFromBytes(id);
  const ended = state.orders.must(ctx, state.orderTuple(key)).endedAt;
  return { order: orderId(key, ctx.addresses), provider: "", ended };
}

function endOfLease(ctx: Context, id: Uint8Array): Ended {
  const key = state.leaseFromBytes(id);
  const ended = state.leases.must(ctx, state.leaseTuple(key)).closedAt;
  const provider = ctx.addresses.format(key.provider);
  return { order: orderId(key, ctx.addresses), provider, ended };
}

/** Ended objects whose second of deletion was fixed with another retention than that of today. */
function exportKept(ctx: Context): readonly Kept[] {
  const { retentionS } = readParams(ctx);
  const kept: Kept[] = [];
  for (const [until, kind, id] of state.retentionQueue.iterate(ctx)) {
    const isLease = kind === state.Kind.LEASE;
    const { order, provider, ended } = isLease ? endOfLease(ctx, id) : endOfOrder(ctx, id);
    if (until !== ended + retentionS) kept.push({ order, provider, until });
  }
  return kept;
}

function keptName(order: Order["id"], provider: string): string {
  return `${nameOf(order)}/${provider}`;
}

// ---- validate ---------------------------------------------------------------------------------------

function refuse(where: string, what: string): ChainError {
  return marketErrors.invalidGenesis.with(`app_state.market.${where}: ${what}`);
}

function validate(genesis: GenesisState, env: BasicEnv): void {
  validateParams(genesis.params);
  const open = new Set<string>();
  for (const [index, order] of genesis.orders.entries()) {
    const where = `orders[${index}]`;
    env.addresses.parse(order.id.owner);
    if (order.state < OrderState.OPEN || order.state > OrderState.CLOSED)
      throw refuse(`${where}.state`, `${order.state} is not a state`);
    if (order.state === OrderState.OPEN) open.add(nameOf(order.id));
  }
  for (const [index, auction] of genesis.auctions.entries())
    if (!open.delete(nameOf(auction.id)))
      throw refuse(`auctions[${index}].id`, "belongs to no open order");
  if (open.size > 0) throw refuse("auctions", `${open.size} open orders have none`);
  validateOffers(genesis, env);
  for (const [index, lease] of genesis.leases.entries()) {
    env.addresses.parse(lease.id.owner);
    env.addresses.parse(lease.id.provider);
    if (lease.state < LeaseState.STARTING || lease.state > LeaseState.CLOSED)
      throw refuse(`leases[${index}].state`, `${lease.state} is not a state`);
  }
  for (const bid of genesis.bids) {
    env.addresses.parse(bid.id.owner);
    env.addresses.parse(bid.id.provider);
  }
  const ended = new Set([
    ...genesis.orders.filter(isEnded).map(({ id }) => keptName(id, "")),
    ...genesis.leases.filter(isClosed).map(({ id }) => keptName(id, id.provider)),
  ]);
  for (const [index, { order, provider }] of genesis.kept.entries())
    if (!ended.delete(keptName(order, provider)))
      throw refuse(`kept[${index}]`, "names no ended order or lease, or one twice");
}

function validateOffers(genesis: GenesisState, env: BasicEnv): void {
  const capacities = new Map<bigint, OfferCapacity>();
  for (const capacity of genesis.capacities) capacities.set(capacity.offer, capacity);
  for (const [index, offer] of genesis.offers.entries()) {
    const where = `offers[${index}]`;
    env.addresses.parse(offer.provider);
    if (offer.id === 0n || offer.id > genesis.lastOffer)
      throw refuse(`${where}.id`, `${offer.id} is not in 1..last_offer`);
    const hosts = expandShapes(offer.shapes).length;
    const free = capacities.get(offer.id)?.free.length;
    if (free !== hosts) throw refuse(`${where}.shapes`, `${hosts} hosts, ${free ?? "no"} rests`);
  }
}

function isEnded({ state: found }: Order): boolean {
  return found !== OrderState.OPEN && found !== OrderState.MATCHED;
}

function isClosed({ state: found }: Lease): boolean {
  return found === LeaseState.CLOSED;
}

function nameOf(id: Order["id"]): string {
  return `${id.owner}/${id.dseq}/${id.gseq}/${id.oseq}`;
}
