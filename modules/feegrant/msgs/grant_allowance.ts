import { must } from "../../../chain/base/assert.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import {
  MsgGrantAllowance,
  MsgGrantAllowanceResponse,
} from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { openAllowance } from "../keeper/allowances.ts";
import type { FeegrantKeeper } from "../keeper.ts";
import { pairOf } from "./pair.ts";

/**
 * cosmos.feegrant.v1beta1.MsgGrantAllowance. State: allowances, allowance_queue, and an account for
 * a new grantee. Events: set_feegrant. Throws: sdk/4, 7, 10, 18; feegrant/4, 5, 6.
 */
export function grantAllowance(
  keeper: FeegrantKeeper,
): MsgHandler<MsgGrantAllowance, MsgGrantAllowanceResponse> {
  return {
    type: MsgGrantAllowance,
    response: MsgGrantAllowanceResponse,
    handle(ctx, msg) {
      if (msg.grantee.toLowerCase() === msg.granter.toLowerCase())
        throw sdkErrors.invalidAddress.with("cannot self-grant fee authorization");
      const pair = pairOf(ctx, msg);
      // The SDK looks here, before it checks the allowance, and again when it grants.
      if (keeper.allowance(ctx, pair) !== undefined)
        throw sdkErrors.invalidRequest.with("fee allowance already exists");
      openAllowance(msg.allowance).validate();
      keeper.grant(ctx, pair, must(msg.allowance, "allowance"));
      return {};
    },
  };
}
