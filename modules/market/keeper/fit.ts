// Fit: whether a provider, an offer or a bid by hand meets what a group asks. Pure; says what is
// missing, because `order why` counts it and people want to know.

import { must } from "../../../chain/base/assert.ts";
import { maxBig } from "../../../chain/base/integers.ts";
import type {
  GpuModel,
  GroupSpec,
  Host,
  Offer,
  OfferRow,
  ResourceUnit,
  Storage,
  UnitOffer,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Attribute, Device } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { claimsFor, unmetWish } from "../../provider/index.ts";
import { asksAuditors, modelName, satisfiesModel } from "../types.ts";
import { covers, pack, replicaNeed } from "./packing.ts";
import { offerPrice, PPM, storageClass, storagePrice } from "./price.ts";

/** Points on which a provider or an offer can fail, in the order in which they are checked. */
export const REASONS = ["model", "attributes", "auditors", "shape", "price", "heartbeat"] as const;

/** One of them. */
export type Reason = (typeof REASONS)[number];

/** Why an offer or provider does not serve a group. `distance` orders misses of one reason: least = nearest. */
export interface Miss {
  readonly reason: Reason;
  readonly distance: bigint;
  readonly text: string;
}

/** An offer that serves a group, and for how much. */
export interface Fit {
  /** Base units per hour. */
  readonly price: bigint;
}

function miss(reason: Reason, text: string, distance = 0n): Miss {
  return { reason, text, distance };
}

/** Whether an outcome is a miss. */
export function isMiss<T extends object>(outcome: T | Miss): outcome is Miss {
  return "reason" in outcome;
}

/** Why nobody can serve an order that names auditors: signed attributes do not exist yet. */
export const NO_AUDITS =
  "the order asks for attributes signed by auditors (signed_by); signed attributes are not served yet, so no provider can meet it";

/** What claims lack of the requirements of a group; undefined when nothing. */
export function requirementMiss(spec: GroupSpec, claims: readonly Attribute[]): Miss | undefined {
  const unmet = unmetWish(spec.requirements.attributes, claims);
  if (unmet !== undefined)
    return miss("attributes", `lacks attribute ${unmet.key} = ${JSON.stringify(unmet.value)}`);
  if (asksAuditors(spec)) return miss("auditors", NO_AUDITS);
  return undefined;
}

/** Claims of an offer: its own on top of its provider's; a key that both have counts as the offer's. */
export function offerClaims(
  provider: readonly Attribute[],
  offer: readonly Attribute[],
): readonly Attribute[] {
  if (offer.length === 0) return provider;
  const own = new Set(offer.map((attribute) => attribute.key));
  return [...provider.filter((attribute) => !own.has(attribute.key)), ...offer];
}

/** Attributes of a provider that a group was matched on: they must stay while the lease lives. */
export function matchedClaims(spec: GroupSpec, claims: readonly Attribute[]): readonly Attribute[] {
  const matched = new Map<string, Attribute>();
  for (const wish of spec.requirements.attributes)
    for (const claim of claimsFor(wish, claims)) matched.set(claim.key, claim);
  return [...matched.values()];
}

/** Ppm of preferred attributes signed by an auditor that the order names. Nothing is signed yet. */
export function fitPpm(spec: GroupSpec): bigint {
  return spec.requirements.preferred.length === 0 ? PPM : 0n;
}

/** What an index row alone rules out, so that its offer need not be read. */
export function rowMiss(spec: GroupSpec, row: OfferRow): Miss | undefined {
  const term = termMiss(spec, row.minDurationS, row.maxDurationS);
  if (term !== undefined) return term;
  for (const unit of spec.units) {
    const need = replicaNeed(unit);
    if (!covers(row.largest, need)) return shapeMiss(unit);
  }
  return undefined;
}

