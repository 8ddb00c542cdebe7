// The door of module provider.

import type { AppModule } from "../../chain/runtime/index.ts";
import { ProviderKeeper } from "./keeper.ts";
import { providerModule } from "./module.ts";
import type { ProviderNeeds } from "./needs.ts";

/** The module and its keeper. */
export interface ProviderParts {
  readonly module: AppModule;
  readonly keeper: ProviderKeeper;
}

/** Makes module provider. */
export function createProviderModule(needs: ProviderNeeds): ProviderParts {
  const keeper = new ProviderKeeper(needs);
  return { module: providerModule(keeper), keeper };
}

export { ProviderKeeper } from "./keeper.ts";
export type { Rules } from "./keeper.ts";
export { providerErrors } from "./errors.ts";
export type { ProviderHooks } from "./hooks.ts";
export type { ProviderNeeds } from "./needs.ts";
export { DEFAULT_PARAMS as DEFAULT_PROVIDER_PARAMS } from "./params.ts";
export { providerSchema } from "./state.ts";
export * from "./types.ts";
