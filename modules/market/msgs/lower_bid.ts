// MsgLowerBid: a lower price for a live bid.

import {
  AwardMode,
  BidState,
  MsgLowerBid,
  MsgLowerBidResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Bid, Order } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { effOf, enterBook, wakeRolling } from "../keeper/book.ts";
import { readParams } from "../keeper/deps.ts";
import type { Deps } from "../keeper/deps.ts";
import { requireEligible } from "../keeper/eligibility.ts";
import { fitPpm } from "../keeper/fit.ts";
import { requireOpen } from "../keeper/orders.ts";
import * as state from "../state.ts";
import { amountOf, leaseOf, orderKey } from "../types.ts";
import { checkOrderId, checkPrice } from "./checks.ts";
import { requireBid } from "./own_bid.ts";

/**
 * MsgLowerBid, signed by the operator: a lower price for an open bid, or for a quote of an own
 * offer. A new revision with a new age; it must lower the effective price too.
 * State: orders, auctions, bids, ages, bid_expiries, awards. Events: EventBidLowered,
 * EventOrderExtended. Throws: market/2, 3, 6, 7, 15, 17, 19, 25, 27; provider/8, 17.
 */
export function lowerBid(deps: Deps): MsgHandler<MsgLowerBid, MsgLowerBidResponse> {
  return {
    type: MsgLowerBid,
    response: MsgLowerBidResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      env.addresses.parse(msg.provider);
      checkOrderId(msg.order, env);
      checkPrice(msg.price);
    },
    handle(ctx, msg) {
      const provider = ctx.addresses.parse(msg.provider);
      deps.provider.requireOperator(ctx, provider, msg.operator);
      const order = orderKey(msg.order, ctx.addresses);
      const key = leaseOf(order, provider);
      const open = requireOpen(ctx, order);
      const before = requireBid(ctx, key);
      const bid = lowered(ctx, open, before, msg);
      requireEligible(ctx, deps, key, open.spec, bid);
      const auction = state.auctions.must(ctx, state.orderTuple(order));
      if (!enterBook(ctx, deps, { key: order, order: open, auction }, bid, before))
        throw marketErrors.bookFull.error();
      wakeRolling(ctx, deps, order);
      return { revision: bid.revision, eff: bid.eff };
    },
  };
}

function lowered(ctx: Context, order: Order, before: Bid, msg: MsgLowerBid): Bid {
  if (before.revision !== msg.revision)
    throw marketErrors.changed.with(`revision ${before.revision}, not ${msg.revision}`);
  const { denom, amount } = before.price;
  if (msg.price.denom !== denom)
    throw marketErrors.invalidPrice.with(`price in ${msg.price.denom}, the bid is in ${denom}`);
  const params = readParams(ctx);
  const eff = effOf(amountOf(msg.price), fitPpm(order.spec), params);
  if (amountOf(msg.price) >= BigInt(amount) || eff >= before.eff)
    throw marketErrors.notLower.with(
      `price ${msg.price.amount}${denom} (effective ${eff}) against ${amount}${denom} (effective ${before.eff})`,
    );
  const manual = order.settings.mode === AwardMode.MANUAL && before.offer === 0n;
  return {
    ...before,
    state: BidState.OPEN,
    price: msg.price,
    eff,
    revision: before.revision + 1,
    revisedUptime: ctx.uptime,
    age: state.ages.next(ctx),
    expiresUptime: manual ? ctx.uptime + params.bidTtlS : 0n,
    paramsVersion: params.version,
  };
}
