// Pages over deployments: which index serves which filter, and where the total comes from.

import type { Address } from "../../../chain/base/address.ts";
import { DeploymentState } from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type {
  Deployment,
  QueryDeploymentsRequest,
  Tally,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Context, Page } from "../../../chain/runtime/index.ts";
import { paginateIndex, paginateMap, stateFilter } from "../../../chain/runtime/index.ts";
import { deployments } from "../state.ts";
import type { DeploymentKey } from "../types.ts";
import { countOf, tallyOf, totalTally } from "./tallies.ts";

type Read<T> = (key: DeploymentKey, found: Deployment) => T;

/** One page of the deployments that a request's filters leave, in order of owner and number. */
export function pageOf<T>(ctx: Context, request: QueryDeploymentsRequest, read: Read<T>): Page<T> {
  const owner = request.owner === "" ? undefined : ctx.addresses.parse(request.owner);
  if (request.dseq !== 0n) return byNumber(ctx, request, owner, read);
  const page = walk(ctx, request, owner, read);
  const wanted = request.pagination?.countTotal === true || request.pagination === undefined;
  const tally: Tally = owner === undefined ? totalTally(ctx) : tallyOf(ctx, owner);
  const total = wanted ? countOf(tally, request.state) : 0n;
  return { items: page.items, pagination: { ...page.pagination, total } };
}

function walk<T>(
  ctx: Context,
  request: QueryDeploymentsRequest,
  owner: Address | undefined,
  read: Read<T>,
): Page<T> {
  const { pagination } = request;
  const state = stateFilter(request.state);
  const options = { total: "never" } as const;
  const at = ([by, dseq]: readonly [Address, bigint]): T =>
    read({ owner: by, dseq }, deployments.must(ctx, [by, dseq]));
  if (state === DeploymentState.UNSPECIFIED) {
    const range = owner === undefined ? {} : { prefix: [owner] as const };
    const row = ([by, dseq]: readonly [Address, bigint], found: Deployment): T =>
      read({ owner: by, dseq }, found);
    return paginateMap(ctx, deployments, range, pagination, row, options);
  }
  const { byState, byOwnerState } = deployments.side;
  if (owner === undefined)
    return paginateIndex(ctx, byState, { prefix: state }, pagination, (_i, k) => at(k), options);
  const range = { prefix: [owner, state] as const };
  return paginateIndex(ctx, byOwnerState, range, pagination, (_i, k) => at(k), options);
}

function byNumber<T>(
  ctx: Context,
  request: QueryDeploymentsRequest,
  owner: Address | undefined,
  read: Read<T>,
): Page<T> {
  const row = (by: Address): T | undefined => {
    const found = deployments.get(ctx, [by, request.dseq]);
    if (found === undefined) return undefined;
    const fits = request.state === DeploymentState.UNSPECIFIED || request.state === found.state;
    return fits ? read({ owner: by, dseq: request.dseq }, found) : undefined;
  };
  if (owner === undefined) {
    const range = { prefix: request.dseq };
    const { byDseq } = deployments.side;
    const options = { total: "never" } as const;
    return paginateIndex(ctx, byDseq, range, request.pagination, (_i, [by]) => row(by), options);
  }
  const only = row(owner);
  const items = only === undefined ? [] : [only];
  return { items, pagination: { nextKey: new Uint8Array(0), total: BigInt(items.length) } };
}
