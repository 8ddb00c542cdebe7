// Queries of module bank, as the SDK answers them.

import type { Address } from "../../chain/base/address.ts";
import { isDenom, toWireCoin } from "../../chain/base/coins.ts";
import type { WireCoin } from "../../chain/base/coins.ts";
import {
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QueryBalanceResponse,
  QueryDenomMetadataByQueryStringRequest,
  QueryDenomMetadataByQueryStringResponse,
  QueryDenomMetadataRequest,
  QueryDenomMetadataResponse,
  QueryDenomOwnersByQueryRequest,
  QueryDenomOwnersByQueryResponse,
  QueryDenomOwnersRequest,
  QueryDenomOwnersResponse,
  QueryDenomsMetadataRequest,
  QueryDenomsMetadataResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QuerySendEnabledRequest,
  QuerySendEnabledResponse,
  QuerySpendableBalanceByDenomRequest,
  QuerySpendableBalanceByDenomResponse,
  QuerySpendableBalancesRequest,
  QuerySpendableBalancesResponse,
  QuerySupplyOfRequest,
  QuerySupplyOfResponse,
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import type { Metadata } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  invalidArgument,
  notFound,
  paginateIndex,
  paginateMap,
  parseAddress,
  queryHandler,
} from "../../chain/runtime/index.ts";
import type { Context, Page, PageRequest, QueryHandler } from "../../chain/runtime/index.ts";
import type { BankKeeper } from "./keeper.ts";
import { balances, metadata, sendEnabled, supply } from "./state.ts";

const SERVICE = "/cosmos.bank.v1beta1.Query";

/** Queries of module bank. */
export function bankQueries(keeper: BankKeeper): readonly QueryHandler[] {
  return [
    ...balanceQueries(keeper),
    ...supplyQueries(keeper),
    ...metadataQueries(),
    ...ownerQueries(keeper),
    ...settingQueries(keeper),
  ];
}

function ownerOf(ctx: Context, text: string): Address {
  return parseAddress(ctx.addresses, text, (reason) =>
    invalidArgument(`invalid address: ${reason}`),
  );
}

function checkDenom(denom: string): void {
  if (!isDenom(denom)) throw invalidArgument(`invalid denom: ${denom}`);
}

function balancesOf(
  ctx: Context,
  address: string,
  page: PageRequest | undefined,
  resolve: boolean,
): Page<WireCoin> {
  const prefix = [ownerOf(ctx, address)] as const;
  return paginateMap(ctx, balances, { prefix }, page, ([, denom], amount) =>
    toWireCoin({ denom: resolve ? displayOf(ctx, denom) : denom, amount }),
  );
}

function displayOf(ctx: Context, denom: string): string {
  return metadata.get(ctx, denom)?.display ?? denom;
}

function balanceQueries(keeper: BankKeeper): readonly QueryHandler[] {
  const balance = (ctx: Context, address: string, denom: string): WireCoin =>
    toWireCoin({ denom, amount: keeper.balance(ctx, ownerOf(ctx, address), denom) });
  return [
    queryHandler(
      `${SERVICE}/Balance`,
      QueryBalanceRequest,
      QueryBalanceResponse,
      (ctx, request) => {
        checkDenom(request.denom);
        return { balance: balance(ctx, request.address, request.denom) };
      },
    ),
    queryHandler(
      `${SERVICE}/AllBalances`,
      QueryAllBalancesRequest,
      QueryAllBalancesResponse,
      (ctx, { address, pagination, resolveDenom }) => {
        const page = balancesOf(ctx, address, pagination, resolveDenom);
        return { balances: page.items, pagination: page.pagination };
      },
    ),
    queryHandler(
      `${SERVICE}/SpendableBalances`,
      QuerySpendableBalancesRequest,
      QuerySpendableBalancesResponse,
      (ctx, { address, pagination }) => {
        const page = balancesOf(ctx, address, pagination, false);
        return { balances: page.items, pagination: page.pagination };
      },
    ),
    queryHandler(
      `${SERVICE}/SpendableBalanceByDenom`,
      QuerySpendableBalanceByDenomRequest,
      QuerySpendableBalanceByDenomResponse,
      (ctx, { address, denom }) => {
        checkDenom(denom);
        return { balance: balance(ctx, address, denom) };
      },
    ),
  ];
}

