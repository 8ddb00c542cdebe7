import {
  MsgMatchOrder,
  MsgMatchOrderResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { planRematch } from "../keeper/matching.ts";
import { requireOpen } from "../keeper/orders.ts";
import * as state from "../state.ts";
import { orderKey } from "../types.ts";
import { checkOrderId } from "./checks.ts";

/** Seconds of U between two scans that anybody may ask for. */
const MATCH_INTERVAL_S = 60n;

/**
 * MsgMatchOrder, signed by anybody: the offers are scanned again for an open order at the end of this
 * block. Has effect once per order and 60 s; before the first scan has ended it has none.
 * State: orders, auctions, rematches. Throws: market/2, 6, 24, 25.
 */
export function matchOrder(): MsgHandler<MsgMatchOrder, MsgMatchOrderResponse> {
  return {
    type: MsgMatchOrder,
    response: MsgMatchOrderResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.sender);
      checkOrderId(msg.order, env);
    },
    handle(ctx, msg) {
      const key = orderKey(msg.order, ctx.addresses);
      requireOpen(ctx, key);
      const auction = state.auctions.must(ctx, state.orderTuple(key));
      const next = auction.matchedUptime + MATCH_INTERVAL_S;
      if (auction.matchedUptime !== 0n && ctx.uptime < next)
        throw marketErrors.tooEarly.with(`matched again from second ${next} of uptime on`);
      const marked = { ...auction, matchedUptime: ctx.uptime };
      if (auction.scanned) {
        planRematch(ctx, key, marked, ctx.uptime);
      } else {
        state.auctions.set(ctx, state.orderTuple(key), marked);
      }
      return {};
    },
  };
}
