import {
  QueryParamsRequest,
  QueryParamsResponse,
} from "../../chain/codec/gen/cosmos/consensus/v1.ts";
import { queryHandler } from "../../chain/runtime/index.ts";
import type { AppModule } from "../../chain/runtime/index.ts";
import { ConsensusKeeper } from "./keeper.ts";
import { updateParams } from "./msgs/update_params.ts";
import { CONSENSUS } from "./state.ts";

/** The module and its keeper. */
export interface ConsensusParts {
  readonly module: AppModule;
  readonly keeper: ConsensusKeeper;
}

/** Makes module consensus. The validator set is that of the genesis until staking exists. */
export function createConsensusModule(): ConsensusParts {
  const keeper = new ConsensusKeeper();
  const module: AppModule = {
    name: CONSENSUS,
    stores: [CONSENSUS],
    messages: [updateParams(keeper)],
    queries: [
      queryHandler(
        "/cosmos.consensus.v1.Query/Params",
        QueryParamsRequest,
        QueryParamsResponse,
        (ctx) => ({ params: keeper.params(ctx) }),
      ),
    ],
  };
  return { module, keeper };
}
