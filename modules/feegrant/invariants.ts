import { formatTime } from "../../chain/base/time.ts";
import type { Context, Invariant } from "../../chain/runtime/index.ts";
import { openAllowance } from "./keeper/allowances.ts";
import { allowances, ending, feegrantSchema } from "./state.ts";

/** What always holds in module feegrant. A queue entry may have lost its allowance; see README. */
export const feegrantInvariants: readonly Invariant[] = [
  {
    name: "every allowance that ends is in the queue",
    check(ctx) {
      const faults: string[] = [];
      const queued = queuedEnds(ctx);
      for (const [, { granter, grantee, allowance }] of allowances.iterate(ctx)) {
        const end = openAllowance(allowance).endsAt();
        if (end !== undefined && !queued.has(`${formatTime(end)} ${grantee} ${granter}`))
          faults.push(`${granter} to ${grantee} ends at ${formatTime(end)} in no entry`);
      }
      return faults;
    },
  },
  {
    name: "an allowance stands under the pair that it names",
    check(ctx) {
      const faults: string[] = [];
      for (const [[grantee, granter], grant] of allowances.iterate(ctx)) {
        const [from, to] = [ctx.addresses.format(granter), ctx.addresses.format(grantee)];
        if (grant.granter !== from || grant.grantee !== to)
          faults.push(`${from} to ${to} names ${grant.granter} and ${grant.grantee}`);
      }
      return faults;
    },
  },
  { name: "indexes equal their rebuild", check: (ctx) => feegrantSchema.checkIndexes(ctx) },
];

function queuedEnds(ctx: Context): ReadonlySet<string> {
  const { addresses } = ctx;
  const out = new Set<string>();
  for (const [end, grantee, granter] of ending.iterate(ctx))
    out.add(`${formatTime(end)} ${addresses.format(grantee)} ${addresses.format(granter)}`);
  return out;
}
