// What market tells upward.

import type { LeaseEnd, OrderEnd } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../chain/runtime/types.ts";
import type { GroupKey, LeaseKey, OrderKey } from "./types.ts";

/** Whose side ended a lease; decides whether its group is offered again. */
export type LeaseSide = "tenant" | "provider" | "funds" | "term";

/** How a lease ended. */
export interface LeaseEnded {
  readonly lease: LeaseKey;
  readonly end: LeaseEnd;
  readonly side: LeaseSide;
  /** The tenant asked for a new order in MsgCloseLease. */
  readonly reopen: boolean;
  /** Price of the lease, base units per hour: what the former provider may ask when it goes first. */
  readonly price: bigint;
}

/** How an order ended. */
export interface OrderEnded {
  readonly order: OrderKey;
  readonly end: OrderEnd;
}

/**
 * Run after market's own state is written. A caller that closes orders or leases itself (pause,
 * close) is told too and must tolerate it: the hooks say what happened, not who asked.
 */
export interface MarketHooks {
  /** A lease is closed and its order with it; the group has neither order nor lease any more. */
  afterLeaseClosed(ctx: Context, ended: LeaseEnded): void;
  /** An order without a lease is closed (group or funds). */
  afterOrderClosed(ctx: Context, ended: OrderEnded): void;
  /** An order's life is over without a winner, alone or with its joint award. */
  afterOrderExpired(ctx: Context, ended: OrderEnded): void;
}

/** A group, as hooks and calls name it. */
export type { GroupKey };
