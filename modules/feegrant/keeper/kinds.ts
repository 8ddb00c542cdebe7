// What a kind of allowance is, and the checks that several kinds share.

import type { Coin, WireCoin } from "../../../chain/base/coins.ts";
import { areValidCoins, formatCoins } from "../../../chain/base/coins.ts";
import type { ChainError } from "../../../chain/base/errors.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { parseInteger } from "../../../chain/base/integers.ts";
import type { Timestamp } from "../../../chain/base/time.ts";
import type { Any, MessageType } from "../../../chain/codec/index.ts";
import type { Context } from "../../../chain/runtime/index.ts";

/** A fee, and the types of the messages that it is for. */
export interface AskedFee {
  readonly coins: readonly Coin[];
  readonly typeUrls: readonly string[];
}

/** What becomes of an allowance that was asked to pay. `ended` refuses, and removes what has ended. */
export type Used<A> =
  | { readonly allowance: "left"; readonly rest: A }
  | { readonly allowance: "spent" }
  | { readonly allowance: "ended"; readonly refusal: ChainError };

/** One kind of allowance: which fees it pays. */
export interface AllowanceKind<A> {
  readonly type: MessageType<A>;
  /** Checks without state. Throws: feegrant/4, 5, 6; sdk/10. */
  validate(allowance: A): void;
  /** The last moment at which it pays; undefined = it does not end. */
  endsAt(allowance: A): Timestamp | undefined;
  /** Whether it pays `fee` now, and what is left of it. Throws: feegrant/2, 7. */
  use(ctx: Context, allowance: A, fee: AskedFee): Used<A>;
}

/** An allowance with what its kind does. */
export interface Allowance {
  /** Checks without state. Throws: feegrant/4, 5, 6; sdk/10. */
  validate(): void;
  /** The last moment at which it pays; undefined = it does not end. */
  endsAt(): Timestamp | undefined;
  /** Whether it pays a fee now, and what is left of it. Throws: feegrant/2, 7. */
  use(ctx: Context, fee: AskedFee): Used<Any>;
}

/** Opens an allowance. Throws: feegrant/5 for what is none. */
export type OpenAllowance = (any: Any | undefined) => Allowance;

/** Coins of an allowance; they are checked before they are stored. */
export function coinsOf(wire: readonly WireCoin[]): Coin[] {
  return wire.map(({ denom, amount }) => ({ denom, amount: parseInteger(amount) ?? 0n }));
}

/** Throws: sdk/10 unless sorted, each denom once, every amount positive. No coins at all pass. */
export function checkLimit(wire: readonly WireCoin[], what: string): void {
  const coins = coinsOf(wire);
  const positive = coins.every((coin) => coin.amount > 0n);
  if (areValidCoins(coins)) return;
  if (positive || !areValidCoins(coins.filter((coin) => coin.amount > 0n)))
    throw sdkErrors.invalidCoins.with(`${what} is invalid: ${formatCoins(wire)}`);
  throw sdkErrors.invalidCoins.with("spend limit must be positive");
}
