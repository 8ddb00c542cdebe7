import {
  GroupState,
  MsgPauseGroup,
  MsgPauseGroupResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentErrors } from "../errors.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { formatGroup } from "../types.ts";

/**
 * MsgPauseGroup, signed by the tenant: the order or lease of one group ends.
 * State: groups; market's and escrow's. Events: EventGroupStateChanged; market's and escrow's.
 * Throws: deployment/2, 3, 5, 7.
 */
export function pauseGroup(
  keeper: DeploymentKeeper,
): MsgHandler<MsgPauseGroup, MsgPauseGroupResponse> {
  return {
    type: MsgPauseGroup,
    response: MsgPauseGroupResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      keeper.touch(ctx, key);
      const group = keeper.getGroup(ctx, key, msg.gseq);
      if (group.state !== GroupState.OPEN)
        throw deploymentErrors.wrongGroupState.with(
          `group ${formatGroup(msg.dseq, msg.gseq)} is not open`,
        );
      keeper.pauseGroup(ctx, key, group);
      return {};
    },
  };
}
