import {
  BidEnd,
  BidState,
  MsgRejectBid,
  MsgRejectBidResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { endBid } from "../keeper/book.ts";
import type { Deps } from "../keeper/deps.ts";
import { requireOpen } from "../keeper/orders.ts";
import * as state from "../state.ts";
import { leaseOf, orderKey } from "../types.ts";
import { checkOrderId } from "./checks.ts";
import { requireBid } from "./own_bid.ts";

/**
 * MsgRejectBid, signed by the tenant: the bid ends, its deposit goes back, its provider is barred
 * from this order. State: orders, bids, rejections, bid_expiries; escrow/accounts.
 * Events: EventBidEnded; escrow's. Throws: market/2, 3, 6, 7, 25, 31.
 */
export function rejectBid(deps: Deps): MsgHandler<MsgRejectBid, MsgRejectBidResponse> {
  return {
    type: MsgRejectBid,
    response: MsgRejectBidResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      env.addresses.parse(msg.provider);
      checkOrderId(msg.order, env);
      if (msg.order.owner !== msg.owner)
        throw marketErrors.notTheirs.with("only its owner rejects bids on an order");
    },
    handle(ctx, msg) {
      const order = orderKey(msg.order, ctx.addresses);
      const key = leaseOf(order, ctx.addresses.parse(msg.provider));
      requireOpen(ctx, order);
      const bid = requireBid(ctx, key);
      endBid(ctx, deps, { key, bid }, BidState.LOST, BidEnd.REJECTED);
      state.rejections.set(ctx, state.leaseTuple(key), 0n);
      return {};
    },
  };
}
