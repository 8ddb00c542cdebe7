import type { Address } from "../../../chain/base/address.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { parseAddress } from "../../../chain/runtime/index.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import type { Pair } from "../keeper.ts";

/** Both sides of an allowance. Throws: sdk/7. */
export function pairOf(
  ctx: Context,
  msg: { readonly granter: string; readonly grantee: string },
): Pair {
  const parse = (text: string, role: string): Address =>
    parseAddress(ctx.addresses, text, (reason) =>
      sdkErrors.invalidAddress.with(`invalid ${role} address: ${reason}`),
    );
  const grantee = parse(msg.grantee, "grantee");
  return { grantee, granter: parse(msg.granter, "granter") };
}
