// Stored state of module provider (store `provider`): nobody else writes it. What changes often
// (heartbeat, counters) lies apart from what is large (claims, devices).

import type { Address } from "../../chain/base/address.ts";
import {
  addressKey,
  protoValue,
  Schema,
  stringKey,
  stringValue,
  tuple,
  u64Key,
  u64Value,
  u8Key,
} from "../../chain/store/index.ts";
import type { StoreSource } from "../../chain/store/index.ts";
import {
  AttributePin,
  Class,
  Heartbeat,
  Params,
  Provider,
  Standing,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";

const schema = new Schema("provider");

/** All collections of the module, for docs, invariants and rebuilds. */
export const providerSchema = schema;

/** Parameters without the two tables, which lie row by row below. */
export const params = schema.item({ prefix: 1, name: "params", value: protoValue(Params) });

/**
 * Providers by owner. An operator key serves one provider, so that a message signed by it needs no
 * other name. Side index by state, then registration, for lists.
 */
export const providers = schema.map({
  prefix: 2,
  name: "providers",
  key: addressKey,
  value: protoValue(Provider),
  indexes: {
    byOperator: { prefix: 0x11, key: stringKey, of: (_owner, provider) => provider.operator },
  },
  side: {
    byState: {
      prefix: 0x21,
      key: tuple(u8Key, u64Key),
      of: (_owner, provider) => [provider.state, provider.registeredAt] as const,
    },
    byModel: {
      prefix: 0x22,
      key: tuple(stringKey, u8Key, u64Key),
      each: (_owner, { devices, state, registeredAt }) =>
        devices
          .filter(({ model }) => model !== "")
          .map(({ model }) => [model, state, registeredAt] as const),
    },
  },
});

/** Last heartbeat of each provider that ever sent one. */
export const heartbeats = schema.map({
  prefix: 3,
  name: "heartbeats",
  key: addressKey,
  value: protoValue(Heartbeat),
});

/** Counters of each provider that was ever awarded a lease; absent means zeros. */
export const standings = schema.map({
  prefix: 4,
  name: "standings",
  key: addressKey,
  value: protoValue(Standing),
});

/** Devices that offers promise, by (provider, class); absent means none. */
export const commitments = schema.map({
  prefix: 5,
  name: "commitments",
  key: tuple(addressKey, stringKey),
  value: u64Value,
});

/** Attributes that live leases were matched on, by (provider, attribute key). */
export const pins = schema.map({
  prefix: 6,
  name: "pins",
  key: tuple(addressKey, stringKey),
  value: protoValue(AttributePin),
});

/** Numbers the awards of the chain, from 1: who was awarded least recently. */
export const awards = schema.sequence({ prefix: 7, name: "awards", first: 1n });

/** Heartbeats that will be stale: due in the first second of U at which they are not fresh. */
export const staleQueue = schema.queue({ prefix: 8, name: "stale", clock: "uptime" });

/** Table of hardware classes by name. */
export const classes = schema.map({
  prefix: 9,
  name: "classes",
  key: stringKey,
  value: protoValue(Class),
});

/** Class of each listed GPU model. */
export const models = schema.map({
  prefix: 10,
  name: "models",
  key: stringKey,
  value: stringValue,
});

/** The one kind of work in the queue of stale heartbeats. */
const STALE = 1;

/** Queues the second of U at which a heartbeat is no longer fresh. */
export function queueStale(source: StoreSource, owner: Address, heartbeat: Heartbeat): void {
  staleQueue.insert(source, heartbeat.freshUntilUptime + 1n, STALE, owner);
}

/** Takes a heartbeat out of the queue. */
export function unqueueStale(source: StoreSource, owner: Address, heartbeat: Heartbeat): void {
  staleQueue.remove(source, heartbeat.freshUntilUptime + 1n, STALE, owner);
}

/** Whether a heartbeat stands in the queue. */
export function isQueued(source: StoreSource, owner: Address, heartbeat: Heartbeat): boolean {
  return staleQueue.has(source, heartbeat.freshUntilUptime + 1n, STALE, owner);
}
