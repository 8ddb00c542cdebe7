// Parameters: defaults with their reasons, and bounds. Amounts are in the base denom's unit (10^-6).

import type { Class, ModelClass, Params } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { providerErrors } from "./errors.ts";
import { compareText, CPU_CLASS, isClassName, isGpuModel, OTHER_CLASS, quote } from "./types.ts";

const GIB = 1n << 30n;
const COIN = 1_000_000n;
const HOUR = 3600n;
const DAY = 24n * HOUR;
const MAX_AMOUNT_PARAM = 10n ** 15n;
const MAX_CLASSES = 64;
const MAX_MODELS = 1024;

/** A class row from whole coins, 10^-3 coins, vCPU and GiB. */
function row(
  name: string,
  [floor, multPpm]: readonly [floor: bigint, multPpm: bigint],
  milliPrice: bigint,
  bundle: { readonly vcpu: bigint; readonly memory: bigint; readonly storage: bigint },
): Class {
  return {
    name,
    floor: floor * COIN,
    multPpm,
    referencePricePerHour: milliPrice * 1000n,
    referenceMilliCpu: bundle.vcpu * 1000n,
    referenceMemoryBytes: bundle.memory * GIB,
    referenceStorageBytes: bundle.storage * GIB,
  };
}

// Multipliers: what a week of one card earns against an RTX 4090 on a network that pays by class.
// Reference prices: what one card rents for by the hour, one LEASE taken as one dollar. A bundle is
// what hosts of the class usually offer beside one card.
const CLASSES: readonly Class[] = [
  row("a100", [50n, 3_500_000n], 1300n, { vcpu: 16n, memory: 128n, storage: 512n }),
  row("cpu", [1n, 1_000_000n], 10n, { vcpu: 1n, memory: 4n, storage: 32n }),
  row("h100", [50n, 4_000_000n], 2200n, { vcpu: 24n, memory: 192n, storage: 1024n }),
  row("h200", [50n, 5_000_000n], 2900n, { vcpu: 24n, memory: 224n, storage: 1024n }),
  row("l4", [50n, 1_500_000n], 450n, { vcpu: 8n, memory: 32n, storage: 128n }),
  row("l40", [50n, 2_500_000n], 800n, { vcpu: 12n, memory: 64n, storage: 256n }),
  row("mi300x", [50n, 4_000_000n], 2400n, { vcpu: 24n, memory: 224n, storage: 1024n }),
  row("other", [25n, 1_000_000n], 200n, { vcpu: 4n, memory: 16n, storage: 64n }),
  row("rtx4090", [50n, 1_000_000n], 400n, { vcpu: 8n, memory: 48n, storage: 256n }),
];

const MODELS: readonly ModelClass[] = [
  { model: "vendor/amd/model/mi300x", class: "mi300x" },
  { model: "vendor/nvidia/model/a100", class: "a100" },
  { model: "vendor/nvidia/model/h100", class: "h100" },
  { model: "vendor/nvidia/model/h200", class: "h200" },
  { model: "vendor/nvidia/model/l4", class: "l4" },
  { model: "vendor/nvidia/model/l40", class: "l40" },
  { model: "vendor/nvidia/model/l40s", class: "l40" },
  { model: "vendor/nvidia/model/rtx4090", class: "rtx4090" },
];

/** Parameters of a new chain. */
export const DEFAULT_PARAMS: Params = {
  registrationFee: 10n * COIN,
  heartbeatPeriod: 600n,
  pauseMin: HOUR,
  classes: CLASSES,
  models: MODELS,
  maxAttributes: 100,
  maxDevices: 64,
  stalePerBlock: 500,
  minSelfPpm: 250_000n,
  earnInPpm: 500_000n,
  minBondPpm: 250_000n,
  leaseBondHours: 48n,
  minPenalty: COIN,
  topupPeriod: 48n * HOUR,
  unbondingPeriod: 28n * DAY,
  maintenanceNotice: 24n * HOUR,
  maintenanceBudget: 7n * DAY,
  idlePeriod: 180n * DAY,
};

type Bound = readonly [name: string, value: bigint, low: bigint, high: bigint];

