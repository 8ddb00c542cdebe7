// Stored state of module deployment (store `deployment`): nobody else writes it.

import type { Address } from "../../chain/base/address.ts";
import { addressFromBytes } from "../../chain/base/address.ts";
import { concatBytes, readU64BigEndian, u64BigEndian } from "../../chain/base/bytes.ts";
import {
  addressKey,
  protoValue,
  Schema,
  tuple,
  u32Key,
  u64Key,
  u8Key,
} from "../../chain/store/index.ts";
import { Deployment, Group, Params, Tally } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { DeploymentKey } from "./types.ts";

const schema = new Schema("deployment");

/** All collections of the module, for docs, invariants and rebuilds. */
export const deploymentSchema = schema;

/** Parameters. */
export const params = schema.item({ prefix: 1, name: "params", value: protoValue(Params) });

/** Last number and deployments by state, of every owner that ever had one. Never deleted. */
export const tallies = schema.map({
  prefix: 2,
  name: "tallies",
  key: addressKey,
  value: protoValue(Tally),
});

/** Sum of all tallies; absent while everything in it is zero. */
export const total = schema.item({ prefix: 3, name: "total", value: protoValue(Tally) });

/** Deployments by (owner, dseq). Side indexes for lists by state and by number. */
export const deployments = schema.map({
  prefix: 4,
  name: "deployments",
  key: tuple(addressKey, u64Key),
  value: protoValue(Deployment),
  side: {
    byState: {
      prefix: 0x41,
      key: u8Key,
      of: (_key, deployment) => deployment.state,
    },
    byOwnerState: {
      prefix: 0x42,
      key: tuple(addressKey, u8Key),
      of: ([owner], deployment): readonly [Address, number] => [owner, deployment.state],
    },
    byDseq: { prefix: 0x43, key: u64Key, of: ([, dseq]) => dseq },
  },
});

/** Groups by (owner, dseq, gseq). */
export const groups = schema.map({
  prefix: 5,
  name: "groups",
  key: tuple(addressKey, u64Key, u32Key),
  value: protoValue(Group),
});

/** Deployments paused for want of funds, by the second of U at which they close. */
export const closings = schema.queue({ prefix: 6, name: "closings", clock: "uptime" });

/** Closed deployments by the second of T at which they are deleted. */
export const retention = schema.queue({ prefix: 7, name: "retention", clock: "time" });

/** The one kind of work in each of the two queues. */
export const QUEUE_KIND = 1;

/** Id of a deployment in queues. */
export function queueId(key: DeploymentKey): Uint8Array {
  return concatBytes(u64BigEndian(key.dseq), key.owner);
}

/** Reads what queueId wrote. */
export function fromQueueId(id: Uint8Array): DeploymentKey {
  return { dseq: readU64BigEndian(id), owner: addressFromBytes(id.slice(8)) };
}
