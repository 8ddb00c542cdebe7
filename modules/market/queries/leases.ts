// Queries of leases.

import {
  LeaseState,
  QueryLeaseRequest,
  QueryLeaseResponse,
  QueryLeasesRequest,
  QueryLeasesResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context, Page, QueryHandler } from "../../../chain/runtime/index.ts";
import { notFound, paginateIndex, paginateMap, stateFilter } from "../../../chain/runtime/index.ts";
import { leasePayment } from "../../escrow/index.ts";
import { accountOf } from "../keeper/deps.ts";
import type { Deps } from "../keeper/deps.ts";
import * as state from "../state.ts";
import { leaseKey, modelName } from "../types.ts";
import { prefixOf, SERVICE } from "./filter.ts";

/** One lease with its payment and the gateway of its provider. */
export function lease(deps: Deps): QueryHandler<QueryLeaseRequest, QueryLeaseResponse> {
  return {
    path: `${SERVICE}/Lease`,
    request: QueryLeaseRequest,
    response: QueryLeaseResponse,
    handle(ctx, request) {
      const key = leaseKey(request, ctx.addresses);
      deps.escrow.catchUp(ctx, accountOf(key));
      const found = state.leases.get(ctx, state.leaseTuple(key));
      if (found === undefined)
        throw notFound(`lease ${request.dseq}/${request.gseq}/${request.oseq} not found`);
      return {
        lease: found,
        payment: deps.escrow.findPayment(ctx, leasePayment(key)),
        hostUri: deps.provider.find(ctx, key.provider)?.hostUri ?? "",
        uptime: ctx.uptime,
        now: ctx.now,
      };
    },
  };
}

/** A page of leases. */
export function leaseList(): QueryHandler<QueryLeasesRequest, QueryLeasesResponse> {
  return {
    path: `${SERVICE}/Leases`,
    request: QueryLeasesRequest,
    response: QueryLeasesResponse,
    handle(ctx, request) {
      const keep = (found: Lease): Lease | undefined => {
        const right = request.state === LeaseState.UNSPECIFIED || found.state === request.state;
        const mine = request.provider === "" || found.id.provider === request.provider;
        const named = found.units.some(({ gpu }) => gpu && modelName(gpu) === request.model);
        return right && mine && (request.model === "" || named) ? found : undefined;
      };
      const page = leasePage(ctx, request, keep);
      return { leases: page.items, pagination: page.pagination };
    },
  };
}

function leasePage(
  ctx: Context,
  request: QueryLeasesRequest,
  keep: (lease: Lease) => Lease | undefined,
): Page<Lease> {
  const prefix = prefixOf(ctx, request);
  const { pagination, provider } = request;
  const options = { total: "never" } as const;
  const at = (key: state.LeaseTuple): Lease | undefined => keep(state.leases.must(ctx, key));
  if (prefix !== undefined)
    return paginateMap(ctx, state.leases, { prefix }, pagination, (_k, v) => keep(v), options);
  const { byProvider, byState } = state.leases.side;
  if (provider !== "") {
    const address = ctx.addresses.parse(provider);
    const any = request.state === LeaseState.UNSPECIFIED;
    const range = {
      prefix: any ? ([address] as const) : ([address, stateFilter(request.state)] as const),
    };
    return paginateIndex(ctx, byProvider, range, pagination, (_i, key) => at(key), options);
  }
  if (request.state !== LeaseState.UNSPECIFIED)
    return paginateIndex(
      ctx,
      byState,
      { prefix: [stateFilter(request.state)] },
      pagination,
      (_i, key) => at(key),
      options,
    );
  return paginateMap(ctx, state.leases, {}, pagination, (_k, v) => keep(v), options);
}
