// What list queries filter by.

import type { QueryOrdersRequest } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { invalidArgument } from "../../../chain/runtime/index.ts";

/** gRPC path of the query service. */
export const SERVICE = "/leasehold.market.v1.Query";

type Filter = Pick<QueryOrdersRequest, "owner" | "dseq" | "gseq">;

type OwnerPrefix = readonly [ReturnType<Context["addresses"]["parse"]>];

/** Leading key parts that a filter by owner, deployment and group fixes; undefined = all owners. */
export function prefixOf(
  ctx: Context,
  { owner, dseq, gseq }: Filter,
):
  | OwnerPrefix
  | readonly [...OwnerPrefix, bigint]
  | readonly [...OwnerPrefix, bigint, number]
  | undefined {
  if (owner === "") {
    if (dseq !== 0n || gseq !== 0) throw invalidArgument("dseq and gseq need an owner");
    return undefined;
  }
  const address = ctx.addresses.parse(owner);
  if (dseq === 0n) {
    if (gseq !== 0) throw invalidArgument("gseq needs a dseq");
    return [address];
  }
  return gseq === 0 ? [address, dseq] : [address, dseq, gseq];
}
