// Coins that leave the module account: payouts with their fee, refunds, and what cannot be delivered.

import type { Address } from "../../../chain/base/address.ts";
import { assert } from "../../../chain/base/assert.ts";
import { equalBytes } from "../../../chain/base/bytes.ts";
import { moduleAddress } from "../../../chain/base/address.ts";
import { toWireCoin } from "../../../chain/base/coins.ts";
import { parseUint, MAX_AMOUNT } from "../../../chain/base/integers.ts";
import { must } from "../../../chain/base/assert.ts";
import type { Payment } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { MovementKind } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../../chain/runtime/types.ts";
import * as events from "../events.ts";
import type { EscrowNeeds, SinkResult } from "../needs.ts";
import { COMMUNITY_ACCOUNT, INSURANCE_ACCOUNT } from "../needs.ts";
import * as state from "../state.ts";
import { ESCROW } from "../state.ts";
import { takePpm } from "../types.ts";
import type { Ledger, Line } from "./ledger.ts";

/** Whether withdraw and queue pay nothing now; the close pays all the same. */
export function isWithheld(payment: Payment, now: bigint): boolean {
  return payment.withheld || now < payment.withheldUntil;
}

/**
 * Pays out everything unpaid: fee first (burned, community, insurance), the rest through the sink.
 * Each part is floor(total * its ppm) over the life of the payment, so no pattern of payouts
 * changes a part. Gives back the net amount.
 */
export function payOut(ledger: Ledger, line: Line): bigint {
  const { ctx, needs, account } = ledger;
  const { payment } = line;
  const gross = payment.unpaid;
  if (gross === 0n) return 0n;
  const fee = takePpm(gross, payment.feePpm, payment.feeCarry);
  const burn = takePpm(fee.part, payment.burnPpm, payment.burnCarry);
  const rest = fee.part - burn.part;
  const community = takePpm(rest, payment.communityPpm, payment.communityCarry);
  const insurance = rest - community.part;
  const net = gross - fee.part;
  assert(insurance >= 0n && net >= 0n, `payout of ${gross} with fee ${fee.part}`);
  ledger.change(line, {
    unpaid: 0n,
    paid: payment.paid + gross,
    fees: payment.fees + fee.part,
    feeCarry: fee.carry,
    burnCarry: burn.carry,
    communityCarry: community.carry,
  });
  account.paid += gross;
  const { denom } = account;
  if (burn.part > 0n) needs.bank.burn(ctx, ESCROW, [{ denom, amount: burn.part }]);
  moveToModule(ledger, COMMUNITY_ACCOUNT, community.part);
  moveToModule(ledger, INSURANCE_ACCOUNT, insurance);
  const placed = placeNet(ledger, line, net);
  const debts = placed.debts.reduce((sum, debt) => sum + debt.amount, 0n);
  assert(debts + placed.bond + placed.payee === net, `sink placed not exactly ${net}`);
  ledger.record({
    kind: MovementKind.PAYOUT,
    amount: gross,
    fee: fee.part,
    counterparty: payment.payee,
    payment: payment.id,
  });
  events.paidOut(ctx, payment, {
    gross,
    fee: fee.part,
    burned: burn.part,
    community: community.part,
    insurance,
    debts,
    bond: placed.bond,
    net: placed.payee,
  });
  return net;
}

function placeNet(ledger: Ledger, line: Line, net: bigint): SinkResult {
  const { ctx, needs, account } = ledger;
  const payee = state.addressOf(line.payment.payee);
  const coin = { denom: account.denom, amount: net };
  const placed = needs.sink?.place(ctx, payee, coin, ledger.ref(line)) ?? {
    debts: [],
    bond: 0n,
    payee: net,
    recipient: needs.payees.payoutAddress(ctx, payee),
  };
  ledger.debts.push(...placed.debts);
  deliver(ctx, needs, placed.recipient, { denom: account.denom, amount: placed.payee });
  return placed;
}

function moveToModule(ledger: Ledger, module: string, amount: bigint): void {
  if (amount === 0n) return;
  const { ctx, needs, account } = ledger;
  needs.bank.sendBetweenModules(ctx, ESCROW, module, [{ denom: account.denom, amount }]);
}

/**
 * Sends coins of the module account to their owner. Never fails for the receiver's sake: what cannot
 * be delivered waits under Unclaimed.
 */
export function deliver(
  ctx: Context,
  needs: EscrowNeeds,
  to: Address,
  coin: { readonly denom: string; readonly amount: bigint },
): void {
  if (coin.amount === 0n) return;
  // Coins sent to the module account itself would belong to nobody.
  if (!equalBytes(to, moduleAddress(ctx.platform, ESCROW))) {
    const sent = ctx.attempt((branch) => needs.bank.sendFromModule(branch, ESCROW, to, [coin]));
    if (sent.ok) return;
  }
  const address = ctx.addresses.format(to);
  const waiting = state.unclaimed.get(ctx, [to, coin.denom]);
  const before = waiting === undefined ? 0n : amountOf(waiting.amount.amount);
  const amount = toWireCoin({ denom: coin.denom, amount: before + coin.amount });
  state.unclaimed.set(ctx, [to, coin.denom], { address, amount });
  events.coinsUnclaimed(ctx, address, coin.amount, coin.denom);
}

/** Amount of a stored coin. */
export function amountOf(text: string): bigint {
  return must(parseUint(text, MAX_AMOUNT), `stored amount ${text}`);
}
