import { MAX_AMOUNT } from "../../../chain/base/integers.ts";
import {
  MsgSetPayout,
  MsgSetPayoutResponse,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/types.ts";
import { escrowErrors } from "../errors.ts";
import * as events from "../events.ts";
import { PAYOUT_PERIOD_BOUNDS } from "../params.ts";
import { payouts } from "../state.ts";

/**
 * MsgSetPayout, signed by the payee: how often and from which amount on the queue pays. A payment
 * that already waits for its next payout keeps that time and takes the new period after it.
 * State: payouts. Events: EventPayoutSet. Throws: escrow/23; sdk/7.
 */
export function setPayout(): MsgHandler<MsgSetPayout, MsgSetPayoutResponse> {
  return {
    type: MsgSetPayout,
    response: MsgSetPayoutResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.payee);
      const { least, most } = PAYOUT_PERIOD_BOUNDS;
      if (msg.period < least || msg.period > most)
        throw escrowErrors.invalidPayout.with(`period ${msg.period} s is not in ${least}..${most}`);
      if (msg.minimum < 0n || msg.minimum > MAX_AMOUNT)
        throw escrowErrors.invalidPayout.with(`minimum ${msg.minimum}`);
    },
    handle(ctx, msg) {
      const { payee, period, minimum } = msg;
      payouts.set(ctx, ctx.addresses.parse(payee), { payee, period, minimum });
      events.payoutSet(ctx, payee, period, minimum);
      return {};
    },
  };
}
