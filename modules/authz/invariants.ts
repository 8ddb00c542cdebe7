import type { AddressCodec } from "../../chain/base/address.ts";
import { compareTime, formatTime } from "../../chain/base/time.ts";
import type { Context, Invariant } from "../../chain/runtime/index.ts";
import { openAuthorization } from "./keeper/authorizations.ts";
import { authzSchema, ending, grants } from "./state.ts";
import type { GrantKey } from "./state.ts";

/** What always holds in module authz. */
export const authzInvariants: readonly Invariant[] = [
  { name: "every grant that ends is in the queue", check: grantsWithoutEntry },
  { name: "every type of a queue entry has its grant", check: typesWithoutGrant },
  {
    name: "a grant stands under the type that it is for",
    check(ctx) {
      const faults: string[] = [];
      for (const [key, grant] of grants.iterate(ctx)) {
        const typeUrl = openAuthorization(grant.authorization).msgTypeUrl();
        if (typeUrl !== key[2]) faults.push(`${nameOf(ctx.addresses, key)} is for ${typeUrl}`);
      }
      return faults;
    },
  },
  { name: "indexes equal their rebuild", check: (ctx) => authzSchema.checkIndexes(ctx) },
];

function grantsWithoutEntry(ctx: Context): readonly string[] {
  const faults: string[] = [];
  for (const [key, { expiration }] of grants.iterate(ctx)) {
    if (expiration === undefined) continue;
    const [granter, grantee, typeUrl] = key;
    const listed = ending.get(ctx, [expiration, granter, grantee])?.msgTypeUrls ?? [];
    if (listed.filter((one) => one === typeUrl).length !== 1)
      faults.push(`${nameOf(ctx.addresses, key)} ends at ${formatTime(expiration)} in no entry`);
  }
  return faults;
}

function typesWithoutGrant(ctx: Context): readonly string[] {
  const faults: string[] = [];
  for (const [[end, granter, grantee], { msgTypeUrls }] of ending.iterate(ctx))
    for (const typeUrl of msgTypeUrls) {
      const key: GrantKey = [granter, grantee, typeUrl];
      const ends = grants.get(ctx, key)?.expiration;
      if (ends === undefined || compareTime(ends, end) !== 0)
        faults.push(`entry ${formatTime(end)}: ${nameOf(ctx.addresses, key)} does not end then`);
    }
  return faults;
}

function nameOf(addresses: AddressCodec, [granter, grantee, typeUrl]: GrantKey): string {
  return `grant of ${addresses.format(granter)} to ${addresses.format(grantee)} for ${typeUrl}`;
}
