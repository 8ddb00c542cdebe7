import type { Address } from "../../../chain/base/address.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { parseAddress } from "../../../chain/runtime/index.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { authzErrors } from "../errors.ts";

/** Both sides of a grant. Throws: authz/7 when they are one, sdk/7. */
export function parties(
  ctx: Context,
  msg: { readonly granter: string; readonly grantee: string },
): { readonly granter: Address; readonly grantee: Address } {
  if (msg.grantee.toLowerCase() === msg.granter.toLowerCase())
    throw authzErrors.granteeIsGranter.error();
  const parse = (text: string, role: string): Address =>
    parseAddress(ctx.addresses, text, (reason) =>
      sdkErrors.invalidAddress.with(`invalid ${role} address: ${reason}`),
    );
  const grantee = parse(msg.grantee, "grantee");
  return { grantee, granter: parse(msg.granter, "granter") };
}
