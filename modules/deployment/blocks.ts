import { DeploymentState, PauseCause } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Context, DueItem, RetryableQueue } from "../../chain/runtime/index.ts";
import { runDue } from "../../chain/runtime/index.ts";
import type { DeploymentKeeper } from "./keeper.ts";
import { closings, fromQueueId, retention } from "./state.ts";

/**
 * End block: closes deployments that were paused for want of funds for too long (clock U), then
 * deletes closed ones that were kept long enough (clock T); at most `drains_per_block` of each.
 * State: all of the module; escrow's. Events: EventDeploymentStateChanged, EventGroupStateChanged.
 */
export function endBlock(ctx: Context, keeper: DeploymentKeeper): void {
  const budget = keeper.params(ctx).drainsPerBlock;
  const quarantined = (branch: Context, item: DueItem): void =>
    keeper.setQuarantined(branch, fromQueueId(item.id), true);
  runDue(ctx, closings, {
    budget,
    quarantined,
    handle(branch, item) {
      const key = fromQueueId(item.id);
      const { state, cause } = keeper.get(branch, key);
      if (state === DeploymentState.PAUSED && cause === PauseCause.FUNDS) keeper.close(branch, key);
    },
  });
  runDue(ctx, retention, {
    budget,
    quarantined,
    handle: (branch, item) => keeper.forget(branch, fromQueueId(item.id)),
  });
}

/** The queues of the module, whose items that were set aside can be tried again. */
export function retryableQueues(keeper: DeploymentKeeper): readonly RetryableQueue[] {
  const retry = (ctx: Context, item: DueItem): void =>
    keeper.setQuarantined(ctx, fromQueueId(item.id), false);
  return [
    { queue: closings, retry },
    { queue: retention, retry },
  ];
}
