import { defineErrors } from "../../chain/base/errors.ts";

/** Errors of codespace `feegrant`: codes and texts of the SDK. */
export const feegrantErrors = defineErrors("feegrant", {
  limitExceeded: [2, "fee limit exceeded"],
  expired: [3, "fee allowance expired"],
  invalidDuration: [4, "invalid duration"],
  noAllowance: [5, "no allowance"],
  noMessages: [6, "allowed messages are empty"],
  messageNotAllowed: [7, "message not allowed"],
});
