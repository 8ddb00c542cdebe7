// What happens to an account by time alone: hold steps, exhaustion, the end of grace. All but the
// last apply at their own second, however late the block is (3a-2 "catchUp first").

import { maxBig, minBig, floorDiv } from "../../../chain/base/integers.ts";
import type { Account, Hold } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { AccountState, PaymentState } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import * as events from "../events.ts";
import * as state from "../state.ts";
import { PPM, SECONDS_PER_HOUR } from "../types.ts";
import { ceilDiv } from "../../../chain/base/integers.ts";
import type { Ledger } from "./ledger.ts";

/** Seconds of a day of lease age: holds shrink at whole days only. */
const DAY = 86_400n;

/** Whether something is due at T = now. A quarantined account's due steps wait for the authority. */
export function isDue(account: Account, now: bigint): boolean {
  if (account.state === AccountState.CLOSED || account.quarantined) return false;
  const { nextHoldStep, fundedUntil } = account;
  return (nextHoldStep !== 0n && nextHoldStep <= now) || (fundedUntil !== 0n && fundedUntil < now);
}

/** Applies hold steps and exhaustion up to now, the earlier first, a hold step first in one second. */
export function catchUp(ledger: Ledger): void {
  const { account, ctx } = ledger;
  while (isDue(account, ctx.now)) {
    const { nextHoldStep: step, fundedUntil: end } = account;
    if (step !== 0n && step <= ctx.now && (end === 0n || step <= end + 1n)) shrinkHolds(ledger);
    else suspend(ledger);
  }
}

/** All payments stop together at funded_until. Grace runs from the block that does this. */
function suspend(ledger: Ledger): void {
  const { account, ctx, params } = ledger;
  const at = account.fundedUntil;
  ledger.settleAll(at);
  for (const line of ledger.lines()) {
    const before = line.payment.state;
    ledger.halt(line, PaymentState.SUSPENDED);
    events.paymentStateChanged(ctx, line.payment, before, at);
  }
  const earned = floorDiv(at - account.openedAt, params.graceRefill);
  account.graceLeft = minBig(params.suspendGrace, account.graceLeft + earned);
  account.graceUntil = ctx.uptime + account.graceLeft;
  account.state = AccountState.SUSPENDED;
  account.suspendedAt = at;
  ledger.recompute();
  events.accountSuspended(ctx, account, at);
  ledger.transitions.push({ kind: "suspended", at });
}

/** suspended -> open: by a deposit, or because no payment is left. What is left of grace is kept. */
export function reopen(ledger: Ledger): void {
  const { account, ctx } = ledger;
  account.state = AccountState.OPEN;
  account.openedAt = ctx.now;
  account.suspendedAt = 0n;
  account.graceLeft = maxBig(0n, account.graceUntil - ctx.uptime);
  account.graceUntil = 0n;
}

// ---- holds ------------------------------------------------------------------------------------

/** Lowers every hold whose day is over at the account's next hold step. */
function shrinkHolds(ledger: Ledger): void {
  const { account, ctx } = ledger;
  const at = account.nextHoldStep;
  for (const [id, hold] of ledger.holds()) {
    const amount = minBig(hold.amount, amountAt(hold, at));
    if (amount === hold.amount) continue;
    account.held -= hold.amount - amount;
    state.holds.set(ctx, [ledger.key, id], { ...hold, amount });
    events.holdShrunk(ctx, account, { hold: id, amount });
  }
  account.nextHoldStep = nextStep(ledger, at);
  ledger.recompute();
}

/** What a hold is worth from T = `at` on: ceil of what its schedule gives at the last whole day. */
function amountAt(hold: Hold, at: bigint): bigint {
  const { schedule } = hold;
  if (schedule === undefined || schedule.start === 0n) return hold.amount;
  const days = floorDiv(maxBig(0n, at - schedule.start), DAY);
  if (days === 0n) return hold.amount;
  const left = maxBig(0n, schedule.end - (schedule.start + days * DAY));
  return ceilDiv(schedule.perSecond * left, SECONDS_PER_HOUR * PPM);
}

/** T of the first hold step after `at`; 0 when none follows. */
export function nextStep(ledger: Ledger, at: bigint): bigint {
  let next = 0n;
  for (const [, { amount, schedule }] of ledger.holds()) {
    if (schedule === undefined || schedule.start === 0n || amount === 0n) continue;
    const days = floorDiv(maxBig(0n, at - schedule.start), DAY) + 1n;
    const step = schedule.start + days * DAY;
    if (next === 0n || step < next) next = step;
  }
  return next;
}
