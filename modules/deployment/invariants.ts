// What holds of deployments, groups, orders and accounts after every block. Orders and accounts are
// looked at through the doors of their modules.

import { DeploymentState, GroupState } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Deployment, Group } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { OrderState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { AccountState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context, Invariant } from "../../chain/runtime/index.ts";
import { deploymentAccount } from "../escrow/index.ts";
import type { DeploymentKeeper } from "./keeper.ts";
import { NO_TALLY, tallyOf, totalTally } from "./keeper/tallies.ts";
import * as state from "./state.ts";
import type { DeploymentKey } from "./types.ts";

/** Statements about deployments, their groups, orders and accounts that hold after every block. */
export function deploymentInvariants(keeper: DeploymentKeeper): readonly Invariant[] {
  return [
    { name: "deployment/indexes", check: (ctx) => state.deploymentSchema.checkIndexes(ctx) },
    { name: "deployment/tallies", check: tallies },
    { name: "deployment/queues", check: queues },
    { name: "deployment/groups", check: (ctx) => groups(ctx, keeper) },
    { name: "deployment/accounts", check: (ctx) => accounts(ctx, keeper) },
  ];
}

function name(ctx: Context, key: DeploymentKey): string {
  return `${ctx.addresses.format(key.owner)}/${key.dseq}`;
}

function* all(ctx: Context): IterableIterator<readonly [DeploymentKey, Deployment]> {
  for (const [[owner, dseq], deployment] of state.deployments.iterate(ctx))
    yield [{ owner, dseq }, deployment];
}

/** Counters equal a count; no number is above its owner's last one. */
function tallies(ctx: Context): readonly string[] {
  const found: string[] = [];
  const counted = new Map<string, { active: bigint; paused: bigint; closed: bigint }>();
  const sum = { active: 0n, paused: 0n, closed: 0n };
  for (const [key, deployment] of all(ctx)) {
    const row = counted.get(deployment.owner) ?? { active: 0n, paused: 0n, closed: 0n };
    counted.set(deployment.owner, row);
    for (const tally of [row, sum]) {
      if (deployment.state === DeploymentState.ACTIVE) tally.active += 1n;
      else if (deployment.state === DeploymentState.PAUSED) tally.paused += 1n;
      else tally.closed += 1n;
    }
    if (key.dseq > tallyOf(ctx, key.owner).lastDseq)
      found.push(`${name(ctx, key)} is above the last number of its owner`);
  }
  for (const [owner, tally] of state.tallies.iterate(ctx)) {
    const row = counted.get(ctx.addresses.format(owner)) ?? { ...NO_TALLY };
    if (tally.active !== row.active || tally.paused !== row.paused || tally.closed !== row.closed)
      found.push(`tally of ${ctx.addresses.format(owner)} is not what a count gives`);
  }
  const total = totalTally(ctx);
  if (total.active !== sum.active || total.paused !== sum.paused || total.closed !== sum.closed)
    found.push("the sum of tallies is not what a count gives");
  return found;
}

/** A deployment that waits for a second, and is not set aside, stands in the queue; no other does. */
function queues(ctx: Context): readonly string[] {
  const found: string[] = [];
  for (const [key, { closesUptime, keptUntil, quarantined }] of all(ctx)) {
    const id = state.queueId(key);
    const closes = state.closings.has(ctx, closesUptime, state.QUEUE_KIND, id);
    const drops = state.retention.has(ctx, keptUntil, state.QUEUE_KIND, id);
    if (!quarantined && (closes !== closesUptime > 0n || drops !== keptUntil > 0n))
      found.push(`${name(ctx, key)} waits for a second and stands in no queue`);
  }
  for (const [second, , id] of state.closings.iterate(ctx)) {
    const key = state.fromQueueId(id);
    if (state.deployments.get(ctx, [key.owner, key.dseq])?.closesUptime !== second)
      found.push(`${name(ctx, key)} does not close at ${second} of U`);
  }
  for (const [second, , id] of state.retention.iterate(ctx)) {
    const key = state.fromQueueId(id);
    if (state.deployments.get(ctx, [key.owner, key.dseq])?.keptUntil !== second)
      found.push(`${name(ctx, key)} is not kept until ${second}`);
  }
  return found;
}

/** Live groups are counted; an open group of an active deployment has its order, no other has one. */
function groups(ctx: Context, keeper: DeploymentKeeper): readonly string[] {
  const found: string[] = [];
  for (const [key, deployment] of all(ctx)) {
    const list = keeper.groups(ctx, key);
    const live = list.filter((group) => group.state !== GroupState.CLOSED).length;
    if (live !== deployment.liveGroups || list.length !== deployment.lastGseq)
      found.push(`${name(ctx, key)}: ${live} of ${list.length} groups live, counted otherwise`);
    const closed = deployment.state === DeploymentState.CLOSED;
    if (closed !== (live === 0)) found.push(`${name(ctx, key)}: closed and live groups disagree`);
    for (const group of list) found.push(...groupFaults(ctx, keeper, key, deployment, group));
  }
  return found;
}

function groupFaults(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  deployment: Deployment,
  group: Group,
): readonly string[] {
  const where = `${name(ctx, key)}/${group.gseq}`;
  const order = keeper.needs.market.liveOrder(ctx, { ...key, gseq: group.gseq });
  if (group.state !== GroupState.OPEN)
    return order === undefined ? [] : [`${where} is not open and has a live order`];
  const found: string[] = [];
  if (deployment.state !== DeploymentState.ACTIVE)
    found.push(`${where} is open in a deployment that is not active`);
  if (order === undefined) found.push(`${where} is open without an order`);
  else if (order.state !== OrderState.OPEN && order.state !== OrderState.MATCHED)
    found.push(`${where}: its live order is in state ${order.state}`);
  else if (order.id.oseq !== group.oseq)
    found.push(`${where}: order ${order.id.oseq} lives, ${group.oseq} is the last`);
  return found;
}

/** A deployment that lives has an account that is not closed, in its denom; a closed one has not. */
function accounts(ctx: Context, keeper: DeploymentKeeper): readonly string[] {
  const found: string[] = [];
  for (const [key, deployment] of all(ctx)) {
    const at = deploymentAccount(key.owner, key.dseq);
    const account = keeper.needs.escrow.findAccount(ctx, at);
    const closed = account === undefined || account.state === AccountState.CLOSED;
    if (closed !== (deployment.state === DeploymentState.CLOSED))
      found.push(`${name(ctx, key)}: states of deployment and account disagree`);
    if (account !== undefined && account.denom !== deployment.denom)
      found.push(`${name(ctx, key)}: account in ${account.denom}, prices in ${deployment.denom}`);
  }
  return found;
}
