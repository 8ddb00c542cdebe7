import {
  AwardMode,
  MsgAcceptBid,
  MsgAcceptBidResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { awardTo } from "../keeper/award.ts";
import { accountOf } from "../keeper/deps.ts";
import type { Deps } from "../keeper/deps.ts";
import { requireOpen } from "../keeper/orders.ts";
import { leaseOf, orderKey } from "../types.ts";
import { checkOrderId, checkPrice } from "./checks.ts";
import { requireBid } from "./own_bid.ts";

/**
 * MsgAcceptBid, signed by the tenant: awards a manual order to the bid it names by price and
 * revision. State: as an award. Events: EventLeaseCreated, EventBidWon, EventOrderMatched,
 * EventBidStandby. Throws: market/2, 3, 6, 7, 14, 19 to 21, 25 to 27, 30, 31; provider/17; escrow/*.
 */
export function acceptBid(deps: Deps): MsgHandler<MsgAcceptBid, MsgAcceptBidResponse> {
  return {
    type: MsgAcceptBid,
    response: MsgAcceptBidResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      env.addresses.parse(msg.provider);
      checkOrderId(msg.order, env);
      checkPrice(msg.price);
      if (msg.order.owner !== msg.owner)
        throw marketErrors.notTheirs.with("only its owner awards an order");
    },
    handle(ctx, msg) {
      const order = orderKey(msg.order, ctx.addresses);
      const key = leaseOf(order, ctx.addresses.parse(msg.provider));
      deps.escrow.catchUp(ctx, accountOf(order));
      if (requireOpen(ctx, order).settings.mode !== AwardMode.MANUAL)
        throw marketErrors.wrongMode.with("the chain awards this order");
      const bid = requireBid(ctx, key);
      const same = bid.price.amount === msg.price.amount && bid.price.denom === msg.price.denom;
      if (bid.revision !== msg.revision || !same)
        throw marketErrors.changed.with(
          `revision ${bid.revision} at ${bid.price.amount}${bid.price.denom} per hour`,
        );
      return { lease: awardTo(ctx, deps, order, { key, bid }).id };
    },
  };
}
