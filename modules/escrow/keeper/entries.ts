// Deposit entries: how coins come in and how rests go back.

import type { Address } from "../../../chain/base/address.ts";
import { must } from "../../../chain/base/assert.ts";
import { fromWireCoin } from "../../../chain/base/coins.ts";
import type { Deposit, DepositEntry } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AccountState,
  DepositSource,
  MovementKind,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { escrowErrors } from "../errors.ts";
import * as events from "../events.ts";
import { ESCROW, addressOf } from "../state.ts";
import { fundsFor } from "../types.ts";
import { reopen } from "./due.ts";
import type { Ledger } from "./ledger.ts";
import { deliver } from "./payout.ts";
import { resumeLines } from "./lines.ts";

/** Sum of a list of deposits from a balance. Throws: escrow/invalidDeposit, invalidDenom, unsupportedSource. */
export function depositSum(deposits: readonly Deposit[], denom: string): bigint {
  let sum = 0n;
  for (const deposit of deposits) {
    if (deposit.source !== DepositSource.BALANCE)
      throw escrowErrors.unsupportedSource.with(`source ${deposit.source}, served: 1 (balance)`);
    const coin = fromWireCoin(deposit.amount, escrowErrors.invalidDeposit);
    if (coin.amount === 0n) throw escrowErrors.invalidDeposit.with("amount must be positive");
    if (coin.denom !== denom)
      throw escrowErrors.invalidDenom.with(`deposit in ${coin.denom}, account in ${denom}`);
    sum += coin.amount;
  }
  return sum;
}

/** Takes deposits from the depositor's balance into entries. The caller has settled all payments. */
export function takeDeposits(
  ledger: Ledger,
  depositor: Address,
  deposits: readonly Deposit[],
): void {
  const { ctx, needs, account } = ledger;
  const sum = depositSum(deposits, account.denom);
  if (sum === 0n) return;
  const from = ctx.addresses.format(depositor);
  needs.bank.sendToModule(ctx, depositor, ESCROW, [{ denom: account.denom, amount: sum }]);
  for (const deposit of deposits) {
    const { amount } = fromWireCoin(deposit.amount, escrowErrors.invalidDeposit);
    const source = { depositor: from, source: deposit.source, granter: "", nonce: 0n };
    addEntry(ledger, source, amount);
  }
  account.deposited += sum;
  ledger.record({ kind: MovementKind.DEPOSIT, amount: sum, counterparty: from });
}

type EntrySource = Omit<DepositEntry, "id" | "rest">;

/** A deposit merges into the last entry of the same source if that is last or the list is full. */
function addEntry(ledger: Ledger, source: EntrySource, amount: bigint): void {
  const { account, params } = ledger;
  const { entries } = account;
  const same = entries.findLastIndex((entry) => isSameSource(entry, source));
  const isFull = entries.length >= params.maxDepositEntries || foreignFull(ledger, source);
  if (same >= 0 && (same === entries.length - 1 || isFull)) {
    account.entries = entries.with(same, grown(must(entries[same], "entry"), amount));
  } else if (isFull) {
    throw escrowErrors.depositsFull.with(
      `${entries.length} entries, at most ${params.maxDepositEntries}, ` +
        `${params.maxForeignEntries} of others than the owner`,
    );
  } else {
    account.entries = [...entries, { ...source, id: account.nextEntry, rest: amount }];
    account.nextEntry += 1n;
  }
  account.balance += amount;
}

function foreignFull(ledger: Ledger, source: EntrySource): boolean {
  const { owner, entries } = ledger.account;
  if (source.depositor === owner) return false;
  const foreign = entries.filter((entry) => entry.depositor !== owner);
  return foreign.length >= ledger.params.maxForeignEntries;
}

function isSameSource(entry: DepositEntry, source: EntrySource): boolean {
  return (
    entry.depositor === source.depositor &&
    entry.source === source.source &&
    entry.granter === source.granter &&
    entry.nonce === source.nonce
  );
}

function grown(entry: DepositEntry, amount: bigint): DepositEntry {
  return { ...entry, rest: entry.rest + amount };
}

/**
 * Opens a suspended account when free funds cover resume_min_seconds of all its payments and grace
 * has not ended; they wait for their acknowledgement. Says whether it did.
 */
export function tryResume(ledger: Ledger): boolean {
  const { account, ctx, params } = ledger;
  if (account.state !== AccountState.SUSPENDED || ctx.uptime >= account.graceUntil) return false;
  if (ledger.funds < fundsFor(account.committedRate, params.resumeMinSeconds)) return false;
  reopen(ledger);
  resumeLines(ledger);
  events.accountResumed(ctx, account);
  ledger.transitions.push({ kind: "resumed" });
  return true;
}

/**
 * Puts coins that already lie in the module account into the entry debited last if it still exists,
 * else the owner's last balance entry, else one new entry beyond the limit.
 */
export function creditEntry(ledger: Ledger, amount: bigint): void {
  const { account } = ledger;
  const { entries, owner } = account;
  const debited = entries.findIndex((entry) => entry.id === account.debitedEntry);
  const own = entries.findLastIndex(
    (entry) => entry.depositor === owner && entry.source === DepositSource.BALANCE,
  );
  const at = debited >= 0 ? debited : own;
  if (at >= 0) {
    account.entries = entries.with(at, grown(must(entries[at], "entry"), amount));
  } else {
    const source = { depositor: owner, source: DepositSource.CREDIT, granter: "", nonce: 0n };
    account.entries = [...entries, { ...source, id: account.nextEntry, rest: amount }];
    account.nextEntry += 1n;
  }
  account.balance += amount;
  account.credited += amount;
  ledger.record({ kind: MovementKind.CREDIT, amount, counterparty: "" });
}

/** Burns a fee out of the free funds of an open account. Throws: escrow/accountNotOpen, insufficientFunds. */
export function burnFee(ledger: Ledger, amount: bigint): void {
  const { account, ctx, needs, free } = ledger;
  const { denom } = account;
  if (!ledger.isOpen) throw escrowErrors.accountNotOpen.error();
  if (free < amount)
    throw escrowErrors.insufficientFunds.with(`fee of ${amount}${denom}, free ${free}${denom}`);
  ledger.settleAll();
  ledger.debit(amount);
  account.burned += amount;
  needs.bank.burn(ctx, ESCROW, [{ denom, amount }]);
  ledger.record({ kind: MovementKind.BURN, amount, counterparty: "" });
  ledger.recompute();
  events.feeBurned(ctx, account, amount);
}

/** Gives every entry's rest back to its depositor. */
export function refundAll(ledger: Ledger): void {
  const { account, ctx, needs } = ledger;
  for (const { depositor, rest } of account.entries) {
    deliver(ctx, needs, addressOf(depositor), { denom: account.denom, amount: rest });
    ledger.record({ kind: MovementKind.REFUND, amount: rest, counterparty: depositor });
    events.refunded(ctx, account, depositor, rest);
    account.refunded += rest;
  }
  account.entries = [];
  account.balance = 0n;
}
