// Queries of module market: this file holds orders and bids, queries/ the rest. Single objects at any
// kept height; lists over side indexes answer the latest. What is due is applied before an answer: an
// account that ran out of funds is shown so.

import {
  BidState,
  OrderState,
  QueryBidRequest,
  QueryBidResponse,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryOrderRequest,
  QueryOrderResponse,
  QueryOrdersRequest,
  QueryOrdersResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Bid, Order } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context, Page, QueryHandler } from "../../chain/runtime/index.ts";
import { invalidArgument, notFound, stateParts } from "../../chain/runtime/index.ts";
import { accountOf } from "./keeper/deps.ts";
import type { Deps } from "./keeper/deps.ts";
import { listBook } from "./keeper/book.ts";
import type { Keeper } from "./keeper.ts";
import { FilteredList, modelFilter, prefixOf, SERVICE } from "./queries/filter.ts";
import { lease, leaseList } from "./queries/leases.ts";
import { estimate, marketStats, offer, offerList, orderWhy } from "./queries/offers.ts";
import * as state from "./state.ts";
import { leaseKey, orderKey } from "./types.ts";

/** All queries of the module. */
export function marketQueries(keeper: Keeper): readonly QueryHandler[] {
  const { deps } = keeper;
  return [
    params(keeper),
    order(deps),
    orderList(),
    bid(),
    bidList(deps),
    lease(deps),
    leaseList(),
    offer(),
    offerList(),
    orderWhy(deps),
    estimate(deps),
    marketStats(),
  ];
}

function params(keeper: Keeper): QueryHandler<QueryParamsRequest, QueryParamsResponse> {
  return {
    path: `${SERVICE}/Params`,
    request: QueryParamsRequest,
    response: QueryParamsResponse,
    handle: (ctx) => ({ params: keeper.params(ctx) }),
  };
}

// ---- orders -----------------------------------------------------------------------------------------

function findOrder(ctx: Context, request: QueryOrderRequest): Order {
  const found = state.orders.get(ctx, state.orderTuple(orderKey(request, ctx.addresses)));
  if (found === undefined)
    throw notFound(`order ${request.dseq}/${request.gseq}/${request.oseq} not found`);
  return found;
}

/** One order with its auction. */
function order(deps: Deps): QueryHandler<QueryOrderRequest, QueryOrderResponse> {
  return {
    path: `${SERVICE}/Order`,
    request: QueryOrderRequest,
    response: QueryOrderResponse,
    handle(ctx, request) {
      const key = orderKey(request, ctx.addresses);
      deps.escrow.catchUp(ctx, accountOf(key));
      return {
        order: findOrder(ctx, request),
        auction: state.auctions.get(ctx, state.orderTuple(key)),
        uptime: ctx.uptime,
        now: ctx.now,
      };
    },
  };
}

/** A page of orders. */
function orderList(): QueryHandler<QueryOrdersRequest, QueryOrdersResponse> {
  return {
    path: `${SERVICE}/Orders`,
    request: QueryOrdersRequest,
    response: QueryOrdersResponse,
    handle(ctx, request) {
      const keep = (found: Order): Order | undefined => {
        if (request.state !== OrderState.UNSPECIFIED && found.state !== request.state)
          return undefined;
        const { model } = request;
        return model === "" || state.orderModels(found).includes(model) ? found : undefined;
      };
      const page = orderPage(ctx, request, keep);
      return { orders: page.items, pagination: page.pagination };
    },
  };
}

function orderPage(
  ctx: Context,
  request: QueryOrdersRequest,
  keep: (order: Order) => Order | undefined,
): Page<Order> {
  const list = new FilteredList(ctx, state.orders, request.pagination, keep);
  const prefix = prefixOf(ctx, request);
  const { byModel, byState } = state.orders.side;
  const states = stateParts(request.state);
  if (prefix !== undefined) return list.all(prefix);
  if (request.model !== "") return list.by(byModel, [modelFilter(request.model), ...states]);
  const [only] = states;
  return only === undefined ? list.all() : list.by(byState, [only]);
}

// ---- bids -------------------------------------------------------------------------------------------

/** One live bid. */
function bid(): QueryHandler<QueryBidRequest, QueryBidResponse> {
  return {
    path: `${SERVICE}/Bid`,
    request: QueryBidRequest,
    response: QueryBidResponse,
    handle(ctx, request) {
      const found = state.bids.get(ctx, state.leaseTuple(leaseKey(request, ctx.addresses)));
      if (found === undefined)
        throw notFound(
          `no live bid of ${request.provider} on ${request.dseq}/${request.gseq}/${request.oseq}`,
        );
      return { bid: found };
    },
  };
}

/** A page of live bids; those of one order in the order of an award, standby last. */
function bidList(deps: Deps): QueryHandler<QueryBidsRequest, QueryBidsResponse> {
  return {
    path: `${SERVICE}/Bids`,
    request: QueryBidsRequest,
    response: QueryBidsResponse,
    handle(ctx, request) {
      const keep = (found: Bid): Bid | undefined => {
        const right = request.state === BidState.UNSPECIFIED || found.state === request.state;
        const mine = request.provider === "" || found.id.provider === request.provider;
        return right && mine ? found : undefined;
      };
      if (request.oseq !== 0) return bidsOfOrder(ctx, deps, request, keep);
      const page = bidPage(ctx, request, keep);
      return { bids: page.items, pagination: page.pagination };
    },
  };
}

function bidPage(
  ctx: Context,
  request: QueryBidsRequest,
  keep: (bid: Bid) => Bid | undefined,
): Page<Bid> {
  const list = new FilteredList(ctx, state.bids, request.pagination, keep);
  const prefix = prefixOf(ctx, request);
  const { provider } = request;
  const { byProvider, byState } = state.bids.side;
  const states = stateParts(request.state);
  if (prefix !== undefined) return list.all(prefix);
  if (provider !== "") return list.by(byProvider, [ctx.addresses.parse(provider), ...states]);
  const [only] = states;
  return only === undefined ? list.all() : list.by(byState, only);
}

function bidsOfOrder(
  ctx: Context,
  deps: Deps,
  request: QueryBidsRequest,
  keep: (bid: Bid) => Bid | undefined,
): QueryBidsResponse {
  if (request.gseq === 0) throw invalidArgument("oseq needs owner, dseq and gseq");
  const key = orderKey(request, ctx.addresses);
  const entries = [
    ...listBook(ctx, deps, key, BidState.OPEN),
    ...listBook(ctx, deps, key, BidState.STANDBY),
  ];
  const bids = entries.map((entry) => entry.bid).filter((found) => keep(found) !== undefined);
  return { bids, pagination: { nextKey: new Uint8Array(0), total: BigInt(bids.length) } };
}
