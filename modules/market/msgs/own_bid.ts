// Reading a bid that a message names.

import type { Bid } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { BidState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import { isOver } from "../keeper/book.ts";
import * as state from "../state.ts";
import type { BidKey } from "../types.ts";

/** An open bid whose own time is not over. Throws: market/3, 7. */
export function requireBid(ctx: Context, key: BidKey): Bid {
  const bid = state.bids.get(ctx, state.leaseTuple(key));
  if (bid === undefined || isOver(ctx, bid))
    throw marketErrors.bidNotFound.with(
      `bid of ${ctx.addresses.format(key.provider)} on order ${key.dseq}/${key.gseq}/${key.oseq}`,
    );
  if (bid.state !== BidState.OPEN) throw marketErrors.bidState.with("the bid is on standby");
  return bid;
}
