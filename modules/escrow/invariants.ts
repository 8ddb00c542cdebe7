// What holds after every block (3a-8). Quarantined objects are exempt from what their failed step
// would have done: queue entries and the end of funds.

import { moduleAddress } from "../../chain/base/address.ts";
import { toHex } from "../../chain/base/bytes.ts";
import type { Account } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { AccountState, PaymentState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context, Invariant } from "../../chain/runtime/types.ts";
import { Ledger, offsetOf } from "./keeper/ledger.ts";
import { amountOf } from "./keeper/payout.ts";
import type { EscrowNeeds } from "./needs.ts";
import * as state from "./state.ts";
import { ESCROW } from "./state.ts";
import type { AccountKey } from "./types.ts";
import { fundedUntil, LAST_SECOND, paymentRefBytes } from "./types.ts";

/** All invariants of the module. */
export function escrowInvariants(needs: EscrowNeeds): readonly Invariant[] {
  return [
    { name: "escrow/module-balance", check: (ctx) => moduleBalance(ctx, needs) },
    { name: "escrow/accounts", check: (ctx) => eachAccount(ctx, needs, accountFaults) },
    { name: "escrow/funds-end", check: (ctx) => eachAccount(ctx, needs, fundsFaults) },
    { name: "escrow/queues", check: queueFaults },
    { name: "escrow/indexes", check: (ctx) => state.schema.checkIndexes(ctx) },
  ];
}

/** Module account per denom = entry rests + unpaid balances + unclaimed coins. */
function moduleBalance(ctx: Context, needs: EscrowNeeds): readonly string[] {
  const sums = new Map<string, bigint>();
  const add = (denom: string, amount: bigint): void =>
    void sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  for (const { denom } of state.params.get(ctx).denoms) add(denom, 0n);
  for (const [, { denom, entries }] of state.accounts.iterate(ctx))
    for (const entry of entries) add(denom, entry.rest);
  for (const [, { denom, unpaid }] of state.payments.iterate(ctx)) add(denom, unpaid);
  for (const [, { denom, unpaid }] of state.closedPayments.iterate(ctx)) add(denom, unpaid);
  for (const [, { amount }] of state.unclaimed.iterate(ctx))
    add(amount.denom, amountOf(amount.amount));
  const faults: string[] = [];
  const address = moduleAddress(ctx.platform, ESCROW);
  for (const [denom, sum] of sums) {
    const held = needs.bank.balance(ctx, address, denom);
    if (held !== sum) faults.push(`module account holds ${held}${denom}, objects ${sum}${denom}`);
  }
  return faults;
}

type Check = (ledger: Ledger) => readonly string[];

function eachAccount(ctx: Context, needs: EscrowNeeds, check: Check): readonly string[] {
  const faults: string[] = [];
  for (const [key, account] of state.accounts.iterate(ctx)) {
    const ledger = new Ledger(ctx, needs, key, account);
    for (const fault of check(ledger)) faults.push(`account ${toHex(key)}: ${fault}`);
  }
  return faults;
}

function expectEqual(faults: string[], what: string, found: bigint, expected: bigint): void {
  if (found !== expected) faults.push(`${what} ${found}, expected ${expected}`);
}

