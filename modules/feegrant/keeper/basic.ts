import { subtractCoins, toWireCoin } from "../../../chain/base/coins.ts";
import { compareTime } from "../../../chain/base/time.ts";
import { BasicAllowance } from "../../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import { feegrantErrors } from "../errors.ts";
import { checkLimit, coinsOf } from "./kinds.ts";
import type { AllowanceKind } from "./kinds.ts";

/** Pays any fee, up to a limit or without one, until it ends. */
export const basic: AllowanceKind<BasicAllowance> = {
  type: BasicAllowance,
  validate({ spendLimit, expiration }) {
    checkLimit(spendLimit, "send amount");
    if (expiration !== undefined && expiration.seconds < 0n)
      throw feegrantErrors.invalidDuration.with("expiration time cannot be negative");
  },
  endsAt: ({ expiration }) => expiration,
  use(ctx, { spendLimit, expiration }, { coins }) {
    if (expiration !== undefined && compareTime(expiration, ctx.time) < 0)
      return { allowance: "ended", refusal: feegrantErrors.expired.with("basic allowance") };
    if (spendLimit.length === 0) return { allowance: "left", rest: { spendLimit, expiration } };
    const left = subtractCoins(coinsOf(spendLimit), coins);
    if (left === undefined) throw feegrantErrors.limitExceeded.with("basic allowance");
    if (left.length === 0) return { allowance: "spent" };
    return { allowance: "left", rest: { spendLimit: left.map(toWireCoin), expiration } };
  },
};
