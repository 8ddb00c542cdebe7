// The four modules that every chain has, wired by hand.

import { assert } from "../base/assert.ts";
import type { Platform } from "../base/platform.ts";
import type { AppModule, AppParts } from "../runtime/index.ts";
import { createAuthModule, moduleAccounts } from "../../modules/auth/index.ts";
import type { AuthKeeper } from "../../modules/auth/index.ts";
import { createBankModule } from "../../modules/bank/index.ts";
import type { BankKeeper } from "../../modules/bank/index.ts";
import { createChainModule } from "../../modules/chain/index.ts";
import type { ChainKeeper } from "../../modules/chain/index.ts";
import { MODULE_ORDER } from "../../modules/order.ts";
import { createConsensusModule } from "../../modules/consensus/index.ts";
import type { ConsensusKeeper } from "../../modules/consensus/index.ts";

/** Name that the application reports in abci_info. */
export const APP_NAME = "leasehold";

/** Modules chain, consensus, auth and bank, and their keepers. */
export interface BaseModules {
  readonly modules: readonly AppModule[];
  readonly chain: ChainKeeper;
  readonly consensus: ConsensusKeeper;
  readonly auth: AuthKeeper;
  readonly bank: BankKeeper;
}

/** Makes the base modules. */
export function createBaseModules(platform: Platform): BaseModules {
  const chain = createChainModule();
  const consensus = createConsensusModule();
  const auth = createAuthModule({ platform, modules: moduleAccounts });
  const bank = createBankModule({ auth: auth.keeper });
  return {
    modules: [chain.module, consensus.module, auth.module, bank.module],
    chain: chain.keeper,
    consensus: consensus.keeper,
    auth: auth.keeper,
    bank: bank.keeper,
  };
}

/** The four orders of modules; whoever has no part in a stage is passed over there. */
export type StageOrders = AppParts["order"];

/** Puts the application together from base modules, later modules and the orders of all. */
export function assemble(
  base: BaseModules,
  later: readonly AppModule[],
  order: StageOrders,
  version: string,
): AppParts {
  const modules = [...base.modules, ...later];
  const names: readonly string[] = MODULE_ORDER;
  const places = modules.map((module) => names.indexOf(module.name)).filter((at) => at >= 0);
  const ascend = places.every((at, i) => i === 0 || (places[i - 1] ?? 0) < at);
  assert(ascend, `modules in another order than modules/order.ts: ${modules.map((m) => m.name)}`);
  base.chain.registerQueues(modules.flatMap((module) => module.queues ?? []));
  return {
    name: APP_NAME,
    version,
    modules,
    order,
    chain: base.chain,
    consensus: base.consensus,
    accounts: base.auth,
    fees: base.bank,
  };
}

/** The application of the base modules alone: what recorded chains of other software are replayed on. */
export function baseParts(
  platform: Platform,
  version: string,
  later: readonly AppModule[] = [],
): AppParts {
  const base = createBaseModules(platform);
  const all = [...base.modules, ...later];
  const order = { preBlock: all, beginBlock: all, endBlock: all, initGenesis: all };
  return assemble(base, later, order, version);
}

/** Names of the hashed stores of some modules, as the multistore mounts them. */
export function storeNames(parts: AppParts): readonly string[] {
  return parts.modules.flatMap((module) => module.stores);
}
