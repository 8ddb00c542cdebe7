// Queries of module auth, as the SDK answers them.

import { addressFromBytes } from "../../chain/base/address.ts";
import {
  AddressBytesToStringRequest,
  AddressBytesToStringResponse,
  AddressStringToBytesRequest,
  AddressStringToBytesResponse,
  Bech32PrefixRequest,
  Bech32PrefixResponse,
  QueryAccountAddressByIDRequest,
  QueryAccountAddressByIDResponse,
  QueryAccountInfoRequest,
  QueryAccountInfoResponse,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryModuleAccountByNameRequest,
  QueryModuleAccountByNameResponse,
  QueryModuleAccountsRequest,
  QueryModuleAccountsResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";
import {
  invalidArgument,
  notFound,
  paginateMap,
  queryHandler,
  undefinedError,
} from "../../chain/runtime/index.ts";
import type { Context, QueryHandler } from "../../chain/runtime/index.ts";
import type { AuthKeeper } from "./keeper.ts";
import { accounts, toAny } from "./state.ts";
import type { Account } from "./types.ts";

const SERVICE = "/cosmos.auth.v1beta1.Query";

/** Queries of module auth. */
export function authQueries(keeper: AuthKeeper): readonly QueryHandler[] {
  return [...accountQueries(keeper), ...moduleQueries(keeper), ...addressQueries()];
}

function accountQueries(keeper: AuthKeeper): readonly QueryHandler[] {
  return [
    queryHandler(
      `${SERVICE}/Accounts`,
      QueryAccountsRequest,
      QueryAccountsResponse,
      (ctx, request) => {
        const page = paginateMap(ctx, accounts, {}, request.pagination, (_, account) =>
          toAny(account),
        );
        return { accounts: page.items, pagination: page.pagination };
      },
    ),
    queryHandler(
      `${SERVICE}/Account`,
      QueryAccountRequest,
      QueryAccountResponse,
      (ctx, request) => ({
        account: toAny(find(ctx, keeper, request.address, "Address cannot be empty")),
      }),
    ),
    queryHandler(
      `${SERVICE}/AccountInfo`,
      QueryAccountInfoRequest,
      QueryAccountInfoResponse,
      (ctx, request) => {
        const account = find(ctx, keeper, request.address, "address cannot be empty");
        return {
          info: {
            address: request.address,
            accountNumber: account.number,
            sequence: account.sequence,
            ...(account.key !== undefined && { pubKey: account.key.any }),
          },
        };
      },
    ),
    queryHandler(
      `${SERVICE}/AccountAddressByID`,
      QueryAccountAddressByIDRequest,
      QueryAccountAddressByIDResponse,
      addressById,
    ),
    queryHandler(`${SERVICE}/Params`, QueryParamsRequest, QueryParamsResponse, (ctx) => ({
      params: keeper.params(ctx),
    })),
  ];
}

function find(ctx: Context, keeper: AuthKeeper, address: string, ifEmpty: string): Account {
  if (address === "") throw invalidArgument(ifEmpty);
  const account = keeper.account(ctx, ctx.addresses.parse(address));
  if (account === undefined) throw notFound(`account ${address} not found`);
  return account;
}

function addressById(
  ctx: Context,
  request: QueryAccountAddressByIDRequest,
): QueryAccountAddressByIDResponse {
  if (request.id !== 0n)
    throw invalidArgument("requesting with id isn't supported, try to request using account-id");
  const address = accounts.indexes.byNumber.find(ctx, request.accountId);
  if (address === undefined)
    throw notFound(`account address not found with account number ${request.accountId}`);
  return { accountAddress: ctx.addresses.format(address) };
}

function moduleQueries(keeper: AuthKeeper): readonly QueryHandler[] {
  return [
    queryHandler(
      `${SERVICE}/ModuleAccounts`,
      QueryModuleAccountsRequest,
      QueryModuleAccountsResponse,
      (ctx) => ({ accounts: allModuleAccounts(ctx, keeper) }),
    ),
    queryHandler(
      `${SERVICE}/ModuleAccountByName`,
      QueryModuleAccountByNameRequest,
      QueryModuleAccountByNameResponse,
      (ctx, { name }) => {
        if (name === "") throw invalidArgument("module name is empty");
        if (!keeper.modules.has(name)) throw notFound(`account ${name} not found`);
        return { account: toAny(keeper.moduleAccount(ctx, name)) };
      },
    ),
  ];
}

function allModuleAccounts(ctx: Context, keeper: AuthKeeper): Any[] {
  const names = [...keeper.modules.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return names.map((name) => toAny(keeper.moduleAccount(ctx, name)));
}

function addressQueries(): readonly QueryHandler[] {
  return [
    queryHandler(`${SERVICE}/Bech32Prefix`, Bech32PrefixRequest, Bech32PrefixResponse, (ctx) => ({
      bech32Prefix: ctx.addresses.prefix,
    })),
    queryHandler(
      `${SERVICE}/AddressBytesToString`,
      AddressBytesToStringRequest,
      AddressBytesToStringResponse,
      (ctx, { addressBytes }) => {
        const { length } = addressBytes;
        if (length === 0) throw undefinedError("empty address bytes is not allowed");
        if (length > 255) throw undefinedError(`address max length is 255, got ${length}`);
        return { addressString: ctx.addresses.format(addressFromBytes(addressBytes)) };
      },
    ),
    queryHandler(
      `${SERVICE}/AddressStringToBytes`,
      AddressStringToBytesRequest,
      AddressStringToBytesResponse,
      (ctx, { addressString }) => ({ addressBytes: ctx.addresses.parse(addressString) }),
    ),
  ];
}
