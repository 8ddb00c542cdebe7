// Genesis: all objects as they are stored. Queues are rebuilt from them, so export(init(g)) = g.
// Movements (history in the side store) are not part of it.

import { decodeBech32 } from "../../chain/base/address.ts";
import { toHex } from "../../chain/base/bytes.ts";
import { fromWireCoin, isDenom } from "../../chain/base/coins.ts";
import type { ChainError } from "../../chain/base/errors.ts";
import type { Account, AccountId, Payment } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AccountState,
  GenesisState,
  PaymentState,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { BasicEnv, Context, GenesisPart } from "../../chain/runtime/types.ts";
import { escrowErrors } from "./errors.ts";
import { insertDue } from "./keeper/ledger.ts";
import { defaultParams, paramsFault } from "./params.ts";
import * as state from "./state.ts";
import { accountKeyOf, paymentRefBytes, paymentRefOf } from "./types.ts";

/** The module's part of genesis. */
export function escrowGenesis(): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({
      params: defaultParams([]),
      accounts: [],
      payments: [],
      holds: [],
      unclaimed: [],
      payouts: [],
    }),
    validate: validateGenesis,
    init: initGenesis,
    export: exportGenesis,
  };
}

function validateGenesis(genesis: GenesisState, env: BasicEnv): void {
  const fault = paramsFault(genesis.params);
  if (fault !== undefined) throw invalid("params", fault.message);
  const names = new Set<string>();
  for (const [index, account] of genesis.accounts.entries())
    validateAccount(`accounts[${index}]`, account, env, names);
  for (const [index, payment] of genesis.payments.entries())
    validatePayment(`payments[${index}]`, payment, env, names);
  for (const [index, { account, id }] of genesis.holds.entries()) {
    const name = accountName(`holds[${index}].account`, account, env);
    if (!names.has(name)) throw invalid(`holds[${index}]`, "its account is not there");
    enter(names, `hold ${name}/${id}`, `holds[${index}]`);
  }
  for (const [index, { address, amount }] of genesis.unclaimed.entries()) {
    requireAddress(`unclaimed[${index}].address`, address, env);
    fromWireCoin(amount, escrowErrors.invalidGenesis);
    enter(names, `unclaimed ${address}/${amount.denom}`, `unclaimed[${index}]`);
  }
  for (const [index, { payee }] of genesis.payouts.entries()) {
    requireAddress(`payouts[${index}].payee`, payee, env);
    enter(names, `payout ${payee}`, `payouts[${index}]`);
  }
}

function validateAccount(
  path: string,
  { id, owner, entries, balance, held }: Account,
  env: BasicEnv,
  names: Set<string>,
): void {
  requireAddress(`${path}.owner`, owner, env);
  enter(names, accountName(`${path}.id`, id, env), path);
  for (const [index, entry] of entries.entries())
    requireAddress(`${path}.entries[${index}].depositor`, entry.depositor, env);
  const sum = entries.reduce((total, entry) => total + entry.rest, 0n);
  if (sum !== balance || held > balance || entries.some((entry) => entry.rest <= 0n))
    throw invalid(path, `balance ${balance}, held ${held}, entries ${sum}`);
}

function validatePayment(
  path: string,
  { id, payee, denom }: Payment,
  env: BasicEnv,
  names: Set<string>,
): void {
  requireAddress(`${path}.id.owner`, id.owner, env);
  requireAddress(`${path}.id.provider`, id.provider, env);
  requireAddress(`${path}.payee`, payee, env);
  if (!isDenom(denom)) throw invalid(`${path}.denom`, denom);
  const bytes = paymentRefBytes(paymentRefOf(id, env.addresses));
  enter(names, `payment ${toHex(bytes)}`, path);
}

/** Name of an account for finding it twice; its addresses are checked. */
function accountName(path: string, id: AccountId, env: BasicEnv): string {
  requireAddress(`${path}.owner`, id.owner, env);
  if (id.scope === Scope.BID) requireAddress(`${path}.provider`, id.provider, env);
  return `account ${toHex(accountKeyOf(id, env.addresses))}`;
}

function enter(names: Set<string>, name: string, path: string): void {
  if (names.has(name)) throw invalid(path, "stands there twice");
  names.add(name);
}

function requireAddress(path: string, text: string, env: BasicEnv): void {
  if (decodeBech32(text)?.prefix !== env.addresses.prefix)
    throw invalid(path, `${JSON.stringify(text.slice(0, 100))} is no address of this chain`);
}

function invalid(path: string, reason: string): ChainError {
  return escrowErrors.invalidGenesis.with(`${path}: ${reason}`);
}

function initGenesis(ctx: Context, genesis: GenesisState): void {
  const { addresses } = ctx;
  state.params.set(ctx, genesis.params);
  for (const account of genesis.accounts) {
    const key = accountKeyOf(account.id, addresses);
    state.accounts.set(ctx, key, account);
    insertDue(ctx, key, account);
    if (account.state === AccountState.CLOSED)
      state.drains.insert(ctx, account.dropAt, state.Drain.ACCOUNT, key);
  }
  for (const payment of genesis.payments) initPayment(ctx, payment);
  for (const hold of genesis.holds)
    state.holds.set(ctx, [accountKeyOf(hold.account, addresses), hold.id], hold);
  for (const waiting of genesis.unclaimed)
    state.unclaimed.set(ctx, [addresses.parse(waiting.address), waiting.amount.denom], waiting);
  for (const chosen of genesis.payouts)
    state.payouts.set(ctx, addresses.parse(chosen.payee), chosen);
}

function initPayment(ctx: Context, payment: Payment): void {
  const ref = paymentRefOf(payment.id, ctx.addresses);
  const key = [ref.account, ref.payment] as const;
  const id = paymentRefBytes(ref);
  if (payment.state === PaymentState.CLOSED) {
    state.closedPayments.set(ctx, key, payment);
    if (!payment.quarantined) state.drains.insert(ctx, payment.dropAt, state.Drain.PAYMENT, id);
  } else {
    state.payments.set(ctx, key, payment);
    if (!payment.quarantined) state.payoutQueue.insert(ctx, payment.nextPayout, state.ONLY, id);
  }
}

function exportGenesis(ctx: Context): GenesisState {
  return {
    params: state.params.get(ctx),
    accounts: [...state.accounts.iterate(ctx)].map(([, account]) => account),
    payments: [
      ...[...state.payments.iterate(ctx)].map(([, payment]) => payment),
      ...[...state.closedPayments.iterate(ctx)].map(([, payment]) => payment),
    ],
    holds: [...state.holds.iterate(ctx)].map(([, hold]) => hold),
    unclaimed: [...state.unclaimed.iterate(ctx)].map(([, waiting]) => waiting),
    payouts: [...state.payouts.iterate(ctx)].map(([, chosen]) => chosen),
  };
}
