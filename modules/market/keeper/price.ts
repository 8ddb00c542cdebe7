// Prices: what an offer asks for a group, the place of an offer in the index, the effective price of
// a bid, and the basis of penalties. Whole numbers only; each formula is one sum and one division
// (3a-3, 3a-6).

import { ceilDiv, maxBig, minBig } from "../../../chain/base/integers.ts";
import type {
  Endpoint,
  GroupSpec,
  ResourceUnit,
  Storage,
  UnitPrices,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { EndpointKind } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { MAX_PRICE } from "../types.ts";

/** Bytes of one GiB. */
export const GIB = 1n << 30n;
/** Thousandths of a virtual CPU in one. */
export const MILLI = 1000n;
/** Millionths in one. */
export const PPM = 1_000_000n;

/** Attribute that names the class of a volume. */
const CLASS_KEY = "class";

/** Class of a volume by its attributes; empty = ephemeral. */
export function storageClass(volume: Storage): string {
  return volume.attributes.find((attribute) => attribute.key === CLASS_KEY)?.value ?? "";
}

/** 10^-6 base units per GiB and hour of a storage class; undefined when the offer does not serve it. */
export function storagePrice(prices: UnitPrices, name: string): bigint | undefined {
  return prices.storage.find((row) => row.class === name)?.perGibHour;
}

/** Endpoints that need an address of their own (one per sequence number), and all others. */
export function countEndpoints(endpoints: readonly Endpoint[]): { shared: bigint; ips: bigint } {
  const addresses = new Set<number>();
  let shared = 0n;
  for (const endpoint of endpoints) {
    if (endpoint.kind === EndpointKind.LEASED_IP) addresses.add(endpoint.sequenceNumber);
    else shared += 1n;
  }
  return { shared, ips: BigInt(addresses.size) };
}

/**
 * What an offer asks for a group, base units per hour: one ceil over the whole sum of units.
 * Undefined when the group has a volume of a class that the offer does not serve.
 */
export function offerPrice(spec: GroupSpec, prices: UnitPrices): bigint | undefined {
  let sum = 0n;
  for (const unit of spec.units) {
    const storage = storageSum(unit, prices);
    if (storage === undefined) return undefined;
    const { shared, ips } = countEndpoints(unit.endpoints);
    const perReplica =
      prices.cpuHour * unit.cpu.milli * GIB +
      prices.memoryGibHour * unit.memory.bytes * MILLI +
      storage * MILLI +
      (prices.gpuHour * unit.gpu.units + prices.endpointHour * shared + prices.ipHour * ips) *
        MILLI *
        GIB;
    sum += BigInt(unit.count) * perReplica;
  }
  return ceilDiv(sum, MILLI * GIB * PPM);
}

function storageSum(unit: ResourceUnit, prices: UnitPrices): bigint | undefined {
  let sum = 0n;
  for (const volume of unit.storage) {
    const price = storagePrice(prices, storageClass(volume));
    if (price === undefined) return undefined;
    sum += price * volume.bytes;
  }
  return sum;
}

/** Bundle of resources that goes with one device of a class, as the class table has it. */
export interface Bundle {
  readonly cpuMilli: bigint;
  readonly memoryBytes: bigint;
  readonly storageBytes: bigint;
  readonly gpus: bigint;
}

/**
 * Price of one bundle at an offer's unit prices, base units per hour: its place in the index. What
 * is dearer than any order may pay stands at the end.
 */
export function bundlePrice(bundle: Bundle, prices: UnitPrices): bigint {
  const storage = storagePrice(prices, "") ?? 0n;
  const sum =
    prices.cpuHour * bundle.cpuMilli * GIB +
    prices.memoryGibHour * bundle.memoryBytes * MILLI +
    storage * bundle.storageBytes * MILLI +
    prices.gpuHour * bundle.gpus * MILLI * GIB;
  return minBig(ceilDiv(sum, MILLI * GIB * PPM), MAX_PRICE);
}

/** What raises a bid's price before bids are compared; all in ppm, 0 to 10^6. */
export interface Score {
  readonly reputation: bigint;
  readonly fit: bigint;
  readonly weightReputation: bigint;
  readonly weightFit: bigint;
}

/** Effective price: price raised by lack of reputation and of fit, base units per hour, rounded up. */
export function effectivePrice(price: bigint, score: Score): bigint {
  const lack =
    score.weightReputation * (PPM - score.reputation) + score.weightFit * (PPM - score.fit);
  return ceilDiv(price * (PPM * PPM + lack), PPM * PPM);
}

/**
 * Basis of penalties in units of the base denom per hour: the larger of the price and the sum of
 * class reference prices of the group. `rate_ppm` is the value of 10^6 units of the order's denom.
 */
export function leaseBasis(price: bigint, ratePpm: bigint, reference: bigint): bigint {
  return maxBig(ceilDiv(price * ratePpm, PPM), reference);
}
