// Genesis of module bank.

import {
  addCoins,
  areValidCoins,
  formatCoins,
  isDenom,
  toWireCoin,
} from "../../chain/base/coins.ts";
import type { Coin, WireCoin } from "../../chain/base/coins.ts";
import { parseInteger } from "../../chain/base/integers.ts";
import { GenesisState } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import type { Metadata } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { parseAddress, undefinedError } from "../../chain/runtime/index.ts";
import type { Context, GenesisPart } from "../../chain/runtime/index.ts";
import type { BankKeeper } from "./keeper.ts";
import { defaultParams } from "./params.ts";
import { balances, metadata, params, sendEnabled, supply } from "./state.ts";

function coinsOf(wire: readonly WireCoin[]): Coin[] {
  return wire.map(({ denom, amount }) => ({ denom, amount: parseInteger(amount) ?? -1n }));
}

function totalOf(state: GenesisState): Coin[] {
  const all: Coin[] = [];
  for (const { coins } of state.balances) all.push(...coinsOf(coins));
  return addCoins(all, []);
}

/** Genesis of module bank. */
export function bankGenesis(keeper: BankKeeper): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({
      params: defaultParams(),
      balances: [],
      supply: [],
      denomMetadata: [],
      sendEnabled: [],
    }),
    validate(state, env) {
      for (const [index, { address, coins }] of state.balances.entries()) {
        parseAddress(env.addresses, address, (reason) =>
          undefinedError(`balances[${index}]: ${reason}`),
        );
        if (!areValidCoins(coinsOf(coins)))
          throw undefinedError(`balances[${index}]: invalid coins ${formatCoins(coins)}`);
      }
      refuseTwice(
        "balances",
        state.balances.map((balance) => balance.address),
      );
      refuseTwice(
        "denom_metadata",
        state.denomMetadata.map((item) => item.base),
      );
      refuseTwice(
        "send_enabled",
        state.sendEnabled.map((item) => item.denom),
      );
      for (const [index, item] of state.denomMetadata.entries()) {
        const fault = metadataFault(item);
        if (fault !== undefined) throw undefinedError(`denom_metadata[${index}]: ${fault}`);
      }
      checkSupply(state);
    },
    init(ctx, state) {
      const { sendEnabled: listed, ...rest } = state.params;
      params.set(ctx, { ...rest, sendEnabled: [] });
      for (const { denom, enabled } of [...listed, ...state.sendEnabled])
        sendEnabled.set(ctx, denom, enabled);
      for (const { address, coins } of state.balances) {
        const owner = ctx.addresses.parse(address);
        for (const { denom, amount } of coinsOf(coins)) balances.set(ctx, [owner, denom], amount);
      }
      for (const { denom, amount } of totalOf(state)) supply.set(ctx, denom, amount);
      for (const item of state.denomMetadata) metadata.set(ctx, item.base, item);
    },
    export(ctx) {
      return {
        params: keeper.params(ctx),
        balances: exportBalances(ctx),
        supply: [...supply.iterate(ctx)].map(([denom, amount]) => toWireCoin({ denom, amount })),
        denomMetadata: [...metadata.iterate(ctx)].map(([, item]) => item),
        sendEnabled: [...sendEnabled.iterate(ctx)].map(([denom, enabled]) => ({ denom, enabled })),
      };
    },
  };
}

function refuseTwice(path: string, keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key)) throw undefinedError(`${path}[${index}]: ${key} stands twice`);
    seen.add(key);
  }
}

function checkSupply(state: GenesisState): void {
  if (state.supply.length === 0) return;
  const total = formatCoins(totalOf(state));
  const given = formatCoins(state.supply);
  if (given !== total)
    throw undefinedError(`supply: genesis supply is incorrect, expected ${given}, got ${total}`);
}

function metadataFault(item: Metadata): string | undefined {
  if (item.name.trim() === "") return "name field cannot be blank";
  if (item.symbol.trim() === "") return "symbol field cannot be blank";
  if (!isDenom(item.base)) return `invalid metadata base denom: ${item.base}`;
  if (!isDenom(item.display)) return `invalid metadata display denom: ${item.display}`;
  const [first] = item.denomUnits;
  if (first?.denom !== item.base || first.exponent !== 0)
    return `the first denomination unit must be ${item.base} with exponent 0`;
  const sorted = item.denomUnits.every(
    (unit, i) => i === 0 || (item.denomUnits[i - 1]?.exponent ?? 0) < unit.exponent,
  );
  if (!sorted) return "denom units should be sorted asc by exponent";
  return item.denomUnits.some((unit) => unit.denom === item.display)
    ? undefined
    : `metadata must contain a denomination unit with display denom '${item.display}'`;
}

/** Balances by address, in key order. */
function exportBalances(ctx: Context): { address: string; coins: WireCoin[] }[] {
  const out: { address: string; coins: WireCoin[] }[] = [];
  for (const [[address, denom], amount] of balances.iterate(ctx)) {
    const text = ctx.addresses.format(address);
    const coin = toWireCoin({ denom, amount });
    const last = out.at(-1);
    if (last?.address === text) last.coins.push(coin);
    else out.push({ address: text, coins: [coin] });
  }
  return out;
}
