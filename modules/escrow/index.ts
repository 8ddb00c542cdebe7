// The door of module escrow.

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
export type { EscrowNeeds, Payees, PayoutSink, SinkResult } from "./needs.ts";
export * from "./types.ts";
