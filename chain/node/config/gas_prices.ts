// Least gas prices of a node: `0.0025ulease,0.01uusd` as app.toml has them.

import type { GasPrice } from "../../runtime/index.ts";

/** Decimals that a price may have: amounts are kept in 10^-18. */
const DECIMALS = 18;

/** Parses a list of prices; empty text gives none. Throws: Error with the part that is wrong. */
export function parseGasPrices(text: string): readonly GasPrice[] {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => {
    const match = /^(\d{1,20})(?:\.(\d{1,18}))?([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/.exec(
      part.trim(),
    );
    if (match === null)
      throw new Error(
        `minimum-gas-prices: ${JSON.stringify(part.slice(0, 100))} is not a price like 0.0025ulease`,
      );
    const [, whole = "0", fraction = "", denom = ""] = match;
    return { denom, amount: BigInt(whole + fraction.padEnd(DECIMALS, "0")) };
  });
}
