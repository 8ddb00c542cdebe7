// What other modules tell module deployment: an account's grace ended, a lease or an order ended.
// Hooks say what happened, not who asked: a group that was moved before stays as it is.

import {
  DeploymentState,
  GroupPause,
  GroupState,
  PauseCause,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Group } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { LeaseEnd, OnLeaseClose, OrderEnd } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { accountIdOf, scopeOf } from "../escrow/index.ts";
import type { AccountChange, EscrowHooks } from "../escrow/index.ts";
import type { LeaseEnded, MarketHooks, OrderEnded } from "../market/index.ts";
import type { DeploymentKeeper } from "./keeper.ts";
import type { DeploymentKey } from "./types.ts";
import { REOPEN_WINDOW_S } from "./types.ts";

/** What module deployment does when escrow tells of an account. Registered after market's. */
export function escrowHooks(keeper: DeploymentKeeper): EscrowHooks {
  return {
    afterAccountChanged(ctx, change) {
      const ended = change.transitions.some(({ kind }) => kind === "grace_ended");
      if (ended && scopeOf(change.account) === Scope.DEPLOYMENT) graceEnded(ctx, keeper, change);
    },
  };
}

/** What module deployment does when market tells of a lease or an order. */
export function marketHooks(keeper: DeploymentKeeper): MarketHooks {
  return {
    afterLeaseClosed: (ctx, ended) => leaseClosed(ctx, keeper, ended),
    afterOrderClosed(ctx, ended) {
      if (ended.end === OrderEnd.FUNDS) orderEnded(ctx, keeper, ended, GroupPause.FUNDS);
    },
    afterOrderExpired(ctx, ended) {
      const byFunds = ended.end === OrderEnd.FUNDS;
      orderEnded(ctx, keeper, ended, byFunds ? GroupPause.FUNDS : GroupPause.NO_BIDS);
    },
  };
}

/** active -> paused(funds). Leases that market ended by this belong to the groups it paused. */
function graceEnded(ctx: Context, keeper: DeploymentKeeper, change: AccountChange): void {
  const { owner, dseq } = accountIdOf(change.account, ctx.addresses);
  const key = { owner: ctx.addresses.parse(owner), dseq };
  if (keeper.find(ctx, key)?.state !== DeploymentState.ACTIVE) return;
  keeper.adoptRested(ctx, key);
  keeper.pause(ctx, key, PauseCause.FUNDS);
}

function orderEnded(
  ctx: Context,
  keeper: DeploymentKeeper,
  ended: OrderEnded,
  cause: GroupPause,
): void {
  const group = openGroup(ctx, keeper, ended.order);
  if (group !== undefined) keeper.restGroup(ctx, ended.order, group, cause);
}

function leaseClosed(ctx: Context, keeper: DeploymentKeeper, ended: LeaseEnded): void {
  const { lease, end } = ended;
  if (keeper.findGroup(ctx, lease, lease.gseq)?.state === GroupState.CLOSED) return;
  rememberFormer(ctx, keeper, ended);
  const group = openGroup(ctx, keeper, lease);
  if (group === undefined) return;
  if (ended.side === "funds" || end === LeaseEnd.FUNDS) {
    keeper.restGroup(ctx, lease, group, GroupPause.FUNDS);
  } else if (!wantsReopen(ctx, keeper, ended)) {
    keeper.restGroup(ctx, lease, group, GroupPause.LEASE);
  } else {
    reopen(ctx, keeper, lease, group, ended);
  }
}

/**
 * Whose lease ended by funds goes first next time: at the end of grace, or when it did not take the
 * lease up again after a suspension. Any other end by the provider forgets it.
 */
function rememberFormer(ctx: Context, keeper: DeploymentKeeper, ended: LeaseEnded): void {
  const { lease, price } = ended;
  const byFunds = ended.side === "funds" || ended.end === LeaseEnd.NOT_RESUMED;
  const provider = byFunds ? ctx.addresses.format(lease.provider) : "";
  if (byFunds || ended.side === "provider")
    keeper.setFormer(ctx, lease, lease.gseq, { provider, price: byFunds ? price : 0n });
}

function wantsReopen(ctx: Context, keeper: DeploymentKeeper, ended: LeaseEnded): boolean {
  if (ended.side === "tenant") return ended.reopen;
  if (ended.side !== "provider") return false;
  return keeper.get(ctx, ended.lease).settings.onLeaseClose !== OnLeaseClose.PAUSE;
}

/**
 * open -> open(oseq+1), or paused: the chain reopens by itself so many times in 24 h; a tenant who
 * asks for it pays the order fee and is not counted. What market refuses leaves the group paused.
 */
function reopen(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  group: Group,
  ended: LeaseEnded,
): void {
  const counted = ended.side === "provider";
  const recent = group.reopenedUptime.filter((at) => at + REOPEN_WINDOW_S > ctx.uptime);
  if (counted && recent.length >= keeper.needs.market.params(ctx).reopenMax) {
    keeper.restGroup(ctx, key, group, GroupPause.REOPEN_LIMIT);
    return;
  }
  const reopenedUptime = counted ? [...recent, ctx.uptime] : recent;
  const again = [{ ...group, reopenedUptime }];
  const tried = ctx.attempt((branch) => keeper.open(branch, key, again, ended.price));
  if (!tried.ok) keeper.restGroup(ctx, key, group, GroupPause.FUNDS);
}

/** The group of a deployment when it is open; undefined when it is at rest, closed or forgotten. */
function openGroup(
  ctx: Context,
  keeper: DeploymentKeeper,
  at: DeploymentKey & { readonly gseq: number },
): Group | undefined {
  const group = keeper.findGroup(ctx, at, at.gseq);
  return group?.state === GroupState.OPEN ? group : undefined;
}
