// Amounts of a denom. On the wire an amount is text; here it is a bigint of at most 256 bits.

import { assert } from "./assert.ts";
import type { ErrorKind } from "./errors.ts";
import { sdkErrors } from "./errors.ts";
import { MAX_AMOUNT, parseUint } from "./integers.ts";

/** An amount of one denom, in its base unit; never negative. */
export interface Coin {
  readonly denom: string;
  readonly amount: bigint;
}

/** A coin as messages carry it. */
export interface WireCoin {
  readonly denom: string;
  readonly amount: string;
}

const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

/** Whether `denom` has the SDK's form: a letter, then 2 to 127 of letters, digits, / : . _ -. */
export function isDenom(denom: string): boolean {
  return DENOM.test(denom);
}

/** The coin as messages carry it. */
export function toWireCoin(coin: Coin): WireCoin {
  return { denom: coin.denom, amount: coin.amount.toString() };
}

/** Parses a coin of a message. Throws: `kind` (sdk/10 by default) with the coin as written. */
export function fromWireCoin(coin: WireCoin, kind: ErrorKind = sdkErrors.invalidCoins): Coin {
  if (!isDenom(coin.denom)) throw kind.with(`invalid denom: ${coin.denom.slice(0, 128)}`);
  const amount = parseUint(coin.amount, MAX_AMOUNT);
  if (amount === undefined) {
    throw kind.with(`invalid amount ${JSON.stringify(coin.amount.slice(0, 80))} of ${coin.denom}`);
  }
  return { denom: coin.denom, amount };
}

/** `12ulease`, as the SDK prints a coin. */
export function formatCoin(coin: Coin | WireCoin): string {
  return `${coin.amount}${coin.denom}`;
}

/** `1alpha,2beta`, as the SDK prints coins. */
export function formatCoins(coins: readonly (Coin | WireCoin)[]): string {
  return coins.map(formatCoin).join(",");
}

/** Order of denoms: bytewise, which for this alphabet is string order. */
export function compareDenom(a: { denom: string }, b: { denom: string }): number {
  return a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0;
}

/** Whether coins are as the SDK wants them in a message: sorted, no duplicate, every amount positive. */
export function areValidCoins(coins: readonly Coin[]): boolean {
  for (const [index, coin] of coins.entries()) {
    if (coin.amount <= 0n || !isDenom(coin.denom)) return false;
    const before = coins[index - 1];
    if (before !== undefined && before.denom >= coin.denom) return false;
  }
  return true;
}

/** Sum of both, sorted, zeros left out. */
export function addCoins(a: readonly Coin[], b: readonly Coin[]): Coin[] {
  const sums = new Map<string, bigint>();
  for (const coin of [...a, ...b]) sums.set(coin.denom, (sums.get(coin.denom) ?? 0n) + coin.amount);
  const out: Coin[] = [];
  for (const [denom, amount] of sums) {
    assert(amount <= MAX_AMOUNT, `sum of ${denom} exceeds 256 bits`);
    if (amount !== 0n) out.push({ denom, amount });
  }
  return out.sort(compareDenom);
}

/** a - b, sorted, zeros left out; undefined when b holds more of some denom. */
export function subtractCoins(a: readonly Coin[], b: readonly Coin[]): Coin[] | undefined {
  const rest = new Map(addCoins(a, []).map((coin) => [coin.denom, coin.amount] as const));
  for (const coin of b) {
    const left = (rest.get(coin.denom) ?? 0n) - coin.amount;
    if (left < 0n) return undefined;
    rest.set(coin.denom, left);
  }
  const out: Coin[] = [];
  for (const [denom, amount] of rest) if (amount !== 0n) out.push({ denom, amount });
  return out.sort(compareDenom);
}

const COIN_TEXT = /^([0-9]+)([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/;

/** Parses `12ulease`; undefined when it is not that. */
export function parseCoin(text: string): Coin | undefined {
  const match = COIN_TEXT.exec(text);
  if (match === null) return undefined;
  const amount = parseUint(match[1] as string, MAX_AMOUNT);
  return amount === undefined ? undefined : { denom: match[2] as string, amount };
}
