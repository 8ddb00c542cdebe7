// Queries of offers, and what follows from them: why an order has no bids, what a group would cost,
// prices and counts.

import {
  OfferState,
  OrderState,
  QueryEstimateRequest,
  QueryEstimateResponse,
  QueryMarketStatsRequest,
  QueryMarketStatsResponse,
  QueryOfferRequest,
  QueryOfferResponse,
  QueryOffersRequest,
  QueryOffersResponse,
  QueryOrderWhyRequest,
  QueryOrderWhyResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Offer } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { toWireCoin } from "../../../chain/base/coins.ts";
import type { Context, Page, QueryHandler } from "../../../chain/runtime/index.ts";
import {
  failedPrecondition,
  invalidArgument,
  notFound,
  stateParts,
} from "../../../chain/runtime/index.ts";
import { Counter, read } from "../keeper/counters.ts";
import type { Deps } from "../keeper/deps.ts";
import { freeHosts } from "../keeper/offers.ts";
import { specFault } from "../keeper/orders.ts";
import { modelStats } from "../keeper/stats.ts";
import { explain } from "../keeper/why.ts";
import * as state from "../state.ts";
import { amountOf, groupCeiling, groupDenom, modelName, orderKey } from "../types.ts";
import { FilteredList, modelFilter, SERVICE } from "./filter.ts";

/** One offer with what its hosts still have. */
export function offer(): QueryHandler<QueryOfferRequest, QueryOfferResponse> {
  return {
    path: `${SERVICE}/Offer`,
    request: QueryOfferRequest,
    response: QueryOfferResponse,
    handle(ctx, request) {
      const found = state.offers.get(ctx, request.id);
      if (found === undefined) throw notFound(`offer ${request.id} not found`);
      return { offer: found, free: freeHosts(ctx, request.id) };
    },
  };
}

/** A page of offers by number, or those of one provider. */
export function offerList(): QueryHandler<QueryOffersRequest, QueryOffersResponse> {
  return {
    path: `${SERVICE}/Offers`,
    request: QueryOffersRequest,
    response: QueryOffersResponse,
    handle(ctx, request) {
      const keep = (found: Offer): Offer | undefined => {
        const right = request.state === OfferState.UNSPECIFIED || found.state === request.state;
        const paid = request.denom === "" || found.denom === request.denom;
        const name = found.model === undefined ? "" : modelName(found.model);
        return right && paid && (request.model === "" || request.model === name)
          ? found
          : undefined;
      };
      const page = offerPage(ctx, request, keep);
      return { offers: page.items, pagination: page.pagination };
    },
  };
}

function offerPage(
  ctx: Context,
  request: QueryOffersRequest,
  keep: (offer: Offer) => Offer | undefined,
): Page<Offer> {
  const list = new FilteredList(ctx, state.offers, request.pagination, keep);
  const { provider, model } = request;
  const { indexes, side } = state.offers;
  const states = stateParts(request.state);
  if (provider !== "")
    return list.by(indexes.byProvider, ctx.addresses.format(ctx.addresses.parse(provider)));
  if (model !== "") return list.by(side.byModel, [modelFilter(model), ...states]);
  const [only] = states;
  return only === undefined ? list.all() : list.by(side.byState, only);
}

// ---- why, estimate, statistics ----------------------------------------------------------------------

/** Counts of providers and offers that do not serve an open order, by the first point they fail on. */
export function orderWhy(deps: Deps): QueryHandler<QueryOrderWhyRequest, QueryOrderWhyResponse> {
  return {
    path: `${SERVICE}/OrderWhy`,
    request: QueryOrderWhyRequest,
    response: QueryOrderWhyResponse,
    handle(ctx, request) {
      const group = orderKey(request, ctx.addresses);
      const found = state.orders.get(ctx, state.orderTuple(group));
      if (found === undefined)
        throw notFound(`order ${request.dseq}/${request.gseq}/${request.oseq} not found`);
      if (found.state === OrderState.MATCHED) throw failedPrecondition("the order has a lease");
      const ceiling = amountOf(found.ceiling);
      const { owner } = request;
      const why = explain(ctx, deps, { spec: found.spec, ceiling, owner, group });
      const { counts, providers, offers, fitting, partial, note } = why;
      return { counts, providers, offers, fitting, partial, note };
    },
  };
}

/** What the cheapest providers would ask for a group now. */
export function estimate(deps: Deps): QueryHandler<QueryEstimateRequest, QueryEstimateResponse> {
  return {
    path: `${SERVICE}/Estimate`,
    request: QueryEstimateRequest,
    response: QueryEstimateResponse,
    handle(ctx, request) {
      const { spec, owner } = request;
      const fault = specFault(spec);
      if (fault !== undefined) throw invalidArgument(fault);
      const denom = groupDenom(spec);
      const ceiling = groupCeiling(spec);
      const { quotes, partial, counts, note } = explain(ctx, deps, { spec, ceiling, owner });
      return { ceiling: toWireCoin({ denom, amount: ceiling }), quotes, partial, counts, note };
    },
  };
}

/** Prices and live leases by model, and totals from maintained counters. */
export function marketStats(): QueryHandler<QueryMarketStatsRequest, QueryMarketStatsResponse> {
  return {
    path: `${SERVICE}/MarketStats`,
    request: QueryMarketStatsRequest,
    response: QueryMarketStatsResponse,
    handle: (ctx, request) => ({
      models: modelStats(ctx, request.denom),
      openOrders: read(ctx, Counter.OPEN_ORDERS),
      liveLeases: read(ctx, Counter.LIVE_LEASES),
      activeOffers: read(ctx, Counter.ACTIVE_OFFERS),
    }),
  };
}
