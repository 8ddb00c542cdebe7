// Payments: the rows of the transition table. The account is caught up before any of this runs.

import { floorDiv } from "../../../chain/base/integers.ts";
import type { Payment, PaymentId } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { AccountState, PaymentState } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../../chain/runtime/types.ts";
import { escrowErrors } from "../errors.ts";
import * as events from "../events.ts";
import * as state from "../state.ts";
import type { HoldOutcome, PaymentFlag, PaymentKey } from "../types.ts";
import { MAX_RATE, paymentIdOf, paymentRefBytes } from "../types.ts";
import { reopen } from "./due.ts";
import { endHold } from "./liens.ts";
import type { NewPayment, PaymentEnd } from "./interface.ts";
import type { Ledger, Line } from "./ledger.ts";
import { isWithheld, payOut } from "./payout.ts";

/** Names of payment states in texts. */
const STATE_NAMES = ["unspecified", "pending", "open", "paused", "suspended", "closed"] as const;

/** A payment that is not closed. Throws: escrow/paymentNotFound, paymentClosed. */
export function requireLine(ledger: Ledger, key: PaymentKey): Line {
  const line = ledger.line(key);
  if (line !== undefined) return line;
  if (state.closedPayments.has(ledger.ctx, [ledger.key, key]))
    throw escrowErrors.paymentClosed.error();
  throw escrowErrors.paymentNotFound.error();
}

/** Throws: escrow/invalidRate. */
export function requireRate(rate: bigint): void {
  if (rate < 1n || rate > MAX_RATE)
    throw escrowErrors.invalidRate.with(`${rate} base units per hour are not in 1..${MAX_RATE}`);
}

function requireState(line: Line, allowed: readonly PaymentState[], verb: string): void {
  const { state: found } = line.payment;
  if (!allowed.includes(found))
    throw escrowErrors.paymentState.with(`cannot ${verb} a payment that is ${STATE_NAMES[found]}`);
}

/** How the queue pays a payee: its own choice or the parameters. */
export function payoutSettings(
  ctx: Context,
  payee: string,
): { readonly period: bigint; readonly minimum: bigint } {
  const chosen = state.payouts.get(ctx, state.addressOf(payee));
  if (chosen !== undefined) return chosen;
  const params = state.params.get(ctx);
  return { period: params.payoutPeriod, minimum: params.payoutMin };
}

/** none -> pending. */
export function createLine(ledger: Ledger, made: NewPayment): void {
  const { ctx, account, params } = ledger;
  requireRate(made.rate);
  if (account.state !== AccountState.OPEN) throw escrowErrors.accountNotOpen.error();
  const id = [made.account, made.payment] as const;
  if (state.payments.has(ctx, id) || state.closedPayments.has(ctx, id))
    throw escrowErrors.paymentExists.error();
  if (account.payments >= params.maxPayments)
    throw escrowErrors.tooManyPayments.with(`${account.payments} of ${params.maxPayments}`);
  const payee = ctx.addresses.format(made.payee);
  const nextPayout = ctx.now + payoutSettings(ctx, payee).period;
  const payment: Payment = {
    id: paymentIdOf(made, ctx.addresses),
    payee,
    state: PaymentState.PENDING,
    denom: account.denom,
    rate: made.rate,
    since: 0n,
    carry: 0n,
    unpaid: 0n,
    settled: 0n,
    paid: 0n,
    fees: 0n,
    silent: false,
    maintenance: false,
    runSince: 0n,
    feePpm: params.feePpm,
    burnPpm: params.burnPpm,
    communityPpm: params.communityOfRestPpm,
    feeCarry: 0,
    burnCarry: 0,
    communityCarry: 0,
    nextPayout,
    withheldUntil: 0n,
    withheld: false,
    createdAt: ctx.now,
    startedAt: 0n,
    closedAt: 0n,
    dropAt: 0n,
    quarantined: false,
  };
  ledger.addLine(made.payment, payment);
  state.payoutQueue.insert(ctx, nextPayout, state.ONLY, paymentRefBytes(made));
  events.paymentCreated(ctx, payment);
}

/** pending -> open, or paused when a flag is set. */
export function startLine(ledger: Ledger, key: PaymentKey): void {
  const line = requireLine(ledger, key);
  requireState(line, [PaymentState.PENDING], "start");
  const { now } = ledger.ctx;
  if (line.payment.startedAt === 0n) ledger.change(line, { startedAt: now });
  run(ledger, line);
}

/** Begins to accrue unless a flag stands against it. */
function run(ledger: Ledger, line: Line): void {
  const { payment } = line;
  const before = payment.state;
  if (payment.silent || payment.maintenance) {
    ledger.change(line, { state: PaymentState.PAUSED });
  } else {
    ledger.begin(line);
    ledger.recompute();
  }
  events.paymentStateChanged(ledger.ctx, payment, before, ledger.ctx.now);
}

