import type { Invariant } from "../../chain/runtime/index.ts";
import { balances, schema, supply } from "./state.ts";

/** What always holds in module bank. */
export const bankInvariants: readonly Invariant[] = [
  {
    name: "supply equals the sum of balances",
    check(ctx) {
      const sums = new Map<string, bigint>();
      for (const [[, denom], amount] of balances.iterate(ctx))
        sums.set(denom, (sums.get(denom) ?? 0n) + amount);
      const faults: string[] = [];
      for (const [denom, amount] of supply.iterate(ctx)) {
        const sum = sums.get(denom) ?? 0n;
        if (sum !== amount) faults.push(`supply ${amount}${denom}, balances ${sum}${denom}`);
        sums.delete(denom);
      }
      for (const [denom, sum] of sums) faults.push(`no supply, balances ${sum}${denom}`);
      return faults;
    },
  },
  { name: "indexes equal their rebuild", check: (ctx) => schema.checkIndexes(ctx) },
];
