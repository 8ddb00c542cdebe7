import type { QueryClient } from "@cosmjs/stargate";
import {
  QueryService,
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
  QueryProvidersResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryClassesRequest,
  QueryClassesResponse,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { QueryMethods } from "./extension.ts";
import { queryMethods } from "./extension.ts";

const methods = {
  provider: [QueryProviderRequest, QueryProviderResponse],
  providers: [QueryProvidersRequest, QueryProvidersResponse],
  params: [QueryParamsRequest, QueryParamsResponse],
  classes: [QueryClassesRequest, QueryClassesResponse],
} as const;

/** Queries of module provider under the name `provider`. */
export interface ProviderExtension {
  readonly provider: QueryMethods<typeof methods>;
}

/** Adds the queries of module provider to a CosmJS QueryClient. */
export function setupProviderExtension(base: QueryClient): ProviderExtension {
  return { provider: queryMethods(base, QueryService, methods) };
}
