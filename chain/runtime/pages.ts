// Pagination as the SDK does it (types/query): by opaque key or by offset, default page 100.

import { EMPTY_BYTES } from "../base/bytes.ts";
import { minBig } from "../base/integers.ts";
import type { Index, IndexPrefix, KeyPrefix, StoreMap, StoreSource } from "../store/index.ts";
import { invalidArgument } from "./status.ts";

/** Page length where a request names none. */
const DEFAULT_LIMIT = 100;

/** Offsets and limits beyond this are treated as this. */
const MAX_STEP = 1n << 50n;

/** Form of cosmos.base.query.v1beta1.PageRequest. */
export interface PageRequest {
  readonly key: Uint8Array;
  readonly offset: bigint;
  readonly limit: bigint;
  readonly countTotal: boolean;
  readonly reverse: boolean;
}

/** Form of cosmos.base.query.v1beta1.PageResponse. */
export interface PageResponse {
  /** Where the next page begins; empty at the end. */
  readonly nextKey: Uint8Array;
  /** Number of entries where the request wanted it and it is known, else 0. */
  readonly total: bigint;
}

/** One page of results. */
export interface Page<T> {
  readonly items: T[];
  readonly pagination: PageResponse;
}

/** A page request as numbers; `count` says whether the whole range is walked for its total. */
interface Window {
  readonly key: Uint8Array;
  readonly offset: number;
  readonly limit: number;
  readonly count: boolean;
  readonly reverse: boolean;
  /** Entries that may be passed over before the page ends short. */
  readonly misses: number;
}

/** How much of the range a page may count to fill in `total`. */
export interface PageOptions {
  /** `never`: total stays 0 (a filter without a counter); `asked` (default): as the SDK does. */
  readonly total?: "asked" | "never";
  /**
   * After this many entries that the filter passes over, the page ends short and its `nextKey` says
   * where to go on. Without it, and where entries are counted (an offset, a total), only the gas of
   * the query ends a page.
   */
  readonly misses?: number;
}

/**
 * One page over a map collection; `range.prefix` narrows it. What `read` gives back as undefined does not
 * count (a filter). Throws: sdk/18 when key and offset are both given.
 */
export function paginateMap<K, V, T>(
  ctx: StoreSource,
  map: StoreMap<K, V>,
  range: { readonly prefix?: KeyPrefix<K> },
  page: PageRequest | undefined,
  read: (key: K, value: V) => T | undefined,
  options: PageOptions = {},
): Page<T> {
  const window = windowOf(page, options);
  const entries = map.iterate(ctx, { ...range, ...bounds(window) });
  return takePage(entries, window, {
    keyOf: ([key]) => map.keyBytes(key),
    read: ([key, value]) => read(key, value),
  });
}

/** A state that is filtered by: one byte of an index key. Throws: sdk/18 for what is no state at all. */
export function stateFilter(state: number): number {
  if (state < 0 || state > 255) throw invalidArgument(`there is no state ${state}`);
  return state;
}

/** Leading parts of an index that has the state there; 0 (unspecified) = all of them. Throws: sdk/18. */
export function stateParts(state: number): readonly [] | readonly [number] {
  return state === 0 ? [] : [stateFilter(state)];
}

/** One page over an index (hashed or side) of a map. `read` gets index key and primary key. */
export function paginateIndex<K, V, I, T>(
  ctx: StoreSource,
  index: Index<K, V, I>,
  range: { readonly prefix?: IndexPrefix<I> },
  page: PageRequest | undefined,
  read: (indexKey: I, primary: K) => T | undefined,
  options: PageOptions = {},
): Page<T> {
  const window = windowOf(page, options);
  const entries = index.iterate(ctx, { ...range, ...bounds(window) });
  return takePage(entries, window, {
    keyOf: ([indexKey, primary]) => index.keyBytes(indexKey, primary),
    read: ([indexKey, primary]) => read(indexKey, primary),
  });
}

function bounds(window: Window): { readonly reverse: boolean; readonly from?: Uint8Array } {
  const { reverse, key } = window;
  return key.length === 0 ? { reverse } : { reverse, from: key };
}

function takePage<E, T>(
  entries: Iterable<E>,
  window: Window,
  of: { readonly keyOf: (entry: E) => Uint8Array; readonly read: (entry: E) => T | undefined },
): Page<T> {
  const items: T[] = [];
  const end = window.offset + window.limit;
  let hits = 0;
  let misses = 0;
  let nextKey: Uint8Array = EMPTY_BYTES;
  for (const entry of entries) {
    const full = hits >= end || misses >= window.misses;
    if (full && nextKey.length === 0) nextKey = of.keyOf(entry);
    if (nextKey.length > 0 && !window.count) break;
    const item = of.read(entry);
    if (item === undefined) {
      misses++;
      continue;
    }
    if (hits >= window.offset && hits < end) items.push(item);
    hits++;
  }
  return { items, pagination: { nextKey, total: window.count ? BigInt(hits) : 0n } };
}

function windowOf(page: PageRequest | undefined, options: PageOptions): Window {
  const key = page?.key ?? EMPTY_BYTES;
  const offset = page?.offset ?? 0n;
  const limit = page?.limit ?? 0n;
  if (offset > 0n && key.length > 0)
    throw invalidArgument("invalid request, either offset or key is expected, got both");
  const counts = options.total !== "never" && key.length === 0;
  const count = counts && (limit === 0n || page?.countTotal === true);
  const bounded = offset === 0n && !count;
  return {
    key,
    offset: Number(minBig(offset, MAX_STEP)),
    limit: limit === 0n ? DEFAULT_LIMIT : Number(minBig(limit, MAX_STEP)),
    count,
    reverse: page?.reverse === true,
    misses: (bounded ? options.misses : undefined) ?? Number.MAX_SAFE_INTEGER,
  };
}
