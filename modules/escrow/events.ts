// Typed events of escrow, one function each. README tells who emits which and when.

import type { Account, Payment } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  EventAccountClosed,
  EventAccountCreated,
  EventAccountResumed,
  EventAccountSuspended,
  EventCredited,
  EventDeposited,
  EventFeeBurned,
  EventGraceEnded,
  EventHoldCreated,
  EventHoldPaid,
  EventHoldReleased,
  EventHoldShrunk,
  EventLowFunds,
  EventPaidOut,
  EventParamsUpdated,
  EventPaymentClosed,
  EventPaymentCreated,
  EventPaymentRateChanged,
  EventPaymentStateChanged,
  EventPayoutSet,
  EventRefunded,
  EventUnclaimed,
  EventUnclaimedWithdrawn,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { emitTyped } from "../../chain/runtime/index.ts";
import type { Context } from "../../chain/runtime/types.ts";

/** An account was opened. */
export function accountCreated(ctx: Context, account: Account): void {
  emitTyped(ctx, EventAccountCreated, { ...account.id, denom: account.denom });
}

/** Coins came in from `depositor`. */
export function deposited(ctx: Context, account: Account, depositor: string, amount: bigint): void {
  const { id, denom, fundedUntil } = account;
  emitTyped(ctx, EventDeposited, { ...id, depositor, amount, denom, fundedUntil });
}

/** The chain credited a correction or a debt. */
export function credited(ctx: Context, account: Account, amount: bigint): void {
  const { id, denom, fundedUntil } = account;
  emitTyped(ctx, EventCredited, { ...id, amount, denom, fundedUntil });
}

/** Funds ran out at T = `at`. */
export function accountSuspended(ctx: Context, account: Account, at: bigint): void {
  emitTyped(ctx, EventAccountSuspended, { ...account.id, at, graceUntil: account.graceUntil });
}

/** A deposit reached the resume minimum. */
export function accountResumed(ctx: Context, account: Account): void {
  emitTyped(ctx, EventAccountResumed, { ...account.id, graceLeft: account.graceLeft });
}

/** Grace ended and all payments were closed. */
export function graceEnded(ctx: Context, account: Account): void {
  emitTyped(ctx, EventGraceEnded, { ...account.id });
}

/** An account ended. */
export function accountClosed(ctx: Context, account: Account): void {
  emitTyped(ctx, EventAccountClosed, { ...account.id });
}

/** The rest of an entry went back. */
export function refunded(ctx: Context, account: Account, recipient: string, amount: bigint): void {
  emitTyped(ctx, EventRefunded, { ...account.id, recipient, amount, denom: account.denom });
}

/** The funds of an account end soon. */
export function lowFunds(ctx: Context, account: Account): void {
  const { id, fundedUntil } = account;
  emitTyped(ctx, EventLowFunds, { ...id, secondsLeft: fundedUntil - ctx.now, fundedUntil });
}

/** A fee was taken from an account and burned. */
export function feeBurned(ctx: Context, account: Account, amount: bigint): void {
  emitTyped(ctx, EventFeeBurned, { ...account.id, amount, denom: account.denom });
}

/** A payment was created. */
export function paymentCreated(ctx: Context, payment: Payment): void {
  const { id, payee, rate, denom } = payment;
  emitTyped(ctx, EventPaymentCreated, { ...id, payee, rate, denom });
}

/** A payment changed its state; accrual stopped or began at T = `at`. */
export function paymentStateChanged(
  ctx: Context,
  payment: Payment,
  from: number,
  at: bigint,
): void {
  emitTyped(ctx, EventPaymentStateChanged, { ...payment.id, from, to: payment.state, at });
}

/** A payment has another rate from now on. */
export function paymentRateChanged(ctx: Context, payment: Payment, oldRate: bigint): void {
  const { id, rate, denom } = payment;
  emitTyped(ctx, EventPaymentRateChanged, { ...id, oldRate, rate, denom });
}

/** A payment ended. */
export function paymentClosed(ctx: Context, payment: Payment): void {
  const { id, settled, denom } = payment;
  emitTyped(ctx, EventPaymentClosed, { ...id, settled, denom });
}

/** Parts of one payout, base units. */
export type PaidParts = Pick<
  EventPaidOut,
  "gross" | "fee" | "burned" | "community" | "insurance" | "debts" | "bond" | "net"
>;

/** A payment paid out. */
export function paidOut(ctx: Context, payment: Payment, parts: PaidParts): void {
  const { id, payee, denom } = payment;
  emitTyped(ctx, EventPaidOut, { ...id, payee, ...parts, denom });
}

/** A lien as events show it. */
export interface HoldEvent {
  readonly hold: bigint;
  readonly amount: bigint;
}

/** A lien was laid on an account. */
export function holdCreated(ctx: Context, account: Account, hold: HoldEvent): void {
  emitTyped(ctx, EventHoldCreated, { ...account.id, ...hold, denom: account.denom });
}

/** A lien became smaller. */
export function holdShrunk(ctx: Context, account: Account, hold: HoldEvent): void {
  emitTyped(ctx, EventHoldShrunk, { ...account.id, ...hold, denom: account.denom });
}

/** A lien was paid to `beneficiary`, or burned when that is empty. */
export function holdPaid(
  ctx: Context,
  account: Account,
  hold: HoldEvent,
  beneficiary: string,
): void {
  emitTyped(ctx, EventHoldPaid, { ...account.id, ...hold, denom: account.denom, beneficiary });
}

/** A lien ended without payment. */
export function holdReleased(ctx: Context, account: Account, hold: HoldEvent): void {
  emitTyped(ctx, EventHoldReleased, { ...account.id, ...hold, denom: account.denom });
}

/** Coins could not be delivered. */
export function coinsUnclaimed(ctx: Context, address: string, amount: bigint, denom: string): void {
  emitTyped(ctx, EventUnclaimed, { address, amount, denom });
}

/** Waiting coins were fetched. */
export function unclaimedWithdrawn(
  ctx: Context,
  address: string,
  amount: bigint,
  denom: string,
): void {
  emitTyped(ctx, EventUnclaimedWithdrawn, { address, amount, denom });
}

/** A payee chose how it is paid. */
export function payoutSet(ctx: Context, payee: string, period: bigint, minimum: bigint): void {
  emitTyped(ctx, EventPayoutSet, { payee, period, minimum });
}

/** The parameters were changed. */
export function paramsUpdated(ctx: Context, authority: string): void {
  emitTyped(ctx, EventParamsUpdated, { authority });
}
