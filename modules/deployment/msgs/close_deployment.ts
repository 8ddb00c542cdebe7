import {
  MsgCloseDeployment,
  MsgCloseDeploymentResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { DeploymentKeeper } from "../keeper.ts";

/**
 * MsgCloseDeployment, signed by the tenant: every order and lease ends, providers are paid to the
 * unit, what is left of each deposit goes back.
 * State: deployments, groups, tallies, total, closings, retention; market's and escrow's.
 * Events: EventDeploymentStateChanged, EventGroupStateChanged; market's and escrow's.
 * Throws: deployment/2, 5.
 */
export function closeDeployment(
  keeper: DeploymentKeeper,
): MsgHandler<MsgCloseDeployment, MsgCloseDeploymentResponse> {
  return {
    type: MsgCloseDeployment,
    response: MsgCloseDeploymentResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      keeper.touch(ctx, key);
      keeper.close(ctx, key);
      return {};
    },
  };
}
