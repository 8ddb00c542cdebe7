// The keeper: what deployment and the application use of market. The transitions themselves are in
// keeper/, one file per concept; they are the only writers of store `market`.

import { AccountState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { LeaseEnd, OrderState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  AwardSettings,
  GroupSpec,
  Lease,
  Order,
  OrderEnd,
  Params,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Address } from "../../chain/base/address.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { emitParamsUpdated } from "./events.ts";
import { accountOf, readParams } from "./keeper/deps.ts";
import type { Deps } from "./keeper/deps.ts";
import type { MarketKeeper, NewOrders } from "./keeper/interface.ts";
import { closeLease, liveLease } from "./keeper/leases.ts";
import {
  closeOpenOrder,
  createOrders,
  getOrder,
  liveOrder,
  missingFor,
  settingsFault,
  specFault,
} from "./keeper/orders.ts";
import * as state from "./state.ts";
import type { GroupKey, LeaseKey, OrderKey } from "./types.ts";

/** Orders, bids, offers and leases. One per application. */
export class Keeper implements MarketKeeper {
  readonly deps: Deps;

  constructor(deps: Deps) {
    this.deps = deps;
  }

  params(ctx: Context): Params {
    return readParams(ctx);
  }

  /** Replaces the parameters; their version rises. Events: EventParamsUpdated. */
  setParams(ctx: Context, params: Params): void {
    const version = (state.params.get(ctx)?.version ?? 0n) + 1n;
    state.params.set(ctx, { ...params, version });
    emitParamsUpdated(ctx, version);
  }

  specFault(spec: GroupSpec): string | undefined {
    return specFault(spec);
  }

  settingsFault(settings: AwardSettings): string | undefined {
    return settingsFault(settings);
  }

  createOrders(ctx: Context, request: NewOrders): readonly OrderKey[] {
    return createOrders(ctx, this.deps, request);
  }

  missingFor(ctx: Context, owner: Address, dseq: bigint, rate: bigint, orders: number): bigint {
    const account = this.deps.escrow.findAccount(ctx, accountOf({ owner, dseq }));
    if (account === undefined || account.state === AccountState.CLOSED) return rate;
    return missingFor(ctx, this.deps, { owner, dseq }, { rate, orders, denom: account.denom });
  }

  closeOrdersOfGroup(ctx: Context, group: GroupKey, end: OrderEnd): void {
    const key = liveOrder(ctx, group);
    if (key === undefined) return;
    const order = getOrder(ctx, key);
    if (order.state === OrderState.OPEN) closeOpenOrder(ctx, this.deps, key, order, end);
  }

  closeLeasesOfGroup(ctx: Context, group: GroupKey): void {
    const key = liveLease(ctx, group);
    if (key !== undefined) closeLease(ctx, this.deps, key, { end: LeaseEnd.OWNER, side: "tenant" });
  }

  liveOrder(ctx: Context, group: GroupKey): Order | undefined {
    const key = liveOrder(ctx, group);
    return key === undefined ? undefined : getOrder(ctx, key);
  }

  liveLease(ctx: Context, group: GroupKey): Lease | undefined {
    const key = liveLease(ctx, group);
    return key === undefined ? undefined : this.findLease(ctx, key);
  }

  findOrder(ctx: Context, order: OrderKey): Order | undefined {
    return state.orders.get(ctx, state.orderTuple(order));
  }

  findLease(ctx: Context, lease: LeaseKey): Lease | undefined {
    return state.leases.get(ctx, state.leaseTuple(lease));
  }
}
