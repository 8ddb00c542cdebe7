// Stored state of module market (store `market`): nobody else writes it. An order's changing part
// (auction) lies apart from what is asked, the free capacity of an offer apart from its prices.

import type { Address } from "../../chain/base/address.ts";
import {
  addressKey,
  bytesKey,
  protoValue,
  Schema,
  stringKey,
  tuple,
  u32Key,
  u64Key,
  u64Value,
  u8Key,
} from "../../chain/store/index.ts";
import {
  Auction,
  Bid,
  Joint,
  Lease,
  Offer,
  OfferCapacity,
  OfferRow,
  Order,
  Params,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { modelName } from "./types.ts";
import type { GroupKey, LeaseKey, OrderKey } from "./types.ts";

const schema = new Schema("market");

/** All collections of the module, for docs, invariants and rebuilds. */
export const marketSchema = schema;

/** A group as keys hold it. */
export type GroupTuple = readonly [owner: Address, dseq: bigint, gseq: number];
/** An order as keys hold it. */
export type OrderTuple = readonly [owner: Address, dseq: bigint, gseq: number, oseq: number];
/** A bid or lease as keys hold it. */
export type LeaseTuple = readonly [...OrderTuple, provider: Address];

const groupKeyCodec = tuple<GroupTuple>(addressKey, u64Key, u32Key);
const orderKeyCodec = tuple<OrderTuple>(addressKey, u64Key, u32Key, u32Key);
const leaseKeyCodec = tuple<LeaseTuple>(addressKey, u64Key, u32Key, u32Key, addressKey);

/** Key of a group. */
export function groupTuple(key: GroupKey): GroupTuple {
  return [key.owner, key.dseq, key.gseq];
}

/** Key of an order. */
export function orderTuple(key: OrderKey): OrderTuple {
  return [key.owner, key.dseq, key.gseq, key.oseq];
}

/** Key of a bid or lease. */
export function leaseTuple(key: LeaseKey): LeaseTuple {
  return [key.owner, key.dseq, key.gseq, key.oseq, key.provider];
}

/** The order that a key names. */
export function orderOfTuple([owner, dseq, gseq, oseq]: OrderTuple): OrderKey {
  return { owner, dseq, gseq, oseq };
}

/** The bid or lease that a key names. */
export function leaseOfTuple([owner, dseq, gseq, oseq, provider]: LeaseTuple): LeaseKey {
  return { owner, dseq, gseq, oseq, provider };
}

/** GPU models that an order names, each as a filter names it. */
export function orderModels({ spec }: Order): readonly string[] {
  return spec.units.flatMap((unit) => unit.gpu.models.map(modelName));
}

/** GPU models that a lease holds, each as a filter names it. */
export function leaseModels({ units }: Lease): readonly string[] {
  return units.flatMap(({ gpu }) => (gpu === undefined ? [] : [modelName(gpu)]));
}

/** Parameters. */
export const params = schema.item({ prefix: 1, name: "params", value: protoValue(Params) });

/** Orders: open, matched, and ended ones until retention. */
export const orders = schema.map({
  prefix: 2,
  name: "orders",
  key: orderKeyCodec,
  value: protoValue(Order),
  side: {
    byState: {
      prefix: 0x21,
      key: tuple(u8Key, u64Key),
      of: (_key, order) => [order.state, order.createdAt] as const,
    },
    byModel: {
      prefix: 0x27,
      key: tuple(stringKey, u8Key, u64Key),
      each: (_key, order) =>
        orderModels(order).map((model) => [model, order.state, order.createdAt] as const),
    },
  },
});

/** Changing part of open orders. */
export const auctions = schema.map({
  prefix: 3,
  name: "auctions",
  key: orderKeyCodec,
  value: protoValue(Auction),
});

/** Live bids: open and standby. Others are deleted. */
export const bids = schema.map({
  prefix: 4,
  name: "bids",
  key: leaseKeyCodec,
  value: protoValue(Bid),
  side: {
    byProvider: {
      prefix: 0x22,
      key: tuple(addressKey, u8Key),
      of: (key, bid) => [key[4], bid.state] as const,
    },
    byState: { prefix: 0x23, key: u8Key, of: (_key, bid) => bid.state },
  },
});

/** Leases: live ones, and closed ones until retention. */
export const leases = schema.map({
  prefix: 5,
  name: "leases",
  key: leaseKeyCodec,
  value: protoValue(Lease),
  side: {
    byProvider: {
      prefix: 0x24,
      key: tuple(addressKey, u8Key, u64Key),
      of: (key, lease) => [key[4], lease.state, lease.createdAt] as const,
    },
    byState: {
      prefix: 0x25,
      key: tuple(u8Key, u64Key),
      of: (_key, lease) => [lease.state, lease.createdAt] as const,
    },
    byModel: {
      prefix: 0x28,
      key: tuple(stringKey, u8Key, u64Key),
      each: (_key, lease) =>
        leaseModels(lease).map((model) => [model, lease.state, lease.createdAt] as const),
    },
  },
});

/** Number of the open or matched order of each group that has one. */
export const liveOrders = schema.map({
  prefix: 6,
  name: "live_orders",
  key: groupKeyCodec,
  value: u64Value,
});

/** Open orders of each owner that has any. */
export const openCounts = schema.map({
  prefix: 7,
  name: "open_counts",
  key: addressKey,
  value: u64Value,
});

/** Sum of the ceilings of open orders of each deployment that has any, base units per hour. */
export const openCeilings = schema.map({
  prefix: 8,
  name: "open_ceilings",
  key: tuple(addressKey, u64Key),
  value: u64Value,
});

/** Offers that are not closed. */
export const offers = schema.map({
  prefix: 9,
  name: "offers",
  key: u64Key,
  value: protoValue(Offer),
  indexes: {
    byProvider: {
      prefix: 0x41,
      key: stringKey,
      of: (_id, offer) => offer.provider,
    },
  },
  side: {
    byState: { prefix: 0x26, key: u8Key, of: (_id, offer) => offer.state },
    byModel: {
      prefix: 0x29,
      key: tuple(stringKey, u8Key),
      of: (_id, { model, state }) =>
        model === undefined ? undefined : ([modelName(model), state] as const),
    },
  },
});

/** What the hosts of each offer still have. */
export const capacities = schema.map({
  prefix: 10,
  name: "capacities",
  key: u64Key,
  value: protoValue(OfferCapacity),
});

/** Under what an offer stands in the index. */
export const RowKind = { MODEL: 1, VENDOR: 2, GPU: 3, CPU: 4 } as const;

/** Active offers with free capacity: (denom, kind, name, reference price per hour, offer). */
export const offerRows = schema.map({
  prefix: 11,
  name: "offer_rows",
  key: tuple(stringKey, u8Key, stringKey, u64Key, u64Key),
  value: protoValue(OfferRow),
});

/** Joint awards whose orders are open. */
export const joints = schema.map({
  prefix: 12,
  name: "joints",
  key: u64Key,
  value: protoValue(Joint),
});

/** Providers barred from an order: new bids must be below the value (base units per hour), 0 = none. */
export const rejections = schema.map({
  prefix: 13,
  name: "rejections",
  key: leaseKeyCodec,
  value: u64Value,
});

/** Until when (U) a provider is kept out of a group. */
export const exclusions = schema.map({
  prefix: 14,
  name: "exclusions",
  key: tuple(addressKey, u64Key, u32Key, addressKey),
  value: u64Value,
});

/** Leases to be started or acknowledged, by deadline. */
export const startQueue = schema.queue({ prefix: 15, name: "starts", clock: "uptime" });

/** Leases with a term, by its end. */
export const termQueue = schema.queue({ prefix: 16, name: "terms", clock: "time" });

/** Orders whose first scan has not ended, by opening. */
export const scanQueue = schema.queue({ prefix: 17, name: "scans", clock: "uptime" });

/** Open orders, by their next scan after the first. */
export const rematchQueue = schema.queue({ prefix: 18, name: "rematches", clock: "uptime" });

/** Orders and joint awards, by their award. */
export const awardQueue = schema.queue({ prefix: 19, name: "awards", clock: "uptime" });

/** Bids by hand on manual orders, by their end. */
export const bidQueue = schema.queue({ prefix: 20, name: "bid_expiries", clock: "uptime" });

/** Open orders, by their end. */
export const orderQueue = schema.queue({ prefix: 21, name: "order_expiries", clock: "uptime" });

/** Offers that are not closed, by their end. */
export const offerQueue = schema.queue({ prefix: 22, name: "offer_expiries", clock: "time" });

/** Ended orders and leases, by their deletion. */
export const retentionQueue = schema.queue({ prefix: 23, name: "retention", clock: "time" });

/** Orders whose bids are to end, and exclusions that are over. */
export const drainQueue = schema.queue({ prefix: 24, name: "drains", clock: "uptime" });

/** Numbers of offers. */
export const offerIds = schema.sequence({ prefix: 25, name: "offer_ids", first: 1n });

/** Numbers of joint awards. */
export const jointIds = schema.sequence({ prefix: 26, name: "joint_ids", first: 1n });

/** Ages of bid revisions. */
export const ages = schema.sequence({ prefix: 27, name: "ages", first: 1n });

/** What totals are answered from, by kind of counter. */
export const counters = schema.map({ prefix: 28, name: "counters", key: u8Key, value: u64Value });

/** Queue items that were set aside, by name of the queue and id: their due step waits for a retry. */
export const setAsides = schema.set({
  prefix: 29,
  name: "set_asides",
  key: tuple(stringKey, bytesKey),
});

/** Kinds of work in queues that hold more than one. */
export const Kind = { ORDER: 1, JOINT: 2, LEASE: 3, EXCLUSION: 4 } as const;

/** Bytes that name an order in a queue. */
export function orderBytes(key: OrderKey): Uint8Array {
  return orders.keyBytes(orderTuple(key));
}

/** Reads what orderBytes wrote. */
export function orderFromBytes(bytes: Uint8Array): OrderKey {
  return orderOfTuple(orderKeyCodec.decode({ bytes, offset: 0 }, true));
}

/** Bytes that name a bid or lease in a queue. */
export function leaseBytes(key: LeaseKey): Uint8Array {
  return leases.keyBytes(leaseTuple(key));
}

/** Reads what leaseBytes wrote. */
export function leaseFromBytes(bytes: Uint8Array): LeaseKey {
  return leaseOfTuple(leaseKeyCodec.decode({ bytes, offset: 0 }, true));
}
