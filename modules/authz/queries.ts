// Queries of module authz, as the SDK answers them.

import type { Address } from "../../chain/base/address.ts";
import {
  QueryGranteeGrantsRequest,
  QueryGranteeGrantsResponse,
  QueryGranterGrantsRequest,
  QueryGranterGrantsResponse,
  QueryGrantsRequest,
  QueryGrantsResponse,
} from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import type { Grant, GrantAuthorization } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { paginateIndex, paginateMap, queryHandler } from "../../chain/runtime/index.ts";
import type { Context, QueryHandler } from "../../chain/runtime/index.ts";
import { authzErrors } from "./errors.ts";
import { grants } from "./state.ts";

const SERVICE = "/cosmos.authz.v1beta1.Query";

/** Queries of module authz. */
export function authzQueries(): readonly QueryHandler[] {
  return [
    queryHandler(`${SERVICE}/Grants`, QueryGrantsRequest, QueryGrantsResponse, grantsOfPair),
    queryHandler(
      `${SERVICE}/GranterGrants`,
      QueryGranterGrantsRequest,
      QueryGranterGrantsResponse,
      (ctx, request) => {
        const granter = ctx.addresses.parse(request.granter);
        const { items, pagination } = paginateMap(
          ctx,
          grants,
          { prefix: [granter] },
          request.pagination,
          ([, grantee], grant) => told(ctx, granter, grantee, grant),
        );
        return { grants: items, pagination };
      },
    ),
    queryHandler(
      `${SERVICE}/GranteeGrants`,
      QueryGranteeGrantsRequest,
      QueryGranteeGrantsResponse,
      (ctx, request) => {
        const grantee = ctx.addresses.parse(request.grantee);
        const { items, pagination } = paginateIndex(
          ctx,
          grants.side.byGrantee,
          { prefix: [grantee] },
          request.pagination,
          (_, key) => told(ctx, key[0], grantee, grants.must(ctx, key)),
        );
        return { grants: items, pagination };
      },
    ),
  ];
}

/** The grants of a pair, or the one for a message type. Throws: sdk/18 when that is not there. */
function grantsOfPair(ctx: Context, request: QueryGrantsRequest): QueryGrantsResponse {
  const granter = ctx.addresses.parse(request.granter);
  const grantee = ctx.addresses.parse(request.grantee);
  const { msgTypeUrl } = request;
  if (msgTypeUrl !== "") {
    const grant = grants.get(ctx, [granter, grantee, msgTypeUrl]);
    if (grant === undefined)
      throw authzErrors.notFound.with(`authorization not found for ${msgTypeUrl} type`);
    return { grants: [grant] };
  }
  const { items, pagination } = paginateMap(
    ctx,
    grants,
    { prefix: [granter, grantee] },
    request.pagination,
    (_, grant) => grant,
  );
  return { grants: items, pagination };
}

function told(
  ctx: Context,
  granter: Address,
  grantee: Address,
  { authorization, expiration }: Grant,
): GrantAuthorization {
  return {
    granter: ctx.addresses.format(granter),
    grantee: ctx.addresses.format(grantee),
    authorization,
    expiration,
  };
}
