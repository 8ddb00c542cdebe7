// Allowances by the period: what a period is, and what each leaves for the next.

import { subtractCoins, toWireCoin } from "../../../chain/base/coins.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { compareTime, fromNanos, toNanos } from "../../../chain/base/time.ts";
import type { Timestamp } from "../../../chain/base/time.ts";
import { PeriodicAllowance } from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { BasicAllowance } from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import { feegrantErrors } from "../errors.ts";
import { basic } from "./basic.ts";
import { checkLimit, coinsOf } from "./kinds.ts";
import type { AllowanceKind } from "./kinds.ts";

/** The end of the period after one that ended at `reset`: after a longer pause it counts from now. */
function nextReset(now: Timestamp, { periodReset, period }: PeriodicAllowance): Timestamp {
  const next = fromNanos(toNanos(periodReset) + toNanos(period));
  return compareTime(now, next) > 0 ? fromNanos(toNanos(now) + toNanos(period)) : next;
}

/** The allowance as it is now: with a period's money and the end of that period, when one is due. */
function inPeriod(now: Timestamp, allowance: PeriodicAllowance): PeriodicAllowance {
  if (compareTime(now, allowance.periodReset) < 0) return allowance;
  const { spendLimit } = allowance.basic;
  const whole = subtractCoins(coinsOf(spendLimit), coinsOf(allowance.periodSpendLimit));
  const enough = whole !== undefined || spendLimit.length === 0;
  return {
    ...allowance,
    periodCanSpend: enough ? allowance.periodSpendLimit : spendLimit,
    periodReset: nextReset(now, allowance),
  };
}

/** Pays fees up to a limit in each period, up to a limit in all or without one, until it ends. */
export const periodic: AllowanceKind<PeriodicAllowance> = {
  type: PeriodicAllowance,
  validate({ basic: whole, period, periodSpendLimit, periodCanSpend }) {
    basic.validate(whole);
    if (periodSpendLimit.length === 0)
      throw sdkErrors.invalidCoins.with("spend limit must be positive");
    checkLimit(periodSpendLimit, "spend amount");
    checkLimit(periodCanSpend, "can spend amount");
    const denoms = new Set(whole.spendLimit.map((coin) => coin.denom));
    if (denoms.size > 0 && periodSpendLimit.some((coin) => !denoms.has(coin.denom)))
      throw sdkErrors.invalidCoins.with(
        "period spend limit has different currency than basic spend limit",
      );
    if (toNanos(period) < 0n) throw feegrantErrors.invalidDuration.with("negative clock step");
  },
  endsAt: (allowance) => basic.endsAt(allowance.basic),
  use(ctx, stored, { coins }) {
    const { expiration } = stored.basic;
    if (expiration !== undefined && compareTime(ctx.time, expiration) > 0)
      return { allowance: "ended", refusal: feegrantErrors.expired.with("absolute limit") };
    const allowance = inPeriod(ctx.time, stored);
    const period = subtractCoins(coinsOf(allowance.periodCanSpend), coins);
    if (period === undefined) throw feegrantErrors.limitExceeded.with("period limit");
    const rest = { ...allowance, periodCanSpend: period.map(toWireCoin) };
    if (allowance.basic.spendLimit.length === 0) return { allowance: "left", rest };
    const whole = subtractCoins(coinsOf(allowance.basic.spendLimit), coins);
    if (whole === undefined) throw feegrantErrors.limitExceeded.with("absolute limit");
    if (whole.length === 0) return { allowance: "spent" };
    const left: BasicAllowance = { ...allowance.basic, spendLimit: whole.map(toWireCoin) };
    return { allowance: "left", rest: { ...rest, basic: left } };
  },
};
