import { addressFromBytes } from "../../chain/base/address.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { runDue } from "../../chain/runtime/index.ts";
import type { ProviderKeeper } from "./keeper.ts";
import { staleQueue } from "./state.ts";

/**
 * Begin block: tells heartbeats stale that have become so on clock U, at most `stale_per_block`.
 * State: params, stale, heartbeats. Events: EventHeartbeatStale. Hooks: afterHeartbeatStale.
 */
export function beginBlock(ctx: Context, keeper: ProviderKeeper): void {
  runDue(ctx, staleQueue, {
    budget: keeper.rules(ctx).stalePerBlock,
    handle: (branch, item) => keeper.tellStale(branch, addressFromBytes(item.id)),
  });
}
