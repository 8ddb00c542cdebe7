import {
  DeploymentState,
  MsgResumeDeployment,
  MsgResumeDeploymentResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentErrors } from "../errors.ts";
import type { DeploymentKeeper } from "../keeper.ts";

/**
 * MsgResumeDeployment, signed by the tenant: the groups that were paused with the deployment get new
 * orders, which its funds must cover.
 * State: deployments, groups, tallies, total, closings; market's and escrow's.
 * Events: EventDeploymentStateChanged, EventGroupStateChanged; market's.
 * Throws: deployment/2, 5, 6; market's when funds do not suffice.
 */
export function resumeDeployment(
  keeper: DeploymentKeeper,
): MsgHandler<MsgResumeDeployment, MsgResumeDeploymentResponse> {
  return {
    type: MsgResumeDeployment,
    response: MsgResumeDeploymentResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      if (keeper.touch(ctx, key).state !== DeploymentState.PAUSED)
        throw deploymentErrors.wrongState.with(`deployment ${msg.dseq} is not paused`);
      keeper.resume(ctx, key);
      return {};
    },
  };
}
