import type { QueryClient } from "@cosmjs/stargate";
import {
  QueryService,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryOrderRequest,
  QueryOrderResponse,
  QueryOrdersRequest,
  QueryOrdersResponse,
  QueryBidRequest,
  QueryBidResponse,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryLeaseRequest,
  QueryLeaseResponse,
  QueryLeasesRequest,
  QueryLeasesResponse,
  QueryOfferRequest,
  QueryOfferResponse,
  QueryOffersRequest,
  QueryOffersResponse,
  QueryOrderWhyRequest,
  QueryOrderWhyResponse,
  QueryMarketStatsRequest,
  QueryMarketStatsResponse,
  QueryEstimateRequest,
  QueryEstimateResponse,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { QueryMethods } from "./extension.ts";
import { queryMethods } from "./extension.ts";

const methods = {
  params: [QueryParamsRequest, QueryParamsResponse],
  order: [QueryOrderRequest, QueryOrderResponse],
  orders: [QueryOrdersRequest, QueryOrdersResponse],
  bid: [QueryBidRequest, QueryBidResponse],
  bids: [QueryBidsRequest, QueryBidsResponse],
  lease: [QueryLeaseRequest, QueryLeaseResponse],
  leases: [QueryLeasesRequest, QueryLeasesResponse],
  offer: [QueryOfferRequest, QueryOfferResponse],
  offers: [QueryOffersRequest, QueryOffersResponse],
  orderWhy: [QueryOrderWhyRequest, QueryOrderWhyResponse],
  marketStats: [QueryMarketStatsRequest, QueryMarketStatsResponse],
  estimate: [QueryEstimateRequest, QueryEstimateResponse],
} as const;

/** Queries of module market under the name `market`. */
export interface MarketExtension {
  readonly market: QueryMethods<typeof methods>;
}

/** Adds the queries of module market to a CosmJS QueryClient. */
export function setupMarketExtension(base: QueryClient): MarketExtension {
  return { market: queryMethods(base, QueryService, methods) };
}
