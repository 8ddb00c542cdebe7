// The working copy of one account while a transition runs: it is read once, changed here, and
// written back with its queue entries by `save`. Only the other files of this folder use it.

import { assert } from "../../../chain/base/assert.ts";
import { maxBig, minBig } from "../../../chain/base/integers.ts";
import type {
  Account,
  DepositEntry,
  Hold,
  Movement,
  Params,
  Payment,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { AccountState, PaymentState, Scope } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../../chain/runtime/types.ts";
import type { StoreQueue } from "../../../chain/store/index.ts";
import type { Debt, EscrowNeeds } from "../needs.ts";
import * as state from "../state.ts";
import type { AccountKey, PaymentKey, PaymentRef, Stream, Transition } from "../types.ts";
import { accrue, accruedBy, fundedUntil, LAST_SECOND, scopeOf } from "../types.ts";

/** A value of which this code owns the only copy. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A payment in work. */
export interface Line {
  readonly key: PaymentKey;
  readonly payment: Mutable<Payment>;
  changed: boolean;
}

/** What a movement needs to be told; the rest is known. */
export type Move = Pick<Movement, "kind" | "amount" | "counterparty"> &
  Partial<Pick<Movement, "fee" | "payment">>;

/** Due seconds that stand in queues; 0 = no entry. */
interface Due {
  readonly holdStep: bigint;
  readonly exhaustion: bigint;
  readonly grace: bigint;
  readonly notice: bigint;
}

const NOTHING_DUE: Due = { holdStep: 0n, exhaustion: 0n, grace: 0n, notice: 0n };

/** The working copy. `transitions` collects what hooks are told, `debts` what is credited elsewhere. */
export class Ledger {
  readonly ctx: Context;
  readonly needs: EscrowNeeds;
  readonly key: AccountKey;
  readonly account: Mutable<Account>;
  readonly transitions: Transition[] = [];
  readonly debts: Debt[] = [];
  readonly #lines = new Map<string, Line>();
  readonly #before: Due;
  /** Whether the account is gone from state. */
  erased = false;
  #complete = false;
  #params: Params | undefined;

  constructor(ctx: Context, needs: EscrowNeeds, key: AccountKey, account: Account) {
    this.ctx = ctx;
    this.needs = needs;
    this.key = key;
    this.account = { ...account };
    this.#before = dueOf(account);
  }

  get params(): Params {
    this.#params ??= state.params.get(this.ctx);
    return this.#params;
  }

  get isOpen(): boolean {
    return this.account.state === AccountState.OPEN;
  }

  /** T up to which streams may be settled now: a quarantined account never beyond its funds. */
  get settleTime(): bigint {
    const { quarantined, fundedUntil: end } = this.account;
    return quarantined && end !== 0n ? minBig(this.ctx.now, end) : this.ctx.now;
  }

  ref(line: Line): PaymentRef {
    return { account: this.key, payment: line.key };
  }

  /** One payment that is not closed. */
  line(key: PaymentKey): Line | undefined {
    const name = this.ctx.platform.latin1(key);
    const known = this.#lines.get(name);
    if (known !== undefined || this.#complete) return known;
    const payment = state.payments.get(this.ctx, [this.key, key]);
    return payment === undefined ? undefined : this.#keep(name, key, payment);
  }

  /** All payments that are not closed, by name. */
  lines(): readonly Line[] {
    if (!this.#complete) {
      const prefix = [this.key] as const;
      const early = new Map(this.#lines);
      this.#lines.clear();
      for (const [[, key], payment] of state.payments.iterate(this.ctx, { prefix })) {
        const name = this.ctx.platform.latin1(key);
        const known = early.get(name);
        if (known === undefined) this.#keep(name, key, payment);
        else this.#lines.set(name, known);
      }
      this.#complete = true;
    }
    return [...this.#lines.values()];
  }

  #keep(name: string, key: PaymentKey, payment: Payment): Line {
    const line = { key, payment: { ...payment }, changed: false };
    this.#lines.set(name, line);
    return line;
  }

  /** Adds a new payment and writes it. */
  addLine(key: PaymentKey, payment: Payment): void {
    this.lines();
    this.#keep(this.ctx.platform.latin1(key), key, payment);
    state.payments.set(this.ctx, [this.key, key], payment);
    this.account.payments += 1;
    this.account.committedRate += payment.rate;
  }

  /** Takes an ended payment out of the live ones. */
  dropLine(line: Line): void {
    this.#lines.delete(this.ctx.platform.latin1(line.key));
    state.payments.delete(this.ctx, [this.key, line.key]);
    this.account.payments -= 1;
    this.account.committedRate -= line.payment.rate;
  }

  /** Changes fields of a payment. */
  change(line: Line, fields: Partial<Payment>): void {
    Object.assign(line.payment, fields);
    line.changed = true;
  }

  holds(): readonly (readonly [id: bigint, hold: Hold])[] {
    if (this.account.holds === 0) return [];
    const found: (readonly [bigint, Hold])[] = [];
    for (const [[, id], hold] of state.holds.iterate(this.ctx, { prefix: [this.key] }))
      found.push([id, hold]);
    return found;
  }

  // ---- money -----------------------------------------------------------------------------------

  /** F: settled deposits that no hold binds. */
  get funds(): bigint {
    return this.account.balance - this.account.held;
  }

  /** Streams that accrue. */
  streams(): readonly Stream[] {
    if (this.account.rate === 0n) return [];
    return this.lines()
      .map((line) => line.payment)
      .filter((payment) => payment.state === PaymentState.OPEN);
  }

  /** F - S(now). */
  get free(): bigint {
    return this.funds - accruedBy(this.streams(), this.settleTime);
  }

  /** Moves what a payment has accrued up to T = `at` from the deposits to its unpaid balance. */
  settle(line: Line, at: bigint): void {
    const { payment } = line;
    if (payment.state !== PaymentState.OPEN) return;
    const end = maxBig(at, payment.since);
    const { owed, carry } = accrue(payment, end);
    this.account.offset += carry - payment.rate * end - offsetOf(payment);
    this.change(line, {
      since: end,
      carry,
      unpaid: payment.unpaid + owed,
      settled: payment.settled + owed,
    });
    if (owed > 0n) this.debit(owed);
  }

  /** Settles every payment up to T = `at`: before anything reads or changes deposit entries. */
  settleAll(at: bigint = this.settleTime): void {
    if (this.account.rate === 0n) return;
    for (const line of this.lines()) this.settle(line, at);
  }

  /** Spends `amount` of the deposits, first-in first-out; an entry whose rest is 0 goes. */
  debit(amount: bigint): void {
    let left = amount;
    const kept: DepositEntry[] = [];
    for (const entry of this.account.entries) {
      const taken = minBig(left, entry.rest);
      left -= taken;
      if (taken > 0n) this.account.debitedEntry = entry.id;
      if (entry.rest > taken) kept.push({ ...entry, rest: entry.rest - taken });
    }
    assert(left === 0n, `escrow account is short of ${left} of ${amount} to debit`);
    this.account.entries = kept;
    this.account.balance -= amount;
  }

  /** A payment begins to accrue at T = now. */
  begin(line: Line): void {
    this.change(line, { state: PaymentState.OPEN, since: this.ctx.now, runSince: this.ctx.now });
    this.account.rate += line.payment.rate;
    this.account.offset += offsetOf(line.payment);
  }

  /** A payment, settled, accrues no more. */
  halt(line: Line, to: PaymentState): void {
    if (line.payment.state === PaymentState.OPEN) {
      this.account.rate -= line.payment.rate;
      this.account.offset -= offsetOf(line.payment);
    }
    this.change(line, { state: to });
  }

  /** Finds out anew when the funds end; every change of R, A or F is followed by it. */
  recompute(): void {
    const { account } = this;
    const end = this.isOpen ? fundedUntil(this.funds, this.streams()) : undefined;
    account.fundedUntil = end === undefined || end > LAST_SECOND ? 0n : end;
    account.nextNotice = nextNotice(account, this.ctx.now);
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Writes a line of the statement (side store, no gas); bid accounts have none. */
  record(move: Move): void {
    if (scopeOf(this.key) !== Scope.DEPLOYMENT) return;
    this.account.movements += 1n;
    const seq = this.account.movements;
    state.movements.set(state.sideOf(this.ctx), [this.key, seq], {
      seq,
      time: this.ctx.now,
      height: this.ctx.height,
      kind: move.kind,
      amount: move.amount,
      fee: move.fee ?? 0n,
      denom: this.account.denom,
      counterparty: move.counterparty,
      payment: move.payment,
    });
  }

  /** Removes a closed account and its queue entries; nothing is left to save. */
  erase(): void {
    state.accounts.delete(this.ctx, this.key);
    moveDue(this.ctx, this.key, this.#before, NOTHING_DUE);
    this.erased = true;
  }

  /** Writes the account, its changed payments and its queue entries. */
  save(): void {
    const { account, ctx } = this;
    const late = account.fundedUntil !== 0n && account.fundedUntil < ctx.now;
    assert(!late || account.quarantined, `funds ended at ${account.fundedUntil}, now ${ctx.now}`);
    assert(account.held <= account.balance, `held ${account.held} of ${account.balance}`);
    for (const line of this.#lines.values()) {
      if (line.changed) state.payments.set(ctx, [this.key, line.key], line.payment);
      line.changed = false;
    }
    state.accounts.set(ctx, this.key, account);
    moveDue(ctx, this.key, this.#before, dueOf(account));
  }
}

/** carry - rate * since: what a stream adds to the account's offset. */
export function offsetOf(stream: Stream): bigint {
  return stream.carry - stream.rate * stream.since;
}

/** Due seconds of an account as its fields tell them; a quarantined one has none. */
function dueOf(account: Account): Due {
  const alive = account.state !== AccountState.CLOSED && !account.quarantined;
  const funded = alive && account.fundedUntil !== 0n;
  return {
    holdStep: alive ? account.nextHoldStep : 0n,
    exhaustion: funded ? account.fundedUntil + 1n : 0n,
    grace: alive && account.state === AccountState.SUSPENDED ? account.graceUntil : 0n,
    notice: funded ? account.nextNotice : 0n,
  };
}

/** Inserts the queue entries of a stored account (genesis, end of a quarantine). */
export function insertDue(ctx: Context, key: AccountKey, account: Account): void {
  moveDue(ctx, key, NOTHING_DUE, dueOf(account));
}

/** Removes the queue entries of a stored account. */
export function removeDue(ctx: Context, key: AccountKey, account: Account): void {
  moveDue(ctx, key, dueOf(account), NOTHING_DUE);
}

function moveDue(ctx: Context, key: AccountKey, from: Due, to: Due): void {
  const { timers, graces, notices, Timer, ONLY } = state;
  moveEntry(ctx, timers, { kind: Timer.HOLD_STEP, id: key }, [from.holdStep, to.holdStep]);
  moveEntry(ctx, timers, { kind: Timer.EXHAUSTION, id: key }, [from.exhaustion, to.exhaustion]);
  moveEntry(ctx, graces, { kind: ONLY, id: key }, [from.grace, to.grace]);
  moveEntry(ctx, notices, { kind: ONLY, id: key }, [from.notice, to.notice]);
}

function moveEntry(
  ctx: Context,
  queue: StoreQueue,
  entry: { readonly kind: number; readonly id: Uint8Array },
  [from, to]: readonly [from: bigint, to: bigint],
): void {
  if (from === to) return;
  if (from !== 0n) queue.remove(ctx, from, entry.kind, entry.id);
  if (to !== 0n) queue.insert(ctx, to, entry.kind, entry.id);
}

/** The first second after `now` at which so many seconds of funds are left as a notice says; 0 = none. */
function nextNotice(account: Account, now: bigint): bigint {
  if (account.fundedUntil === 0n) return 0n;
  for (const notice of account.notices) {
    const second = account.fundedUntil + 1n - notice;
    if (second > now) return second;
  }
  return 0n;
}