/** Whether an offer's hosts and prices serve a group within its ceiling; its claims are checked apart. */
export function offerFit(
  spec: GroupSpec,
  offer: Offer,
  free: readonly Host[],
  ceiling: bigint,
): Fit | Miss {
  const model = modelMiss(spec, offer.model);
  if (model !== undefined) return model;
  const term = termMiss(spec, offer.minDurationS, offer.maxDurationS);
  if (term !== undefined) return term;
  const volume = volumeMiss(spec, offer);
  if (volume !== undefined) return volume;
  if (pack(spec.units, free) === undefined)
    return miss("shape", `has not enough free room for all replicas together`, 1n);
  const sum = must(offerPrice(spec, offer.prices), "price of storage classes that were checked");
  const price = maxBig(sum, 1n);
  if (price > ceiling)
    return miss(
      "price",
      `asks ${price}${offer.denom} per hour, the ceiling is ${ceiling}${offer.denom}`,
      price - ceiling,
    );
  return { price };
}

function modelMiss(spec: GroupSpec, have: GpuModel | undefined): Miss | undefined {
  for (const unit of spec.units) {
    if (unit.gpu.units === 0n) continue;
    if (have === undefined) return miss("model", "has no GPU", 1n);
    if (!satisfiesModel(unit.gpu.models, have))
      return miss("model", `has GPU ${modelText(have)}, which unit ${unit.id} does not name`);
  }
  return undefined;
}

/** A model as people read it, with what is told of memory and interface. */
function modelText({ vendor, model, ram, interface: bus }: GpuModel): string {
  return [vendor, model, ram, bus].filter((part) => part !== "").join(" ");
}

function termMiss(spec: GroupSpec, min: bigint, max: bigint): Miss | undefined {
  const { durationS } = spec;
  if (durationS !== 0n && durationS < min)
    return miss("shape", `serves terms of ${min} s and more, asked are ${durationS} s`);
  if (max !== 0n && (durationS === 0n || durationS > max))
    return miss("shape", `serves terms up to ${max} s, asked are ${durationS || "unlimited"} s`);
  return undefined;
}

function volumeMiss(spec: GroupSpec, offer: Offer): Miss | undefined {
  for (const unit of spec.units)
    for (const volume of unit.storage) {
      const name = storageClass(volume);
      if (storagePrice(offer.prices, name) === undefined)
        return miss("shape", `has no storage of class ${name === "" ? "ephemeral" : name}`);
    }
  return undefined;
}

function shapeMiss(unit: ResourceUnit): Miss {
  const need = replicaNeed(unit);
  return miss(
    "shape",
    `has no host with ${need.cpuMilli} milli-CPU, ${need.memoryBytes} bytes of memory, ` +
      `${need.storageBytes} bytes of storage and ${need.gpus} GPUs free for a replica of unit ${unit.id}`,
    need.gpus,
  );
}

// ---- bids by hand -------------------------------------------------------------------------------

/** What is asked, as an offer of exactly that. `gpu` is the model for all units with GPUs. */
export function askedUnits(spec: GroupSpec, gpu: GpuModel | undefined): readonly UnitOffer[] {
  return spec.units.map((unit) => ({
    unit: unit.id,
    cpuMilli: unit.cpu.milli,
    memoryBytes: unit.memory.bytes,
    storageBytes: unit.storage.map((volume) => volume.bytes),
    gpus: unit.gpu.units,
    gpu: unit.gpu.units === 0n ? undefined : gpu,
  }));
}