function bounds(params: Params): readonly Bound[] {
  return [
    ["registration_fee", params.registrationFee, 0n, MAX_AMOUNT_PARAM],
    ["heartbeat_period", params.heartbeatPeriod, 30n, DAY],
    ["pause_min", params.pauseMin, 0n, DAY],
    ["max_attributes", BigInt(params.maxAttributes), 1n, 100n],
    ["max_devices", BigInt(params.maxDevices), 1n, 64n],
    ["stale_per_block", BigInt(params.stalePerBlock), 1n, 10_000n],
    ["min_self_ppm", params.minSelfPpm, 0n, COIN],
    ["earn_in_ppm", params.earnInPpm, 250_000n, COIN],
    ["min_bond_ppm", params.minBondPpm, 0n, COIN],
    ["lease_bond_hours", params.leaseBondHours, 1n, 720n],
    ["min_penalty", params.minPenalty, 0n, MAX_AMOUNT_PARAM],
    ["topup_period", params.topupPeriod, HOUR, 30n * DAY],
    ["unbonding_period", params.unbondingPeriod, DAY, 365n * DAY],
    ["maintenance_notice", params.maintenanceNotice, HOUR, 30n * DAY],
    ["maintenance_budget", params.maintenanceBudget, HOUR, 90n * DAY],
    ["idle_period", params.idlePeriod, DAY, 3650n * DAY],
  ];
}

/** What is wrong with a row of the class table, after its field name; undefined when nothing is. */
function classFault(row: Class): string | undefined {
  if (!isClassName(row.name)) return `name ${quote(row.name)} is not 1 to 32 of a-z and 0-9`;
  if (row.floor < 0n || row.floor > MAX_AMOUNT_PARAM)
    return `floor ${row.floor} is not in 0..${MAX_AMOUNT_PARAM}`;
  if (row.multPpm < 1n || row.multPpm > 1000n * COIN)
    return `mult_ppm ${row.multPpm} is not in 1..${1000n * COIN}`;
  if (row.referencePricePerHour < 1n || row.referencePricePerHour > MAX_AMOUNT_PARAM)
    return `reference_price_per_hour ${row.referencePricePerHour} is not in 1..${MAX_AMOUNT_PARAM}`;
  if (row.referenceMilliCpu < 1n || row.referenceMilliCpu > 384_000n)
    return `reference_milli_cpu ${row.referenceMilliCpu} is not in 1..384000`;
  if (row.referenceMemoryBytes < 1n || row.referenceMemoryBytes > 1n << 50n)
    return `reference_memory_bytes ${row.referenceMemoryBytes} is not in 1..2^50`;
  if (row.referenceStorageBytes > 1n << 55n)
    return `reference_storage_bytes ${row.referenceStorageBytes} is above 2^55`;
  return undefined;
}

function checkClasses(rows: readonly Class[]): ReadonlySet<string> {
  const names = new Set<string>();
  if (rows.length > MAX_CLASSES)
    throw providerErrors.invalidParams.with(`classes: ${rows.length} rows, at most ${MAX_CLASSES}`);
  for (const [index, row] of rows.entries()) {
    const fault = classFault(row);
    if (fault !== undefined) throw providerErrors.invalidParams.with(`classes[${index}].${fault}`);
    const before = rows[index - 1];
    if (before !== undefined && compareText(before.name, row.name) >= 0)
      throw providerErrors.invalidParams.with(
        `classes[${index}].name ${quote(row.name)} does not follow ${quote(before.name)}`,
      );
    names.add(row.name);
  }
  for (const name of [CPU_CLASS, OTHER_CLASS])
    if (!names.has(name))
      throw providerErrors.invalidParams.with(`classes: class ${quote(name)} is missing`);
  return names;
}

function checkModels(rows: readonly ModelClass[], names: ReadonlySet<string>): void {
  if (rows.length > MAX_MODELS)
    throw providerErrors.invalidParams.with(`models: ${rows.length} rows, at most ${MAX_MODELS}`);
  for (const [index, row] of rows.entries()) {
    if (!isGpuModel(row.model))
      throw providerErrors.invalidParams.with(
        `models[${index}].model ${quote(row.model)} is not vendor/<v>/model/<m> in lower case`,
      );
    if (!names.has(row.class) || row.class === CPU_CLASS)
      throw providerErrors.invalidParams.with(
        `models[${index}].class ${quote(row.class)} is not a GPU class of the table`,
      );
    const before = rows[index - 1];
    if (before !== undefined && compareText(before.model, row.model) >= 0)
      throw providerErrors.invalidParams.with(
        `models[${index}].model ${quote(row.model)} does not follow ${quote(before.model)}`,
      );
  }
}

/**
 * Checks that parameters lie in their bounds and that the tables are sorted and whole.
 * Throws: provider/15 naming the field.
 */
export function validateParams(params: Params): void {
  for (const [name, value, low, high] of bounds(params)) {
    if (value < low || value > high)
      throw providerErrors.invalidParams.with(`${name} ${value} is not in ${low}..${high}`);
  }
  checkModels(params.models, checkClasses(params.classes));
}
