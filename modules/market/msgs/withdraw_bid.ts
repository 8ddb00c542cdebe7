import {
  AwardMode,
  BidState,
  MsgWithdrawBid,
  MsgWithdrawBidResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { BINDING_S, endBid } from "../keeper/book.ts";
import type { Deps } from "../keeper/deps.ts";
import { requireOpen } from "../keeper/orders.ts";
import * as state from "../state.ts";
import { amountOf, leaseOf, orderKey } from "../types.ts";
import { checkOrderId } from "./checks.ts";
import { requireBid } from "./own_bid.ts";

/**
 * MsgWithdrawBid, signed by the operator: takes a bid by hand on a manual order back, once its last
 * revision has bound for 300 s of U. The provider may return to this order only below its price.
 * State: orders, bids, rejections, bid_expiries; escrow/accounts. Events: EventBidEnded; escrow's.
 * Throws: market/2, 3, 6, 7, 24, 25, 26; provider/8.
 */
export function withdrawBid(deps: Deps): MsgHandler<MsgWithdrawBid, MsgWithdrawBidResponse> {
  return {
    type: MsgWithdrawBid,
    response: MsgWithdrawBidResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      env.addresses.parse(msg.provider);
      checkOrderId(msg.order, env);
    },
    handle(ctx, msg) {
      const provider = ctx.addresses.parse(msg.provider);
      deps.provider.requireOperator(ctx, provider, msg.operator);
      const order = orderKey(msg.order, ctx.addresses);
      const key = leaseOf(order, provider);
      if (requireOpen(ctx, order).settings.mode !== AwardMode.MANUAL)
        throw marketErrors.wrongMode.with("a bid on an auto order binds until the award");
      const bid = requireBid(ctx, key);
      if (bid.offer !== 0n)
        throw marketErrors.bidState.with(
          `quote of offer ${bid.offer}: it lives until its order ends`,
        );
      const free = bid.revisedUptime + BINDING_S;
      if (ctx.uptime < free)
        throw marketErrors.tooEarly.with(`the bid binds until second ${free} of uptime`);
      endBid(ctx, deps, { key, bid }, BidState.WITHDRAWN);
      state.rejections.set(ctx, state.leaseTuple(key), amountOf(bid.price));
      return {};
    },
  };
}
