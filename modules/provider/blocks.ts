import { addressFromBytes } from "../../chain/base/address.ts";
import type { Context, DueItem, RetryableQueue } from "../../chain/runtime/index.ts";
import { runDue } from "../../chain/runtime/index.ts";
import type { ProviderKeeper } from "./keeper.ts";
import { staleQueue } from "./state.ts";

/**
 * Begin block: tells heartbeats stale that have become so on clock U, at most `stale_per_block`. One
 * that cannot be told is set aside and counts as told, so that the next heartbeat tells `fresh`.
 * State: params, stale, heartbeats. Events: EventHeartbeatStale. Hooks: afterHeartbeatStale.
 */
export function beginBlock(ctx: Context, keeper: ProviderKeeper): void {
  const mark = (branch: Context, { id, second }: DueItem): void =>
    keeper.markTold(branch, addressFromBytes(id), second, true);
  runDue(ctx, staleQueue, {
    budget: keeper.rules(ctx).stalePerBlock,
    handle: (branch, { id, second }) => keeper.tellStale(branch, addressFromBytes(id), second),
    quarantined: mark,
  });
}

/** The queue of stale heartbeats, whose items that were set aside can be tried again. */
export function retryableQueues(keeper: ProviderKeeper): readonly RetryableQueue[] {
  const retry = (ctx: Context, { id, second }: DueItem): void =>
    keeper.markTold(ctx, addressFromBytes(id), second, false);
  return [{ queue: staleQueue, retry }];
}
