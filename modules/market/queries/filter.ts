// What list queries filter by, and how far a page looks for what fits.

import type { QueryOrdersRequest } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { invalidArgument, paginateIndex, paginateMap } from "../../../chain/runtime/index.ts";
import type { Context, Page, PageRequest } from "../../../chain/runtime/index.ts";
import type { Index, IndexPrefix, KeyPrefix, StoreMap } from "../../../chain/store/index.ts";

/** gRPC path of the query service. */
export const SERVICE = "/leasehold.market.v1.Query";

/**
 * How lists are paged: no total, and a page that has passed over this many entries which its filter does
 * not want ends there and says where to go on.
 */
export const LIST = { total: "never", misses: 1000 } as const;

/** A list as one request wants it: a page of `map` without what `keep` passes over. */
export class FilteredList<K, V> {
  readonly #ctx: Context;
  readonly #map: StoreMap<K, V>;
  readonly #page: PageRequest | undefined;
  readonly #keep: (value: V) => V | undefined;

  constructor(
    ctx: Context,
    map: StoreMap<K, V>,
    page: PageRequest | undefined,
    keep: (value: V) => V | undefined,
  ) {
    this.#ctx = ctx;
    this.#map = map;
    this.#page = page;
    this.#keep = keep;
  }

  /** In order of the keys: all, or those that begin with these parts. */
  all(prefix?: KeyPrefix<K>): Page<V> {
    const range = prefix === undefined ? {} : { prefix };
    return paginateMap(
      this.#ctx,
      this.#map,
      range,
      this.#page,
      (_key, value) => this.#keep(value),
      LIST,
    );
  }

  /** Those that an index has under keys that begin with these parts, in its order. */
  by<I>(index: Index<K, V, I>, prefix: IndexPrefix<I>): Page<V> {
    const read = (_indexKey: I, key: K): V | undefined =>
      this.#keep(this.#map.must(this.#ctx, key));
    return paginateIndex(this.#ctx, index, { prefix }, this.#page, read, LIST);
  }
}

/** A GPU model that is filtered by. Throws: sdk/18 for what no index key can hold. */
export function modelFilter(model: string): string {
  if (model.includes("\0")) throw invalidArgument("a model holds no U+0000");
  return model;
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
