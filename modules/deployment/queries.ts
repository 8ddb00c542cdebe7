// Queries of module deployment. One answer shows a deployment with groups, orders, leases and money
// as they are due now: queries catch the account up on a branch that is thrown away.

import { must } from "../../chain/base/assert.ts";
import {
  QueryDeploymentRequest,
  QueryDeploymentResponse,
  QueryDeploymentsRequest,
  QueryDeploymentsResponse,
  QueryGroupRequest,
  QueryGroupResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type {
  Deployment,
  DeploymentRow,
  Funds,
  Group,
  GroupInfo,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { AccountState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Lease } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { maxBig } from "../../chain/base/integers.ts";
import type { Context, QueryHandler } from "../../chain/runtime/index.ts";
import { notFound } from "../../chain/runtime/index.ts";
import { deploymentAccount } from "../escrow/index.ts";
import type { DeploymentKeeper } from "./keeper.ts";
import { pageOf } from "./keeper/lists.ts";
import { formatGroup } from "./types.ts";
import type { DeploymentKey } from "./types.ts";

const SERVICE = "/leasehold.deployment.v1.Query";

/** Leases of so many orders of a group are shown. */
const SHOWN_ORDERS = 5;

/** A deployment with groups, orders, leases, escrow and seconds left. */
function deployment(
  keeper: DeploymentKeeper,
): QueryHandler<QueryDeploymentRequest, QueryDeploymentResponse> {
  return {
    path: `${SERVICE}/Deployment`,
    request: QueryDeploymentRequest,
    response: QueryDeploymentResponse,
    handle(ctx, request) {
      const key = { owner: ctx.addresses.parse(request.owner), dseq: request.dseq };
      requireDeployment(ctx, keeper, key, request.owner);
      const funds = fundsOf(ctx, keeper, key);
      return {
        deployment: keeper.get(ctx, key),
        groups: keeper.groups(ctx, key).map((group) => infoOf(ctx, keeper, key, group)),
        funds,
      };
    },
  };
}

/** A page of deployments. */
function deploymentList(
  keeper: DeploymentKeeper,
): QueryHandler<QueryDeploymentsRequest, QueryDeploymentsResponse> {
  return {
    path: `${SERVICE}/Deployments`,
    request: QueryDeploymentsRequest,
    response: QueryDeploymentsResponse,
    handle(ctx, request) {
      const read = (key: DeploymentKey, found: Deployment): DeploymentRow => {
        const funds = fundsOf(ctx, keeper, key);
        return { deployment: keeper.find(ctx, key) ?? found, funds };
      };
      const { items, pagination } = pageOf(ctx, request, read);
      return { deployments: items, pagination };
    },
  };
}

/** One group with its order and leases. */
function group(keeper: DeploymentKeeper): QueryHandler<QueryGroupRequest, QueryGroupResponse> {
  return {
    path: `${SERVICE}/Group`,
    request: QueryGroupRequest,
    response: QueryGroupResponse,
    handle(ctx, request) {
      const key = { owner: ctx.addresses.parse(request.owner), dseq: request.dseq };
      requireDeployment(ctx, keeper, key, request.owner);
      fundsOf(ctx, keeper, key);
      const found = keeper.findGroup(ctx, key, request.gseq);
      if (found === undefined)
        throw notFound(`group ${formatGroup(request.dseq, request.gseq)} not found`);
      return { info: infoOf(ctx, keeper, key, found) };
    },
  };
}

/** The parameters. */
function params(keeper: DeploymentKeeper): QueryHandler<QueryParamsRequest, QueryParamsResponse> {
  return {
    path: `${SERVICE}/Params`,
    request: QueryParamsRequest,
    response: QueryParamsResponse,
    handle: (ctx) => ({ params: keeper.params(ctx) }),
  };
}

function requireDeployment(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  owner: string,
): void {
  if (keeper.find(ctx, key) === undefined)
    throw notFound(`deployment ${key.dseq} of ${owner} not found`);
}

/** The account with what is due now applied; undefined once it is no longer kept. */
function fundsOf(ctx: Context, keeper: DeploymentKeeper, key: DeploymentKey): Funds | undefined {
  const { escrow } = keeper.needs;
  const name = deploymentAccount(key.owner, key.dseq);
  escrow.catchUp(ctx, name);
  const account = escrow.findAccount(ctx, name);
  if (account === undefined) return undefined;
  const { free, unsettled, secondsLeft } = escrow.funds(ctx, name);
  const suspended = account.state === AccountState.SUSPENDED;
  return {
    account,
    accrued: unsettled,
    spendable: maxBig(free, 0n),
    accruing: secondsLeft !== undefined,
    secondsLeft: maxBig(secondsLeft ?? 0n, 0n),
    graceLeft: suspended ? maxBig(account.graceUntil - ctx.uptime, 0n) : 0n,
  };
}

function infoOf(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  found: Group,
): GroupInfo {
  const at = { ...key, gseq: found.gseq };
  const { market } = keeper.needs;
  const order = found.oseq === 0 ? undefined : market.findOrder(ctx, { ...at, oseq: found.oseq });
  const leases: Lease[] = [];
  for (let back = SHOWN_ORDERS - 1; back >= 0; back--) {
    const oseq = found.oseq - back;
    const shown = oseq < 1 ? undefined : market.findOrder(ctx, { ...at, oseq });
    if (shown === undefined || shown.winner === "") continue;
    const provider = ctx.addresses.parse(shown.winner);
    const lease = market.findLease(ctx, { ...at, oseq, provider });
    if (lease !== undefined) leases.push(lease);
  }
  return { group: must(keeper.findGroup(ctx, key, found.gseq), "the group"), order, leases };
}

/** All queries of the module. */
export function deploymentQueries(keeper: DeploymentKeeper): readonly QueryHandler[] {
  return [deployment(keeper), deploymentList(keeper), group(keeper), params(keeper)];
}
