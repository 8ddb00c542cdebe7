// The door of module market.

export type { LeaseEnded, LeaseSide, MarketHooks, OrderEnded } from "./hooks.ts";
export type { FormerLease, MarketKeeper, NewOrder, NewOrders } from "./keeper/interface.ts";
export * from "./types.ts";
