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
import { notFound, stateParts } from "../../../chain/runtime/index.ts";
import { leasePayment } from "../../escrow/index.ts";
import { accountOf } from "../keeper/deps.ts";
import type { Deps } from "../keeper/deps.ts";
import * as state from "../state.ts";
import { leaseKey } from "../types.ts";
import { FilteredList, modelFilter, prefixOf, SERVICE } from "./filter.ts";

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
        if (!right || !mine) return undefined;
        const { model } = request;
        return model === "" || state.leaseModels(found).includes(model) ? found : undefined;
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
  const list = new FilteredList(ctx, state.leases, request.pagination, keep);
  const prefix = prefixOf(ctx, request);
  const { provider, model } = request;
  if (prefix !== undefined) return list.all(prefix);
  const { byProvider, byState, byModel } = state.leases.side;
  const states = stateParts(request.state);
  if (provider !== "") return list.by(byProvider, [ctx.addresses.parse(provider), ...states]);
  if (model !== "") return list.by(byModel, [modelFilter(model), ...states]);
  const [only] = states;
  return only === undefined ? list.all() : list.by(byState, [only]);
}
