import {
  MsgWithdrawUnclaimed,
  MsgWithdrawUnclaimedResponse,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/types.ts";
import { escrowErrors } from "../errors.ts";
import * as events from "../events.ts";
import type { Escrow } from "../keeper.ts";
import { amountOf } from "../keeper/payout.ts";
import { ESCROW, unclaimed } from "../state.ts";

/**
 * MsgWithdrawUnclaimed, signed by the address itself: fetches coins that could not be delivered.
 * Fails as a whole while they still cannot be.
 * State: unclaimed. Events: EventUnclaimedWithdrawn. Throws: escrow/24; sdk/7.
 */
export function withdrawUnclaimed(
  keeper: Escrow,
): MsgHandler<MsgWithdrawUnclaimed, MsgWithdrawUnclaimedResponse> {
  return {
    type: MsgWithdrawUnclaimed,
    response: MsgWithdrawUnclaimedResponse,
    validateBasic: (msg, env) => void env.addresses.parse(msg.address),
    handle(ctx, msg) {
      const address = ctx.addresses.parse(msg.address);
      const waiting = [...unclaimed.iterate(ctx, { prefix: [address] })];
      if (waiting.length === 0) throw escrowErrors.nothingUnclaimed.error();
      for (const [key, { amount: coin }] of waiting) {
        const amount = amountOf(coin.amount);
        unclaimed.delete(ctx, key);
        keeper.needs.bank.sendFromModule(ctx, ESCROW, address, [{ denom: coin.denom, amount }]);
        events.unclaimedWithdrawn(ctx, msg.address, amount, coin.denom);
      }
      return { amount: waiting.map(([, { amount }]) => amount) };
    },
  };
}
