// The door of module consensus.

export { ConsensusKeeper } from "./keeper.ts";
export { createConsensusModule } from "./module.ts";
export type { ConsensusParts } from "./module.ts";
export { defaultConsensusParams, validateConsensusParams } from "./params.ts";
export { schema as consensusSchema } from "./state.ts";
