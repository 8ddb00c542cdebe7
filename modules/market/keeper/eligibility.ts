// Whether a provider may have a group: checked when it bids, when it is quoted, and again at the
// award. Room and funds are checked where they are taken.

import { equalBytes } from "../../../chain/base/bytes.ts";
import type { Address } from "../../../chain/base/address.ts";
import type { Bid, GroupSpec } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Attribute, Provider } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import * as state from "../state.ts";
import type { GroupKey, LeaseKey } from "../types.ts";
import type { Deps } from "./deps.ts";
import { offerClaims, ownershipMiss, requirementMiss } from "./fit.ts";

/** Until when (U) a provider is kept out of a group; undefined when it is not. */
export function excludedUntil(
  ctx: Context,
  group: GroupKey,
  provider: Address,
): bigint | undefined {
  const until = state.exclusions.get(ctx, [...state.groupTuple(group), provider]);
  return until === undefined || until <= ctx.uptime ? undefined : until;
}

/** Whether a provider is barred from an order for a price (base units per hour). */
export function isBarred(ctx: Context, key: LeaseKey, price: bigint): boolean {
  const below = state.rejections.get(ctx, state.leaseTuple(key));
  return below !== undefined && price >= below;
}

/**
 * The provider of a bid, which meets the order now: active and fresh, not excluded nor barred, with
 * every attribute asked. Throws: provider/2, 17; market/19, 20, 21, 39.
 */
export function requireEligible(
  ctx: Context,
  deps: Deps,
  key: LeaseKey,
  spec: GroupSpec,
  bid: Pick<Bid, "offer" | "units" | "price">,
): Provider {
  if (equalBytes(key.owner, key.provider)) throw marketErrors.ownOrder.error();
  const provider = deps.provider.requireAwardable(ctx, key.provider);
  const until = excludedUntil(ctx, key, key.provider);
  if (until !== undefined) throw marketErrors.excluded.with(`until second ${until} of uptime`);
  if (isBarred(ctx, key, BigInt(bid.price.amount))) throw marketErrors.barred.error();
  const claims = claimsOf(ctx, provider, bid.offer);
  const miss =
    requirementMiss(spec, claims) ??
    (bid.offer === 0n ? ownershipMiss(spec, bid.units, provider) : undefined);
  if (miss !== undefined)
    throw marketErrors.notEligible.with(`${miss.reason}: provider ${provider.owner} ${miss.text}`);
  return provider;
}

/** Claims of a provider, with those of the offer that a quote is made of. */
function claimsOf(ctx: Context, provider: Provider, offer: bigint): readonly Attribute[] {
  if (offer === 0n) return provider.attributes;
  return offerClaims(provider.attributes, state.offers.get(ctx, offer)?.attributes ?? []);
}
