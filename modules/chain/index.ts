// The door of module chain.

export { chainErrors } from "./errors.ts";
export { ChainKeeper } from "./keeper.ts";
export { createChainModule } from "./module.ts";
export type { ChainParts } from "./module.ts";
export { defaultParams as defaultChainParams } from "./params.ts";
export { schema as chainSchema } from "./state.ts";
export type * from "./types.ts";
