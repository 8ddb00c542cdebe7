// Queries of module feegrant, as the SDK answers them.

import {
  QueryAllowanceRequest,
  QueryAllowanceResponse,
  QueryAllowancesByGranterRequest,
  QueryAllowancesByGranterResponse,
  QueryAllowancesRequest,
  QueryAllowancesResponse,
} from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import {
  internalStatus,
  paginateIndex,
  paginateMap,
  queryHandler,
} from "../../chain/runtime/index.ts";
import type { QueryHandler } from "../../chain/runtime/index.ts";
import type { FeegrantKeeper } from "./keeper.ts";
import { allowances } from "./state.ts";

const SERVICE = "/cosmos.feegrant.v1beta1.Query";

/** Queries of module feegrant. */
export function feegrantQueries(keeper: FeegrantKeeper): readonly QueryHandler[] {
  return [
    queryHandler(
      `${SERVICE}/Allowance`,
      QueryAllowanceRequest,
      QueryAllowanceResponse,
      (ctx, request) => {
        const granter = ctx.addresses.parse(request.granter);
        const grantee = ctx.addresses.parse(request.grantee);
        const allowance = keeper.allowance(ctx, { granter, grantee });
        if (allowance === undefined) throw internalStatus("fee-grant not found: not found");
        return { allowance };
      },
    ),
    queryHandler(
      `${SERVICE}/Allowances`,
      QueryAllowancesRequest,
      QueryAllowancesResponse,
      (ctx, request) => {
        const { items, pagination } = paginateMap(
          ctx,
          allowances,
          { prefix: [ctx.addresses.parse(request.grantee)] },
          request.pagination,
          (_, grant) => grant,
        );
        return { allowances: items, pagination };
      },
    ),
    queryHandler(
      `${SERVICE}/AllowancesByGranter`,
      QueryAllowancesByGranterRequest,
      QueryAllowancesByGranterResponse,
      (ctx, request) => {
        const { items, pagination } = paginateIndex(
          ctx,
          allowances.side.byGranter,
          { prefix: [ctx.addresses.parse(request.granter)] },
          request.pagination,
          (_, key) => allowances.must(ctx, key),
        );
        return { allowances: items, pagination };
      },
    ),
  ];
}
