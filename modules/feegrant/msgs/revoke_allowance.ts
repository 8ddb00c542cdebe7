import { sdkErrors } from "../../../chain/base/errors.ts";
import {
  MsgRevokeAllowance,
  MsgRevokeAllowanceResponse,
} from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { FeegrantKeeper } from "../keeper.ts";
import { pairOf } from "./pair.ts";

/**
 * cosmos.feegrant.v1beta1.MsgRevokeAllowance. State: allowances. Events: revoke_feegrant.
 * Throws: sdk/7, 38.
 */
export function revokeAllowance(
  keeper: FeegrantKeeper,
): MsgHandler<MsgRevokeAllowance, MsgRevokeAllowanceResponse> {
  return {
    type: MsgRevokeAllowance,
    response: MsgRevokeAllowanceResponse,
    handle(ctx, msg) {
      if (msg.grantee === msg.granter)
        throw sdkErrors.invalidAddress.with("addresses must be different");
      keeper.revoke(ctx, pairOf(ctx, msg));
      return {};
    },
  };
}
