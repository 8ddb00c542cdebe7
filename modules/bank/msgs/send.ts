import type { Address } from "../../../chain/base/address.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { MsgSend, MsgSendResponse } from "../../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { parseAddress } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { messageCoins } from "../coins.ts";
import type { BankKeeper } from "../keeper.ts";

/**
 * cosmos.bank.v1beta1.MsgSend. State: balances, and an account for a new receiver.
 * Events: coin_spent, coin_received, transfer, message. Throws: sdk/4, 5, 7, 10; bank/5.
 */
export function send(keeper: BankKeeper): MsgHandler<MsgSend, MsgSendResponse> {
  return {
    type: MsgSend,
    response: MsgSendResponse,
    handle(ctx, msg) {
      const parse = (text: string, role: string): Address =>
        parseAddress(ctx.addresses, text, (reason) =>
          sdkErrors.invalidAddress.with(`invalid ${role} address: ${reason}`),
        );
      const from = parse(msg.fromAddress, "from");
      const to = parse(msg.toAddress, "to");
      const coins = messageCoins(msg.amount);
      keeper.checkSendEnabled(ctx, coins);
      if (keeper.isBlocked(to))
        throw sdkErrors.unauthorized.with(`${msg.toAddress} is not allowed to receive funds`);
      keeper.send(ctx, from, to, coins);
      return {};
    },
  };
}
