// Counters that queries answer totals from, so that no list is walked for a number.

import { assert } from "../../../chain/base/assert.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { counters } from "../state.ts";

/** What is counted. */
export const Counter = { OPEN_ORDERS: 1, LIVE_LEASES: 2, ACTIVE_OFFERS: 3 } as const;

/** One of them. */
export type Counter = (typeof Counter)[keyof typeof Counter];

/** How many there are now. */
export function read(ctx: Context, counter: Counter): bigint {
  return counters.get(ctx, counter) ?? 0n;
}

/** Counts up, or down when negative. */
export function add(ctx: Context, counter: Counter, by: bigint): void {
  const after = read(ctx, counter) + by;
  assert(after >= 0n, `counter ${counter} below zero`);
  if (after === 0n) counters.delete(ctx, counter);
  else counters.set(ctx, counter, after);
}
