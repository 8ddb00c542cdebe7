// Names and pure rules of deployments and groups. No state; safe for clients and browsers.

import type { Address } from "../../chain/base/address.ts";
import type { GroupSpec, ResourceUnit } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Params } from "../../chain/codec/gen/leasehold/deployment/v1.ts";

/** Names a deployment. */
export interface DeploymentKey {
  readonly owner: Address;
  readonly dseq: bigint;
}

/** A client's own number may lie this far above the owner's last one. */
export const MAX_DSEQ_STEP = 1n << 32n;
/** Bytes of a manifest hash (SHA-256). */
export const HASH_BYTES = 32;
/** Most groups that a message may carry at all; the parameters bound it further. */
export const MAX_MESSAGE_GROUPS = 64;
/** Longest name of a group or volume, bytes. */
export const MAX_NAME_BYTES = 64;
/** Most deposits of one message. */
export const MAX_DEPOSITS = 16;
/** Most low-funds notices of a deployment. */
export const MAX_NOTICES = 4;
/** The chain reopens a group a limited number of times in so many seconds of clock U. */
export const REOPEN_WINDOW_S = 86_400n;

/** What a group asks of one kind of resource, over all units times their replicas. */
export interface Totals {
  readonly cpuMilli: bigint;
  readonly gpus: bigint;
  readonly memoryBytes: bigint;
  readonly storageBytes: bigint;
  /** Base units per hour. */
  readonly price: bigint;
}

/** Sum over all units of a group, each times its replicas. Prices must be decimal. */
export function groupTotals(spec: GroupSpec): Totals {
  const sum = { cpuMilli: 0n, gpus: 0n, memoryBytes: 0n, storageBytes: 0n, price: 0n };
  for (const unit of spec.units) {
    const count = BigInt(unit.count);
    sum.cpuMilli += unit.cpu.milli * count;
    sum.gpus += unit.gpu.units * count;
    sum.memoryBytes += unit.memory.bytes * count;
    for (const volume of unit.storage) sum.storageBytes += volume.bytes * count;
    sum.price += BigInt(unit.price.amount) * count;
  }
  return sum;
}

type Bound = readonly [name: string, value: bigint, low: bigint, high: bigint];

function firstOutside(where: string, bounds: readonly Bound[]): string | undefined {
  for (const [name, value, low, high] of bounds)
    if (value < low || value > high) return `${where}${name} ${value} is not in ${low}..${high}`;
  return undefined;
}

function unitFault(unit: ResourceUnit, where: string, params: Params): string | undefined {
  const most = BigInt(params.maxAttributes);
  const lists = (of: readonly unknown[]): bigint => BigInt(of.length);
  const bounds: Bound[] = [
    ["count", BigInt(unit.count), 1n, BigInt(params.maxReplicas)],
    ["cpu.milli", unit.cpu.milli, params.minCpuMilli, params.maxCpuMilli],
    ["cpu.attributes: number", lists(unit.cpu.attributes), 0n, most],
    ["memory.bytes", unit.memory.bytes, params.minMemoryBytes, params.maxMemoryBytes],
    ["memory.attributes: number", lists(unit.memory.attributes), 0n, most],
    ["gpu.units", unit.gpu.units, 0n, params.maxGpus],
    ["gpu.models: number", lists(unit.gpu.models), 0n, most],
    ["storage: number of volumes", lists(unit.storage), 0n, BigInt(params.maxVolumes)],
    ["endpoints: number", lists(unit.endpoints), 0n, BigInt(params.maxEndpoints)],
  ];
  for (const [index, volume] of unit.storage.entries()) {
    const name = `storage[${index}]`;
    bounds.push([`${name}.bytes`, volume.bytes, params.minStorageBytes, params.maxStorageBytes]);
    bounds.push([`${name}.attributes: number`, lists(volume.attributes), 0n, most]);
  }
  return firstOutside(where, bounds);
}

/**
 * Which limit a group breaks, with path, value and bound; undefined when none. Each unit is checked
 * by itself, then the totals of the group: CPU, GPUs, memory, storage and price.
 */
export function limitFault(spec: GroupSpec, params: Params): string | undefined {
  const { attributes, preferred, signedBy } = spec.requirements;
  const most = BigInt(params.maxAttributes);
  const lists = firstOutside("", [
    ["units: number", BigInt(spec.units.length), 1n, BigInt(params.maxUnits)],
    ["requirements.attributes: number", BigInt(attributes.length), 0n, most],
    ["requirements.preferred: number", BigInt(preferred.length), 0n, most],
    ["requirements.signed_by.all_of: number", BigInt(signedBy.allOf.length), 0n, most],
    ["requirements.signed_by.any_of: number", BigInt(signedBy.anyOf.length), 0n, most],
  ]);
  if (lists !== undefined) return lists;
  for (const [index, unit] of spec.units.entries()) {
    const fault = unitFault(unit, `units[${index}].`, params);
    if (fault !== undefined) return fault;
  }
  const totals = groupTotals(spec);
  return firstOutside("total of the group: ", [
    ["cpu.milli", totals.cpuMilli, 0n, params.maxGroupCpuMilli],
    ["gpu.units", totals.gpus, 0n, params.maxGroupGpus],
    ["memory.bytes", totals.memoryBytes, 0n, params.maxGroupMemoryBytes],
    ["storage.bytes", totals.storageBytes, 0n, params.maxGroupStorageBytes],
    ["price", totals.price, 1n, params.maxGroupPrice],
  ]);
}

/** `7/1`: how people name a group of a deployment. */
export function formatGroup(dseq: bigint, gseq: number): string {
  return `${dseq}/${gseq}`;
}
