import { sdkErrors } from "../../../chain/base/errors.ts";
import { MsgRevoke, MsgRevokeResponse } from "../../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { AuthzKeeper } from "../keeper.ts";
import { parties } from "./parties.ts";

/**
 * cosmos.authz.v1beta1.MsgRevoke. State: grants, grant_queue. Events: EventRevoke.
 * Throws: authz/2, 7; sdk/7, 18.
 */
export function revoke(keeper: AuthzKeeper): MsgHandler<MsgRevoke, MsgRevokeResponse> {
  return {
    type: MsgRevoke,
    response: MsgRevokeResponse,
    handle(ctx, msg) {
      const { granter, grantee } = parties(ctx, msg);
      if (msg.msgTypeUrl === "") throw sdkErrors.invalidRequest.with("missing msg method name");
      keeper.revoke(ctx, [granter, grantee, msg.msgTypeUrl]);
      return {};
    },
  };
}