function supplyQueries(keeper: BankKeeper): readonly QueryHandler[] {
  return [
    queryHandler(
      `${SERVICE}/TotalSupply`,
      QueryTotalSupplyRequest,
      QueryTotalSupplyResponse,
      (ctx, request) => {
        const page = paginateMap(ctx, supply, {}, request.pagination, (denom, amount) =>
          toWireCoin({ denom, amount }),
        );
        return { supply: page.items, pagination: page.pagination };
      },
    ),
    queryHandler(
      `${SERVICE}/SupplyOf`,
      QuerySupplyOfRequest,
      QuerySupplyOfResponse,
      (ctx, { denom }) => {
        checkDenom(denom);
        return { amount: toWireCoin({ denom, amount: keeper.supplyOf(ctx, denom) }) };
      },
    ),
  ];
}

function metadataOf(ctx: Context, denom: string): Metadata {
  checkDenom(denom);
  const found = metadata.get(ctx, denom);
  if (found === undefined) throw notFound(`client metadata for denom ${denom}`);
  return found;
}

function metadataQueries(): readonly QueryHandler[] {
  return [
    queryHandler(
      `${SERVICE}/DenomMetadata`,
      QueryDenomMetadataRequest,
      QueryDenomMetadataResponse,
      (ctx, { denom }) => ({ metadata: metadataOf(ctx, denom) }),
    ),
    queryHandler(
      `${SERVICE}/DenomMetadataByQueryString`,
      QueryDenomMetadataByQueryStringRequest,
      QueryDenomMetadataByQueryStringResponse,
      (ctx, { denom }) => ({ metadata: metadataOf(ctx, denom) }),
    ),
    queryHandler(
      `${SERVICE}/DenomsMetadata`,
      QueryDenomsMetadataRequest,
      QueryDenomsMetadataResponse,
      (ctx, request) => {
        const page = paginateMap(ctx, metadata, {}, request.pagination, (_, value) => value);
        return { metadatas: page.items, pagination: page.pagination };
      },
    ),
  ];
}

function ownerQueries(keeper: BankKeeper): readonly QueryHandler[] {
  const owners = (
    ctx: Context,
    request: { readonly denom: string; readonly pagination?: PageRequest | undefined },
  ): QueryDenomOwnersResponse => {
    checkDenom(request.denom);
    const prefix = [request.denom] as const;
    const index = balances.indexes.byDenom;
    const page = paginateIndex(ctx, index, { prefix }, request.pagination, ([denom, address]) => ({
      address: ctx.addresses.format(address),
      balance: toWireCoin({ denom, amount: keeper.balance(ctx, address, denom) }),
    }));
    return { denomOwners: page.items, pagination: page.pagination };
  };
  return [
    queryHandler(
      `${SERVICE}/DenomOwners`,
      QueryDenomOwnersRequest,
      QueryDenomOwnersResponse,
      owners,
    ),
    queryHandler(
      `${SERVICE}/DenomOwnersByQuery`,
      QueryDenomOwnersByQueryRequest,
      QueryDenomOwnersByQueryResponse,
      owners,
    ),
  ];
}

function settingQueries(keeper: BankKeeper): readonly QueryHandler[] {
  return [
    queryHandler(`${SERVICE}/Params`, QueryParamsRequest, QueryParamsResponse, (ctx) => ({
      params: keeper.params(ctx),
    })),
    queryHandler(
      `${SERVICE}/SendEnabled`,
      QuerySendEnabledRequest,
      QuerySendEnabledResponse,
      (ctx, request) => {
        if (request.denoms.length > 0) return { sendEnabled: named(ctx, request.denoms) };
        const page = paginateMap(ctx, sendEnabled, {}, request.pagination, (denom, enabled) => ({
          denom,
          enabled,
        }));
        return { sendEnabled: page.items, pagination: page.pagination };
      },
    ),
  ];
}

function named(
  ctx: Context,
  denoms: readonly string[],
): { readonly denom: string; readonly enabled: boolean }[] {
  const found: { readonly denom: string; readonly enabled: boolean }[] = [];
  for (const denom of denoms) {
    const enabled = sendEnabled.get(ctx, denom);
    if (enabled !== undefined) found.push({ denom, enabled });
  }
  return found;
}
