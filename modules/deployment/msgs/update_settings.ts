import {
  MsgUpdateSettings,
  MsgUpdateSettingsResponse,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { deploymentAccount } from "../../escrow/index.ts";
import { emitSettings } from "../events.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { checkNotices, checkSettings } from "../keeper/checks.ts";

/**
 * MsgUpdateSettings, signed by the tenant: how later orders are awarded, what follows the end of a
 * lease, when to warn. Orders that are open keep what they opened with.
 * State: deployments; escrow's. Events: EventSettingsUpdated. Throws: deployment/2, 5, 13, 18.
 */
export function updateSettings(
  keeper: DeploymentKeeper,
): MsgHandler<MsgUpdateSettings, MsgUpdateSettingsResponse> {
  return {
    type: MsgUpdateSettings,
    response: MsgUpdateSettingsResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      checkSettings(keeper, msg.settings);
      checkNotices(msg.notices);
    },
    handle(ctx, msg) {
      const key = { owner: ctx.addresses.parse(msg.owner), dseq: msg.dseq };
      const after = { ...keeper.touch(ctx, key), settings: msg.settings };
      keeper.save(ctx, key, after);
      const { escrow } = keeper.needs;
      const notices = msg.notices.length > 0 ? msg.notices : escrow.params(ctx).lowFundsNotices;
      escrow.setNotices(ctx, deploymentAccount(key.owner, key.dseq), notices);
      emitSettings(ctx, after);
      return {};
    },
  };
}
