import { AllowedMsgAllowance } from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { feegrantErrors } from "../errors.ts";
import type { AllowanceKind, OpenAllowance } from "./kinds.ts";

/** Gas of each message type that is looked at. Source: SDK x/feegrant. */
const GAS_PER_TYPE = 10;

/** Pays as the allowance in it does, which `open` opens, but only for messages of the types of a list. */
export function allowed(open: OpenAllowance): AllowanceKind<AllowedMsgAllowance> {
  return {
    type: AllowedMsgAllowance,
    validate({ allowance, allowedMessages }) {
      if (allowance === undefined)
        throw feegrantErrors.noAllowance.with("allowance should not be empty");
      if (allowedMessages.length === 0)
        throw feegrantErrors.noMessages.with("allowed messages shouldn't be empty");
      open(allowance).validate();
    },
    endsAt: ({ allowance }) => open(allowance).endsAt(),
    use(ctx, { allowance, allowedMessages }, fee) {
      checkTypes(ctx, allowedMessages, fee.typeUrls);
      const used = open(allowance).use(ctx, fee);
      if (used.allowance !== "left") return used;
      return { allowance: "left", rest: { allowance: used.rest, allowedMessages } };
    },
  };
}

function checkTypes(
  ctx: Context,
  allowedMessages: readonly string[],
  asked: readonly string[],
): void {
  const listed = new Set<string>();
  for (const typeUrl of allowedMessages) {
    ctx.gas.consume(GAS_PER_TYPE, "check msg");
    listed.add(typeUrl);
  }
  for (const typeUrl of asked) {
    ctx.gas.consume(GAS_PER_TYPE, "check msg");
    if (!listed.has(typeUrl))
      throw feegrantErrors.messageNotAllowed.with("message does not exist in allowed messages");
  }
}
