import {
  MsgUpdateOffer,
  MsgUpdateOfferResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { Deps } from "../keeper/deps.ts";
import { getOffer, updateOffer as update } from "../keeper/offers.ts";
import { checkShapes, checkUnitPrices } from "./checks.ts";
import { requireOfferOperator } from "./own_offer.ts";
import { checkEnd } from "./post_offer.ts";

/**
 * MsgUpdateOffer, signed by the operator: new prices, hosts and end. Quotes already given stand;
 * capacity never falls below what leases use. State: offers, capacities, offer_rows, offer_expiries;
 * provider/commitments. Events: EventOfferUpdated. Throws: market/5, 9, 28, 30; provider/8, 11, 16.
 */
export function updateOffer(deps: Deps): MsgHandler<MsgUpdateOffer, MsgUpdateOfferResponse> {
  return {
    type: MsgUpdateOffer,
    response: MsgUpdateOfferResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      checkUnitPrices(msg.prices);
    },
    handle(ctx, msg) {
      const offer = getOffer(ctx, msg.id);
      requireOfferOperator(ctx, deps, offer, msg.operator);
      if (msg.shapes.length > 0) checkShapes(msg.shapes, offer.model);
      if (msg.expiresAt !== 0n) checkEnd(ctx.now, msg.expiresAt);
      const expiresAt = msg.expiresAt === 0n ? offer.expiresAt : msg.expiresAt;
      update(ctx, deps, offer, { prices: msg.prices, shapes: msg.shapes, expiresAt });
      return {};
    },
  };
}
