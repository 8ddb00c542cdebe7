// The door of floor 4.

export { APP_NAME, assemble, baseParts, createBaseModules, storeNames } from "./base.ts";
export type { BaseModules, StageOrders } from "./base.ts";
