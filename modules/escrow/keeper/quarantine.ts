// Marks on objects whose due step failed. A marked account has no queue entries, later touches skip
// its due steps and settle at most to funded_until; MsgRetryQuarantined takes the mark away.

import type { Context } from "../../../chain/runtime/types.ts";
import * as state from "../state.ts";
import type { AccountKey, PaymentRef } from "../types.ts";
import { insertDue, removeDue } from "./ledger.ts";

/** Takes an account out of its queues. */
export function freeze(ctx: Context, key: AccountKey): void {
  const account = state.accounts.get(ctx, key);
  if (account === undefined || account.quarantined) return;
  removeDue(ctx, key, account);
  state.accounts.set(ctx, key, { ...account, quarantined: true });
}

/** Puts an account back into its queues. */
export function thaw(ctx: Context, key: AccountKey): void {
  const account = state.accounts.get(ctx, key);
  if (account === undefined || !account.quarantined) return;
  const free = { ...account, quarantined: false };
  insertDue(ctx, key, free);
  state.accounts.set(ctx, key, free);
}

/** Marks a payment that the queue could not pay; it goes on accruing and can be withdrawn. */
export function freezePayment(ctx: Context, ref: PaymentRef): void {
  const key = [ref.account, ref.payment] as const;
  const payment = state.payments.get(ctx, key);
  if (payment !== undefined)
    state.payments.set(ctx, key, { ...payment, quarantined: true, nextPayout: 0n });
}

/** Takes the mark away; the queue item comes back at its old second. */
export function thawPayment(ctx: Context, ref: PaymentRef, second: bigint): void {
  const key = [ref.account, ref.payment] as const;
  const payment = state.payments.get(ctx, key);
  if (payment !== undefined && payment.quarantined)
    state.payments.set(ctx, key, { ...payment, quarantined: false, nextPayout: second });
}