/** open | paused -> same, at another rate from now on; the carry is kept. */
export function changeRate(ledger: Ledger, key: PaymentKey, rate: bigint): void {
  requireRate(rate);
  const line = requireLine(ledger, key);
  const { account, ctx } = ledger;
  const { payment } = line;
  requireState(line, [PaymentState.OPEN, PaymentState.PAUSED], "change the rate of");
  const before = payment.rate;
  account.committedRate += rate - before;
  if (payment.state === PaymentState.OPEN) {
    ledger.settle(line, ledger.settleTime);
    ledger.halt(line, PaymentState.PAUSED);
    ledger.change(line, { rate });
    ledger.begin(line);
    ledger.recompute();
  } else {
    ledger.change(line, { rate, runSince: ctx.now });
  }
  events.paymentRateChanged(ctx, payment, before);
}

/** Sets or clears a flag; open and paused payments change their state with it. */
export function changeFlag(ledger: Ledger, key: PaymentKey, flag: PaymentFlag, on: boolean): void {
  const line = requireLine(ledger, key);
  const { payment } = line;
  if (payment[flag] === on) return;
  ledger.change(line, { [flag]: on });
  if (on && payment.state === PaymentState.OPEN) {
    ledger.settle(line, ledger.settleTime);
    ledger.halt(line, PaymentState.PAUSED);
    ledger.recompute();
    events.paymentStateChanged(ledger.ctx, payment, PaymentState.OPEN, ledger.ctx.now);
  } else if (!on && payment.state === PaymentState.PAUSED) {
    if (!payment.silent && !payment.maintenance) run(ledger, line);
  }
}

/** suspended -> pending for all payments of a resumed account; carry and flags are kept. */
export function resumeLines(ledger: Ledger): void {
  for (const line of ledger.lines()) {
    const before = line.payment.state;
    ledger.change(line, { state: PaymentState.PENDING });
    events.paymentStateChanged(ledger.ctx, line.payment, before, ledger.ctx.now);
  }
}

/** any -> closed, several at once: settles all, then ends their holds, then pays out. */
export function endLines(ledger: Ledger, ends: readonly PaymentEnd[]): void {
  if (ends.length === 0) return;
  const { ctx, account } = ledger;
  const ended = ends.map((end) => ({ line: requireLine(ledger, end.payment), holds: end.holds }));
  ledger.settleAll();
  for (const { line } of ended) {
    ledger.halt(line, PaymentState.CLOSED);
    ledger.change(line, { carry: 0n, closedAt: ctx.now, withheld: false, withheldUntil: 0n });
  }
  for (const { line, holds } of ended) endHoldsOf(ledger, line.payment.id, holds ?? "release");
  for (const { line } of ended) {
    payOut(ledger, line);
    archive(ledger, line);
    events.paymentClosed(ctx, line.payment);
  }
  if (account.state === AccountState.SUSPENDED && account.payments === 0) reopen(ledger);
  ledger.recompute();
}

function endHoldsOf(ledger: Ledger, payment: PaymentId, outcome: HoldOutcome): void {
  for (const [id, hold] of ledger.holds())
    if (hold.payment !== undefined && isSamePayment(hold.payment, payment))
      endHold(ledger, id, hold, outcome);
}

/** Ends of all payments of an account whose grace is over: break fees are paid, start fees set free. */
export function endAll(ledger: Ledger): void {
  for (const [id, hold] of ledger.holds())
    endHold(ledger, id, hold, hold.paysOnExit ? "pay" : "release");
  endLines(
    ledger,
    ledger.lines().map((line) => ledger.ref(line)),
  );
}

/**
 * Payout by queue, due at T = `second`: pays when enough is unpaid and nothing withholds it. The next
 * one keeps the rhythm of the first, however late this block is.
 */
export function payLine(ledger: Ledger, key: PaymentKey, second: bigint): void {
  const { ctx } = ledger;
  const line = requireLine(ledger, key);
  const { period, minimum } = payoutSettings(ctx, line.payment.payee);
  const nextPayout = second + period * (floorDiv(ctx.now - second, period) + 1n);
  ledger.change(line, { nextPayout });
  state.payoutQueue.insert(ctx, nextPayout, state.ONLY, paymentRefBytes(ledger.ref(line)));
  ledger.settle(line, ledger.settleTime);
  if (line.payment.unpaid >= minimum && !isWithheld(line.payment, ctx.now)) payOut(ledger, line);
}

/** Moves an ended payment to the closed ones, where it stays until its retention ends. */
function archive(ledger: Ledger, line: Line): void {
  const { ctx, params } = ledger;
  const bytes = paymentRefBytes(ledger.ref(line));
  if (line.payment.nextPayout !== 0n)
    state.payoutQueue.remove(ctx, line.payment.nextPayout, state.ONLY, bytes);
  ledger.change(line, { nextPayout: 0n, dropAt: ctx.now + params.retention });
  ledger.dropLine(line);
  state.closedPayments.set(ctx, [ledger.key, line.key], line.payment);
  state.drains.insert(ctx, line.payment.dropAt, state.Drain.PAYMENT, bytes);
}

/** Whether both name the same payment. */
export function isSamePayment(a: PaymentId, b: PaymentId): boolean {
  return (
    a.owner === b.owner &&
    a.dseq === b.dseq &&
    a.gseq === b.gseq &&
    a.oseq === b.oseq &&
    a.provider === b.provider
  );
}
