import type { AppModule } from "../../chain/runtime/index.ts";
import { allowanceTypes } from "./keeper/allowances.ts";
import { feegrantGenesis } from "./genesis.ts";
import { feegrantInvariants } from "./invariants.ts";
import { FeegrantKeeper } from "./keeper.ts";
import { grantAllowance } from "./msgs/grant_allowance.ts";
import { pruneAllowances } from "./msgs/prune_allowances.ts";
import { revokeAllowance } from "./msgs/revoke_allowance.ts";
import type { FeegrantNeeds } from "./needs.ts";
import { feegrantQueries } from "./queries.ts";
import { FEEGRANT, feegrantSchema } from "./state.ts";

/** Allowances that one block removes; what is left waits for the next block. Source: SDK x/feegrant. */
const ALLOWANCES_PER_BLOCK = 200;

/** The module and its keeper. */
export interface FeegrantParts {
  readonly module: AppModule;
  readonly keeper: FeegrantKeeper;
}

/** Makes module feegrant. */
export function createFeegrantModule(needs: FeegrantNeeds): FeegrantParts {
  const keeper = new FeegrantKeeper(needs);
  const module: AppModule = {
    name: FEEGRANT,
    stores: [FEEGRANT],
    types: allowanceTypes,
    messages: [grantAllowance(keeper), revokeAllowance(keeper), pruneAllowances(keeper)],
    queries: feegrantQueries(keeper),
    invariants: feegrantInvariants,
    genesis: feegrantGenesis(keeper),
    endBlock: (ctx) => keeper.prune(ctx, ALLOWANCES_PER_BLOCK),
    rebuildSide: (ctx) => feegrantSchema.rebuildSide(ctx),
  };
  return { module, keeper };
}
