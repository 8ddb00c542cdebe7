// Prices and counts by GPU model, for queries.

import { floorDiv } from "../../../chain/base/integers.ts";
import { compareBig } from "../../../chain/base/integers.ts";
import { LeaseState, OfferState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease, ModelStats } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { compareText } from "../../provider/index.ts";
import * as state from "../state.ts";
import { modelName } from "../types.ts";

/** Most offers and leases that one answer reads. */
const MAX_READS = 5000;

/** States of a lease that lives. */
const LIVE = [
  LeaseState.STARTING,
  LeaseState.ACTIVE,
  LeaseState.SUSPENDED,
  LeaseState.RESUMING,
  LeaseState.RECLAIMING,
] as const;

/** Reference prices of active offers and live leases of each model, by model. */
export function modelStats(ctx: Context, denom: string): readonly ModelStats[] {
  const prices = new Map<string, bigint[]>();
  let reads = 0;
  for (const [, id] of state.offers.side.byState.iterate(ctx, { prefix: OfferState.ACTIVE })) {
    if (reads++ >= MAX_READS) break;
    const offer = state.offers.must(ctx, id);
    if (offer.denom !== denom) continue;
    const name = offer.model === undefined ? "" : modelName(offer.model);
    prices.set(name, [...(prices.get(name) ?? []), offer.referencePrice]);
  }
  const leases = liveByModel(ctx, denom);
  const names = [...new Set([...prices.keys(), ...leases.keys()])].toSorted(compareText);
  return names.map((model) => {
    const sorted = (prices.get(model) ?? []).toSorted(compareBig);
    return {
      model,
      offers: sorted.length,
      liveLeases: leases.get(model) ?? 0,
      priceP10: percentile(sorted, 10n),
      priceP50: percentile(sorted, 50n),
      priceP90: percentile(sorted, 90n),
    };
  });
}

function liveByModel(ctx: Context, denom: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let reads = 0;
  for (const lifeState of LIVE)
    for (const [, key] of state.leases.side.byState.iterate(ctx, { prefix: [lifeState] })) {
      if (reads++ >= MAX_READS) return counts;
      const lease = state.leases.must(ctx, key);
      if (lease.price.denom !== denom) continue;
      const name = modelOfLease(lease);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  return counts;
}

function modelOfLease(lease: Lease): string {
  const gpu = lease.units.find((unit) => unit.gpu !== undefined)?.gpu;
  return gpu === undefined ? "" : modelName(gpu);
}

/** Nearest rank: the smallest value that at least so many percent do not exceed; 0 of nothing. */
function percentile(sorted: readonly bigint[], percent: bigint): bigint {
  if (sorted.length === 0) return 0n;
  const rank = floorDiv(BigInt(sorted.length) * percent + 99n, 100n);
  return sorted[Number(rank > 0n ? rank - 1n : 0n)] ?? 0n;
}
