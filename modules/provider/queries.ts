// Queries of module provider. A list walks the registry, or the index of a model or a state; other
// filters are applied on the way, to a bounded number of providers where no total is wanted.

import type { Address } from "../../chain/base/address.ts";
import {
  ClaimStanding,
  ProviderState,
  QueryClassesRequest,
  QueryClassesResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
  QueryProvidersResponse,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type {
  Attribute,
  Claim,
  Provider,
  ProviderInfo,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context, Page, QueryHandler } from "../../chain/runtime/index.ts";
import {
  invalidArgument,
  notFound,
  paginateIndex,
  paginateMap,
  stateParts,
} from "../../chain/runtime/index.ts";
import type { ProviderKeeper } from "./keeper.ts";
import { providers } from "./state.ts";
import { isFreshAt, isGpuModel, quote } from "./types.ts";

const SERVICE = "/leasehold.provider.v1.Query";

/** A page that counts no total ends after this many providers that its filters passed over. */
const MISSES = 1000;

/** One provider with heartbeat, counters and the standing of its claims. */
function provider(
  keeper: ProviderKeeper,
): QueryHandler<QueryProviderRequest, QueryProviderResponse> {
  return {
    path: `${SERVICE}/Provider`,
    request: QueryProviderRequest,
    response: QueryProviderResponse,
    handle(ctx, request) {
      const owner = ctx.addresses.parse(request.provider);
      const found = keeper.find(ctx, owner);
      if (found === undefined) throw notFound(`provider ${request.provider} not found`);
      return { info: infoOf(ctx, keeper, owner, found), claims: claimsOf(found) };
    },
  };
}

/** A page of providers. */
function providerList(
  keeper: ProviderKeeper,
): QueryHandler<QueryProvidersRequest, QueryProvidersResponse> {
  return {
    path: `${SERVICE}/Providers`,
    request: QueryProvidersRequest,
    response: QueryProvidersResponse,
    handle(ctx, request) {
      const matches = filterOf(request);
      const read = (owner: Address, found: Provider): ProviderInfo | undefined => {
        if (!matches(found)) return undefined;
        const info = infoOf(ctx, keeper, owner, found);
        return request.awardable && !info.awardable ? undefined : info;
      };
      const page = providerPage(ctx, request, read);
      return { providers: page.items, pagination: page.pagination };
    },
  };
}

function providerPage(
  ctx: Context,
  { state, model, pagination }: QueryProvidersRequest,
  read: (owner: Address, found: Provider) => ProviderInfo | undefined,
): Page<ProviderInfo> {
  const options = { misses: MISSES };
  const at = (owner: Address): ProviderInfo | undefined => read(owner, providers.must(ctx, owner));
  const { byModel, byState } = providers.side;
  const states = stateParts(state);
  if (model !== "") {
    const prefix = [model, ...states] as const;
    return paginateIndex(ctx, byModel, { prefix }, pagination, (_i, owner) => at(owner), options);
  }
  const [only] = states;
  if (only === undefined) return paginateMap(ctx, providers, {}, pagination, read, options);
  const prefix = [only] as const;
  return paginateIndex(ctx, byState, { prefix }, pagination, (_i, owner) => at(owner), options);
}

/** The parameters with both tables. */
function params(keeper: ProviderKeeper): QueryHandler<QueryParamsRequest, QueryParamsResponse> {
  return {
    path: `${SERVICE}/Params`,
    request: QueryParamsRequest,
    response: QueryParamsResponse,
    handle: (ctx) => ({ params: keeper.params(ctx) }),
  };
}

/** The tables of classes and models. */
function classList(
  keeper: ProviderKeeper,
): QueryHandler<QueryClassesRequest, QueryClassesResponse> {
  return {
    path: `${SERVICE}/Classes`,
    request: QueryClassesRequest,
    response: QueryClassesResponse,
    handle(ctx) {
      const { classes, models } = keeper.params(ctx);
      return { classes, models };
    },
  };
}

function infoOf(
  ctx: Context,
  keeper: ProviderKeeper,
  owner: Address,
  found: Provider,
): ProviderInfo {
  const heartbeat = keeper.heartbeat(ctx, owner);
  const fresh = isFreshAt(heartbeat, ctx.uptime);
  return {
    provider: found,
    heartbeat,
    standing: keeper.standing(ctx, owner),
    commitments: keeper.promises(ctx, owner),
    fresh,
    awardable: fresh && found.state === ProviderState.ACTIVE,
  };
}

/** Each claim with who stands behind it: the provider alone, until audits exist. */
function claimsOf(found: Provider): readonly Claim[] {
  const own = { standing: ClaimStanding.SELF_DECLARED, auditor: "", expiresAt: 0n };
  return [
    ...found.attributes.map(({ key, value }) => ({ key, value, ...own })),
    ...found.devices.map((device) => ({
      key: `device/${device.class}/${device.model}`,
      value: device.count.toString(),
      ...own,
    })),
  ];
}

function filterOf(request: QueryProvidersRequest): (found: Provider) => boolean {
  if (request.model !== "" && !isGpuModel(request.model))
    throw invalidArgument(`model ${quote(request.model)} is not vendor/<v>/model/<m>`);
  const wishes = request.attributes.map(parseWish);
  return (found) => {
    for (const { key, value } of wishes) {
      if (!found.attributes.some((claim) => claim.key === key && claim.value === value))
        return false;
    }
    const { model, class: name } = request;
    if (model !== "" && !found.devices.some((device) => device.model === model)) return false;
    return name === "" || found.devices.some((device) => device.class === name);
  };
}

function parseWish(text: string): Attribute {
  const at = text.indexOf("=");
  if (at <= 0) throw invalidArgument(`attribute filter ${quote(text)} is not key=value`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** All queries of the module. */
export function providerQueries(keeper: ProviderKeeper): readonly QueryHandler[] {
  return [provider(keeper), providerList(keeper), params(keeper), classList(keeper)];
}
