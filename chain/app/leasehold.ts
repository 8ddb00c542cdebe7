// The application of a Leasehold chain, wired by hand. Calls go down by constructor, hooks come up
// by the lists that are registered and sealed here.

import type { Platform } from "../base/platform.ts";
import { HookList } from "../runtime/index.ts";
import type { AppParts } from "../runtime/index.ts";
import { createEscrowModule } from "../../modules/escrow/index.ts";
import type { EscrowHooks } from "../../modules/escrow/index.ts";
import { createProviderModule } from "../../modules/provider/index.ts";
import type { ProviderHooks } from "../../modules/provider/index.ts";
import { createMarketModule } from "../../modules/market/index.ts";
import type { MarketHooks } from "../../modules/market/index.ts";
import { createDeploymentModule } from "../../modules/deployment/index.ts";
import { assemble, createBaseModules } from "./base.ts";
import type { StageNames } from "./base.ts";

/** All modules of the chain with their needs and hooks. */
export function leaseholdParts(platform: Platform, version: string): AppParts {
  const base = createBaseModules(platform);
  const providerHooks = new HookList<ProviderHooks>("provider");
  const escrowHooks = new HookList<EscrowHooks>("escrow");
  const provider = createProviderModule({
    bank: base.bank,
    chain: base.chain,
    hooks: providerHooks,
  });
  const escrow = createEscrowModule({
    bank: base.bank,
    payees: provider.keeper,
    hooks: escrowHooks,
  });
  const marketHooks = new HookList<MarketHooks>("market");
  const market = createMarketModule({
    escrow: escrow.keeper,
    provider: provider.keeper,
    auth: base.auth,
    hooks: marketHooks,
  });
  const deployment = createDeploymentModule({ escrow: escrow.keeper, market: market.keeper });
  providerHooks.register("market", market.providerHooks);
  escrowHooks.register("market", market.escrowHooks);
  escrowHooks.register("deployment", deployment.escrowHooks);
  marketHooks.register("deployment", deployment.marketHooks);
  providerHooks.seal();
  escrowHooks.seal();
  marketHooks.seal();
  const later = [provider.module, escrow.module, market.module, deployment.module];
  return assemble(base, later, ORDERS, version);
}

/**
 * The stages, each with its own order: those of the SDK's modules first, as the SDK has them, then
 * ours. Begin: providers that fell silent before anything that asks who is fresh; escrow before
 * market, so that funds that ran out suspend before a deadline is judged. End: awards before payouts
 * and warnings; deployment last, as it follows what became of orders and leases.
 */
const ORDERS: StageNames = {
  preBlock: [],
  beginBlock: ["authz", "provider", "escrow", "market"],
  endBlock: ["feegrant", "market", "escrow", "deployment"],
  initGenesis: [
    "chain",
    "consensus",
    "auth",
    "bank",
    "authz",
    "feegrant",
    "provider",
    "escrow",
    "market",
    "deployment",
  ],
};
