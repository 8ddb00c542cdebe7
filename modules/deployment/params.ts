// Parameters: defaults with their reasons, and bounds.

import type { Params } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { deploymentErrors } from "./errors.ts";

const MIB = 1n << 20n;
const TIB = 1n << 40n;
const DAY = 86_400n;
/** A group may ask for fifty times what a unit may. */
const GROUP_FACTOR = 50n;
/** A lease's rate must fit this (escrow), so a ceiling above it could never be awarded. */
const MAX_PRICE = 10n ** 15n;

/** Parameters of a new chain: the limits that SDL files in use were written against. */
export const DEFAULT_PARAMS: Params = {
  maxGroups: 16,
  maxUnits: 20,
  maxReplicas: 50,
  maxVolumes: 8,
  maxEndpoints: 64,
  maxAttributes: 32,
  minCpuMilli: 10n,
  maxCpuMilli: 384_000n,
  maxGpus: 24n,
  minMemoryBytes: MIB,
  maxMemoryBytes: 2n * TIB,
  minStorageBytes: 5n * MIB,
  maxStorageBytes: 32n * TIB,
  maxGroupCpuMilli: GROUP_FACTOR * 384_000n,
  maxGroupGpus: GROUP_FACTOR * 24n,
  maxGroupMemoryBytes: GROUP_FACTOR * 2n * TIB,
  maxGroupStorageBytes: GROUP_FACTOR * 32n * TIB,
  maxGroupPrice: MAX_PRICE,
  fundsPauseS: 90n * DAY,
  foreignReturnS: 90n * DAY,
  retentionS: 30n * DAY,
  drainsPerBlock: 100,
};

type Bound = readonly [name: string, value: bigint, low: bigint, high: bigint];

// The highest group totals stay far below 2^63, so that a sum over offers never meets 2^64.
const HIGHEST = 1n << 60n;

function bounds(params: Params): readonly Bound[] {
  return [
    ["max_groups", BigInt(params.maxGroups), 1n, 64n],
    ["max_units", BigInt(params.maxUnits), 1n, 64n],
    ["max_replicas", BigInt(params.maxReplicas), 1n, 256n],
    ["max_volumes", BigInt(params.maxVolumes), 1n, 32n],
    ["max_endpoints", BigInt(params.maxEndpoints), 1n, 256n],
    ["max_attributes", BigInt(params.maxAttributes), 1n, 100n],
    ["min_cpu_milli", params.minCpuMilli, 1n, params.maxCpuMilli],
    ["max_cpu_milli", params.maxCpuMilli, 1n, HIGHEST],
    ["max_gpus", params.maxGpus, 1n, HIGHEST],
    ["min_memory_bytes", params.minMemoryBytes, 1n, params.maxMemoryBytes],
    ["max_memory_bytes", params.maxMemoryBytes, 1n, HIGHEST],
    ["min_storage_bytes", params.minStorageBytes, 1n, params.maxStorageBytes],
    ["max_storage_bytes", params.maxStorageBytes, 1n, HIGHEST],
    ["max_group_cpu_milli", params.maxGroupCpuMilli, params.maxCpuMilli, HIGHEST],
    ["max_group_gpus", params.maxGroupGpus, params.maxGpus, HIGHEST],
    ["max_group_memory_bytes", params.maxGroupMemoryBytes, params.maxMemoryBytes, HIGHEST],
    ["max_group_storage_bytes", params.maxGroupStorageBytes, params.maxStorageBytes, HIGHEST],
    ["max_group_price", params.maxGroupPrice, 1n, MAX_PRICE],
    ["funds_pause_s", params.fundsPauseS, DAY, 365n * DAY],
    ["foreign_return_s", params.foreignReturnS, DAY, 365n * DAY],
    ["retention_s", params.retentionS, 3600n, 365n * DAY],
    ["drains_per_block", BigInt(params.drainsPerBlock), 1n, 10_000n],
  ];
}

/** Checks that parameters lie in their bounds. Throws: deployment/16 naming the field. */
export function validateParams(params: Params): void {
  for (const [name, value, low, high] of bounds(params)) {
    if (value < low || value > high)
      throw deploymentErrors.invalidParams.with(`${name} ${value} is not in ${low}..${high}`);
  }
}
