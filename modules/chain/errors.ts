import { defineErrors } from "../../chain/base/errors.ts";

/** Errors of codespace `chain`. */
export const chainErrors = defineErrors("chain", {
  invalidParams: [2, "invalid parameters"],
  invalidIdentity: [3, "invalid identity of the chain"],
  notQuarantined: [4, "no such item in quarantine"],
  unknownQueue: [5, "no queue of this name can be retried"],
});