/** What a bid by hand offers less than asked; undefined when nothing. */
export function unitsFault(spec: GroupSpec, units: readonly UnitOffer[]): string | undefined {
  if (units.length !== spec.units.length)
    return `${units.length} units offered, ${spec.units.length} asked`;
  for (const [index, unit] of spec.units.entries()) {
    const fault = unitFault(unit, must(units[index], "a unit of equally long lists"));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function unitFault(asked: ResourceUnit, given: UnitOffer): string | undefined {
  const less = (what: string, have: bigint, need: bigint): string =>
    `unit ${asked.id}: ${have} ${what} offered, ${need} asked`;
  if (given.unit !== asked.id) return `unit ${given.unit} offered where ${asked.id} is asked`;
  if (given.cpuMilli < asked.cpu.milli) return less("milli-CPU", given.cpuMilli, asked.cpu.milli);
  if (given.memoryBytes < asked.memory.bytes)
    return less("bytes of memory", given.memoryBytes, asked.memory.bytes);
  if (given.storageBytes.length !== asked.storage.length)
    return `unit ${asked.id}: ${given.storageBytes.length} volumes offered, ${asked.storage.length} asked`;
  for (const [index, volume] of asked.storage.entries()) {
    const have = given.storageBytes[index] ?? 0n;
    if (have < volume.bytes) return less(`bytes of volume ${volume.name}`, have, volume.bytes);
  }
  if (given.gpus < asked.gpu.units) return less("GPUs", given.gpus, asked.gpu.units);
  if ((given.gpu === undefined) !== (given.gpus === 0n))
    return `unit ${asked.id}: a GPU model goes with GPUs and only with them`;
  if (given.gpu !== undefined && asked.gpu.units > 0n)
    if (!satisfiesModel(asked.gpu.models, given.gpu))
      return `unit ${asked.id}: GPU ${modelText(given.gpu)} is not among the models asked`;
  return undefined;
}

/** Models of GPUs that a provider says it owns, in the order of its device list. */
export function ownedModels(devices: readonly Device[]): readonly GpuModel[] {
  const models: GpuModel[] = [];
  for (const device of devices) {
    const parts = device.model.split("/");
    if (device.kind === "GPU" && parts.length === 4)
      models.push({ vendor: parts[1] ?? "", model: parts[3] ?? "", ram: "", interface: "" });
  }
  return models;
}

/** The first owned model that satisfies every GPU unit of a group; undefined when none does. */
export function modelForAll(spec: GroupSpec, owned: readonly GpuModel[]): GpuModel | undefined {
  return owned.find((model) =>
    spec.units.every((unit) => unit.gpu.units === 0n || satisfiesModel(unit.gpu.models, model)),
  );
}

/** What a provider lacks for the units that it offers by hand; undefined when nothing. */
export function ownershipMiss(
  spec: GroupSpec,
  units: readonly UnitOffer[],
  provider: { readonly devices: readonly Device[]; readonly attributes: readonly Attribute[] },
): Miss | undefined {
  const needs = new Map<string, bigint>();
  for (const [index, unit] of units.entries()) {
    if (unit.gpu === undefined) continue;
    const name = modelName(unit.gpu);
    const count = BigInt(spec.units[index]?.count ?? 0) * unit.gpus;
    needs.set(name, (needs.get(name) ?? 0n) + count);
  }
  for (const [name, need] of needs) {
    let have = 0n;
    for (const device of provider.devices) if (device.model === name) have += device.count;
    if (have < need)
      return miss("model", `owns ${have} of GPU ${name}, ${need} are needed`, need - have);
  }
  for (const unit of spec.units)
    for (const volume of unit.storage) {
      const lack = storageLack(volume, provider.attributes);
      if (lack !== undefined) return miss("attributes", lack);
    }
  return undefined;
}

const STORAGE_CLAIM = /^capabilities\/storage\/([^/]+)\/([^/]+)$/;

/**
 * A volume with attributes needs all of them in one group `capabilities/storage/<n>/<key>` of the
 * provider's claims; a volume without attributes needs none.
 */
function storageLack(volume: Storage, claims: readonly Attribute[]): string | undefined {
  const wishes = volume.attributes.filter((wish) => !isPlain(wish));
  if (wishes.length === 0) return undefined;
  const groups = new Map<string, Map<string, string>>();
  for (const claim of claims) {
    const found = STORAGE_CLAIM.exec(claim.key);
    if (found === null) continue;
    const [, name = "", key = ""] = found;
    const group = groups.get(name) ?? new Map<string, string>();
    groups.set(name, group.set(key, claim.value));
  }
  for (const group of groups.values())
    if (wishes.every((wish) => group.get(wish.key) === wish.value)) return undefined;
  const asked = wishes.map((wish) => `${wish.key} = ${JSON.stringify(wish.value)}`).join(", ");
  return `claims no storage with ${asked}`;
}

/** persistent = false asks for nothing. */
function isPlain(wish: Attribute): boolean {
  return wish.key === "persistent" && wish.value === "false";
}
