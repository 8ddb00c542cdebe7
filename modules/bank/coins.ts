import { areValidCoins } from "../../chain/base/coins.ts";
import type { Coin, WireCoin } from "../../chain/base/coins.ts";
import { sdkErrors } from "../../chain/base/errors.ts";
import { parseInteger } from "../../chain/base/integers.ts";
import { formatCoins } from "../../chain/base/coins.ts";

/** Coins of a message. Throws: sdk/10 unless sorted, positive, without a duplicate and not empty. */
export function messageCoins(wire: readonly WireCoin[]): readonly Coin[] {
  const coins = wire.map(({ denom, amount }) => ({ denom, amount: parseInteger(amount) ?? 0n }));
  if (coins.length === 0 || !areValidCoins(coins))
    throw sdkErrors.invalidCoins.with(formatCoins(wire));
  return coins;
}
