// Genesis of module feegrant.

import { must } from "../../chain/base/assert.ts";
import { ChainError } from "../../chain/base/errors.ts";
import { GenesisState } from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { Grant } from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import { rewrapped, undefinedError } from "../../chain/runtime/index.ts";
import type { BasicEnv, GenesisPart } from "../../chain/runtime/index.ts";
import { openAllowance } from "./keeper/allowances.ts";
import { hasEnded } from "./keeper.ts";
import type { FeegrantKeeper } from "./keeper.ts";
import { allowances } from "./state.ts";

/** Genesis of module feegrant. What has ended by the time of the genesis is left out. */
export function feegrantGenesis(keeper: FeegrantKeeper): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({ allowances: [] }),
    validate(state, env) {
      const seen = new Set<string>();
      for (const [index, grant] of state.allowances.entries()) {
        const where = `allowances[${index}]`;
        rewrapped(
          () => checkGrant(grant, env),
          (text, { codespace, code }) => new ChainError(codespace, code, `${where}: ${text}`),
        );
        const name = `${grant.granter} ${grant.grantee}`;
        if (seen.has(name)) throw undefinedError(`${where}: ${name} stands twice`);
        seen.add(name);
      }
    },
    init(ctx, state) {
      for (const { granter, grantee, allowance } of state.allowances) {
        const end = openAllowance(allowance).endsAt();
        if (end !== undefined && hasEnded(ctx, end)) continue;
        const pair = {
          granter: ctx.addresses.parse(granter),
          grantee: ctx.addresses.parse(grantee),
        };
        keeper.grant(ctx, pair, must(allowance, "allowance"));
      }
    },
    export: (ctx) => ({ allowances: [...allowances.iterate(ctx)].map(([, grant]) => grant) }),
  };
}

function checkGrant(grant: Grant, env: BasicEnv): void {
  env.addresses.parse(grant.granter);
  env.addresses.parse(grant.grantee);
  if (grant.granter === grant.grantee) throw undefinedError("cannot self-grant fee authorization");
  openAllowance(grant.allowance).validate();
}
