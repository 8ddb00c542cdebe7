// The door of module auth.

export { FEE_COLLECTOR, moduleAccounts } from "./accounts.ts";
export { AuthKeeper } from "./keeper.ts";
export { createAuthModule } from "./module.ts";
export type { AuthNeeds, AuthParts } from "./module.ts";
export { defaultParams as defaultAuthParams } from "./params.ts";
export { accounts, schema as authSchema, toAny as accountToAny } from "./state.ts";
export type * from "./types.ts";
