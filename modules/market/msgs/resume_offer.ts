import {
  MsgResumeOffer,
  MsgResumeOfferResponse,
  OfferCause,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { getOffer, requireStanding, setCause } from "../keeper/offers.ts";
import { requireOfferOperator } from "./own_offer.ts";

/**
 * MsgResumeOffer, signed by the operator: clears cause owner; the offer is active when no other
 * cause is left. State: offers, offer_rows. Events: EventOfferState.
 * Throws: market/5, 9, 36; provider/8.
 */
export function resumeOffer(deps: Deps): MsgHandler<MsgResumeOffer, MsgResumeOfferResponse> {
  return {
    type: MsgResumeOffer,
    response: MsgResumeOfferResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
    },
    handle(ctx, msg) {
      const offer = getOffer(ctx, msg.id);
      requireOfferOperator(ctx, deps, offer, msg.operator);
      requireStanding(ctx, offer);
      if (!offer.causes.includes(OfferCause.OWNER))
        throw marketErrors.nothingChanges.with(`offer ${msg.id} is not paused by its operator`);
      setCause(ctx, offer, OfferCause.OWNER, false);
      return {};
    },
  };
}
