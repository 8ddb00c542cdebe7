import type { QueryClient } from "@cosmjs/stargate";
import {
  QueryService,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryPaymentRequest,
  QueryPaymentResponse,
  QueryPaymentsRequest,
  QueryPaymentsResponse,
  QueryMovementsRequest,
  QueryMovementsResponse,
  QueryPayoutRequest,
  QueryPayoutResponse,
  QueryUnclaimedRequest,
  QueryUnclaimedResponse,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { QueryMethods } from "./extension.ts";
import { queryMethods } from "./extension.ts";

const methods = {
  params: [QueryParamsRequest, QueryParamsResponse],
  account: [QueryAccountRequest, QueryAccountResponse],
  accounts: [QueryAccountsRequest, QueryAccountsResponse],
  payment: [QueryPaymentRequest, QueryPaymentResponse],
  payments: [QueryPaymentsRequest, QueryPaymentsResponse],
  movements: [QueryMovementsRequest, QueryMovementsResponse],
  payout: [QueryPayoutRequest, QueryPayoutResponse],
  unclaimed: [QueryUnclaimedRequest, QueryUnclaimedResponse],
} as const;

/** Queries of module escrow under the name `escrow`. */
export interface EscrowExtension {
  readonly escrow: QueryMethods<typeof methods>;
}

/** Adds the queries of module escrow to a CosmJS QueryClient. */
export function setupEscrowExtension(base: QueryClient): EscrowExtension {
  return { escrow: queryMethods(base, QueryService, methods) };
}
