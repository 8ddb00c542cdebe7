// The kinds of allowance that this chain knows, and how one is opened.

import type { Any, MessageType } from "../../../chain/codec/index.ts";
import { feegrantErrors } from "../errors.ts";
import { allowed } from "./allowed.ts";
import { basic } from "./basic.ts";
import type { Allowance, AllowanceKind } from "./kinds.ts";
import { periodic } from "./periodic.ts";

const KINDS = new Map(
  [basic, periodic, allowed(openAllowance)].map((kind) => [
    kind.type.typeUrl,
    kind as AllowanceKind<unknown>,
  ]),
);

/** Types that may stand in an allowance's Any. */
export const allowanceTypes: readonly MessageType<unknown>[] = [...KINDS.values()].map(
  (kind) => kind.type,
);

/** Opens an allowance. Throws: feegrant/5 for what is none. */
export function openAllowance(any: Any | undefined): Allowance {
  const kind = KINDS.get(any?.typeUrl ?? "");
  if (any === undefined || kind === undefined)
    throw feegrantErrors.noAllowance.with("failed to get allowance");
  const { type } = kind;
  const value = type.decode(any.value);
  return {
    validate: () => kind.validate(value),
    endsAt: () => kind.endsAt(value),
    use(ctx, fee) {
      const used = kind.use(ctx, value, fee);
      if (used.allowance !== "left") return used;
      return { allowance: "left", rest: { typeUrl: any.typeUrl, value: type.encode(used.rest) } };
    },
  };
}
