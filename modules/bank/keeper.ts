// Balances, supply and their movements. Reads, writes and events happen in the SDK's order and as
// often as there: gas and roots depend on both.

import type { Address } from "../../chain/base/address.ts";
import { assert } from "../../chain/base/assert.ts";
import { areValidCoins, formatCoin, formatCoins } from "../../chain/base/coins.ts";
import type { Coin } from "../../chain/base/coins.ts";
import { sdkErrors } from "../../chain/base/errors.ts";
import { MAX_AMOUNT } from "../../chain/base/integers.ts";
import type { Params } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import type { AnteFees, BankMoves, Context } from "../../chain/runtime/index.ts";
import { textOfBytes } from "../../chain/store/index.ts";
import { FEE_COLLECTOR } from "../auth/index.ts";
import { bankErrors } from "./errors.ts";
import {
  emitBurned,
  emitMinted,
  emitReceived,
  emitSender,
  emitSpent,
  emitTransfer,
} from "./events.ts";
import type { BankNeeds } from "./needs.ts";
import { defaultParams } from "./params.ts";
import { BANK, balances, params, sendEnabled, supply } from "./state.ts";

/** One receiver of a multi-send. */
export interface Receiver {
  readonly address: Address;
  readonly text: string;
  readonly coins: readonly Coin[];
}

/** Keeper of module bank. */
export class BankKeeper implements BankMoves, AnteFees {
  readonly #needs: BankNeeds;
  #pot: string | undefined;

  constructor(needs: BankNeeds) {
    this.#needs = needs;
  }

  /** Parameters. */
  params(ctx: Context): Params {
    return params.get(ctx) ?? defaultParams();
  }

  balance(ctx: Context, address: Address, denom: string): bigint {
    return balances.get(ctx, [address, denom]) ?? 0n;
  }

  /** Until vesting accounts exist all of the balance. */
  spendable(ctx: Context, address: Address, denom: string): bigint {
    return this.balance(ctx, address, denom);
  }

  /** Total amount of a denom. */
  supplyOf(ctx: Context, denom: string): bigint {
    return supply.get(ctx, denom) ?? 0n;
  }

  /** Whether direct sends to an address are refused. */
  isBlocked(address: Address): boolean {
    return this.#needs.auth.isBlocked(address);
  }

  /** Throws: bank/5 when sending one of the coins is switched off. */
  checkSendEnabled(ctx: Context, coins: readonly { readonly denom: string }[]): void {
    if (coins.length === 0) return;
    const { defaultSendEnabled } = this.params(ctx);
    for (const { denom } of coins) {
      const named = sendEnabled.has(ctx, denom) ? sendEnabled.get(ctx, denom) : undefined;
      if (named ?? defaultSendEnabled) continue;
      throw bankErrors.sendDisabled.with(`${denom} transfers are currently disabled`);
    }
  }

