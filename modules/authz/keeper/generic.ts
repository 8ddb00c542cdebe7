import { GenericAuthorization } from "../../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import type { AuthorizationKind } from "./kinds.ts";

/** Lets any message of one type pass, as often as wanted. */
export const generic: AuthorizationKind<GenericAuthorization> = {
  type: GenericAuthorization,
  msgTypeUrl: ({ msg }) => msg,
  validate: () => undefined,
  use: () => ({ grant: "stays" }),
};
