// Begin and end block: what is due, in the order of the mechanism, each step with its budget.

import { floorDiv } from "../../chain/base/integers.ts";
import type {
  Context,
  DueItem,
  DueQueue,
  DueTimes,
  RetryableQueue,
} from "../../chain/runtime/index.ts";
import { contain, runDue } from "../../chain/runtime/index.ts";
import { awardJoint, awardOrder } from "./keeper/award.ts";
import { readParams } from "./keeper/deps.ts";
import type { Deps } from "./keeper/deps.ts";
import { drain, expireBid, expireDueOrder, expireOffer, forget } from "./keeper/drains.ts";
import { jointFromBytes } from "./keeper/joints.ts";
import { firstScan, rematch } from "./keeper/matching.ts";
import type { ScanBudget } from "./keeper/matching.ts";
import { endDeadline, endTerm } from "./keeper/starts.ts";
import * as state from "./state.ts";
import type { OrderKey } from "./types.ts";

/** Most offers read in one block, over all orders. */
const OFFERS_PER_BLOCK = 200;
/** Of these, what first scans may read: the rest is left to later scans whatever opens. */
const FIRST_OFFERS = 160;
/** Most orders looked at by one scan step of one block. */
const ORDERS_PER_SCAN = 200;
/** Of the index rows of a block, first scans get 4 parts and later scans 1. */
const SCAN_PARTS = 5n;

/**
 * Deadlines of starts and acknowledgements, then terms; each at most `drains_per_block`.
 * State, events and hooks: those of keeper/starts.
 */
export function beginBlock(ctx: Context, deps: Deps): void {
  const budget = readParams(ctx).drainsPerBlock;
  work(ctx, state.startQueue, budget, (branch, { id }) =>
    endDeadline(branch, deps, state.leaseFromBytes(id)),
  );
  work(ctx, state.termQueue, budget, (branch, { id }) =>
    endTerm(branch, deps, state.leaseFromBytes(id)),
  );
}

/**
 * Match, award, bid expiry, order expiry, re-match, offer expiry, drains, retention. Awards that are
 * due are listed before the scans run, so that an order is never awarded in the block that opened it.
 */
export function endBlock(ctx: Context, deps: Deps): void {
  const params = readParams(ctx);
  const awards = state.awardQueue.due(ctx, ctx.uptime, params.awardsPerBlock);
  const rows = Number(floorDiv(BigInt(params.offerScanPerBlock), SCAN_PARTS));
  const first: ScanBudget = { rows: params.offerScanPerBlock - rows, offers: FIRST_OFFERS };
  scan(ctx, state.scanQueue, first, (branch, key) => firstScan(branch, deps, key, first));
  for (const [second, kind, id] of awards) award(ctx, deps, { second, kind, id });
  const budget = params.drainsPerBlock;
  work(ctx, state.bidQueue, budget, (branch, { id }) => expireBid(branch, deps, id));
  work(ctx, state.orderQueue, budget, (branch, { id }) => expireDueOrder(branch, deps, id));
  const later: ScanBudget = { rows, offers: first.offers + OFFERS_PER_BLOCK - FIRST_OFFERS };
  scan(ctx, state.rematchQueue, later, (branch, key) => rematch(branch, deps, key, later));
  work(ctx, state.offerQueue, budget, (branch, { id }) => expireOffer(branch, deps, id));
  const orders = Number(floorDiv(BigInt(budget), BigInt(params.orderMaxBids))) + 1;
  work(ctx, state.drainQueue, orders, (branch, item) => drain(branch, deps, item));
  work(ctx, state.retentionQueue, budget, (branch, item) => forget(branch, deps, item));
}

/** Scans each due order once; one that has not ended keeps its place for the next block. */
function scan(
  ctx: Context,
  queue: typeof state.scanQueue,
  budget: ScanBudget,
  run: (ctx: Context, key: OrderKey) => void,
): void {
  for (const [second, kind, id] of queue.due(ctx, ctx.uptime, ORDERS_PER_SCAN)) {
    if (budget.rows <= 0 || budget.offers <= 0) return;
    const failure = contain(ctx, `market/${queue.place.name}`, (branch) =>
      run(branch, state.orderFromBytes(id)),
    );
    if (failure !== undefined) setAside(ctx, queue, { second, kind, id }, failure);
  }
}

function award(ctx: Context, deps: Deps, item: DueItem): void {
  const { second, kind, id } = item;
  const queue = state.awardQueue;
  if (!queue.has(ctx, second, kind, id)) return;
  const failure = contain(ctx, "market/awards", (branch) => {
    queue.remove(branch, second, kind, id);
    if (kind === state.Kind.JOINT) awardJoint(branch, deps, jointFromBytes(id));
    else awardOrder(branch, deps, state.orderFromBytes(id));
  });
  if (failure !== undefined) setAside(ctx, queue, item, failure);
}

/** Moves a failed item to the quarantine and marks it. */
function setAside(ctx: Context, queue: DueQueue, item: DueItem, reason: string): void {
  queue.remove(ctx, item.second, item.kind, item.id);
  ctx.quarantine({ ...item, store: queue.place.store, queue: queue.place.name, reason });
  state.setAsides.add(ctx, [queue.place.name, item.id]);
}

/** Works off one queue; a failed item is marked, so that later touches skip its step. */
function work(
  ctx: Context,
  queue: DueQueue,
  budget: number,
  handle: (ctx: Context, item: DueItem) => void,
): void {
  runDue(ctx, queue, {
    budget,
    handle,
    quarantined: (branch, item) => state.setAsides.add(branch, [queue.place.name, item.id]),
  });
}

const QUEUES = [
  state.startQueue,
  state.termQueue,
  state.scanQueue,
  state.rematchQueue,
  state.awardQueue,
  state.bidQueue,
  state.orderQueue,
  state.offerQueue,
  state.retentionQueue,
  state.drainQueue,
] as const;

/** All queues, for the way back from quarantine. */
export const marketQueues: readonly RetryableQueue[] = QUEUES.map((queue) => ({
  queue,
  retry: (ctx, item) => state.setAsides.delete(ctx, [queue.place.name, item.id]),
}));

/** The earliest second of each clock at which a queue has work. */
export function nextDue(ctx: Context): DueTimes {
  let time: bigint | undefined;
  let uptime: bigint | undefined;
  for (const queue of QUEUES) {
    const next = queue.next(ctx);
    if (next === undefined) continue;
    if (queue.clock === "time") time = time === undefined || next < time ? next : time;
    else uptime = uptime === undefined || next < uptime ? next : uptime;
  }
  return {
    ...(time === undefined ? {} : { time }),
    ...(uptime === undefined ? {} : { uptime }),
  };
}
