import {
  MsgPostOffer,
  MsgPostOfferResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { isDenom } from "../../../chain/base/coins.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { postOffer as post } from "../keeper/offers.ts";
import { MAX_OFFER_LIFE_S } from "../types.ts";
import { checkAttributes, checkHash, checkModel, checkShapes, checkUnitPrices } from "./checks.ts";

/**
 * MsgPostOffer, signed by the operator: a standing offer, which quotes orders while its provider is
 * active and fresh. State: offers, capacities, offer_rows, offer_expiries, offer_ids;
 * provider/commitments. Events: EventOfferPosted, EventOfferState.
 * Throws: market/12, 28, 29, 33; provider/2, 8, 11, 16; escrow/*.
 */
export function postOffer(deps: Deps): MsgHandler<MsgPostOffer, MsgPostOfferResponse> {
  return {
    type: MsgPostOffer,
    response: MsgPostOfferResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      env.addresses.parse(msg.provider);
      if (!isDenom(msg.denom)) throw marketErrors.invalidOffer.with("denom is not a denom");
      checkUnitPrices(msg.prices);
      if (msg.model !== undefined) checkModel(msg.model);
      checkShapes(msg.shapes, msg.model);
      checkAttributes(msg.attributes);
      checkHash("terms_hash", msg.termsHash, true);
      if (msg.maxDurationS !== 0n && msg.maxDurationS < msg.minDurationS)
        throw marketErrors.invalidOffer.with(
          `max_duration_s ${msg.maxDurationS} is below min_duration_s ${msg.minDurationS}`,
        );
      if (msg.allowed.length > 0 || msg.denied.length > 0 || msg.schedule.length > 0)
        throw marketErrors.notServed.with("offers for some tenants or some hours");
    },
    handle(ctx, msg) {
      const provider = ctx.addresses.parse(msg.provider);
      deps.provider.requireOperator(ctx, provider, msg.operator);
      deps.escrow.denom(ctx, msg.denom);
      checkEnd(ctx.now, msg.expiresAt);
      return { id: post(ctx, deps, provider, msg).id };
    },
  };
}

/** An offer ends in the future, at most 365 days ahead. Throws: market/28. */
export function checkEnd(now: bigint, expiresAt: bigint): void {
  const latest = now + MAX_OFFER_LIFE_S;
  if (expiresAt <= now || expiresAt > latest)
    throw marketErrors.invalidOffer.with(
      `expires_at ${expiresAt} is not in ${now + 1n}..${latest}`,
    );
}
