// MsgAddGroups: more groups for a deployment that is active.

import {
  DeploymentState,
  MsgAddGroups,
  MsgAddGroupsResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import { groupDenom } from "../../market/index.ts";
import { deploymentErrors } from "../errors.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { addGroups, checkGroups, requireLimits } from "../keeper/checks.ts";
import type { DeploymentKey } from "../types.ts";

/**
 * MsgAddGroups, signed by the tenant: adds groups to an active deployment and opens their orders.
 * Groups that are closed count against the limit of groups while they are kept.
 * State: params, deployments, groups; market's. Events: EventGroupAdded, EventGroupStateChanged.
 * Throws: deployment/2, 5, 6, 8, 9, 10; market's.
 */
export function addGroupsHandler(
  keeper: DeploymentKeeper,
): MsgHandler<MsgAddGroups, MsgAddGroupsResponse> {
  return {
    type: MsgAddGroups,
    response: MsgAddGroupsResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      checkGroups(keeper, msg.groups, env);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      const deployment = keeper.touch(ctx, key);
      if (deployment.state !== DeploymentState.ACTIVE)
        throw deploymentErrors.wrongState.with(
          `deployment ${msg.dseq} is paused, groups are added to an active one`,
        );
      const [first] = msg.groups;
      if (first !== undefined && groupDenom(first) !== deployment.denom)
        throw deploymentErrors.invalidGroups.with(
          `groups are priced in ${groupDenom(first)}, the deployment in ${deployment.denom}`,
        );
      requireLimits(keeper.params(ctx), msg.groups, deployment.lastGseq);
      requireNewNames(ctx, keeper, key, msg);
      return { firstGseq: addGroups(ctx, keeper, key, msg.groups) };
    },
  };
}

function requireNewNames(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  msg: MsgAddGroups,
): void {
  const names = new Set(keeper.groups(ctx, key).map((group) => group.spec.name));
  for (const [index, { name }] of msg.groups.entries())
    if (names.has(name))
      throw deploymentErrors.invalidGroups.with(
        `groups[${index}].name ${JSON.stringify(name)} is taken in deployment ${key.dseq}`,
      );
}
