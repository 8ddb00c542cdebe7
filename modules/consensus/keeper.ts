import { must } from "../../chain/base/assert.ts";
import type { ConsensusParams } from "../../chain/codec/gen/tendermint/types.ts";
import type { ConsensusKeeping, StoreSource } from "../../chain/runtime/index.ts";
import { validateConsensusParams } from "./params.ts";
import { consensusParams } from "./state.ts";

/** Keeper of module consensus: the parameters that CometBFT follows. */
export class ConsensusKeeper implements ConsensusKeeping {
  /** Parameters; a bug before genesis. State: params. */
  params(source: StoreSource): ConsensusParams {
    return must(consensusParams.get(source), "consensus parameters");
  }

  /** Replaces them. State: params. Throws: undefined/1 when CometBFT would not take them. */
  setParams(source: StoreSource, params: ConsensusParams): void {
    validateConsensusParams(params);
    consensusParams.set(source, params);
  }
}