/** What came in = what is there + what went out; every counter equals a recount. */
function accountFaults(ledger: Ledger): readonly string[] {
  const { account, ctx, key } = ledger;
  const faults: string[] = [];
  const totals = { unpaid: 0n, paid: 0n, rate: 0n, committed: 0n, offset: 0n, settled: 0n };
  for (const { payment } of ledger.lines()) {
    totals.unpaid += payment.unpaid;
    totals.committed += payment.rate;
    expectEqual(faults, "settled - paid", payment.settled - payment.paid, payment.unpaid);
    if (payment.carry >= 3600n) faults.push(`carry ${payment.carry}`);
    if (payment.state === PaymentState.OPEN) {
      totals.rate += payment.rate;
      totals.offset += offsetOf(payment);
    }
    if (account.state === AccountState.SUSPENDED && payment.state !== PaymentState.SUSPENDED)
      faults.push(`payment in state ${payment.state} of a suspended account`);
  }
  for (const [, payment] of state.closedPayments.iterate(ctx, { prefix: [key] }))
    expectEqual(faults, "unpaid of a closed payment", payment.unpaid, 0n);
  const rests = account.entries.reduce((sum, entry) => sum + entry.rest, 0n);
  const held = ledger.holds().reduce((sum, [, hold]) => sum + hold.amount, 0n);
  const out = account.paid + account.holdsPaid + account.burned + account.refunded;
  const came = account.deposited + account.credited;
  expectEqual(faults, "deposited + credited", came, rests + totals.unpaid + out);
  expectEqual(faults, "balance", account.balance, rests);
  expectEqual(faults, "held", account.held, held);
  expectEqual(faults, "rate", account.rate, totals.rate);
  expectEqual(faults, "committed rate", account.committedRate, totals.committed);
  expectEqual(faults, "offset", account.offset, totals.offset);
  expectEqual(faults, "payments", BigInt(account.payments), BigInt(ledger.lines().length));
  expectEqual(faults, "holds", BigInt(account.holds), BigInt(ledger.holds().length));
  if (account.entries.some((entry) => entry.rest <= 0n)) faults.push("an entry without rest");
  if (held > rests) faults.push(`held ${held} of ${rests}`);
  if (account.state === AccountState.CLOSED && rests !== 0n) faults.push(`closed with ${rests}`);
  return faults;
}

/** funded_until is what the streams say, and no open account is beyond it. */
function fundsFaults(ledger: Ledger): readonly string[] {
  const { account } = ledger;
  if (account.quarantined) return [];
  const faults: string[] = [];
  const end = ledger.isOpen ? fundedUntil(ledger.funds, ledger.streams()) : undefined;
  const expected = end === undefined || end > LAST_SECOND ? 0n : end;
  expectEqual(faults, "funded until", account.fundedUntil, expected);
  if (account.state === AccountState.SUSPENDED && account.payments === 0)
    faults.push("suspended without payments");
  return faults;
}

/** Every queue entry points at a live object, and every object that needs one has exactly one. */
function queueFaults(ctx: Context): readonly string[] {
  const faults: string[] = [];
  const expected = expectedEntries(ctx);
  const { timers, graces, notices, payoutQueue, drains } = state;
  for (const queue of [timers, graces, notices, payoutQueue, drains]) {
    for (const [second, kind, id] of queue.iterate(ctx)) {
      const entry = entryName(queue.place.name, second, kind, id);
      if (!expected.delete(entry)) faults.push(`entry ${entry} belongs to nothing`);
    }
  }
  for (const entry of expected) faults.push(`entry ${entry} is missing`);
  return faults;
}

function entryName(queue: string, second: bigint, kind: number, id: Uint8Array): string {
  return `${queue}/${second}/${kind}/${toHex(id)}`;
}

function expectedEntries(ctx: Context): Set<string> {
  const expected = new Set<string>();
  const expect = (queue: string, second: bigint, kind: number, id: Uint8Array): void => {
    if (second !== 0n) expected.add(entryName(queue, second, kind, id));
  };
  for (const [key, account] of state.accounts.iterate(ctx)) {
    if (!account.quarantined) expectAccount(key, account, expect);
  }
  for (const [[account, payment], found] of state.payments.iterate(ctx))
    expect("payout_queue", found.nextPayout, state.ONLY, paymentRefBytes({ account, payment }));
  for (const [[account, payment], found] of state.closedPayments.iterate(ctx)) {
    const id = paymentRefBytes({ account, payment });
    if (!found.quarantined) expect("drains", found.dropAt, state.Drain.PAYMENT, id);
  }
  return expected;
}

function expectAccount(
  key: AccountKey,
  account: Account,
  expect: (queue: string, second: bigint, kind: number, id: Uint8Array) => void,
): void {
  const { Timer, Drain, ONLY } = state;
  expect("timers", account.nextHoldStep, Timer.HOLD_STEP, key);
  if (account.fundedUntil !== 0n) expect("timers", account.fundedUntil + 1n, Timer.EXHAUSTION, key);
  expect("graces", account.graceUntil, ONLY, key);
  expect("notices", account.nextNotice, ONLY, key);
  expect("drains", account.dropAt, Drain.ACCOUNT, key);
}
