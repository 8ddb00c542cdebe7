// The keeper: opens a ledger, catches it up, lets one rule work on it, writes it, tells the hooks.
// The rules themselves lie in keeper/.

import type { Address } from "../../chain/base/address.ts";
import { assert } from "../../chain/base/assert.ts";
import { equalBytes } from "../../chain/base/bytes.ts";
import type { Coin } from "../../chain/base/coins.ts";
import { maxBig } from "../../chain/base/integers.ts";
import type {
  Account,
  DenomParams,
  Deposit,
  Hold,
  Params,
  Payment,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { AccountState, PaymentState, Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../chain/runtime/types.ts";
import { escrowErrors } from "./errors.ts";
import * as events from "./events.ts";
import { closeLedger, newAccount } from "./keeper/accounts.ts";
import { catchUp, isDue } from "./keeper/due.ts";
import { burnFee, creditEntry, takeDeposits, tryResume } from "./keeper/entries.ts";
import type {
  CreditSource,
  DepositResult,
  EscrowKeeper,
  NewAccount,
  NewHold,
  NewPayment,
  PaymentEnd,
} from "./keeper/interface.ts";
import { Ledger } from "./keeper/ledger.ts";
import { createHold, endHold, requireHold, startHold } from "./keeper/liens.ts";
import {
  changeFlag,
  changeRate,
  createLine,
  endAll,
  endLines,
  payLine,
  requireLine,
  startLine,
} from "./keeper/lines.ts";
import { deliver, isWithheld, payOut } from "./keeper/payout.ts";
import type { EscrowNeeds } from "./needs.ts";
import { noticesFault } from "./params.ts";
import * as state from "./state.ts";
import { ESCROW } from "./state.ts";
import type {
  AccountFunds,
  AccountKey,
  HoldOutcome,
  PaymentFlag,
  PaymentRef,
  Transition,
} from "./types.ts";
import { accrue, accruedBy, fundsFor } from "./types.ts";

/** The one implementation of EscrowKeeper; `needs` reaches it in chain/app. */
export class Escrow implements EscrowKeeper {
  readonly needs: EscrowNeeds;

  constructor(needs: EscrowNeeds) {
    this.needs = needs;
  }

  params(ctx: Context): Params {
    return state.params.get(ctx);
  }

  denom(ctx: Context, denom: string): DenomParams {
    const row = state.params.get(ctx).denoms.find((entry) => entry.denom === denom);
    if (row === undefined) throw escrowErrors.denomNotAccepted.with(denom.slice(0, 128));
    return row;
  }

  // ---- reads -----------------------------------------------------------------------------------

  findAccount(ctx: Context, account: AccountKey): Account | undefined {
    return state.accounts.get(ctx, account);
  }

  getAccount(ctx: Context, account: AccountKey): Account {
    const found = state.accounts.get(ctx, account);
    if (found === undefined) throw escrowErrors.accountNotFound.error();
    return found;
  }

  findPayment(ctx: Context, ref: PaymentRef): Payment | undefined {
    const key = [ref.account, ref.payment] as const;
    return state.payments.get(ctx, key) ?? state.closedPayments.get(ctx, key);
  }

  getPayment(ctx: Context, ref: PaymentRef): Payment {
    const found = this.findPayment(ctx, ref);
    if (found === undefined) throw escrowErrors.paymentNotFound.error();
    return found;
  }

  listPayments(ctx: Context, account: AccountKey): readonly Payment[] {
    const found = [];
    for (const [, payment] of state.payments.iterate(ctx, { prefix: [account] }))
      found.push(payment);
    return found;
  }

  listHolds(ctx: Context, account: AccountKey): readonly Hold[] {
    const found = [];
    for (const [, hold] of state.holds.iterate(ctx, { prefix: [account] })) found.push(hold);
    return found;
  }

  funds(ctx: Context, account: AccountKey): AccountFunds {
    const ledger = this.#open(ctx, account);
    const { rate, committedRate, held, fundedUntil } = ledger.account;
    const unsettled = accruedBy(ledger.streams(), ledger.settleTime);
    const isFunded = fundedUntil !== 0n;
    return {
      free: ledger.funds - unsettled,
      unsettled,
      held,
      rate,
      committedRate,
      fundedUntil: isFunded ? fundedUntil : undefined,
      secondsLeft: isFunded ? maxBig(0n, fundedUntil - ctx.now) : undefined,
    };
  }

  accrued(ctx: Context, ref: PaymentRef): bigint {
    this.catchUp(ctx, ref.account);
    const payment = this.getPayment(ctx, ref);
    if (payment.state !== PaymentState.OPEN) return payment.unpaid;
    const ledger = this.#open(ctx, ref.account);
    return payment.unpaid + accrue(payment, ledger.settleTime).owed;
  }

  missing(ctx: Context, account: AccountKey, extraRate: bigint, newHolds = 0n): bigint {
    const ledger = this.#open(ctx, account);
    const rate = ledger.account.committedRate + extraRate;
    const wanted = fundsFor(rate, ledger.params.minFundedSeconds) + newHolds;
    return maxBig(0n, wanted - ledger.free);
  }

  // ---- accounts --------------------------------------------------------------------------------

  catchUp(ctx: Context, account: AccountKey): void {
    const found = state.accounts.get(ctx, account);
    if (found === undefined || !isDue(found, ctx.now)) return;
    this.#tell(ctx, account, [], this.#applyDue(ctx, account, found));
  }

  /** Applies what is due without telling the hooks: for queries, whose writes are lost. */
  applyDue(ctx: Context, account: AccountKey): void {
    const found = state.accounts.get(ctx, account);
    if (found !== undefined && isDue(found, ctx.now)) this.#applyDue(ctx, account, found);
  }

  createAccount(ctx: Context, made: NewAccount): void {
    if (state.accounts.has(ctx, made.account)) throw escrowErrors.accountExists.error();
    const params = state.params.get(ctx);
    if (params.denoms.every((row) => row.denom !== made.denom))
      throw escrowErrors.denomNotAccepted.with(made.denom.slice(0, 128));
    const fault = noticesFault(made.notices ?? []);
    if (fault !== undefined) throw fault;
    const ledger = new Ledger(ctx, this.needs, made.account, newAccount(ctx, made, params));
    events.accountCreated(ctx, ledger.account);
    this.#takeDeposits(ledger, made.depositor, made.deposits);
    ledger.save();
  }

  deposit(
    ctx: Context,
    account: AccountKey,
    depositor: Address,
    deposits: readonly Deposit[],
  ): DepositResult {
    return this.#change(ctx, account, (ledger) => {
      this.#requireLive(ledger);
      if (ledger.account.owner !== ctx.addresses.format(depositor))
        throw escrowErrors.foreignDeposit.error();
      ledger.settleAll();
      this.#takeDeposits(ledger, depositor, deposits);
      const resumed = tryResume(ledger);
      ledger.recompute();
      const { fundedUntil, state: now } = ledger.account;
      if (!resumed && now === AccountState.OPEN) ledger.transitions.push({ kind: "deposited" });
      return { resumed, fundedUntil: fundedUntil === 0n ? undefined : fundedUntil };
    });
  }

  #takeDeposits(ledger: Ledger, depositor: Address, deposits: readonly Deposit[]): void {
    const before = ledger.account.deposited;
    takeDeposits(ledger, depositor, deposits);
    const amount = ledger.account.deposited - before;
    ledger.recompute();
    if (amount > 0n)
      events.deposited(ledger.ctx, ledger.account, ledger.ctx.addresses.format(depositor), amount);
  }

  credit(ctx: Context, account: AccountKey, amount: bigint, from: CreditSource): void {
    assert(amount >= 0n, `credit of ${amount}`);
    if (amount === 0n) return;
    const found = state.accounts.get(ctx, account);
    const { denom } = from;
    if (from.kind === "module")
      this.needs.bank.sendBetweenModules(ctx, from.module, ESCROW, [{ denom, amount }]);
    if (found === undefined || found.state === AccountState.CLOSED || found.denom !== denom) {
      deliver(ctx, this.needs, from.owner, { denom, amount });
      return;
    }
    this.#change(ctx, account, (ledger) => {
      ledger.settleAll();
      creditEntry(ledger, amount);
      ledger.recompute();
      events.credited(ctx, ledger.account, amount);
    });
  }

  burnFromAccount(ctx: Context, account: AccountKey, amount: bigint): void {
    if (amount === 0n) return;
    this.#change(ctx, account, (ledger) => burnFee(ledger, amount));
  }

  burnFromBalance(ctx: Context, payer: Address, fee: Coin): void {
    if (fee.amount === 0n) return;
    this.needs.bank.sendToModule(ctx, payer, ESCROW, [fee]);
    this.needs.bank.burn(ctx, ESCROW, [fee]);
  }

  setNotices(ctx: Context, account: AccountKey, notices: readonly bigint[]): void {
    const fault = noticesFault(notices);
    if (fault !== undefined) throw fault;
    this.#change(ctx, account, (ledger) => {
      this.#requireLive(ledger);
      ledger.account.notices = notices;
      ledger.recompute();
    });
  }

  closeAccount(ctx: Context, account: AccountKey, ends: readonly PaymentEnd[] = []): void {
    this.#change(ctx, account, (ledger) => {
      this.#requireLive(ledger);
      endLines(ledger, ends);
      closeLedger(ledger);
    });
  }

  /** Grace is over (queue): closes what still stands and tells the owner. */
  endGrace(ctx: Context, account: AccountKey): void {
    this.#change(ctx, account, (ledger) => {
      const { state: found, graceUntil } = ledger.account;
      if (found !== AccountState.SUSPENDED || ctx.uptime < graceUntil) return;
      endAll(ledger);
      events.graceEnded(ctx, ledger.account);
      ledger.transitions.push({ kind: "grace_ended" });
    });
  }

  /** A warning is due (queue). */
  warn(ctx: Context, account: AccountKey): void {
    this.#change(ctx, account, (ledger) => {
      if (ledger.account.fundedUntil === 0n) return;
      if (ledger.account.nextNotice <= ctx.now) events.lowFunds(ctx, ledger.account);
      ledger.recompute();
    });
  }

  // ---- payments --------------------------------------------------------------------------------

  createPayment(ctx: Context, payment: NewPayment): void {
    assert(payment.account[0] === Scope.DEPLOYMENT, "payments lie in deployment accounts only");
    this.#change(ctx, payment.account, (ledger) => createLine(ledger, payment));
  }

  startPayment(ctx: Context, ref: PaymentRef): void {
    this.#change(ctx, ref.account, (ledger) => startLine(ledger, ref.payment));
  }

  settle(ctx: Context, ref: PaymentRef): void {
    this.#change(ctx, ref.account, (ledger) =>
      ledger.settle(requireLine(ledger, ref.payment), ledger.settleTime),
    );
  }

  setRate(ctx: Context, ref: PaymentRef, rate: bigint): void {
    this.#change(ctx, ref.account, (ledger) => changeRate(ledger, ref.payment, rate));
  }

  setFlag(ctx: Context, ref: PaymentRef, flag: PaymentFlag, on: boolean): void {
    this.#change(ctx, ref.account, (ledger) => changeFlag(ledger, ref.payment, flag, on));
  }

  setWithheld(ctx: Context, ref: PaymentRef, on: boolean, until: bigint): void {
    this.#change(ctx, ref.account, (ledger) =>
      ledger.change(requireLine(ledger, ref.payment), { withheld: on, withheldUntil: until }),
    );
  }

  closePayment(ctx: Context, end: PaymentEnd): void {
    this.closePayments(ctx, end.account, [end]);
  }

  closePayments(ctx: Context, account: AccountKey, ends: readonly PaymentEnd[]): void {
    assert(
      ends.every((end) => equalBytes(end.account, account)),
      "payments of one account close together",
    );
    this.#change(ctx, account, (ledger) => endLines(ledger, ends));
  }

  payOut(ctx: Context, ref: PaymentRef): bigint {
    return this.#change(ctx, ref.account, (ledger) => {
      const line = requireLine(ledger, ref.payment);
      ledger.settle(line, ledger.settleTime);
      return isWithheld(line.payment, ctx.now) ? 0n : payOut(ledger, line);
    });
  }

  /** A payout is due (queue): pays from the payee's minimum on and comes again one period later. */
  payDue(ctx: Context, ref: PaymentRef, second: bigint): void {
    if (!state.payments.has(ctx, [ref.account, ref.payment])) return;
    this.#change(ctx, ref.account, (ledger) => payLine(ledger, ref.payment, second));
  }

  // ---- holds -----------------------------------------------------------------------------------

  createHold(ctx: Context, hold: NewHold): bigint {
    return this.#change(ctx, hold.account, (ledger) => createHold(ledger, hold));
  }

  startHold(ctx: Context, account: AccountKey, hold: bigint, end: bigint): void {
    this.#change(ctx, account, (ledger) => startHold(ledger, hold, end));
  }

  endHold(ctx: Context, account: AccountKey, hold: bigint, outcome: HoldOutcome): void {
    this.#change(ctx, account, (ledger) => {
      endHold(ledger, hold, requireHold(ledger, hold), outcome);
      ledger.recompute();
    });
  }

  // ---- the frame -------------------------------------------------------------------------------

  /** A caught-up ledger for reading. */
  #open(ctx: Context, account: AccountKey): Ledger {
    this.catchUp(ctx, account);
    return new Ledger(ctx, this.needs, account, this.getAccount(ctx, account));
  }

  /** Catches up, lets `body` work, writes everything, then tells. */
  #change<T>(ctx: Context, account: AccountKey, body: (ledger: Ledger) => T): T {
    let found = this.getAccount(ctx, account);
    let due: readonly Transition[] = [];
    if (isDue(found, ctx.now)) {
      due = this.#applyDue(ctx, account, found);
      found = this.getAccount(ctx, account);
    }
    const ledger = new Ledger(ctx, this.needs, account, found);
    const result = body(ledger);
    if (!ledger.erased) ledger.save();
    for (const { account: to, owner, amount } of ledger.debts)
      this.credit(ctx, to, amount, { kind: "escrow", owner, denom: ledger.account.denom });
    this.#tell(ctx, account, ledger.transitions, due);
    return result;
  }

  /** Applies what is due, not charged to the transaction that touched the account. */
  #applyDue(ctx: Context, account: AccountKey, found: Account): readonly Transition[] {
    const ledger = new Ledger(ctx.uncharged(), this.needs, account, found);
    catchUp(ledger);
    ledger.save();
    return ledger.transitions;
  }

  #tell(
    ctx: Context,
    account: AccountKey,
    own: readonly Transition[],
    due: readonly Transition[],
  ): void {
    const transitions = [...due, ...own];
    if (transitions.length === 0) return;
    const charged = due.length === 0 ? ctx : ctx.uncharged();
    this.needs.hooks.run(charged, (hooks, branch) =>
      hooks.afterAccountChanged?.(branch, { account, transitions }),
    );
  }

  #requireLive(ledger: Ledger): void {
    if (ledger.account.state === AccountState.CLOSED) throw escrowErrors.accountClosed.error();
  }
}