  send(ctx: Context, from: Address, to: Address, coins: readonly Coin[]): void {
    checkCoins(coins);
    const sender = ctx.addresses.format(from);
    const recipient = ctx.addresses.format(to);
    const amount = formatCoins(coins);
    this.#take(ctx, from, sender, coins, amount);
    this.#give(ctx, to, recipient, coins, amount);
    if (!this.#needs.auth.has(ctx, to)) this.#needs.auth.create(ctx, to);
    emitTransfer(ctx, { recipient, sender, amount });
    emitSender(ctx, sender);
  }

  /** One sender, many receivers; the sums agree (checked by the caller). Throws: sdk/5. */
  multiSend(ctx: Context, from: Address, coins: readonly Coin[], to: readonly Receiver[]): void {
    const sender = ctx.addresses.format(from);
    emitSender(ctx, sender);
    for (const { address } of to)
      if (!this.#needs.auth.has(ctx, address)) this.#needs.auth.create(ctx, address);
    this.#take(ctx, from, sender, coins);
    for (const receiver of to) {
      this.#give(ctx, receiver.address, receiver.text, receiver.coins);
      const amount = formatCoins(receiver.coins);
      emitTransfer(ctx, { recipient: receiver.text, sender, amount });
    }
  }

  sendToModule(ctx: Context, from: Address, module: string, coins: readonly Coin[]): void {
    this.#needs.auth.moduleAccount(ctx, module);
    this.send(ctx, from, this.#needs.auth.moduleAddress(module), coins);
  }

  sendFromModule(ctx: Context, module: string, to: Address, coins: readonly Coin[]): void {
    this.send(ctx, this.#needs.auth.moduleAddress(module), to, coins);
  }

  sendBetweenModules(ctx: Context, from: string, to: string, coins: readonly Coin[]): void {
    this.sendToModule(ctx, this.#needs.auth.moduleAddress(from), to, coins);
  }

  payFee(ctx: Context, payer: Address, coins: readonly Coin[]): void {
    this.sendToModule(ctx, payer, FEE_COLLECTOR, coins);
  }

  isPot(store: string, text: string): boolean {
    if (store !== BANK) return false;
    // A balance of no denom: where the keys of all others begin.
    this.#pot ??= textOfBytes(
      balances.storeKey([this.#needs.auth.moduleAddress(FEE_COLLECTOR), ""]),
    );
    return text.startsWith(this.#pot);
  }

  mint(ctx: Context, module: string, coins: readonly Coin[]): void {
    const { address, text } = this.#module(ctx, module, "minter");
    checkCoins(coins);
    this.#give(ctx, address, text, coins);
    for (const { denom, amount } of coins) this.#setSupply(ctx, denom, amount);
    emitMinted(ctx, text, formatCoins(coins));
  }

  burn(ctx: Context, module: string, coins: readonly Coin[]): void {
    const { address, text } = this.#module(ctx, module, "burner");
    checkCoins(coins);
    this.#take(ctx, address, text, coins);
    for (const { denom, amount } of coins) this.#setSupply(ctx, denom, -amount);
    emitBurned(ctx, text, formatCoins(coins));
  }

  #module(
    ctx: Context,
    name: string,
    permission: "minter" | "burner",
  ): { readonly address: Address; readonly text: string } {
    const { auth } = this.#needs;
    assert(auth.hasPermission(name, permission), `module account ${name} is no ${permission}`);
    return {
      text: auth.moduleAccount(ctx, name).address,
      address: auth.moduleAddress(name),
    };
  }

  #setSupply(ctx: Context, denom: string, change: bigint): void {
    const total = this.supplyOf(ctx, denom) + change;
    assert(total >= 0n && total <= MAX_AMOUNT, `supply of ${denom} would be ${total}`);
    if (total === 0n) supply.delete(ctx, denom);
    else supply.set(ctx, denom, total);
  }

  /** Takes coins out of an account's spendable balance. Throws: sdk/5. */
  #take(
    ctx: Context,
    from: Address,
    text: string,
    coins: readonly Coin[],
    amount: string = formatCoins(coins),
  ): void {
    // The SDK reads the account here, to learn what vesting locks.
    this.#needs.auth.touch(ctx, from);
    for (const coin of coins) {
      const balance = this.balance(ctx, from, coin.denom);
      if (balance < coin.amount) {
        const held = formatCoin({ denom: coin.denom, amount: balance });
        throw sdkErrors.insufficientFunds.with(
          `spendable balance ${held} is smaller than ${formatCoin(coin)}`,
        );
      }
      this.#setBalance(ctx, from, coin.denom, balance - coin.amount);
    }
    emitSpent(ctx, text, amount);
  }

  #give(
    ctx: Context,
    to: Address,
    text: string,
    coins: readonly Coin[],
    amount: string = formatCoins(coins),
  ): void {
    for (const coin of coins)
      this.#setBalance(ctx, to, coin.denom, this.balance(ctx, to, coin.denom) + coin.amount);
    emitReceived(ctx, text, amount);
  }

  #setBalance(ctx: Context, address: Address, denom: string, amount: bigint): void {
    assert(amount <= MAX_AMOUNT, `balance of ${denom} exceeds 256 bits`);
    if (amount === 0n) balances.delete(ctx, [address, denom]);
    else balances.set(ctx, [address, denom], amount);
  }
}

/** Throws: sdk/10 unless coins are sorted, positive and without a duplicate. */
export function checkCoins(coins: readonly Coin[]): void {
  if (!areValidCoins(coins)) throw sdkErrors.invalidCoins.with(formatCoins(coins));
}
