// Parameters: defaults with their reasons, bounds, and the table of denoms the market accepts.

import { isDenom } from "../../chain/base/coins.ts";
import type { ChainError } from "../../chain/base/errors.ts";
import { MAX_AMOUNT } from "../../chain/base/integers.ts";
import type { DenomParams, Params } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { escrowErrors } from "./errors.ts";

/** Most denoms in the table: it is read with every deposit of a new account. */
const MAX_DENOMS = 32;
/** Largest rate of a denom to the staking denom, 10^6 for one. */
const MAX_RATE_PPM = 10n ** 15n;

/** Defaults of a denom worth `ratePpm` millionths of the staking denom (10^6 = the same). */
export function defaultDenom(denom: string, ratePpm: bigint): DenomParams {
  return { denom, ratePpm, minDeposit: 500_000n, bidDeposit: 500_000n, orderFee: 1_000n };
}

/** Defaults; the denoms come from genesis. */
export function defaultParams(denoms: readonly DenomParams[]): Params {
  return {
    maxPayments: 16,
    maxDepositEntries: 16,
    // Four entries stay for the owner, whom nobody can lock out of his own account.
    maxForeignEntries: 12,
    minFundedSeconds: 3_600n,
    resumeMinSeconds: 3_600n,
    suspendGrace: 86_400n,
    // Ten funded seconds give one second of grace back: grace cannot be lived on.
    graceRefill: 10n,
    payoutPeriod: 86_400n,
    payoutMin: 100_000n,
    exhaustionsPerBlock: 200,
    payoutsPerBlock: 100,
    drainsPerBlock: 500,
    warningsPerBlock: 200,
    feePpm: 10_000,
    burnPpm: 400_000,
    communityOfRestPpm: 500_000,
    lowFundsNotices: [86_400n, 3_600n],
    retention: 2_592_000n,
    denoms,
  };
}

type Bound = readonly [name: keyof Params, least: bigint, most: bigint];

const BOUNDS: readonly Bound[] = [
  ["maxPayments", 4n, 64n],
  ["maxDepositEntries", 1n, 64n],
  ["maxForeignEntries", 0n, 64n],
  ["minFundedSeconds", 600n, 86_400n],
  ["resumeMinSeconds", 600n, 86_400n],
  ["suspendGrace", 3_600n, 604_800n],
  ["graceRefill", 1n, 1_000n],
  ["payoutPeriod", 3_600n, 2_592_000n],
  ["payoutMin", 0n, MAX_AMOUNT],
  ["exhaustionsPerBlock", 1n, 10_000n],
  ["payoutsPerBlock", 1n, 10_000n],
  ["drainsPerBlock", 1n, 10_000n],
  ["warningsPerBlock", 1n, 10_000n],
  ["feePpm", 0n, 50_000n],
  ["burnPpm", 0n, 1_000_000n],
  ["communityOfRestPpm", 0n, 1_000_000n],
  ["retention", 86_400n, 31_536_000n],
];

/** Bounds of a payee's own payout period, seconds. */
export const PAYOUT_PERIOD_BOUNDS = { least: 3_600n, most: 2_592_000n } as const;

/** What is wrong with parameters; undefined when nothing is. */
export function paramsFault(params: Params): ChainError | undefined {
  for (const [name, least, most] of BOUNDS) {
    const value = BigInt(params[name] as number | bigint);
    if (value < least || value > most)
      return escrowErrors.invalidParams.with(`${name} ${value} is not in ${least}..${most}`);
  }
  if (params.maxForeignEntries > params.maxDepositEntries)
    return escrowErrors.invalidParams.with("maxForeignEntries exceeds maxDepositEntries");
  return noticesFault(params.lowFundsNotices) ?? denomsFault(params.denoms);
}

/** What is wrong with a list of warning times (seconds left, descending, at most 4). */
export function noticesFault(notices: readonly bigint[]): ChainError | undefined {
  if (notices.length > 4)
    return escrowErrors.invalidParams.with(`${notices.length} notices, at most 4`);
  for (const [index, notice] of notices.entries()) {
    const before = notices[index - 1];
    if (notice < 60n || notice > 2_592_000n || (before !== undefined && before <= notice))
      return escrowErrors.invalidParams.with(`notices must descend within 2592000..60 seconds`);
  }
  return undefined;
}

function denomsFault(denoms: readonly DenomParams[]): ChainError | undefined {
  if (denoms.length > MAX_DENOMS)
    return escrowErrors.invalidParams.with(`${denoms.length} denoms, at most ${MAX_DENOMS}`);
  for (const [index, row] of denoms.entries()) {
    const before = denoms[index - 1];
    if (!isDenom(row.denom) || (before !== undefined && before.denom >= row.denom))
      return escrowErrors.invalidParams.with(`denoms[${index}] is malformed or out of order`);
    if (row.ratePpm < 1n || row.ratePpm > MAX_RATE_PPM)
      return escrowErrors.invalidParams.with(`denoms[${index}].ratePpm ${row.ratePpm}`);
    const amounts = [row.minDeposit, row.bidDeposit, row.orderFee];
    if (amounts.some((amount) => amount < 0n || amount > MAX_AMOUNT))
      return escrowErrors.invalidParams.with(`denoms[${index}] has an amount out of range`);
  }
  return undefined;
}
