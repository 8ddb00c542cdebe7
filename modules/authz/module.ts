import type { AppModule } from "../../chain/runtime/index.ts";
import { authorizationTypes } from "./keeper/authorizations.ts";
import { authzGenesis } from "./genesis.ts";
import { authzInvariants } from "./invariants.ts";
import { AuthzKeeper } from "./keeper.ts";
import { exec } from "./msgs/exec.ts";
import { grant } from "./msgs/grant.ts";
import { revoke } from "./msgs/revoke.ts";
import type { AuthzNeeds } from "./needs.ts";
import { authzQueries } from "./queries.ts";
import { AUTHZ, authzSchema } from "./state.ts";

/** The module and its keeper. */
export interface AuthzParts {
  readonly module: AppModule;
  readonly keeper: AuthzKeeper;
}

/** Makes module authz. */
export function createAuthzModule(needs: AuthzNeeds): AuthzParts {
  const keeper = new AuthzKeeper(needs);
  const module: AppModule = {
    name: AUTHZ,
    stores: [AUTHZ],
    types: authorizationTypes,
    messages: [grant(keeper, needs.auth), exec(keeper), revoke(keeper)],
    queries: authzQueries(),
    invariants: authzInvariants,
    genesis: authzGenesis(keeper),
    beginBlock: (ctx) => keeper.prune(ctx),
    rebuildSide: (ctx) => authzSchema.rebuildSide(ctx),
  };
  return { module, keeper };
}
