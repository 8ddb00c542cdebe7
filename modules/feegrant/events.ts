// The SDK's events of allowances.

import { attribute } from "../../chain/runtime/index.ts";
import type { Context } from "../../chain/runtime/index.ts";

/** What happened to an allowance. */
export type AllowanceEvent =
  | "set_feegrant"
  | "use_feegrant"
  | "update_feegrant"
  | "revoke_feegrant";

/** Something happened to the allowance of a pair, named by their addresses as text. */
export function emitAllowance(
  ctx: Context,
  type: AllowanceEvent,
  granter: string,
  grantee: string,
): void {
  ctx.emit({
    type,
    attributes: [attribute("granter", granter), attribute("grantee", grantee)],
  });
}

/** Somebody had ended allowances removed. */
export function emitPruned(ctx: Context, pruner: string): void {
  ctx.emit({ type: "prune_feegrant", attributes: [attribute("pruner", pruner)] });
}
