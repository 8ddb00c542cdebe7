// Who may act for an offer.

import type { Offer } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import type { Deps } from "../keeper/deps.ts";

/** The operator of the offer's provider signs. Throws: provider/8. */
export function requireOfferOperator(
  ctx: Context,
  deps: Deps,
  offer: Offer,
  operator: string,
): void {
  deps.provider.requireOperator(ctx, ctx.addresses.parse(offer.provider), operator);
}
