import {
  MsgPauseOffer,
  MsgPauseOfferResponse,
  OfferCause,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { getOffer, requireStanding, setCause } from "../keeper/offers.ts";
import { requireOfferOperator } from "./own_offer.ts";

/**
 * MsgPauseOffer, signed by the operator: active | paused -> paused with cause owner. Quotes already
 * given stand, and fail at the award while the offer is paused. State: offers, offer_rows.
 * Events: EventOfferState. Throws: market/5, 9, 36; provider/8.
 */
export function pauseOffer(deps: Deps): MsgHandler<MsgPauseOffer, MsgPauseOfferResponse> {
  return {
    type: MsgPauseOffer,
    response: MsgPauseOfferResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
    },
    handle(ctx, msg) {
      const offer = getOffer(ctx, msg.id);
      requireOfferOperator(ctx, deps, offer, msg.operator);
      requireStanding(ctx, offer);
      if (offer.causes.includes(OfferCause.OWNER))
        throw marketErrors.nothingChanges.with(`offer ${msg.id} is paused by its operator`);
      setCause(ctx, offer, OfferCause.OWNER, true);
      return {};
    },
  };
}
