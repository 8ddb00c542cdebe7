// InitChain and export: between the JSON of a genesis and the modules' states.

import { AddressCodec } from "../base/address.ts";
import { BugError } from "../base/assert.ts";
import { fromUtf8 } from "../base/bytes.ts";
import { ChainError, wrongGenesis } from "../base/errors.ts";
import type { RequestInitChain, ValidatorUpdate } from "../codec/gen/tendermint/abci.ts";
import type { ConsensusParams } from "../codec/gen/tendermint/types.ts";
import { CodecError } from "../codec/index.ts";
import type { Json, TypeRegistry } from "../codec/index.ts";
import { toValidatorUpdate } from "./abci.ts";
import type { Branches } from "./branches.ts";
import { BranchContext } from "./context.ts";
import type { ContextEnv } from "./context.ts";
import type { AppParts } from "./parts.ts";
import type { GenesisChanges } from "./state.ts";
import type { AppModule, BasicEnv, ValidatorChange } from "./types.ts";

/** JSON of a genesis or export, by module name. */
export type AppState = { readonly [module: string]: Json };

/** What InitChain runs on. */
export interface GenesisBase {
  readonly branches: Branches;
  readonly env: (addresses: AddressCodec) => ContextEnv;
}

/** What InitChain made. */
export interface GenesisResult {
  readonly changes: GenesisChanges;
  readonly params: ConsensusParams;
  readonly validators: readonly ValidatorUpdate[];
}

/** Reads `app_state` bytes. Throws: sdk/18 when they are not a JSON object. */
export function parseAppState(bytes: Uint8Array): AppState {
  const text = bytes.length === 0 ? "{}" : fromUtf8(bytes);
  if (text === undefined) throw wrongGenesis("app_state", "not UTF-8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrongGenesis("app_state", "not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw wrongGenesis("app_state", "not an object");
  return json as AppState;
}

/** One module's part of a genesis, parsed; its defaults where the genesis has none. */
function partOf(module: AppModule, state: AppState, registry: TypeRegistry): unknown {
  const { genesis } = module;
  if (genesis === undefined) return undefined;
  const json = state[module.name];
  if (json === undefined) return genesis.defaults();
  try {
    return genesis.type.fromJson(json, registry);
  } catch (error) {
    if (error instanceof CodecError) throw wrongGenesis(`app_state.${module.name}`, error.message);
    throw error;
  }
}

/** Names of a genesis that belong to no module. */
function strangersIn(modules: readonly AppModule[], state: AppState): readonly ChainError[] {
  const known = new Map(modules.map((module) => [module.name, module] as const));
  return Object.keys(state)
    .filter((name) => known.get(name)?.genesis === undefined)
    .map((name) => wrongGenesis(`app_state.${name}`, "no module of this name has a genesis"));
}

/** One module's part, parsed and checked without any state. Throws: sdk/18 with the JSON path. */
function checkedPart(
  module: AppModule,
  state: AppState,
  registry: TypeRegistry,
  env: BasicEnv,
): unknown {
  const part = partOf(module, state, registry);
  try {
    if (part !== undefined) module.genesis?.validate(part as never, env);
  } catch (error) {
    if (error instanceof ChainError) throw wrongGenesis(`app_state.${module.name}`, error.message);
    throw error;
  }
  return part;
}

/** Checks every module's part of a genesis without any state. Throws: sdk/18 with the JSON path. */
export function validateAppState(
  modules: readonly AppModule[],
  state: AppState,
  registry: TypeRegistry,
  env: BasicEnv,
): ReadonlyMap<string, unknown> {
  const [stranger] = strangersIn(modules, state);
  if (stranger !== undefined) throw stranger;
  const parts = new Map<string, unknown>();
  for (const module of modules) {
    const part = checkedPart(module, state, registry, env);
    if (part !== undefined) parts.set(module.name, part);
  }
  return parts;
}

/** What validateAppState would throw, of every module: sentences with the JSON path. */
export function appStateProblems(
  modules: readonly AppModule[],
  state: AppState,
  registry: TypeRegistry,
  env: BasicEnv,
): readonly string[] {
  const problems = strangersIn(modules, state).map((error) => error.message);
  for (const module of modules) {
    try {
      checkedPart(module, state, registry, env);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      problems.push(error.message);
    }
  }
  return problems;
}

/** Runs InitChain on `base.branches`. */
export function initGenesis(
  app: AppParts,
  registry: TypeRegistry,
  request: RequestInitChain,
  base: GenesisBase,
): GenesisResult {
  const state = parseAppState(request.appStateBytes);
  const addresses = new AddressCodec(app.chain.prefixOfGenesis(state["chain"]));
  const parts = validateAppState(app.modules, state, registry, { addresses });
  const ctx = new BranchContext(base.env(addresses), "genesis", base.branches);
  if (request.consensusParams !== undefined) app.consensus.setParams(ctx, request.consensusParams);
  const changes: ValidatorChange[] = [];
  for (const module of app.order.initGenesis)
    changes.push(...initPart(module, ctx, parts.get(module.name)));
  const validators = checkValidators(request, changes.map(toValidatorUpdate));
  return {
    changes: { stores: base.branches.changes(), sides: base.branches.sideChanges() },
    params: app.consensus.params(ctx),
    validators,
  };
}

/**
 * Builds one module's state. A genesis is input: what each check lets through and the state cannot hold
 * (a sum beyond 64 bits) is a refusal too, not a bug.
 */
function initPart(
  module: AppModule,
  ctx: BranchContext,
  part: unknown,
): readonly ValidatorChange[] {
  try {
    return module.genesis?.init(ctx, part as never) ?? [];
  } catch (error) {
    if (error instanceof BugError || error instanceof ChainError)
      throw wrongGenesis(`app_state.${module.name}`, `cannot be taken: ${error.message}`);
    throw error;
  }
}

/** Without a module that makes validators the set of the genesis stands, and it must not be empty. */
function checkValidators(
  request: RequestInitChain,
  made: readonly ValidatorUpdate[],
): readonly ValidatorUpdate[] {
  if (made.length > 0) return made;
  if (request.validators.length === 0) throw wrongGenesis("validators", "there is none");
  return request.validators;
}

/** `app_state` of a state. */
export function exportGenesis(app: AppParts, registry: TypeRegistry, ctx: BranchContext): AppState {
  const parts = new Map<string, Json>();
  for (const { name, genesis } of app.modules)
    if (genesis !== undefined) parts.set(name, genesis.type.toJson(genesis.export(ctx), registry));
  return Object.fromEntries(parts);
}
