// Why an order has no bids, and what a group would cost now: every public offer held against what is
// asked, with the first point on which it fails. Bounded; says when it stopped early.

import { compareBig } from "../../../chain/base/integers.ts";
import { toWireCoin } from "../../../chain/base/coins.ts";
import { OfferCause, OfferState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  GroupSpec,
  Offer,
  Quote,
  WhyCount,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { ProviderState } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import * as state from "../state.ts";
import { asksAuditors, groupDenom, groupGpus } from "../types.ts";
import type { GroupKey } from "../types.ts";
import type { Deps } from "./deps.ts";
import { excludedUntil } from "./eligibility.ts";
import { isMiss, NO_AUDITS, offerClaims, offerFit, REASONS, requirementMiss } from "./fit.ts";
import type { Fit, Miss, Reason } from "./fit.ts";
import { freeHosts } from "./offers.ts";

/** Most offers that one answer looks at. */
const MAX_OFFERS = 1000;
/** Most quotes of an estimate. */
const MAX_QUOTES = 20;

/** What was found. */
export interface Why {
  readonly counts: readonly WhyCount[];
  readonly providers: number;
  readonly offers: number;
  readonly fitting: number;
  readonly partial: boolean;
  readonly note: string;
  readonly quotes: readonly Quote[];
}

/** What is asked, and by whom (a known group: exclusions count). */
export interface Asked {
  readonly spec: GroupSpec;
  /** Base units per hour. */
  readonly ceiling: bigint;
  /** Bech32; empty = nobody in particular. */
  readonly owner: string;
  readonly group?: GroupKey;
}

/** Holds every public offer against what is asked. Reads offers, capacities, providers. */
export function explain(ctx: Context, deps: Deps, asked: Asked): Why {
  const tally = new Tally();
  let partial = false;
  for (const [, offer] of state.offers.iterate(ctx)) {
    if (tally.offers >= MAX_OFFERS) {
      partial = true;
      break;
    }
    if (!isPublic(offer)) continue;
    tally.add(offer, outcomeOf(ctx, deps, asked, offer));
  }
  return {
    counts: tally.counts(),
    providers: tally.best.size,
    offers: tally.offers,
    fitting: tally.quotes.length,
    partial,
    note: asksAuditors(asked.spec) ? NO_AUDITS : "",
    quotes: tally.cheapest(asked.ceiling),
  };
}

/** Offers that their operator paused, or that have ended, are nobody's business. */
function isPublic(offer: Offer): boolean {
  return offer.state !== OfferState.DRAINING && !offer.causes.includes(OfferCause.OWNER);
}

function fail(reason: Reason, text: string): Miss {
  return { reason, text, distance: 0n };
}

/** Checks in the order of REASONS; the price is compared last but the sign of life. */
function outcomeOf(ctx: Context, deps: Deps, asked: Asked, offer: Offer): Fit | Miss {
  const { spec, ceiling } = asked;
  if (groupGpus(spec) === 0n && offer.model !== undefined)
    return fail("model", "serves groups with GPU only");
  const provider = ctx.addresses.parse(offer.provider);
  const fit = offerFit(spec, offer, freeHosts(ctx, offer.id), ceiling);
  if (isMiss(fit) && fit.reason === "model") return fit;
  const seller = deps.provider.get(ctx, provider);
  const lack = requirementMiss(spec, offerClaims(seller.attributes, offer.attributes));
  if (lack !== undefined) return lack;
  if (asked.owner === offer.provider) return fail("attributes", "is the tenant itself");
  if (asked.group !== undefined && excludedUntil(ctx, asked.group, provider) !== undefined)
    return fail("attributes", "is kept out of this group after its side ended a lease");
  if (offer.denom !== groupDenom(spec))
    return fail("price", `is priced in ${offer.denom}, the order in ${groupDenom(spec)}`);
  if (isMiss(fit)) return fit;
  if (seller.state !== ProviderState.ACTIVE) return fail("heartbeat", "is not active");
  if (!deps.provider.isFresh(ctx, provider))
    return fail("heartbeat", "gave no sign of life in the last two heartbeat periods");
  return fit;
}

/** Counts misses by reason; a provider counts where its best offer fails. */
class Tally {
  offers = 0;
  readonly quotes: { readonly offer: Offer; readonly price: bigint }[] = [];
  /** Furthest point that a provider's offers reached: index into REASONS, or beyond when one fits. */
  readonly best = new Map<string, number>();
  readonly #perOffer = new Map<Reason, number>();
  readonly #nearest = new Map<Reason, { readonly distance: bigint; readonly text: string }>();

  add(offer: Offer, outcome: Fit | Miss): void {
    this.offers++;
    const reached = isMiss(outcome) ? REASONS.indexOf(outcome.reason) : REASONS.length;
    this.best.set(offer.provider, Math.max(reached, this.best.get(offer.provider) ?? 0));
    if (!isMiss(outcome)) {
      this.quotes.push({ offer, price: outcome.price });
      return;
    }
    const { reason, distance } = outcome;
    this.#perOffer.set(reason, (this.#perOffer.get(reason) ?? 0) + 1);
    const before = this.#nearest.get(reason);
    if (before === undefined || distance < before.distance)
      this.#nearest.set(reason, {
        distance,
        text: `offer ${offer.id} of ${offer.provider} ${outcome.text}`,
      });
  }

  counts(): readonly WhyCount[] {
    const providers = new Map<number, number>();
    for (const reached of this.best.values())
      providers.set(reached, (providers.get(reached) ?? 0) + 1);
    return REASONS.map((reason, index) => ({
      reason,
      providers: providers.get(index) ?? 0,
      offers: this.#perOffer.get(reason) ?? 0,
      nearest: this.#nearest.get(reason)?.text ?? "",
    }));
  }

  /** One quote per provider, cheapest first. */
  cheapest(ceiling: bigint): readonly Quote[] {
    const found = new Map<string, Quote>();
    for (const { offer, price } of this.quotes.toSorted((a, b) => compareBig(a.price, b.price))) {
      if (found.size >= MAX_QUOTES) break;
      if (found.has(offer.provider)) continue;
      found.set(offer.provider, {
        provider: offer.provider,
        offer: offer.id,
        price: toWireCoin({ denom: offer.denom, amount: price }),
        withinCeiling: price <= ceiling,
      });
    }
    return [...found.values()];
  }
}
