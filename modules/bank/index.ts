// The door of module bank.

export { bankErrors } from "./errors.ts";
export { BankKeeper } from "./keeper.ts";
export { createBankModule } from "./module.ts";
export type { BankParts } from "./module.ts";
export type { BankNeeds } from "./needs.ts";
export { defaultParams as defaultBankParams } from "./params.ts";
export { balances, schema as bankSchema, supply } from "./state.ts";
