// Holds: liens on an account. The coins stay in the deposit entries and are not in F.

import { escrowErrors } from "../errors.ts";
import type { Hold } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { MovementKind } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import * as events from "../events.ts";
import * as state from "../state.ts";
import { ESCROW, addressOf } from "../state.ts";
import { paymentIdOf } from "../types.ts";
import { nextStep } from "./due.ts";
import type { HoldOutcome } from "../types.ts";
import type { NewHold } from "./interface.ts";
import type { Ledger } from "./ledger.ts";
import { deliver } from "./payout.ts";

/** Lays a lien on free funds of an open account; gives back its number. */
export function createHold(ledger: Ledger, made: NewHold): bigint {
  const { account, ctx } = ledger;
  const { free } = ledger;
  if (!ledger.isOpen) throw escrowErrors.accountNotOpen.error();
  if (made.amount <= 0n) throw escrowErrors.invalidHold.with(`amount ${made.amount}`);
  if (made.amount > free)
    throw escrowErrors.insufficientFunds.with(
      `hold of ${made.amount}${account.denom}, free ${free}${account.denom}`,
    );
  if (made.payment !== undefined && ledger.line(made.payment.payment) === undefined)
    throw escrowErrors.paymentNotFound.error();
  const id = account.nextHold;
  account.nextHold += 1n;
  account.holds += 1;
  account.held += made.amount;
  state.holds.set(ctx, [ledger.key, id], {
    account: account.id,
    id,
    amount: made.amount,
    beneficiary: made.beneficiary === undefined ? "" : ctx.addresses.format(made.beneficiary),
    payment: made.payment === undefined ? undefined : paymentIdOf(made.payment, ctx.addresses),
    paysOnExit: made.paysOnExit,
    schedule:
      made.perSecond === undefined ? undefined : { perSecond: made.perSecond, start: 0n, end: 0n },
  });
  ledger.recompute();
  events.holdCreated(ctx, account, { hold: id, amount: made.amount });
  return id;
}

/** A live hold. Throws: escrow/holdNotFound. */
export function requireHold(ledger: Ledger, id: bigint): Hold {
  const hold = state.holds.get(ledger.ctx, [ledger.key, id]);
  if (hold === undefined) throw escrowErrors.holdNotFound.with(`hold ${id}`);
  return hold;
}

/** Days are counted from T = now on; nothing is left at T = end. */
export function startHold(ledger: Ledger, id: bigint, end: bigint): void {
  const start = ledger.ctx.now;
  const hold = requireHold(ledger, id);
  const { schedule } = hold;
  if (schedule === undefined || schedule.start !== 0n)
    throw escrowErrors.invalidHold.with(`hold ${id} has no schedule or has begun`);
  if (end <= start) throw escrowErrors.invalidHold.with(`schedule from ${start} to ${end}`);
  const begun = { ...hold, schedule: { ...schedule, start, end } };
  state.holds.set(ledger.ctx, [ledger.key, id], begun);
  ledger.account.nextHoldStep = nextStep(ledger, ledger.ctx.now);
}

/**
 * Ends a hold: pays its beneficiary (burns it when there is none), burns it, or sets it free. Holds
 * pay without fee. The caller recomputes when the funds end.
 */
export function endHold(ledger: Ledger, id: bigint, hold: Hold, outcome: HoldOutcome): void {
  const { account, ctx, needs } = ledger;
  const { amount } = hold;
  ledger.settleAll();
  state.holds.delete(ctx, [ledger.key, id]);
  account.holds -= 1;
  account.held -= amount;
  account.nextHoldStep = nextStep(ledger, ctx.now);
  if (outcome === "release" || amount === 0n) {
    events.holdReleased(ctx, account, { hold: id, amount });
    return;
  }
  const to = outcome === "burn" ? "" : hold.beneficiary;
  ledger.debit(amount);
  account.holdsPaid += amount;
  if (to === "") needs.bank.burn(ctx, ESCROW, [{ denom: account.denom, amount }]);
  else deliver(ctx, needs, addressOf(to), { denom: account.denom, amount });
  ledger.record({ kind: MovementKind.HOLD, amount, counterparty: to, payment: hold.payment });
  events.holdPaid(ctx, account, { hold: id, amount }, to);
}
