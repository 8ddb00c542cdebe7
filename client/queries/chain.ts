import type { QueryClient } from "@cosmjs/stargate";
import {
  QueryService,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryIdentityRequest,
  QueryIdentityResponse,
  QueryClocksRequest,
  QueryClocksResponse,
  QueryQuarantinedRequest,
  QueryQuarantinedResponse,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type { QueryMethods } from "./extension.ts";
import { queryMethods } from "./extension.ts";

const methods = {
  params: [QueryParamsRequest, QueryParamsResponse],
  identity: [QueryIdentityRequest, QueryIdentityResponse],
  clocks: [QueryClocksRequest, QueryClocksResponse],
  quarantined: [QueryQuarantinedRequest, QueryQuarantinedResponse],
} as const;

/** Queries of module chain under the name `chain`. */
export interface ChainExtension {
  readonly chain: QueryMethods<typeof methods>;
}

/** Adds the queries of module chain to a CosmJS QueryClient. */
export function setupChainExtension(base: QueryClient): ChainExtension {
  return { chain: queryMethods(base, QueryService, methods) };
}
