import { addCoins, formatCoins } from "../../../chain/base/coins.ts";
import type { Coin, WireCoin } from "../../../chain/base/coins.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import type { Address } from "../../../chain/base/address.ts";
import {
  MsgMultiSend,
  MsgMultiSendResponse,
} from "../../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { parseAddress } from "../../../chain/runtime/index.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import { messageCoins } from "../coins.ts";
import { bankErrors } from "../errors.ts";
import type { BankKeeper, Receiver } from "../keeper.ts";

/** One side of a multi-send, checked. */
function side(
  ctx: Context,
  part: { readonly address: string; readonly coins: readonly WireCoin[] },
  role: "input" | "output",
): { readonly address: Address; readonly coins: readonly Coin[] } {
  const address = parseAddress(ctx.addresses, part.address, (reason) =>
    sdkErrors.invalidAddress.with(`invalid ${role} address: ${reason}`),
  );
  return { address, coins: messageCoins(part.coins) };
}

/**
 * cosmos.bank.v1beta1.MsgMultiSend: one input, many outputs. State: balances, new accounts.
 * Events: message, coin_spent, then per output coin_received and transfer.
 * Throws: sdk/4, 5, 7, 10; bank/2, 3, 4, 5, 9.
 */
export function multiSend(keeper: BankKeeper): MsgHandler<MsgMultiSend, MsgMultiSendResponse> {
  return {
    type: MsgMultiSend,
    response: MsgMultiSendResponse,
    handle(ctx, msg) {
      const [first] = msg.inputs;
      if (first === undefined) throw bankErrors.noInputs.error();
      if (msg.inputs.length !== 1) throw bankErrors.multipleSenders.error();
      if (msg.outputs.length === 0) throw bankErrors.noOutputs.error();
      const input = side(ctx, first, "input");
      const receivers: Receiver[] = msg.outputs.map((output) => ({
        ...side(ctx, output, "output"),
        text: output.address,
      }));
      const total = receivers.reduce<Coin[]>((sum, { coins }) => addCoins(sum, coins), []);
      if (formatCoins(total) !== formatCoins(input.coins))
        throw bankErrors.inputOutputMismatch.error();
      keeper.checkSendEnabled(ctx, input.coins);
      for (const { address, text } of receivers)
        if (keeper.isBlocked(address))
          throw sdkErrors.unauthorized.with(`${text} is not allowed to receive funds`);
      keeper.multiSend(ctx, input.address, input.coins, receivers);
      return {};
    },
  };
}
