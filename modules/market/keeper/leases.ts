// Leases: they open at an award, run, are suspended and resumed with their account, and close on one
// path whoever ends them. Awards are in award.ts, late starts in starts.ts.

import { assert, must } from "../../../chain/base/assert.ts";
import {
  LeaseEnd,
  LeaseKind,
  LeaseState,
  OrderEnd,
  OrderState,
  StartStep,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Bid,
  GroupSpec,
  Lease,
  Order,
  Placement,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { PaymentState } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { ceilDiv } from "../../../chain/base/integers.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { leasePayment } from "../../escrow/index.ts";
import { CPU_CLASS } from "../../provider/index.ts";
import { marketErrors } from "../errors.ts";
import {
  emitLeaseClosed,
  emitLeaseCreated,
  emitLeaseResumed,
  emitLeaseResuming,
  emitLeaseStarted,
  emitLeaseSuspended,
  emitProviderExcluded,
} from "../events.ts";
import type { LeaseSide } from "../hooks.ts";
import * as state from "../state.ts";
import { amountOf, leaseId, leaseOf, modelName, orderOf } from "../types.ts";
import type { GroupKey, LeaseKey } from "../types.ts";
import { add, Counter } from "./counters.ts";
import { accountOf, readParams } from "./deps.ts";
import type { Deps } from "./deps.ts";
import { requireEligible } from "./eligibility.ts";
import { matchedClaims } from "./fit.ts";
import { freeRoom, takeRoom } from "./offers.ts";
import { endOrder, getOrder, liveOrder } from "./orders.ts";
import { leaseBasis, MILLI } from "./price.ts";

// ---- reading ----------------------------------------------------------------------------------------

/** A lease, live or closed within retention. Throws: market/4. */
export function getLease(ctx: Context, key: LeaseKey): Lease {
  const found = state.leases.get(ctx, state.leaseTuple(key));
  if (found === undefined)
    throw marketErrors.leaseNotFound.with(
      `lease ${key.dseq}/${key.gseq}/${key.oseq} of ${ctx.addresses.format(key.owner)} ` +
        `with ${ctx.addresses.format(key.provider)}`,
    );
  return found;
}

/** Whether a lease is not closed. */
export function isLive(lease: Lease): boolean {
  return lease.state !== LeaseState.CLOSED;
}

/**
 * A lease after its account has caught up and its term, if over, has ended it: its state is the one
 * of now, whether or not the queues have run. Throws: market/4.
 */
export function currentLease(ctx: Context, deps: Deps, key: LeaseKey): Lease {
  deps.escrow.catchUp(ctx, accountOf(key));
  const lease = getLease(ctx, key);
  const over = isLive(lease) && hasTerm(lease) && ctx.now >= termEnd(lease);
  if (over && !state.setAsides.has(ctx, [state.termQueue.place.name, state.leaseBytes(key)]))
    closeLease(ctx, deps, key, { end: LeaseEnd.TERM, side: "term" });
  return getLease(ctx, key);
}

/** Whether a term runs. */
function hasTerm(lease: Lease): boolean {
  return lease.startedAt !== 0n && lease.durationS !== 0n;
}

/** The live lease of a group; undefined when it has none. */
export function liveLease(ctx: Context, group: GroupKey): LeaseKey | undefined {
  const key = liveOrder(ctx, group);
  if (key === undefined) return undefined;
  const { winner } = getOrder(ctx, key);
  return winner === "" ? undefined : leaseOf(key, ctx.addresses.parse(winner));
}

/** A lease in one of these states. Throws: market/8. */
export function requireState(lease: Lease, ...wanted: readonly LeaseState[]): Lease {
  if (!wanted.includes(lease.state)) {
    const { dseq, gseq, oseq } = lease.id;
    throw marketErrors.leaseState.with(
      `lease ${dseq}/${gseq}/${oseq} is ${STATE_NAMES.get(lease.state) ?? lease.state}`,
    );
  }
  return lease;
}

const STATE_NAMES = new Map<LeaseState, string>([
  [LeaseState.STARTING, "starting"],
  [LeaseState.ACTIVE, "active"],
  [LeaseState.SUSPENDED, "suspended"],
  [LeaseState.RESUMING, "resuming"],
  [LeaseState.RECLAIMING, "reclaiming"],
  [LeaseState.CLOSED, "closed"],
]);

// ---- award ------------------------------------------------------------------------------------------

/**
 * none -> starting: checks the bid again and takes what it promises: room, funds, attributes.
 * The caller ends the bid and marks the order.
 * State: leases, offers, capacities, starts; escrow, provider. Events: EventLeaseCreated.
 * Throws: market/9, 14, 19, 20, 21, 30; provider/17; escrow/*.
 */
export function openLease(ctx: Context, deps: Deps, key: LeaseKey, order: Order, bid: Bid): Lease {
  assert(!state.leases.has(ctx, state.leaseTuple(key)), "a provider has an order's lease once");
  const params = readParams(ctx);
  const provider = requireEligible(ctx, deps, key, order.spec, bid);
  const placements = bid.offer === 0n ? [] : takeRoom(ctx, bid.offer, order.spec);
  const price = amountOf(bid.price);
  requireFunds(ctx, deps, key, bid);
  const ref = leasePayment(key);
  deps.escrow.createPayment(ctx, { ...ref, payee: key.provider, rate: price });
  const matched = matchedClaims(order.spec, provider.attributes);
  deps.provider.leaseAwarded(ctx, key.provider, matched);
  const ratePpm = deps.escrow.denom(ctx, bid.price.denom).ratePpm;
  const lease: Lease = {
    id: leaseId(key, ctx.addresses),
    state: LeaseState.STARTING,
    end: LeaseEnd.UNSPECIFIED,
    price: bid.price,
    basis: leaseBasis(price, ratePpm, referenceOf(ctx, deps, order.spec, bid)),
    kind: LeaseKind.ON_DEMAND,
    version: 1n,
    createdAt: ctx.now,
    startedAt: 0n,
    closedAt: 0n,
    durationS: order.spec.durationS,
    deadlineUptime: ctx.uptime + params.startDeadlineS,
    offer: bid.offer,
    placements,
    units: bid.units,
    feePpm: deps.escrow.params(ctx).feePpm,
    manifestHash: new Uint8Array(0),
    endpointsHash: new Uint8Array(0),
    paramsVersion: params.version,
    startStep: StartStep.RECEIPT,
    reclamationWindowS: 0n,
    reclaim: undefined,
    silent: false,
    maintenance: false,
    breakFee: 0n,
    suspendedAt: 0n,
    matched,
  };
  state.leases.set(ctx, state.leaseTuple(key), lease);
  queueDeadline(ctx, key, lease);
  add(ctx, Counter.LIVE_LEASES, 1n);
  emitLeaseCreated(ctx, lease);
  return lease;
}

/** An award needs funds for the lease's price beside all other rates. Throws: market/14. */
function requireFunds(ctx: Context, deps: Deps, key: LeaseKey, bid: Bid): void {
  const lack = deps.escrow.missing(ctx, accountOf(key), amountOf(bid.price));
  if (lack > 0n)
    throw marketErrors.notFunded.with(
      `${lack}${bid.price.denom} more are needed for a lease of ${bid.price.amount}${bid.price.denom} per hour`,
    );
}

/** Sum of the class reference prices of a group, units of the base denom per hour. */
function referenceOf(ctx: Context, deps: Deps, spec: GroupSpec, bid: Bid): bigint {
  let sum = 0n;
  for (const [index, unit] of spec.units.entries()) {
    const gpu = unit.gpu.units === 0n ? undefined : bid.units[index]?.gpu;
    const name = gpu === undefined ? CPU_CLASS : deps.provider.classOf(ctx, modelName(gpu));
    const devices = gpu === undefined ? ceilDiv(unit.cpu.milli, MILLI) : unit.gpu.units;
    sum += deps.provider.class(ctx, name).referencePricePerHour * devices * BigInt(unit.count);
  }
  return sum;
}

function queueDeadline(ctx: Context, key: LeaseKey, lease: Lease): void {
  state.startQueue.insert(ctx, lease.deadlineUptime, state.Kind.LEASE, state.leaseBytes(key));
}

function unqueueDeadline(ctx: Context, key: LeaseKey, lease: Lease): void {
  if (lease.deadlineUptime === 0n) return;
  state.startQueue.remove(ctx, lease.deadlineUptime, state.Kind.LEASE, state.leaseBytes(key));
}

// ---- life -------------------------------------------------------------------------------------------

/** What the tenant signed for and where its services are. */
export interface Start {
  readonly manifestHash: Uint8Array;
  readonly endpointsHash: Uint8Array;
}

/** starting -> active: accrues from now, the term begins, the standby goes. Events: EventLeaseStarted. */
export function startLease(
  ctx: Context,
  deps: Deps,
  key: LeaseKey,
  lease: Lease,
  start: Start,
): Lease {
  assert(lease.state === LeaseState.STARTING, "only a starting lease starts");
  unqueueDeadline(ctx, key, lease);
  deps.escrow.startPayment(ctx, leasePayment(key));
  const after: Lease = {
    ...lease,
    ...start,
    state: LeaseState.ACTIVE,
    startedAt: ctx.now,
    deadlineUptime: 0n,
    version: lease.version + 1n,
  };
  state.leases.set(ctx, state.leaseTuple(key), after);
  if (after.durationS !== 0n)
    state.termQueue.insert(ctx, termEnd(after), state.Kind.LEASE, state.leaseBytes(key));
  drainBids(ctx, key);
  emitLeaseStarted(ctx, after);
  return after;
}

/** Second of T at which the term of a started lease ends. */
function termEnd(lease: Lease): bigint {
  return lease.startedAt + lease.durationS;
}

/** Bids that wait for nothing any more end by queue. */
export function drainBids(ctx: Context, key: LeaseKey): void {
  const id = state.orderBytes(orderOf(key));
  state.drainQueue.insert(ctx, ctx.uptime, state.Kind.ORDER, id);
}

/** active | resuming -> suspended at T = `at`; nothing accrues. Events: EventLeaseSuspended. */
export function suspendLease(ctx: Context, key: LeaseKey, lease: Lease, at: bigint): void {
  unqueueDeadline(ctx, key, lease);
  const after: Lease = {
    ...lease,
    state: LeaseState.SUSPENDED,
    suspendedAt: at,
    deadlineUptime: 0n,
    version: lease.version + 1n,
  };
  state.leases.set(ctx, state.leaseTuple(key), after);
  emitLeaseSuspended(ctx, after, at);
}

/** suspended -> resuming: the provider must acknowledge in time. Events: EventLeaseResuming. */
export function resumeLease(ctx: Context, key: LeaseKey, lease: Lease): void {
  const after: Lease = {
    ...lease,
    state: LeaseState.RESUMING,
    suspendedAt: 0n,
    deadlineUptime: ctx.uptime + readParams(ctx).startDeadlineS,
    version: lease.version + 1n,
  };
  state.leases.set(ctx, state.leaseTuple(key), after);
  queueDeadline(ctx, key, after);
  emitLeaseResuming(ctx, after);
}

/** resuming -> active: accrues again from now. Events: EventLeaseResumed. */
export function acknowledge(ctx: Context, deps: Deps, key: LeaseKey, lease: Lease): void {
  assert(lease.state === LeaseState.RESUMING, "only a resuming lease is acknowledged");
  unqueueDeadline(ctx, key, lease);
  deps.escrow.startPayment(ctx, leasePayment(key));
  const after: Lease = {
    ...lease,
    state: LeaseState.ACTIVE,
    deadlineUptime: 0n,
    version: lease.version + 1n,
  };
  state.leases.set(ctx, state.leaseTuple(key), after);
  emitLeaseResumed(ctx, after);
}

// ---- end --------------------------------------------------------------------------------------------

/** How a lease ends. */
export interface Ending {
  readonly end: LeaseEnd;
  readonly side: LeaseSide;
  /** The tenant wants a new order. */
  readonly reopen?: boolean;
  /** In the provider's words. */
  readonly note?: string;
}

/**
 * live -> closed, and the order with it: settles and pays out, frees room and attributes, tells.
 * State: leases, orders, offers, capacities, starts, terms, drains, retention, exclusions; escrow,
 * provider. Events: EventLeaseClosed, EventOrderEnded, EventProviderExcluded.
 */
export function closeLease(ctx: Context, deps: Deps, key: LeaseKey, ending: Ending): void {
  const lease = finishLease(ctx, deps, key, ending);
  closeMatched(ctx, deps, key, lease, ending);
}

/** The order of a lease that has ended closes, and the upper modules are told. */
export function closeMatched(
  ctx: Context,
  deps: Deps,
  key: LeaseKey,
  lease: Lease,
  { end, side, reopen = false }: Ending,
): void {
  const order = orderOf(key);
  endOrder(ctx, order, getOrder(ctx, order), { state: OrderState.CLOSED, end: OrderEnd.LEASE });
  const price = amountOf(lease.price);
  deps.hooks.run(ctx, (hooks, branch) =>
    hooks.afterLeaseClosed?.(branch, { lease: key, end, side, reopen, price }),
  );
}

/** Everything that ends with a lease but its order. Gives back the closed lease. */
export function finishLease(ctx: Context, deps: Deps, key: LeaseKey, ending: Ending): Lease {
  const lease = getLease(ctx, key);
  assert(isLive(lease), "a lease closes once");
  const order = getOrder(ctx, orderOf(key));
  const id = state.leaseBytes(key);
  unqueueDeadline(ctx, key, lease);
  if (hasTerm(lease)) state.termQueue.remove(ctx, termEnd(lease), state.Kind.LEASE, id);
  const closed: Lease = {
    ...lease,
    state: LeaseState.CLOSED,
    end: ending.end,
    closedAt: ctx.now,
    deadlineUptime: 0n,
    version: lease.version + 1n,
  };
  state.leases.set(ctx, state.leaseTuple(key), closed);
  const until = ctx.now + readParams(ctx).retentionS;
  state.retentionQueue.insert(ctx, until, state.Kind.LEASE, id);
  add(ctx, Counter.LIVE_LEASES, -1n);
  deps.provider.leaseClosed(ctx, key.provider, lease.matched);
  giveRoomBack(ctx, deps, lease.offer, { spec: order.spec, placements: lease.placements });
  closePayment(ctx, deps, key);
  emitLeaseClosed(ctx, closed, ending.note ?? "");
  if (excludes(ending)) exclude(ctx, key, closed);
  return closed;
}

function giveRoomBack(
  ctx: Context,
  deps: Deps,
  offer: bigint,
  lease: { readonly spec: GroupSpec; readonly placements: readonly Placement[] },
): void {
  if (offer !== 0n) freeRoom(ctx, deps, offer, lease);
}

/** Escrow closes payments by itself at the end of grace; then there is nothing left to do. */
function closePayment(ctx: Context, deps: Deps, key: LeaseKey): void {
  const ref = leasePayment(key);
  const payment = deps.escrow.findPayment(ctx, ref);
  if (payment !== undefined && payment.state !== PaymentState.CLOSED)
    deps.escrow.closePayment(ctx, ref);
}

/**
 * Whether an end keeps its provider out of the group: who did not start, or left. Who could not take
 * a suspended lease up again had let its machine go in good faith, and may win the group again.
 */
function excludes({ end, side }: Ending): boolean {
  return side === "provider" && end !== LeaseEnd.NOT_RESUMED;
}

/** Keeps a provider whose side ended a lease out of the group for a while. Events: EventProviderExcluded. */
function exclude(ctx: Context, key: LeaseKey, lease: Lease): void {
  const until = ctx.uptime + readParams(ctx).exclusionS;
  if (until === ctx.uptime) return;
  const place = [key.owner, key.dseq, key.gseq, key.provider] as const;
  const id = state.exclusions.keyBytes(place);
  // One that is over may still wait for its drain.
  const before = state.exclusions.get(ctx, place);
  if (before !== undefined) state.drainQueue.remove(ctx, before, state.Kind.EXCLUSION, id);
  state.exclusions.set(ctx, place, until);
  state.drainQueue.insert(ctx, until, state.Kind.EXCLUSION, id);
  emitProviderExcluded(ctx, lease, until);
}

/** The lease that an order has, whichever its state; a matched order has one. */
export function leaseOfOrder(ctx: Context, order: Order, key: GroupKey & { oseq: number }): Lease {
  assert(order.winner !== "", "only a matched order has a lease");
  const provider = ctx.addresses.parse(order.winner);
  return must(
    state.leases.get(ctx, state.leaseTuple({ ...key, provider })),
    "the lease of a matched order",
  );
}
