import { sdkErrors } from "../../../chain/base/errors.ts";
import { MsgGrant, MsgGrantResponse } from "../../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { must } from "../../../chain/base/assert.ts";
import { openAuthorization } from "../keeper/authorizations.ts";
import type { AuthzKeeper } from "../keeper.ts";
import type { AuthzNeeds } from "../needs.ts";
import { parties } from "./parties.ts";

/**
 * cosmos.authz.v1beta1.MsgGrant. State: grants, grant_queue, and an account for a new grantee.
 * Events: EventGrant. Throws: authz/3, 4, 7, 12; sdk/4, 7, 10, 29; bank/8.
 */
export function grant(
  keeper: AuthzKeeper,
  auth: AuthzNeeds["auth"],
): MsgHandler<MsgGrant, MsgGrantResponse> {
  return {
    type: MsgGrant,
    response: MsgGrantResponse,
    handle(ctx, msg) {
      const { granter, grantee } = parties(ctx, msg);
      const authorization = openAuthorization(msg.grant.authorization);
      authorization.validate();
      if (auth.account(ctx, grantee) === undefined) {
        if (auth.isBlocked(grantee))
          throw sdkErrors.unauthorized.with(`${msg.grantee} is not allowed to receive funds`);
        auth.create(ctx, grantee);
      }
      const msgTypeUrl = authorization.msgTypeUrl();
      if (!keeper.serves(msgTypeUrl))
        throw sdkErrors.invalidType.with(`${msgTypeUrl.slice(0, 200)} doesn't exist.`);
      const any = must(msg.grant.authorization, "authorization");
      keeper.save(ctx, [granter, grantee, msgTypeUrl], any, msg.grant.expiration);
      return {};
    },
  };
}
