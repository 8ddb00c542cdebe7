// The door of module escrow.

export { escrowErrors } from "./errors.ts";
export type { EscrowHooks } from "./hooks.ts";
export type {
  CreditSource,
  DepositResult,
  EscrowKeeper,
  NewAccount,
  NewHold,
  NewPayment,
  PaymentEnd,
} from "./keeper/interface.ts";
export { createEscrowModule } from "./module.ts";
export type { Debt, EscrowNeeds, Payees, PayoutSink, SinkResult } from "./needs.ts";
export { defaultDenom, defaultParams } from "./params.ts";
export * from "./types.ts";
