import { addCoins, toWireCoin } from "../../../chain/base/coins.ts";
import type { Coin } from "../../../chain/base/coins.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { MsgWithdraw, MsgWithdrawResponse } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/types.ts";
import { escrowErrors } from "../errors.ts";
import type { Escrow } from "../keeper.ts";
import { addressOf } from "../state.ts";
import { paymentRefOf } from "../types.ts";

/** Most payments of one withdrawal. */
const MAX_PAYMENTS = 64;

/**
 * MsgWithdraw, signed by the payee or its operator: settles the payments at now and pays out what is
 * unpaid. A payment with nothing to pay, or one that is withheld, pays 0 and is no error.
 * State: accounts, payments. Events: EventPaidOut; those of exhaustion when it was due.
 * Throws: escrow/14, 16, 22; sdk/4, 7.
 */
export function withdraw(keeper: Escrow): MsgHandler<MsgWithdraw, MsgWithdrawResponse> {
  return {
    type: MsgWithdraw,
    response: MsgWithdrawResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.signer);
      const { length } = msg.payments;
      if (length === 0 || length > MAX_PAYMENTS)
        throw escrowErrors.invalidId.with(`${length} payments, 1 to ${MAX_PAYMENTS} expected`);
      for (const id of msg.payments) paymentRefOf(id, env.addresses);
    },
    handle(ctx, msg) {
      const signer = ctx.addresses.parse(msg.signer);
      let total: Coin[] = [];
      for (const id of msg.payments) {
        const ref = paymentRefOf(id, ctx.addresses);
        const { payee, denom } = keeper.getPayment(ctx, ref);
        if (!keeper.needs.payees.mayAct(ctx, addressOf(payee), signer))
          throw sdkErrors.unauthorized.with(`${msg.signer} is neither ${payee} nor its operator`);
        total = addCoins(total, [{ denom, amount: keeper.payOut(ctx, ref) }]);
      }
      return { amount: total.map(toWireCoin) };
    },
  };
}
