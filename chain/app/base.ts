// The modules that every chain has, wired by hand.

import { assert, must } from "../base/assert.ts";
import type { Platform } from "../base/platform.ts";
import { Dispatcher, MsgRouter } from "../runtime/index.ts";
import type { AppModule, AppParts } from "../runtime/index.ts";
import { createAuthModule, moduleAccounts } from "../../modules/auth/index.ts";
import type { AuthKeeper } from "../../modules/auth/index.ts";
import { createAuthzModule } from "../../modules/authz/index.ts";
import { createBankModule } from "../../modules/bank/index.ts";
import type { BankKeeper } from "../../modules/bank/index.ts";
import { createChainModule } from "../../modules/chain/index.ts";
import type { ChainKeeper } from "../../modules/chain/index.ts";
import { createFeegrantModule } from "../../modules/feegrant/index.ts";
import type { FeegrantKeeper } from "../../modules/feegrant/index.ts";
import { MODULE_ORDER } from "../../modules/order.ts";
import { createConsensusModule } from "../../modules/consensus/index.ts";
import type { ConsensusKeeper } from "../../modules/consensus/index.ts";

/** Name that the application reports in abci_info. */
export const APP_NAME = "leasehold";

/** Modules chain, consensus, auth, bank, authz and feegrant, and the keepers that others need. */
export interface BaseModules {
  readonly modules: readonly AppModule[];
  /** Filled by `assemble`, when all modules are known. */
  readonly messages: MsgRouter;
  readonly chain: ChainKeeper;
  readonly consensus: ConsensusKeeper;
  readonly auth: AuthKeeper;
  readonly bank: BankKeeper;
  readonly feegrant: FeegrantKeeper;
}

/** Makes the base modules. */
export function createBaseModules(platform: Platform): BaseModules {
  const chain = createChainModule();
  const consensus = createConsensusModule();
  const auth = createAuthModule({ platform, modules: moduleAccounts });
  const bank = createBankModule({ auth: auth.keeper });
  const messages = new MsgRouter();
  const authz = createAuthzModule({ auth: auth.keeper, dispatcher: new Dispatcher(messages) });
  const feegrant = createFeegrantModule({ auth: auth.keeper });
  const made = [chain, consensus, auth, bank, authz, feegrant];
  return {
    modules: made.map(({ module }) => module),
    messages,
    chain: chain.keeper,
    consensus: consensus.keeper,
    auth: auth.keeper,
    bank: bank.keeper,
    feegrant: feegrant.keeper,
  };
}

/** Names of the modules that have a part in each stage, in the order in which they run. */
export interface StageNames {
  readonly preBlock: readonly string[];
  readonly beginBlock: readonly string[];
  readonly endBlock: readonly string[];
  readonly initGenesis: readonly string[];
}

/** Puts the application together from base modules, later modules and the orders of all. */
export function assemble(
  base: BaseModules,
  later: readonly AppModule[],
  names: StageNames,
  version: string,
): AppParts {
  const modules = [...base.modules, ...later];
  checkOrder(modules);
  const order = {
    preBlock: pick(modules, names.preBlock, (module) => module.preBlock !== undefined),
    beginBlock: pick(modules, names.beginBlock, (module) => module.beginBlock !== undefined),
    endBlock: pick(modules, names.endBlock, (module) => module.endBlock !== undefined),
    initGenesis: pick(modules, names.initGenesis, (module) => module.genesis !== undefined),
  };
  for (const handler of modules.flatMap((module) => module.messages ?? []))
    base.messages.register(handler);
  base.chain.registerQueues(modules.flatMap((module) => module.queues ?? []));
  return {
    name: APP_NAME,
    version,
    modules,
    order,
    chain: base.chain,
    consensus: base.consensus,
    messages: base.messages,
    accounts: base.auth,
    fees: base.bank,
    allowances: base.feegrant,
  };
}

/** The modules that a stage names. Whoever has a part in the stage must be named there. */
function pick(
  modules: readonly AppModule[],
  names: readonly string[],
  takesPart: (module: AppModule) => boolean,
): readonly AppModule[] {
  const missing = modules.filter((module) => takesPart(module) && !names.includes(module.name));
  assert(missing.length === 0, `no place in a stage for ${missing.map((module) => module.name)}`);
  return names.map((name) =>
    must(
      modules.find((module) => module.name === name),
      `module ${name}`,
    ),
  );
}

/** Modules must stand in the declared order; those of tests are not in it. */
function checkOrder(modules: readonly AppModule[]): void {
  const declared: readonly string[] = MODULE_ORDER;
  const places = modules.map((module) => declared.indexOf(module.name)).filter((at) => at >= 0);
  const ascend = places.every((at, i) => i === 0 || (places[i - 1] ?? 0) < at);
  assert(ascend, `modules in another order than declared: ${modules.map((module) => module.name)}`);
}

/** The application of the base modules alone: what recorded chains of other software are replayed on. */
export function baseParts(
  platform: Platform,
  version: string,
  later: readonly AppModule[] = [],
): AppParts {
  const base = createBaseModules(platform);
  const all = [...base.modules, ...later].map((module) => module.name);
  const names = { preBlock: all, beginBlock: all, endBlock: all, initGenesis: all };
  return assemble(base, later, names, version);
}

/** Names of the hashed stores of some modules, as the multistore mounts them. */
export function storeNames(parts: AppParts): readonly string[] {
  return parts.modules.flatMap((module) => module.stores);
}
