// The door of module feegrant.

export { feegrantErrors } from "./errors.ts";
export { FeegrantKeeper } from "./keeper.ts";
export { createFeegrantModule } from "./module.ts";
export type { FeegrantParts } from "./module.ts";
export type { FeegrantNeeds } from "./needs.ts";
export { feegrantSchema } from "./state.ts";
