import {
  GroupState,
  MsgCloseGroup,
  MsgCloseGroupResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentErrors } from "../errors.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { formatGroup } from "../types.ts";

/**
 * MsgCloseGroup, signed by the tenant: one group ends; with the last one the deployment ends.
 * State: deployments, groups; market's and escrow's.
 * Events: EventGroupStateChanged, EventDeploymentStateChanged; market's and escrow's.
 * Throws: deployment/2, 3, 5, 7.
 */
export function closeGroup(
  keeper: DeploymentKeeper,
): MsgHandler<MsgCloseGroup, MsgCloseGroupResponse> {
  return {
    type: MsgCloseGroup,
    response: MsgCloseGroupResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      keeper.touch(ctx, key);
      const group = keeper.getGroup(ctx, key, msg.gseq);
      if (group.state === GroupState.CLOSED)
        throw deploymentErrors.wrongGroupState.with(
          `group ${formatGroup(msg.dseq, msg.gseq)} is closed already`,
        );
      keeper.closeGroup(ctx, key, group);
      return {};
    },
  };
}
