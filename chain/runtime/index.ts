// The door of floor 2: what modules (floor 3), the application (floor 4) and drivers use of the runtime.

export { toAbciEvents } from "./abci.ts";
export { Application } from "./application.ts";
export type { ClockStatus } from "./upkeep.ts";
export { rewrapped } from "./ante_types.ts";
export type {
  AnteAccount,
  AnteAccounts,
  AnteAllowances,
  AnteFees,
  AnteNeeds,
  AnteParams,
  GasPrice,
  GrantedFee,
} from "./ante_types.ts";
export { Branches } from "./branches.ts";
export type { StoreSet } from "./branches.ts";
export { BranchContext } from "./context.ts";
export type { ContextEnv } from "./context.ts";
export { Dispatcher } from "./dispatch.ts";
export type { Dispatched } from "./dispatch.ts";
export { contain, runDue } from "./due.ts";
export type { DueOptions } from "./due.ts";
export { attribute, emitTyped } from "./events.ts";
export type { TxOutcome } from "./outcome.ts";
export { errorText, isResourceFailure, undefinedError } from "./failure.ts";
export type { BugReporter } from "./failure.ts";
export {
  GasStore,
  LimitedMeter,
  OpenMeter,
  OutOfGasError,
  STORE_COSTS,
  UNLIMITED_GAS,
} from "./gas.ts";
export { appStateProblems, parseAppState, validateAppState } from "./genesis.ts";
export type { AppState } from "./genesis.ts";
export { checkAuthority, parseAddress, queryHandler, tryDecode } from "./handlers.ts";
export { HookList } from "./hooks.ts";
export type { BlockPolicy } from "./hooks.ts";
export { paginateIndex, paginateMap, stateFilter, stateParts } from "./pages.ts";
export type { Page, PageOptions, PageRequest, PageResponse } from "./pages.ts";
export type {
  AppParts,
  AppSettings,
  ChainIdentity,
  ChainKeeping,
  ClockReading,
  ConsensusKeeping,
} from "./parts.ts";
export { addressOfKey, aminoBytes, countKeys, decodePubKey, secp256k1Key } from "./pubkeys.ts";
export type { PubKey } from "./pubkeys.ts";
export { remembered } from "./remembered.ts";
export { resultsHash } from "./results.ts";
export { MsgRouter, QueryRouter } from "./router.ts";
export { checkId, checksOf, runCheck, signatureData, VerdictMemo } from "./signatures.ts";
export type { SignatureCheck, SignatureData } from "./signatures.ts";
export { SIMULATE_PATH } from "./simulate.ts";
export {
  failedPrecondition,
  internalStatus,
  invalidArgument,
  notFound,
  StatusError,
  unimplemented,
  unknownStatus,
} from "./status.ts";
export { decodeTransaction, Transaction, TxMessage } from "./transaction.ts";
export type { FeeCoin } from "./transaction.ts";
export type * from "./types.ts";
