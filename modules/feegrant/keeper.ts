// Allowances: given, used by the ante chain, revoked, ended. Reads, writes and gas happen in the
// SDK's order and as often as there: gas and roots depend on both.

import type { Address } from "../../chain/base/address.ts";
import { sdkErrors } from "../../chain/base/errors.ts";
import { compareTime } from "../../chain/base/time.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import type { Grant } from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { EMPTY_BYTES } from "../../chain/base/bytes.ts";
import type { AnteAllowances, Context, GrantedFee } from "../../chain/runtime/index.ts";
import { openAllowance } from "./keeper/allowances.ts";
import { emitAllowance } from "./events.ts";
import type { FeegrantNeeds } from "./needs.ts";
import { allowances, ending } from "./state.ts";
import type { AllowanceKey } from "./state.ts";

/** Who pays, and whose fees. */
export interface Pair {
  readonly granter: Address;
  readonly grantee: Address;
}

/** The end of a range of queue keys: before all entries of a time. */
const NOBODY = EMPTY_BYTES as Address;

/** Keeper of module feegrant. */
export class FeegrantKeeper implements AnteAllowances {
  readonly #needs: FeegrantNeeds;

  constructor(needs: FeegrantNeeds) {
    this.#needs = needs;
  }

  /** The allowance of a pair. */
  allowance(ctx: Context, { granter, grantee }: Pair): Grant | undefined {
    return allowances.get(ctx, [grantee, granter]);
  }

  /**
   * Gives an allowance to a pair that has none. State: allowances, allowance_queue, and an account
   * for a new grantee. Events: set_feegrant. Throws: sdk/4, 18.
   */
  grant(ctx: Context, pair: Pair, allowance: Any): void {
    const { granter, grantee } = pair;
    const { auth } = this.#needs;
    if (this.allowance(ctx, pair) !== undefined)
      throw sdkErrors.invalidRequest.with("fee allowance already exists");
    if (auth.account(ctx, grantee) === undefined) {
      if (auth.isBlocked(grantee))
        throw sdkErrors.unauthorized.with(
          `${ctx.addresses.format(grantee)} is not allowed to receive funds`,
        );
      auth.create(ctx, grantee);
    }
    const end = openAllowance(allowance).endsAt();
    if (end !== undefined && hasEnded(ctx, end))
      throw sdkErrors.invalidRequest.with("expiration is before current block time");
    if (end !== undefined) ending.add(ctx, [end, grantee, granter]);
    this.#store(ctx, pair, allowance, "set_feegrant");
  }

  /**
   * Takes an allowance back. State: allowances. The queue keeps its entry: the SDK removes one with
   * the addresses exchanged, which is not there. Events: revoke_feegrant. Throws: sdk/38.
   */
  revoke(ctx: Context, { granter, grantee }: Pair): void {
    const { allowance } = this.#must(ctx, [grantee, granter]);
    allowances.delete(ctx, [grantee, granter]);
    const end = openAllowance(allowance).endsAt();
    if (end !== undefined) ending.delete(ctx, [end, granter, grantee]);
    const { addresses } = ctx;
    emitAllowance(ctx, "revoke_feegrant", addresses.format(granter), addresses.format(grantee));
  }

  /** Events: use_feegrant; update_feegrant, or revoke_feegrant before it. Throws: sdk/38; feegrant/2, 3, 7. */
  useAllowance(ctx: Context, fee: GrantedFee): void {
    const key: AllowanceKey = [fee.grantee, fee.granter];
    const { allowance } = this.#must(ctx, key);
    const used = openAllowance(allowance).use(ctx, fee);
    if (used.allowance !== "left") this.revoke(ctx, fee);
    if (used.allowance === "ended") throw used.refusal;
    const { addresses } = ctx;
    const texts = [addresses.format(fee.granter), addresses.format(fee.grantee)] as const;
    emitAllowance(ctx, "use_feegrant", ...texts);
    if (used.allowance === "spent") return;
    // The SDK reads the allowance again before it writes what is left.
    this.#must(ctx, key);
    this.#store(ctx, fee, used.rest, "update_feegrant");
  }

  /** Removes allowances that ended before now, at most `limit`. State: allowances, allowance_queue. */
  prune(ctx: Context, limit: number): void {
    let count = 0;
    for (const key of ending.iterate(ctx, { end: [ctx.time, NOBODY, NOBODY] })) {
      const [, grantee, granter] = key;
      ending.delete(ctx, key);
      allowances.delete(ctx, [grantee, granter]);
      count += 1;
      if (count === limit) break;
    }
  }

  #must(ctx: Context, key: AllowanceKey): Grant {
    const grant = allowances.get(ctx, key);
    if (grant === undefined) throw sdkErrors.notFound.with("fee-grant not found");
    return grant;
  }

  #store(
    ctx: Context,
    { granter, grantee }: Pair,
    allowance: Any,
    event: "set_feegrant" | "update_feegrant",
  ): void {
    const texts = [ctx.addresses.format(granter), ctx.addresses.format(grantee)] as const;
    const grant: Grant = { granter: texts[0], grantee: texts[1], allowance };
    allowances.set(ctx, [grantee, granter], grant);
    emitAllowance(ctx, event, ...texts);
  }
}

/** Whether `end` lies before the time of the block. */
export function hasEnded(ctx: Context, end: Timestamp): boolean {
  return compareTime(end, ctx.time) < 0;
}
