// The keeper's face for deployment and the modules above it.

import type { Address } from "../../../chain/base/address.ts";
import type {
  AwardSettings,
  GroupSpec,
  Lease,
  Order,
  OrderEnd,
  Params,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/types.ts";
import type { GroupKey, LeaseKey, OrderKey } from "../types.ts";

/** One group for which an order opens. The group is handed over by value. */
export interface NewOrder {
  readonly gseq: number;
  /** Number of this order in its group: one more than the last. */
  readonly oseq: number;
  readonly spec: GroupSpec;
  /** Former lease of a group that reopens for want of funds: its provider goes first for a while. */
  readonly former?: FormerLease;
  /**
   * Price of the lease that has just ended, base units per hour, where an order follows it at once:
   * funds are checked with it instead of the ceiling, and with the real price at the award.
   */
  readonly lastPrice?: bigint;
}

/** Who had the group and at what price, base units per hour. */
export interface FormerLease {
  readonly provider: Address;
  readonly price: bigint;
}

/** Orders that open in one call. With settings.allOrNothing or sameProvider they are awarded together. */
export interface NewOrders {
  readonly owner: Address;
  readonly dseq: bigint;
  readonly settings: AwardSettings;
  readonly orders: readonly NewOrder[];
}

/** Orders, bids, offers and leases as deployment sees them. */
export interface MarketKeeper {
  params(ctx: Context): Params;
  /** What is wrong with a group or settings by themselves; undefined when nothing is. No state is read. */
  specFault(spec: GroupSpec): string | undefined;
  settingsFault(settings: AwardSettings): string | undefined;

  /**
   * Opens one order per group. The deployment's account must be
   * open and hold enough for all open ceilings; the order fee of each is burned from it.
   * Throws: market/tooManyOrders, notFunded, invalidSpec, unknownDenom; escrow/*.
   */
  createOrders(ctx: Context, request: NewOrders): readonly OrderKey[];
  /**
   * Base units that the account lacks for opening orders with this sum of ceilings; 0 = enough.
   * What deployment asks before it reopens groups by itself.
   */
  missingFor(ctx: Context, owner: Address, dseq: bigint, ceilings: bigint, orders: number): bigint;
  /** Closes the open order of a group, if there is one; its bids end. Tells afterOrderClosed. */
  closeOrdersOfGroup(ctx: Context, group: GroupKey, end: OrderEnd): void;
  /**
   * Closes the live lease of a group for its owner, if there is one: settles, pays out, frees
   * capacity, closes the order. Tells afterLeaseClosed with side "tenant".
   */
  closeLeasesOfGroup(ctx: Context, group: GroupKey): void;
  /** The open or matched order of a group. */
  liveOrder(ctx: Context, group: GroupKey): Order | undefined;
  /** The live lease (starting, active, suspended, resuming, reclaiming) of a group. */
  liveLease(ctx: Context, group: GroupKey): Lease | undefined;
  findOrder(ctx: Context, order: OrderKey): Order | undefined;
  findLease(ctx: Context, lease: LeaseKey): Lease | undefined;
}
