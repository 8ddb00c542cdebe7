// Genesis of module provider: parameters and one record per provider with all that hangs on it.
// export(init(g)) = g.

import type { Address } from "../../chain/base/address.ts";
import { compareBytes } from "../../chain/base/bytes.ts";
import { ChainError } from "../../chain/base/errors.ts";
import {
  GenesisState,
  PauseCause,
  ProviderState,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { ProviderRecord } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { BasicEnv, Context, GenesisPart } from "../../chain/runtime/index.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderKeeper } from "./keeper.ts";
import { checkDevices, checkHeartbeatKey, checkSelf } from "./keeper/checks.ts";
import { DEFAULT_PARAMS, validateParams } from "./params.ts";
import * as state from "./state.ts";
import { countOfClass } from "./types.ts";

/** The module's part of genesis. */
export function providerGenesis(keeper: ProviderKeeper): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({ params: DEFAULT_PARAMS, providers: [], lastAward: 0n }),
    validate: validateGenesis,
    init(ctx, genesis) {
      keeper.setParams(ctx, genesis.params);
      state.awards.set(ctx, genesis.lastAward + 1n);
      for (const record of genesis.providers) initRecord(ctx, record);
    },
    export: (ctx) => ({
      params: keeper.params(ctx),
      providers: [...state.providers.keys(ctx)].map((owner) => exportRecord(ctx, keeper, owner)),
      lastAward: state.awards.peek(ctx) - 1n,
    }),
  };
}

function initRecord(ctx: Context, record: ProviderRecord): void {
  const owner = ctx.addresses.parse(record.provider.owner);
  const { heartbeat, standing } = record;
  state.providers.set(ctx, owner, record.provider);
  if (heartbeat !== undefined) {
    state.heartbeats.set(ctx, owner, heartbeat);
    if (!heartbeat.toldStale) state.queueStale(ctx, owner, heartbeat);
  }
  if (standing.awards > 0n) state.standings.set(ctx, owner, standing);
  for (const { class: name, offered } of record.commitments)
    state.commitments.set(ctx, [owner, name], offered);
  for (const { key, value, leases } of record.pins)
    state.pins.set(ctx, [owner, key], { value, leases });
}

function exportRecord(ctx: Context, keeper: ProviderKeeper, owner: Address): ProviderRecord {
  return {
    provider: keeper.get(ctx, owner),
    heartbeat: keeper.heartbeat(ctx, owner),
    standing: keeper.standing(ctx, owner),
    commitments: keeper.promises(ctx, owner),
    pins: keeper.pins(ctx, owner),
  };
}

function validateGenesis(genesis: GenesisState, env: BasicEnv): void {
  validateParams(genesis.params);
  const operators = new Set<string>();
  let before: Uint8Array | undefined;
  for (const [index, record] of genesis.providers.entries()) {
    const where = `app_state.provider.providers[${index}]`;
    const owner = env.addresses.parse(record.provider.owner);
    if (before !== undefined && compareBytes(before, owner) >= 0)
      throw providerErrors.invalidGenesis.with(`${where}.provider.owner: not in ascending order`);
    before = owner;
    if (operators.has(record.provider.operator))
      throw providerErrors.invalidGenesis.with(`${where}.provider.operator: serves two providers`);
    operators.add(record.provider.operator);
    validateRecord(record, where, env);
    if (record.standing.lastAward > genesis.lastAward)
      throw providerErrors.invalidGenesis.with(`${where}.standing.last_award: above last_award`);
  }
}

function validateRecord(record: ProviderRecord, where: string, env: BasicEnv): void {
  const { provider, commitments, pins } = record;
  const refuse = (what: string): ChainError =>
    providerErrors.invalidGenesis.with(`${where}.${what}`);
  env.addresses.parse(provider.operator);
  env.addresses.parse(provider.payout);
  checkHeartbeatKey(provider.heartbeatKey);
  checkSelf(provider);
  checkDevices(provider.devices);
  const paused = provider.state === ProviderState.PAUSED;
  if (provider.state < ProviderState.ACTIVE || provider.state > ProviderState.TOMBSTONED)
    throw refuse(`provider.state: ${provider.state} is not a state`);
  if (paused !== (provider.cause !== PauseCause.UNSPECIFIED))
    throw refuse("provider.cause: does not go with the state");
  for (const { class: name, offered } of commitments)
    if (offered === 0n || offered > countOfClass(provider.devices, name))
      throw refuse(`commitments: ${offered} devices of class ${name} are not owned`);
  const claims = new Map(provider.attributes.map(({ key, value }) => [key, value]));
  for (const { key, value, leases } of pins)
    if (leases === 0n || claims.get(key) !== value)
      throw refuse(`pins: ${key} is not an attribute that leases hold`);
}
