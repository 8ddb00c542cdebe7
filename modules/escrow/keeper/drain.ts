// Deletion of closed records when their retention ends.

import type { Context, DueItem } from "../../../chain/runtime/types.ts";
import * as state from "../state.ts";
import type { AccountKey } from "../types.ts";
import { paymentRefFromBytes } from "../types.ts";

/** Most lines of a statement deleted with one queue item. */
const MOVEMENTS_PER_ITEM = 500n;

/** Deletes a closed payment, or a closed account after its statement. */
export function dropRecord(ctx: Context, item: DueItem): void {
  if (item.kind === state.Drain.PAYMENT) {
    const { account, payment } = paymentRefFromBytes(item.id);
    state.closedPayments.delete(ctx, [account, payment]);
  } else {
    dropAccount(ctx, item.id as AccountKey, item.second);
  }
}

function dropAccount(ctx: Context, key: AccountKey, second: bigint): void {
  const account = state.accounts.must(ctx, key);
  const last = account.movements;
  const first = last > MOVEMENTS_PER_ITEM ? last - MOVEMENTS_PER_ITEM : 0n;
  for (let seq = last; seq > first; seq--) state.movements.delete(state.sideOf(ctx), [key, seq]);
  if (first === 0n) {
    state.accounts.delete(ctx, key);
  } else {
    state.accounts.set(ctx, key, { ...account, movements: first });
    state.drains.insert(ctx, second, state.Drain.ACCOUNT, key);
  }
}

/** Removes lines that no account has: of accounts that are gone, and of blocks that were taken back. */
export function dropStrayMovements(ctx: Context): void {
  const side = state.sideOf(ctx);
  const stray = [...state.movements.iterate(side)].filter(([[account, seq]]) => {
    return seq > (state.accounts.get(ctx, account)?.movements ?? 0n);
  });
  for (const [key] of stray) state.movements.delete(side, key);
}

/** Marks a closed record whose deletion failed, or takes the mark away. */
export function keepDropped(ctx: Context, item: DueItem, quarantined: boolean): void {
  if (item.kind === state.Drain.PAYMENT) {
    const { account, payment } = paymentRefFromBytes(item.id);
    const found = state.closedPayments.get(ctx, [account, payment]);
    if (found !== undefined)
      state.closedPayments.set(ctx, [account, payment], { ...found, quarantined });
    return;
  }
  const key = item.id as AccountKey;
  const found = state.accounts.get(ctx, key);
  if (found !== undefined) state.accounts.set(ctx, key, { ...found, quarantined });
}
