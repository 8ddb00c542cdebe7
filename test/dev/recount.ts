// Recounts the money of a lease second by second, from what a tenant can see from outside: block
// times, the price, the deposits. Shares no code with the chain.

/** When a lease accrued: from the second `from` (not counted) to the second `to` (counted). */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** What the chain does with a payout. */
export interface FeeRule {
  /** Fee in millionths of what is paid. */
  readonly feePpm: bigint;
}

/** Units owed after the runs at `pricePerHour`: one 3600th of the price is added each second. */
export function accruedUnits(pricePerHour: bigint, runs: readonly Run[]): bigint {
  let parts = 0n;
  let units = 0n;
  for (const run of runs) {
    for (let second = run.from; second < run.to; second++) {
      parts += pricePerHour;
      while (parts >= 3600n) {
        parts -= 3600n;
        units += 1n;
      }
    }
  }
  return units;
}

/** The last second of a run from `from` that `funds` cover, counted one second at a time. */
export function lastFundedSecond(
  pricePerHour: bigint,
  runs: readonly Run[],
  from: number,
  funds: bigint,
): number {
  let units = accruedUnits(pricePerHour, runs);
  let parts = partsLeft(pricePerHour, runs);
  for (let second = from; ; second++) {
    parts += pricePerHour;
    while (parts >= 3600n) {
      parts -= 3600n;
      units += 1n;
    }
    if (units > funds) return second;
  }
}

/** 3600ths of a unit that the runs leave over. */
function partsLeft(pricePerHour: bigint, runs: readonly Run[]): bigint {
  let parts = 0n;
  for (const run of runs)
    for (let second = run.from; second < run.to; second++) parts = (parts + pricePerHour) % 3600n;
  return parts;
}

/** What the payee gets of `gross` when a fee of so many millionths is taken, rounded down for the chain. */
export function afterFee(gross: bigint, rule: FeeRule): bigint {
  let fee = 0n;
  let rest = gross * rule.feePpm;
  while (rest >= 1_000_000n * 1_000_000_000n) {
    rest -= 1_000_000n * 1_000_000_000n;
    fee += 1_000_000_000n;
  }
  while (rest >= 1_000_000n) {
    rest -= 1_000_000n;
    fee += 1n;
  }
  return gross - fee;
}
