// The keeper's face for later modules. Every method catches the account up first (3a-2): exhaustion
// and hold steps that are due are applied at their own second. Hooks run as the last act of the
// method, when everything is written; they are told only when the account changed. A caller that
// holds objects of the same account calls `catchUp` before it reads them: after that no other method
// finds anything due in the same block.

import type { Address } from "../../../chain/base/address.ts";
import type { Coin } from "../../../chain/base/coins.ts";
import type {
  Account,
  Deposit,
  DenomParams,
  Hold,
  Params,
  Payment,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../../chain/runtime/types.ts";
import type { AccountFunds, AccountKey, HoldOutcome, PaymentFlag, PaymentRef } from "../types.ts";

/** A new account and its first deposit. */
export interface NewAccount {
  readonly account: AccountKey;
  /** Who may close it and gets what has no other depositor. */
  readonly owner: Address;
  readonly denom: string;
  /** Whose balance the first deposits come from. */
  readonly depositor: Address;
  /** May be empty. Sources other than the depositor's balance are refused for now. */
  readonly deposits: readonly Deposit[];
  /** Seconds of funds left at which the owner is warned; params when absent. */
  readonly notices?: readonly bigint[];
}

/** A new payment; pending, accrues nothing. */
export interface NewPayment extends PaymentRef {
  /** Owner address of the provider. */
  readonly payee: Address;
  /** Base units per hour, 1 to 10^15. */
  readonly rate: bigint;
}

/** A new lien. */
export interface NewHold {
  readonly account: AccountKey;
  /** Base units, positive. */
  readonly amount: bigint;
  /** Who is paid; absent = a paid hold is burned. */
  readonly beneficiary?: Address;
  /** Payment it belongs to; it must be ended before or with that payment. */
  readonly payment?: PaymentRef;
  /** Whether the end of the account's funds pays it (break fees) or sets it free (start fees). */
  readonly paysOnExit: boolean;
  /** Shrinks daily after startHold: base units * 10^6 per 3600 seconds left. Absent = it stands. */
  readonly perSecond?: bigint;
}

/** How a payment ends. */
export interface PaymentEnd extends PaymentRef {
  /** What becomes of the holds of this payment; "release" when absent. */
  readonly holds?: HoldOutcome;
}

/** What a deposit did. */
export interface DepositResult {
  readonly resumed: boolean;
  readonly fundedUntil: bigint | undefined;
}

/** Accounts, payments and holds. Amounts are base units of the account's denom, rates per hour. */
export interface EscrowKeeper {
  params(ctx: Context): Params;
  /** What the market asks of a denom. Throws: escrow/denomNotAccepted. */
  denom(ctx: Context, denom: string): DenomParams;

  /** Applies what is due and tells the hooks. Does nothing for an unknown account. */
  catchUp(ctx: Context, account: AccountKey): void;

  findAccount(ctx: Context, account: AccountKey): Account | undefined;
  /** Throws: escrow/accountNotFound. */
  getAccount(ctx: Context, account: AccountKey): Account;
  /** Live or closed within retention. */
  findPayment(ctx: Context, ref: PaymentRef): Payment | undefined;
  /** Throws: escrow/paymentNotFound. */
  getPayment(ctx: Context, ref: PaymentRef): Payment;
  /** Payments of an account that are not closed, by name. */
  listPayments(ctx: Context, account: AccountKey): readonly Payment[];
  listHolds(ctx: Context, account: AccountKey): readonly Hold[];
  /** Money at ctx.now. Throws: escrow/accountNotFound. */
  funds(ctx: Context, account: AccountKey): AccountFunds;
  /** Accrued and not yet paid out at ctx.now, base units. */
  accrued(ctx: Context, ref: PaymentRef): bigint;
  /**
   * Whether free funds cover min_funded_seconds of Rc + extraRate and new holds; gives back what is
   * missing, 0 when enough. Negative never.
   */
  missing(ctx: Context, account: AccountKey, extraRate: bigint, newHolds?: bigint): bigint;

  /** Throws: escrow/accountExists, denomNotAccepted, invalidDeposit; sdk/5. */
  createAccount(ctx: Context, account: NewAccount): void;
  /** Throws: escrow/accountNotFound, accountClosed, invalidDenom, depositsFull, unsupportedSource; sdk/5. */
  deposit(
    ctx: Context,
    account: AccountKey,
    depositor: Address,
    deposits: readonly Deposit[],
  ): DepositResult;
  /**
   * Corrections and debts: `amount` already lies in the escrow module account, or comes from `from`.
   * Never resumes. A closed or unknown account: to `owner`.
   */
  credit(ctx: Context, account: AccountKey, amount: bigint, from: CreditSource): void;
  /** Takes a fee from free funds and burns it. Throws: escrow/insufficientFunds. */
  burnFromAccount(ctx: Context, account: AccountKey, amount: bigint): void;
  /** Takes a fee from a balance and burns it. Throws: sdk/5. */
  burnFromBalance(ctx: Context, payer: Address, fee: Coin): void;
  setNotices(ctx: Context, account: AccountKey, notices: readonly bigint[]): void;
  /**
   * Ends an account: closes the payments named in `ends`, refunds every entry's rest. A bid account
   * is deleted at once, a deployment account after retention.
   * Throws: escrow/accountNotFound, accountClosed, accountInUse when payments or holds would be left.
   */
  closeAccount(ctx: Context, account: AccountKey, ends?: readonly PaymentEnd[]): void;

  /** none -> pending. Throws: escrow/accountNotOpen, paymentExists, tooManyPayments, invalidRate. */
  createPayment(ctx: Context, payment: NewPayment): void;
  /** pending -> open, or paused when a flag is set; also the acknowledgement of a resume. */
  startPayment(ctx: Context, ref: PaymentRef): void;
  /** Moves what has accrued from the deposits to `unpaid`. No effect on funded_until. */
  settle(ctx: Context, ref: PaymentRef): void;
  /** open | paused -> same, at another rate from now on. Throws: escrow/paymentState, invalidRate. */
  setRate(ctx: Context, ref: PaymentRef, rate: bigint): void;
  /** Sets or clears a flag: open <-> paused; elsewhere only the flag changes. No error when it stands so already. */
  setFlag(ctx: Context, ref: PaymentRef, flag: PaymentFlag, on: boolean): void;
  /** Withdraw and queue pay nothing while `on`, and before T = `until` (0 = no such bound). */
  setWithheld(ctx: Context, ref: PaymentRef, on: boolean, until: bigint): void;
  /** any -> closed: settles, ends its holds, pays out. Throws: escrow/paymentNotFound, paymentClosed. */
  closePayment(ctx: Context, end: PaymentEnd): void;
  /** Several payments of one account that end together: settles all, then holds, then payouts. */
  closePayments(ctx: Context, account: AccountKey, ends: readonly PaymentEnd[]): void;
  /** Pays out what is unpaid now, after settling; gives back the net amount. Nothing unpaid: 0. */
  payOut(ctx: Context, ref: PaymentRef): bigint;

  /** Lays a lien on free funds; gives back its id. Throws: escrow/accountNotOpen, insufficientFunds. */
  createHold(ctx: Context, hold: NewHold): bigint;
  /** Days are counted from T = now on; nothing is left at T = end. */
  startHold(ctx: Context, account: AccountKey, hold: bigint, end: bigint): void;
  /** Throws: escrow/holdNotFound. */
  endHold(ctx: Context, account: AccountKey, hold: bigint, outcome: HoldOutcome): void;
}

/** Where credited coins come from: the escrow module account itself (debts kept), or a module. */
export type CreditSource =
  | { readonly kind: "escrow"; readonly owner: Address; readonly denom: string }
  | {
      readonly kind: "module";
      readonly module: string;
      readonly owner: Address;
      readonly denom: string;
    };
