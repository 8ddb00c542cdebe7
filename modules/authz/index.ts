// The door of module authz.

export { authzErrors } from "./errors.ts";
export { AuthzKeeper } from "./keeper.ts";
export { createAuthzModule } from "./module.ts";
export type { AuthzParts } from "./module.ts";
export type { AuthzNeeds } from "./needs.ts";
export { authzSchema } from "./state.ts";
