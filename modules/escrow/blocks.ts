// Work by time: exhaustion, hold steps and the end of grace in begin block; warnings, payouts and
// drains in end block. Each queue has its own budget; what is not reached keeps its due second, and
// being late changes no amount.

import { runDue } from "../../chain/runtime/index.ts";
import type { DueOptions } from "../../chain/runtime/index.ts";
import type { Context, DueQueue, DueTimes, RetryableQueue } from "../../chain/runtime/types.ts";
import { dropRecord, keepDropped } from "./keeper/drain.ts";
import { freeze, freezePayment, thaw, thawPayment } from "./keeper/quarantine.ts";
import type { Escrow } from "./keeper.ts";
import * as state from "./state.ts";
import type { AccountKey } from "./types.ts";
import { paymentRefFromBytes } from "./types.ts";

/** How one queue is worked off. */
interface Work extends Pick<DueOptions, "handle"> {
  readonly queue: DueQueue;
  readonly quarantined: NonNullable<DueOptions["quarantined"]>;
  readonly retry: NonNullable<RetryableQueue["retry"]>;
  readonly budget: (ctx: Context) => number;
}

const account = (id: Uint8Array): AccountKey => id as AccountKey;

function accountWork(
  queue: DueQueue,
  budget: Work["budget"],
  run: (ctx: Context, key: AccountKey) => void,
): Work {
  return {
    queue,
    budget,
    handle: (ctx, item) => run(ctx, account(item.id)),
    quarantined: (ctx, item) => freeze(ctx, account(item.id)),
    retry: (ctx, item) => thaw(ctx, account(item.id)),
  };
}

function beginWork(keeper: Escrow): readonly Work[] {
  const budget = (ctx: Context): number => keeper.params(ctx).exhaustionsPerBlock;
  return [
    accountWork(state.timers, budget, (ctx, key) => keeper.catchUp(ctx, key)),
    accountWork(state.graces, budget, (ctx, key) => keeper.endGrace(ctx, key)),
  ];
}

function endWork(keeper: Escrow): readonly Work[] {
  const warnings = (ctx: Context): number => keeper.params(ctx).warningsPerBlock;
  return [
    accountWork(state.notices, warnings, (ctx, key) => keeper.warn(ctx, key)),
    {
      queue: state.payoutQueue,
      budget: (ctx) => keeper.params(ctx).payoutsPerBlock,
      handle: (ctx, item) => keeper.payDue(ctx, paymentRefFromBytes(item.id), item.second),
      quarantined: (ctx, item) => freezePayment(ctx, paymentRefFromBytes(item.id)),
      retry: (ctx, item) => thawPayment(ctx, paymentRefFromBytes(item.id), item.second),
    },
    {
      queue: state.drains,
      budget: (ctx) => keeper.params(ctx).drainsPerBlock,
      handle: dropRecord,
      quarantined: (ctx, item) => keepDropped(ctx, item, true),
      retry: (ctx, item) => keepDropped(ctx, item, false),
    },
  ];
}

function runAll(ctx: Context, works: readonly Work[]): void {
  for (const { queue, budget, handle, quarantined } of works)
    runDue(ctx, queue, { budget: budget(ctx), handle, quarantined });
}

/** Exhaustion and hold steps (T), then the end of grace (U). */
export function beginBlock(ctx: Context, keeper: Escrow): void {
  runAll(ctx, beginWork(keeper));
}

/** Warnings, payouts, drains. */
export function endBlock(ctx: Context, keeper: Escrow): void {
  runAll(ctx, endWork(keeper));
}

/** All queues, for the quarantine. */
export function retryableQueues(keeper: Escrow): readonly RetryableQueue[] {
  return [...beginWork(keeper), ...endWork(keeper)];
}

/** When the next queue entry is due on each clock. */
export function nextDue(ctx: Context): DueTimes {
  const queues = [state.timers, state.notices, state.payoutQueue, state.drains];
  const times = queues.map((queue) => queue.next(ctx)).filter((second) => second !== undefined);
  const time = times.reduce<bigint | undefined>(
    (least, second) => (least === undefined || second < least ? second : least),
    undefined,
  );
  const uptime = state.graces.next(ctx);
  return { ...(time === undefined ? {} : { time }), ...(uptime === undefined ? {} : { uptime }) };
}
