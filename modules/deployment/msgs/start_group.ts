import {
  DeploymentState,
  GroupState,
  MsgStartGroup,
  MsgStartGroupResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentErrors } from "../errors.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { formatGroup } from "../types.ts";

/**
 * MsgStartGroup, signed by the tenant: opens a new order for a paused group of an active deployment,
 * which its funds must cover.
 * State: groups; market's and escrow's. Events: EventGroupStateChanged; market's.
 * Throws: deployment/2, 3, 5, 6, 7; market's when funds do not suffice.
 */
export function startGroup(
  keeper: DeploymentKeeper,
): MsgHandler<MsgStartGroup, MsgStartGroupResponse> {
  return {
    type: MsgStartGroup,
    response: MsgStartGroupResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      const deployment = keeper.touch(ctx, key);
      const group = keeper.getGroup(ctx, key, msg.gseq);
      if (group.state !== GroupState.PAUSED)
        throw deploymentErrors.wrongGroupState.with(
          `group ${formatGroup(msg.dseq, msg.gseq)} is not paused`,
        );
      if (deployment.state !== DeploymentState.ACTIVE)
        throw deploymentErrors.wrongState.with(`deployment ${msg.dseq} is paused, resume it first`);
      keeper.open(ctx, key, [group]);
      return { oseq: group.oseq + 1 };
    },
  };
}
