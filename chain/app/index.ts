// The door of floor 4.

export { APP_NAME, assemble, baseParts, createBaseModules, storeNames } from "./base.ts";
export type { BaseModules, StageNames } from "./base.ts";
export { leaseholdParts } from "./leasehold.ts";
export { defaultAppState, servedMessages, servedQueries } from "./served.ts";
export type { ServedQuery } from "./served.ts";
