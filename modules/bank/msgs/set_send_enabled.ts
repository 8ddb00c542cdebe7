import { isDenom } from "../../../chain/base/coins.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import {
  MsgSetSendEnabled,
  MsgSetSendEnabledResponse,
} from "../../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { sendEnabled } from "../state.ts";

/** cosmos.bank.v1beta1.MsgSetSendEnabled. State: send_enabled. Throws: gov/13, sdk/18. */
export function setSendEnabled(): MsgHandler<MsgSetSendEnabled, MsgSetSendEnabledResponse> {
  return {
    type: MsgSetSendEnabled,
    response: MsgSetSendEnabledResponse,
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      const seen = new Set<string>();
      for (const { denom } of msg.sendEnabled) {
        const quoted = JSON.stringify(denom);
        if (seen.has(denom))
          throw sdkErrors.invalidRequest.with(`duplicate denom entries found for ${quoted}`);
        seen.add(denom);
        requireDenom(denom, `invalid SendEnabled denom ${quoted}`);
      }
      for (const denom of msg.useDefaultFor)
        requireDenom(denom, `invalid UseDefaultFor denom ${JSON.stringify(denom)}`);
      for (const { denom, enabled } of msg.sendEnabled) sendEnabled.set(ctx, denom, enabled);
      for (const denom of msg.useDefaultFor) sendEnabled.delete(ctx, denom);
      return {};
    },
  };
}

function requireDenom(denom: string, text: string): void {
  if (!isDenom(denom)) throw sdkErrors.invalidRequest.with(`${text}: invalid denom: ${denom}`);
}
