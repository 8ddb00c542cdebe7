import {
  MsgCancelOffer,
  MsgCancelOfferResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { Deps } from "../keeper/deps.ts";
import { endOffer, getOffer, requireStanding } from "../keeper/offers.ts";
import { requireOfferOperator } from "./own_offer.ts";

/**
 * MsgCancelOffer, signed by the operator: active | paused -> draining while leases use it, else
 * closed and gone. State: offers, capacities, offer_rows, offer_expiries; provider/commitments.
 * Events: EventOfferState. Throws: market/5, 9; provider/8.
 */
export function cancelOffer(deps: Deps): MsgHandler<MsgCancelOffer, MsgCancelOfferResponse> {
  return {
    type: MsgCancelOffer,
    response: MsgCancelOfferResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
    },
    handle(ctx, msg) {
      const offer = getOffer(ctx, msg.id);
      requireOfferOperator(ctx, deps, offer, msg.operator);
      requireStanding(ctx, offer);
      endOffer(ctx, deps, offer);
      return {};
    },
  };
}
