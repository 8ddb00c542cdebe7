// Genesis of module authz.

import { ChainError } from "../../chain/base/errors.ts";
import { must } from "../../chain/base/assert.ts";
import { compareTime } from "../../chain/base/time.ts";
import { GenesisState } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import type { GrantAuthorization } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { rewrapped, undefinedError } from "../../chain/runtime/index.ts";
import type { BasicEnv, GenesisPart } from "../../chain/runtime/index.ts";
import { openAuthorization } from "./keeper/authorizations.ts";
import type { AuthzKeeper } from "./keeper.ts";
import { grants } from "./state.ts";

/** Genesis of module authz. What has ended by the time of the genesis is left out. */
export function authzGenesis(keeper: AuthzKeeper): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({ authorization: [] }),
    validate(state, env) {
      const seen = new Set<string>();
      for (const [index, entry] of state.authorization.entries()) {
        const where = `authorization[${index}]`;
        const name = rewrapped(
          () => checkEntry(entry, env),
          (text, { codespace, code }) => new ChainError(codespace, code, `${where}: ${text}`),
        );
        if (seen.has(name)) throw undefinedError(`${where}: ${name} stands twice`);
        seen.add(name);
      }
    },
    init(ctx, state) {
      for (const { granter, grantee, authorization, expiration } of state.authorization) {
        if (expiration !== undefined && compareTime(expiration, ctx.time) < 0) continue;
        const any = must(authorization, "authorization");
        const msgTypeUrl = openAuthorization(any).msgTypeUrl();
        const [from, to] = [ctx.addresses.parse(granter), ctx.addresses.parse(grantee)];
        keeper.put(ctx, [from, to, msgTypeUrl], any, expiration);
      }
    },
    export(ctx) {
      const authorization: GrantAuthorization[] = [];
      for (const [[granter, grantee], grant] of grants.iterate(ctx)) {
        authorization.push({
          granter: ctx.addresses.format(granter),
          grantee: ctx.addresses.format(grantee),
          authorization: grant.authorization,
          expiration: grant.expiration,
        });
      }
      return { authorization };
    },
  };
}

/** Checks one entry and gives its name, which no other may have. */
function checkEntry(entry: GrantAuthorization, env: BasicEnv): string {
  // An address has two texts, in lower and in upper case.
  const [granter, grantee] = [entry.granter, entry.grantee].map((text) =>
    env.addresses.format(env.addresses.parse(text)),
  );
  if (granter === grantee) throw undefinedError("grantee is the granter");
  const authorization = openAuthorization(entry.authorization);
  authorization.validate();
  return `${granter} ${grantee} ${authorization.msgTypeUrl()}`;
}
