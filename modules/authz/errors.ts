import { defineErrors } from "../../chain/base/errors.ts";

/** Errors of codespace `authz`: codes and texts of the SDK. */
export const authzErrors = defineErrors("authz", {
  notFound: [2, "authorization not found"],
  invalidExpiration: [3, "expiration time of authorization should be more than current time"],
  unknownType: [4, "unknown authorization type"],
  queueEntryNotFound: [5, "grant key not found"],
  expired: [6, "authorization expired"],
  granteeIsGranter: [7, "grantee and granter should be different"],
  signerCount: [9, "authorization can be given to msg with only one signer"],
  negativeMaxTokens: [12, "max tokens should be positive"],
});
