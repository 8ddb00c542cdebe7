// Names of orders, bids and leases, and pure rules on what is asked. No state; safe for client and
// browser.

import type { Address, AddressCodec } from "../../chain/base/address.ts";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import type { WireCoin } from "../../chain/base/coins.ts";
import type {
  BidId,
  GpuModel,
  GroupSpec,
  LeaseId,
  OrderId,
} from "../../chain/codec/gen/leasehold/market/v1.ts";

/** Names a group: the unit that is placed with one provider. */
export interface GroupKey {
  readonly owner: Address;
  readonly dseq: bigint;
  readonly gseq: number;
}

/** Names an order of a group. */
export interface OrderKey extends GroupKey {
  readonly oseq: number;
}

/** Names a lease: an order and the provider's owner address. */
export interface LeaseKey extends OrderKey {
  readonly provider: Address;
}

/** Names a bid: like a lease. */
export type BidKey = LeaseKey;

/** Highest price of a group, base units per hour. */
export const MAX_PRICE = 10n ** 15n;
/** Highest unit price of an offer, 10^-6 base units per unit and hour. */
export const MAX_UNIT_PRICE = 10n ** 21n;
/** Most hosts of one offer. */
export const MAX_HOSTS = 64;
/** Most resource units of a group: what the packing loops over. */
export const MAX_UNITS = 64;
/** Most replicas of a group. */
export const MAX_REPLICAS = 256;
/** Longest life of an offer, seconds of T: 365 days. */
export const MAX_OFFER_LIFE_S = 31_536_000n;
/** Most groups that are awarded all or none. */
export const MAX_JOINT = 16;
/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;
/** Longest text that a provider gives as a reason, bytes. */
export const MAX_REASON_BYTES = 256;

/** Reads the name of an order in a message. Throws: sdk/7 on a bad address. */
export function orderKey(id: OrderId, addresses: AddressCodec): OrderKey {
  return { owner: addresses.parse(id.owner), dseq: id.dseq, gseq: id.gseq, oseq: id.oseq };
}

/** Reads the name of a lease or bid in a message. Throws: sdk/7 on a bad address. */
export function leaseKey(id: LeaseId | BidId, addresses: AddressCodec): LeaseKey {
  return { ...orderKey(id, addresses), provider: addresses.parse(id.provider) };
}

/** The name of an order as messages carry it. */
export function orderId(key: OrderKey, addresses: AddressCodec): OrderId {
  return { owner: addresses.format(key.owner), dseq: key.dseq, gseq: key.gseq, oseq: key.oseq };
}

/** The name of a lease or bid as messages carry it. */
export function leaseId(key: LeaseKey, addresses: AddressCodec): LeaseId {
  return { ...orderId(key, addresses), provider: addresses.format(key.provider) };
}

/** The order of a lease or bid. */
export function orderOf(key: LeaseKey): OrderKey {
  return { owner: key.owner, dseq: key.dseq, gseq: key.gseq, oseq: key.oseq };
}

/** The lease that `provider` has or would have from an order. */
export function leaseOf(order: OrderKey, provider: Address): LeaseKey {
  return { ...order, provider };
}

/** `7/1/1` or `7/1/1/lease1...`: names as people read them. */
export function formatOrder(id: OrderId): string {
  return `${id.dseq}/${id.gseq}/${id.oseq}`;
}

/** Amount of a coin of which the form was checked when it was stored. */
export function amountOf(coin: WireCoin): bigint {
  return BigInt(coin.amount);
}

/** Denom of all prices of a group. A group without units has none. */
export function groupDenom(spec: GroupSpec): string {
  return spec.units[0]?.price.denom ?? "";
}

/** Highest price of a group, base units per hour: the sum of unit ceilings times count. */
export function groupCeiling(spec: GroupSpec): bigint {
  let sum = 0n;
  for (const unit of spec.units) sum += amountOf(unit.price) * BigInt(unit.count);
  return sum;
}

/** GPUs of a whole group. */
export function groupGpus(spec: GroupSpec): bigint {
  let sum = 0n;
  for (const unit of spec.units) sum += unit.gpu.units * BigInt(unit.count);
  return sum;
}

/** `vendor/<v>/model/<m>` of a GPU model, as the provider module names it. */
export function modelName(model: GpuModel): string {
  return `vendor/${model.vendor}/model/${model.model}`;
}

/**
 * Whether GPUs of model `have` satisfy a wish: an empty list means any; an empty field of a wish
 * means any value.
 */
export function satisfiesModel(wishes: readonly GpuModel[], have: GpuModel): boolean {
  if (wishes.length === 0) return true;
  return wishes.some(
    (wish) =>
      (wish.vendor === "" || wish.vendor === have.vendor) &&
      (wish.model === "" || wish.model === have.model) &&
      (wish.ram === "" || wish.ram === have.ram) &&
      (wish.interface === "" || wish.interface === have.interface),
  );
}

/** Whether an order asks for an auditor's signature over the provider's attributes. */
export function asksAuditors(spec: GroupSpec): boolean {
  const { allOf, anyOf } = spec.requirements.signedBy;
  return allOf.length > 0 || anyOf.length > 0;
}

/**
 * The text that a tenant signs when the provider has its manifest and services answer: six lines of
 * UTF-8. An ADR-036 document wraps it, so that every wallet can sign it. The chain id binds it to
 * one chain, the names to one lease.
 */
export function receiptText(chainId: string, lease: LeaseId, manifestHash: Uint8Array): Uint8Array {
  const order = `${lease.dseq}/${lease.gseq}/${lease.oseq}`;
  const lines = ["leasehold receipt v1", chainId, lease.owner, order, lease.provider];
  return utf8([...lines, toHex(manifestHash)].join("\n"));
}
