// The door of module deployment.

import type { AppModule } from "../../chain/runtime/index.ts";
import type { EscrowHooks } from "../escrow/index.ts";
import type { MarketHooks } from "../market/index.ts";
import { escrowHooks, marketHooks } from "./hooks.ts";
import { DeploymentKeeper } from "./keeper.ts";
import { deploymentModule } from "./module.ts";
import type { DeploymentNeeds } from "./needs.ts";

/** The module, its keeper, and the hooks that the application registers after market's. */
export interface DeploymentParts {
  readonly module: AppModule;
  readonly keeper: DeploymentKeeper;
  readonly escrowHooks: EscrowHooks;
  readonly marketHooks: MarketHooks;
}

/** Makes module deployment. */
export function createDeploymentModule(needs: DeploymentNeeds): DeploymentParts {
  const keeper = new DeploymentKeeper(needs);
  return {
    module: deploymentModule(keeper),
    keeper,
    escrowHooks: escrowHooks(keeper),
    marketHooks: marketHooks(keeper),
  };
}

export { DeploymentKeeper } from "./keeper.ts";
export { deploymentErrors } from "./errors.ts";
export type { DeploymentNeeds } from "./needs.ts";
export { DEFAULT_PARAMS as DEFAULT_DEPLOYMENT_PARAMS } from "./params.ts";
export { deploymentSchema } from "./state.ts";
export * from "./types.ts";
