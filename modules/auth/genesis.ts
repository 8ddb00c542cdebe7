// Genesis of module auth, taken as the SDK takes it: duplicate account numbers get the lowest free
// ones, accounts are written in order of number, the next number follows the largest.

import { must } from "../../chain/base/assert.ts";
import { equalBytes } from "../../chain/base/bytes.ts";
import { compareBig, MAX_UINT64 } from "../../chain/base/integers.ts";
import { GenesisState } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import {
  addressOfKey,
  parseAddress,
  tryDecode,
  undefinedError,
} from "../../chain/runtime/index.ts";
import type { GenesisPart } from "../../chain/runtime/index.ts";
import { FEE_COLLECTOR } from "./accounts.ts";
import type { AuthKeeper } from "./keeper.ts";
import { defaultParams, validateParams } from "./params.ts";
import { accounts, fromAny, nextNumber, params, toAny } from "./state.ts";
import type { Account } from "./types.ts";

/** Genesis of module auth. */
export function authGenesis(keeper: AuthKeeper): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({ params: defaultParams(), accounts: [] }),
    validate(state, env) {
      validateParams(state.params);
      const seen = new Set<string>();
      for (const [index, any] of state.accounts.entries()) {
        const account = tryDecode(() => fromAny(any));
        if (account === undefined)
          throw undefinedError(`accounts[${index}]: not an account of a known type`);
        const parsed = parseAddress(env.addresses, account.address, (reason) =>
          undefinedError(`accounts[${index}]: ${reason}`),
        );
        const address = env.addresses.format(parsed);
        if (seen.has(address))
          throw undefinedError(`accounts[${index}]: duplicate account ${address}`);
        if (account.number >= MAX_UINT64)
          throw undefinedError(`accounts[${index}]: no number follows ${account.number}`);
        seen.add(address);
      }
    },
    init(ctx, state) {
      params.set(ctx, state.params);
      let next = 0n;
      for (const account of numbered(state.accounts.map(fromAny))) {
        const address = ctx.addresses.parse(account.address);
        const own =
          account.key === undefined || equalBytes(addressOfKey(ctx.platform, account.key), address);
        if (!own) throw undefinedError(`key of account ${account.address} is another's`);
        keeper.set(ctx, address, account);
        next = account.number + 1n;
      }
      nextNumber.set(ctx, next);
      keeper.moduleAccount(ctx, FEE_COLLECTOR);
    },
    export(ctx) {
      return {
        params: must(params.get(ctx), "parameters of auth"),
        accounts: [...accounts.iterate(ctx)].map(([, account]) => toAny(account)),
      };
    },
  };
}

function numbered(given: readonly Account[]): Account[] {
  const used = new Set<bigint>();
  const kept: Account[] = [];
  const again: Account[] = [];
  for (const account of given) {
    (used.has(account.number) ? again : kept).push(account);
    used.add(account.number);
  }
  let free = 0n;
  again.sort((a, b) => compareBig(a.number, b.number));
  for (const account of again) {
    while (used.has(free)) free++;
    used.add(free);
    kept.push({ ...account, number: free });
  }
  return kept.sort((a, b) => compareBig(a.number, b.number));
}
