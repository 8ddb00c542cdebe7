// What list queries filter by, and how far a page looks for what fits.

import type { QueryOrdersRequest } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { invalidArgument, stateFilter } from "../../../chain/runtime/index.ts";

/** gRPC path of the query service. */
export const SERVICE = "/leasehold.market.v1.Query";

/**
 * How lists are paged: no total, and a page that has passed over this many entries which its filter does
 * not want ends there and says where to go on.
 */
export const LIST = { total: "never", misses: 1000 } as const;

/** A GPU model that is filtered by. Throws: sdk/18 for what no index key can hold. */
export function modelFilter(model: string): string {
  if (model.includes("\0")) throw invalidArgument("a model holds no U+0000");
  return model;
}

/** Leading parts of an index that begins with the state; UNSPECIFIED = all of them. */
export function stateParts(state: number): readonly [] | readonly [number] {
  return state === 0 ? [] : [stateFilter(state)];
}

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
