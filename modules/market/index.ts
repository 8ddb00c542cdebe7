// The door of module market.

import type { AppModule } from "../../chain/runtime/index.ts";
import { HookList } from "../../chain/runtime/index.ts";
import type { EscrowHooks } from "../escrow/index.ts";
import type { ProviderHooks } from "../provider/index.ts";
import type { MarketHooks } from "./hooks.ts";
import { Keeper } from "./keeper.ts";
import type { Deps } from "./keeper/deps.ts";
import type { MarketKeeper } from "./keeper/interface.ts";
import { escrowHooks, providerHooks } from "./keeper/reactions.ts";
import { marketModule } from "./module.ts";
import type { MarketNeeds } from "./needs.ts";

/**
 * The module, its keeper, the list on which later modules register before it is sealed, and the
 * hooks that the application registers with escrow (before those of deployment) and provider.
 */
export interface MarketParts {
  readonly module: AppModule;
  readonly keeper: MarketKeeper;
  readonly hooks: HookList<MarketHooks>;
  readonly escrowHooks: EscrowHooks;
  readonly providerHooks: ProviderHooks;
}

/** Makes module market. */
export function createMarketModule(needs: MarketNeeds): MarketParts {
  const hooks = new HookList<MarketHooks>("market");
  const deps: Deps = { ...needs, hooks };
  const keeper = new Keeper(deps);
  return {
    module: marketModule(keeper),
    keeper,
    hooks,
    escrowHooks: escrowHooks(deps),
    providerHooks: providerHooks(deps),
  };
}

export { marketErrors } from "./errors.ts";
export type { LeaseEnded, LeaseSide, MarketHooks, OrderEnded } from "./hooks.ts";
export type { FormerLease, MarketKeeper, NewOrder, NewOrders } from "./keeper/interface.ts";
export type { MarketNeeds, OwnerSignatures, SignedText } from "./needs.ts";
export { DEFAULT_PARAMS as DEFAULT_MARKET_PARAMS } from "./params.ts";
export { marketSchema } from "./state.ts";
export * from "./types.ts";
