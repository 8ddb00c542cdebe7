import { sdkErrors } from "../../../chain/base/errors.ts";
import { MsgExec, MsgExecResponse } from "../../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { parseAddress } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { AuthzKeeper } from "../keeper.ts";

/**
 * cosmos.authz.v1beta1.MsgExec: messages of others, run by whom they granted it. State, events and
 * refusals: the messages', and those of `AuthzKeeper.execute`. Throws too: sdk/7, 18.
 */
export function exec(keeper: AuthzKeeper): MsgHandler<MsgExec, MsgExecResponse> {
  return {
    type: MsgExec,
    response: MsgExecResponse,
    handle(ctx, msg) {
      const grantee = parseAddress(ctx.addresses, msg.grantee, (reason) =>
        sdkErrors.invalidAddress.with(`invalid grantee address: ${reason}`),
      );
      if (msg.msgs.length === 0) throw sdkErrors.invalidRequest.with("messages cannot be empty");
      return { results: keeper.execute(ctx, grantee, msg.msgs) };
    },
  };
}
