import { must } from "../../chain/base/assert.ts";
import {
  QueryClocksRequest,
  QueryClocksResponse,
  QueryIdentityRequest,
  QueryIdentityResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryQuarantinedRequest,
  QueryQuarantinedResponse,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
import { paginateMap, queryHandler } from "../../chain/runtime/index.ts";
import type { QueryHandler } from "../../chain/runtime/index.ts";
import type { ChainKeeper } from "./keeper.ts";
import { clocks, params, quarantine } from "./state.ts";

const SERVICE = "/leasehold.chain.v1.Query";

/** Queries of module chain. */
export function chainQueries(keeper: ChainKeeper): readonly QueryHandler[] {
  return [
    queryHandler(`${SERVICE}/Params`, QueryParamsRequest, QueryParamsResponse, (ctx) => ({
      params: must(params.get(ctx), "parameters of chain"),
    })),
    queryHandler(`${SERVICE}/Identity`, QueryIdentityRequest, QueryIdentityResponse, (ctx) => ({
      identity: keeper.born(ctx),
    })),
    queryHandler(`${SERVICE}/Clocks`, QueryClocksRequest, QueryClocksResponse, (ctx) => ({
      clocks: must(clocks.get(ctx), "clocks"),
    })),
    queryHandler(
      `${SERVICE}/Quarantined`,
      QueryQuarantinedRequest,
      QueryQuarantinedResponse,
      (ctx, { pagination: page }) => {
        const read = paginateMap(ctx, quarantine, {}, page, (_, item) => item);
        return { items: read.items, pagination: read.pagination };
      },
    ),
  ];
}
