import { equalBytes } from "../../../chain/base/bytes.ts";
import {
  MsgUpdateDeployment,
  MsgUpdateDeploymentResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentErrors } from "../errors.ts";
import { emitUpdated } from "../events.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { checkHash, checkPublicManifest } from "../keeper/checks.ts";

/**
 * MsgUpdateDeployment, signed by the tenant: another manifest with the same groups. The deployment
 * may be active or paused; the hash must differ.
 * State: deployments; escrow's. Events: EventDeploymentUpdated.
 * Throws: deployment/2, 5, 11, 12, 15.
 */
export function updateDeployment(
  keeper: DeploymentKeeper,
): MsgHandler<MsgUpdateDeployment, MsgUpdateDeploymentResponse> {
  return {
    type: MsgUpdateDeployment,
    response: MsgUpdateDeploymentResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      checkHash(msg.manifestHash);
      checkPublicManifest(msg.publicManifest);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      const before = keeper.touch(ctx, key);
      if (equalBytes(before.manifestHash, msg.manifestHash))
        throw deploymentErrors.sameHash.with(`deployment ${msg.dseq}`);
      const after = { ...before, manifestHash: msg.manifestHash };
      keeper.save(ctx, key, after);
      emitUpdated(ctx, after);
      return {};
    },
  };
}
