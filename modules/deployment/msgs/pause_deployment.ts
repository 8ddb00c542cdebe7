import {
  DeploymentState,
  MsgPauseDeployment,
  MsgPauseDeploymentResponse,
  PauseCause,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentErrors } from "../errors.ts";
import type { DeploymentKeeper } from "../keeper.ts";

/**
 * MsgPauseDeployment, signed by the tenant: all its orders and leases end, its funds stay.
 * State: deployments, groups, tallies, total; market's and escrow's.
 * Events: EventDeploymentStateChanged, EventGroupStateChanged; market's and escrow's.
 * Throws: deployment/2, 5, 6.
 */
export function pauseDeployment(
  keeper: DeploymentKeeper,
): MsgHandler<MsgPauseDeployment, MsgPauseDeploymentResponse> {
  return {
    type: MsgPauseDeployment,
    response: MsgPauseDeploymentResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      if (keeper.touch(ctx, key).state !== DeploymentState.ACTIVE)
        throw deploymentErrors.wrongState.with(`deployment ${msg.dseq} is paused already`);
      keeper.pause(ctx, key, PauseCause.OWNER);
      return {};
    },
  };
}
