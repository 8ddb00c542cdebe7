// Genesis: all objects as they are stored. Queues are rebuilt from them, so export(init(g)) = g.
// Movements (history in the side store) are not part of it.

import type { ChainError } from "../../chain/base/errors.ts";
import { fromWireCoin } from "../../chain/base/coins.ts";
import type { Payment } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AccountState,
  GenesisState,
  PaymentState,
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
  if (fault !== undefined) throw at("params", fault);
  const { addresses } = env;
  for (const [index, { id, owner, entries, balance, held }] of genesis.accounts.entries()) {
    accountKeyOf(id, addresses);
    addresses.parse(owner);
    const sum = entries.reduce((total, entry) => total + entry.rest, 0n);
    if (sum !== balance || held > balance || entries.some((entry) => entry.rest <= 0n))
      throw escrowErrors.invalidGenesis.with(
        `accounts[${index}]: balance ${balance}, held ${held}, entries ${sum}`,
      );
  }
  for (const { id, payee } of genesis.payments) {
    paymentRefOf(id, addresses);
    addresses.parse(payee);
  }
  for (const hold of genesis.holds) accountKeyOf(hold.account, addresses);
  for (const { address, amount } of genesis.unclaimed) {
    addresses.parse(address);
    fromWireCoin(amount, escrowErrors.invalidGenesis);
  }
  for (const { payee } of genesis.payouts) addresses.parse(payee);
}

function at(path: string, fault: ChainError): ChainError {
  return escrowErrors.invalidGenesis.with(`${path}: ${fault.message}`);
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
