import type { AppModule } from "../../chain/runtime/index.ts";
import { chainGenesis } from "./genesis.ts";
import { ChainKeeper } from "./keeper.ts";
import { retryQuarantined } from "./msgs/retry_quarantined.ts";
import { updateParams } from "./msgs/update_params.ts";
import { chainQueries } from "./queries.ts";
import { CHAIN } from "./state.ts";

/** The module and its keeper. */
export interface ChainParts {
  readonly module: AppModule;
  readonly keeper: ChainKeeper;
}

/** Makes module chain. It needs no other module. */
export function createChainModule(): ChainParts {
  const keeper = new ChainKeeper();
  const module: AppModule = {
    name: CHAIN,
    stores: [CHAIN],
    messages: [retryQuarantined(keeper), updateParams()],
    queries: chainQueries(keeper),
    genesis: chainGenesis,
  };
  return { module, keeper };
}
