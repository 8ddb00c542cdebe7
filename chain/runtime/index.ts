// The door of floor 2: what modules (floor 3) and the application (floor 4) may use of the runtime.

export { Branches } from "./branches.ts";
export type { StoreSet } from "./branches.ts";
export { BranchContext } from "./context.ts";
export type { ContextEnv } from "./context.ts";
export { contain, runDue } from "./due.ts";
export type { DueOptions } from "./due.ts";
export { emitTyped } from "./events.ts";
export { errorText, isResourceFailure } from "./failure.ts";
export type { BugReporter } from "./failure.ts";
export { GasStore, LimitedMeter, OpenMeter, OutOfGasError, STORE_COSTS } from "./gas.ts";
export { HookList } from "./hooks.ts";
export type { BlockPolicy } from "./hooks.ts";
export { paginateIndex, paginateMap, paginateStore } from "./pages.ts";
export type { Page, PageOptions, PageRequest, PageResponse } from "./pages.ts";
export {
  failedPrecondition,
  invalidArgument,
  notFound,
  StatusError,
  unimplemented,
  unknownStatus,
} from "./status.ts";
export type * from "./types.ts";
