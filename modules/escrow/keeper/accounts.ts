// The two ends of an account's life.

import type { Account, Params } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { AccountState, Scope } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../../chain/runtime/types.ts";
import { escrowErrors } from "../errors.ts";
import * as events from "../events.ts";
import * as state from "../state.ts";
import { accountIdOf, scopeOf } from "../types.ts";
import { refundAll } from "./entries.ts";
import type { NewAccount } from "./interface.ts";
import type { Ledger } from "./ledger.ts";

/** An open account without money. */
export function newAccount(ctx: Context, made: NewAccount, params: Params): Account {
  return {
    id: accountIdOf(made.account, ctx.addresses),
    owner: ctx.addresses.format(made.owner),
    state: AccountState.OPEN,
    denom: made.denom,
    entries: [],
    balance: 0n,
    held: 0n,
    rate: 0n,
    offset: 0n,
    committedRate: 0n,
    fundedUntil: 0n,
    nextHoldStep: 0n,
    openedAt: ctx.now,
    suspendedAt: 0n,
    graceLeft: params.suspendGrace,
    graceUntil: 0n,
    payments: 0,
    holds: 0,
    nextEntry: 1n,
    nextHold: 1n,
    debitedEntry: 0n,
    notices: made.notices ?? params.lowFundsNotices,
    nextNotice: 0n,
    deposited: 0n,
    credited: 0n,
    paid: 0n,
    holdsPaid: 0n,
    burned: 0n,
    refunded: 0n,
    createdAt: ctx.now,
    closedAt: 0n,
    movements: 0n,
    autoTopUp: undefined,
    quarantined: false,
    dropAt: 0n,
  };
}

/**
 * open | suspended -> closed: refunds every entry. A bid account is gone at once (ended bids leave
 * nothing behind), a deployment account stays readable until its retention ends.
 */
export function closeLedger(ledger: Ledger): void {
  const { account, ctx, key, params } = ledger;
  if (account.payments > 0 || account.holds > 0)
    throw escrowErrors.accountInUse.with(`${account.payments} payments, ${account.holds} holds`);
  refundAll(ledger);
  account.state = AccountState.CLOSED;
  account.closedAt = ctx.now;
  account.suspendedAt = 0n;
  account.graceUntil = 0n;
  ledger.recompute();
  events.accountClosed(ctx, account);
  if (scopeOf(key) === Scope.BID) {
    ledger.erase();
  } else {
    account.dropAt = ctx.now + params.retention;
    state.drains.insert(ctx, account.dropAt, state.Drain.ACCOUNT, key);
  }
}
