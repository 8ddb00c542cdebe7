// The door of module market.

import type { AppModule } from "../../chain/runtime/index.ts";
import type { EscrowHooks } from "../escrow/index.ts";
import type { ProviderHooks } from "../provider/index.ts";
import { Keeper } from "./keeper.ts";
import type { MarketKeeper } from "./keeper/interface.ts";
import { escrowHooks, providerHooks } from "./keeper/reactions.ts";
import { marketModule } from "./module.ts";
import type { MarketNeeds } from "./needs.ts";

/**
 * The module, its keeper, and the hooks that the application registers with escrow (before those of
 * deployment) and with provider.
 */
export interface MarketParts {
  readonly module: AppModule;
  readonly keeper: MarketKeeper;
  readonly escrowHooks: EscrowHooks;
  readonly providerHooks: ProviderHooks;
}

/** Makes module market. */
export function createMarketModule(needs: MarketNeeds): MarketParts {
  const keeper = new Keeper(needs);
  return {
    module: marketModule(keeper),
    keeper,
    escrowHooks: escrowHooks(needs),
    providerHooks: providerHooks(needs),
  };
}

export { marketErrors } from "./errors.ts";
export type { LeaseEnded, LeaseSide, MarketHooks, OrderEnded } from "./hooks.ts";
export type { FormerLease, MarketKeeper, NewOrder, NewOrders } from "./keeper/interface.ts";
export type { MarketNeeds, OwnerSignatures, SignedText } from "./needs.ts";
export { DEFAULT_PARAMS as DEFAULT_MARKET_PARAMS } from "./params.ts";
export { marketSchema } from "./state.ts";
export * from "./types.ts";
