import type { QueryClient } from "@cosmjs/stargate";
import {
  QueryService,
  QueryDeploymentRequest,
  QueryDeploymentResponse,
  QueryDeploymentsRequest,
  QueryDeploymentsResponse,
  QueryGroupRequest,
  QueryGroupResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { QueryMethods } from "./extension.ts";
import { queryMethods } from "./extension.ts";

const methods = {
  deployment: [QueryDeploymentRequest, QueryDeploymentResponse],
  deployments: [QueryDeploymentsRequest, QueryDeploymentsResponse],
  group: [QueryGroupRequest, QueryGroupResponse],
  params: [QueryParamsRequest, QueryParamsResponse],
} as const;

/** Queries of module deployment under the name `deployment`. */
export interface DeploymentExtension {
  readonly deployment: QueryMethods<typeof methods>;
}

/** Adds the queries of module deployment to a CosmJS QueryClient. */
export function setupDeploymentExtension(base: QueryClient): DeploymentExtension {
  return { deployment: queryMethods(base, QueryService, methods) };
}
