// Section `profiles`: what a replica needs and where it may run.

import { isDenom } from "../../chain/base/coins.ts";
import type { Cursor } from "./cursor.ts";
import { clip } from "./problems.ts";
import type {
  Attribute,
  Compute,
  Gpu,
  Grammar,
  Placement,
  PlacementTerms,
  Price,
  Resources,
  Volume,
} from "./model.ts";
import { compareUtf8 } from "./model.ts";
import {
  parseCount,
  parseDecimal18,
  parseMilliCpu,
  parseSeconds,
  parseSize,
  SIZE_FORM,
} from "./numbers.ts";

/** Reads `profiles.compute`. */
export function readCompute(cursor: Cursor | undefined, grammar: Grammar): Map<string, Compute> {
  const profiles = new Map<string, Compute>();
  for (const [name, profile] of cursor?.entries() ?? []) {
    const { resources } = profile.fields(["resources"]);
    profiles.set(name, {
      path: profile.path,
      at: profile.at,
      resources:
        resources === undefined || resources.isNull ? undefined : readResources(resources, grammar),
    });
  }
  return profiles;
}

function readResources(cursor: Cursor, grammar: Grammar): Resources {
  const fields = cursor.fields(["cpu", "memory", "storage", "gpu"]);
  const present = (field: Cursor | undefined): Cursor | undefined =>
    field === undefined || field.isNull ? undefined : field;
  const [cpu, memory, gpu] = [present(fields.cpu), present(fields.memory), present(fields.gpu)];
  return {
    path: cursor.path,
    at: cursor.at,
    cpu: cpu === undefined ? undefined : readCpu(cpu),
    memory: memory === undefined ? undefined : readMemory(memory),
    gpu: gpu === undefined ? undefined : readGpu(gpu, grammar),
    storage: sortVolumes(readStorage(present(fields.storage))),
  };
}

function readCpu(cursor: Cursor): { milli: bigint; attributes: Attribute[] | undefined } {
  const fields = cursor.fields(["units", "attributes"], { strict: true });
  const attributes = fields.attributes;
  const arch = attributes?.fields(["arch"], { strict: true }).arch;
  return {
    milli: quantity(fields.units, parseMilliCpu, "a number of CPUs such as 0.5 or 500m"),
    attributes: arch === undefined ? undefined : [{ key: "arch", value: arch.text() }],
  };
}

/** A number text read whatever its quotes; null and missing read as 0, undefined after an error. */
function quantityOf(
  cursor: Cursor | undefined,
  parse: (text: string) => bigint | undefined,
  expected: string,
): bigint | undefined {
  const text = cursor?.raw(expected);
  if (cursor === undefined || text === undefined) return cursor?.isNull === false ? undefined : 0n;
  const value = parse(text);
  if (value === undefined) cursor.error(`"${clip(text)}" is not ${expected}${suffixHint(text)}`);
  return value;
}

function quantity(
  cursor: Cursor | undefined,
  parse: (text: string) => bigint | undefined,
  expected: string,
): bigint {
  return quantityOf(cursor, parse, expected) ?? 0n;
}

/** What was probably meant by `5GB`, `5gi`, `5 Gi`. */
function suffixHint(text: string): string {
  const match = /^([0-9.]+)\s*([kmgtpe])(i?)b?$/i.exec(text.trim());
  if (match === null) return "";
  const [, digits, letter = "", binary] = match;
  const unit = binary === "" && letter.toLowerCase() === "k" ? "k" : letter.toUpperCase();
  return `; perhaps ${digits}${unit}${binary === "" ? "" : "i"}`;
}

function readMemory(cursor: Cursor): bigint {
  const fields = cursor.fields(["size", "attributes"]);
  if (fields.attributes !== undefined && !fields.attributes.isNull) {
    fields.attributes.error("memory has no attributes");
  }
  return quantity(fields.size, parseSize, SIZE_FORM);
}

function readStorage(cursor: Cursor | undefined): Volume[] {
  if (cursor === undefined) return [];
  if (cursor.node.kind === "text") {
    cursor.error("storage is a mapping with size, or a list of such mappings");
    return [];
  }
  const volumes =
    cursor.node.kind === "map"
      ? [{ ...readVolume(cursor), name: "default" }]
      : (cursor.items() ?? []).map(readVolume);
  const names = new Set<string>();
  for (const volume of volumes) {
    if (names.has(volume.name)) {
      cursor.reading.problems.error(
        volume.path,
        volume.at,
        `two volumes are called ${volume.name}`,
      );
    }
    names.add(volume.name);
  }
  return volumes;
}

function readVolume(cursor: Cursor): Volume {
  const fields = cursor.fields(["name", "size", "attributes"]);
  const name = fields.name?.text() ?? "";
  if (cursor.node.kind === "map" && name !== "" && !cursor.path.endsWith("]")) {
    fields.name?.warn("a single volume is always called default; write a list to name it");
  }
  return {
    path: cursor.path,
    at: cursor.at,
    name: name === "" ? "default" : name,
    bytes: quantity(fields.size, parseSize, SIZE_FORM),
    attributes:
      fields.attributes === undefined || fields.attributes.isNull
        ? undefined
        : readVolumeAttributes(fields.attributes),
  };
}

const STORAGE_CLASSES = ["default", "beta1", "beta2", "beta3", "ram"];

/** Go's rules, in its order: the words yes, no, on and off are unified only after the class check. */
function readVolumeAttributes(cursor: Cursor): Attribute[] {
  const fields = cursor.fields(["persistent", "class"], { strict: true });
  const written = fields.persistent === undefined ? "false" : fields.persistent.text(true);
  let volumeClass = fields.class === undefined ? undefined : fields.class.text();
  if (volumeClass === undefined || volumeClass === "") {
    if (written === "true") volumeClass = "default";
  } else if (volumeClass === "ram") {
    if (written !== "false") cursor.error("a volume of class ram cannot be persistent");
  } else if (written === "false") {
    cursor.error(`class ${clip(volumeClass)} needs persistent: true`);
  }
  if (volumeClass !== undefined && !STORAGE_CLASSES.includes(volumeClass)) {
    fields.class?.error(
      `unknown class "${clip(volumeClass)}", known: ${STORAGE_CLASSES.join(", ")}`,
    );
  }
  const persistent = /^(true|yes|on)$/.test(written);
  if (!persistent && !/^(false|no|off)$/.test(written)) {
    fields.persistent?.error(`persistent is true or false, found "${clip(written)}"`);
  } else if (written !== String(persistent)) {
    fields.persistent?.warn(`${written} is read as ${persistent}; write ${persistent}`);
  }
  const attributes: Attribute[] = [{ key: "persistent", value: String(persistent) }];
  return volumeClass === undefined
    ? attributes
    : [{ key: "class", value: volumeClass }, ...attributes];
}

/**
 * Go's order of volumes: by size; a volume without `persistent` before one with it; "false" before
 * "true"; two persistent ones by name. Two that are not persistent compare as less both ways,
 * which turns them around in a stable insertion sort; that is repeated here since the order enters
 * the manifest hash.
 */
export function sortVolumes(volumes: readonly Volume[]): Volume[] {
  const sorted: Volume[] = [];
  for (const volume of volumes) {
    let place = sorted.length;
    while (place > 0 && volumeBefore(volume, sorted[place - 1] as Volume)) place--;
    sorted.splice(place, 0, volume);
  }
  return sorted;
}

function volumeBefore(a: Volume, b: Volume): boolean {
  if (a.bytes !== b.bytes) return a.bytes < b.bytes;
  const persistent = (volume: Volume): string | undefined =>
    volume.attributes?.find(({ key }) => key === "persistent")?.value;
  const [left, right] = [persistent(a), persistent(b)];
  if (right !== undefined && (left === undefined || left < right)) return true;
  if (left !== undefined && right === undefined) return false;
  if (left !== "true") return true;
  return right === "true" && compareUtf8(a.name, b.name) < 0;
}

const VENDORS = ["nvidia", "amd", "intel"] as const;

function readGpu(cursor: Cursor, grammar: Grammar): Gpu {
  const at = { path: cursor.path, at: cursor.at };
  if (cursor.node.kind === "text") {
    cursor.error("gpu is a mapping with units and attributes.vendor (Go reads a bare number as 0)");
    return { ...at, units: 0n, attributes: undefined };
  }
  const fields = cursor.fields(["units", "attributes"], { strict: true });
  const units = quantityOf(fields.units, parseCount, "a whole number of GPUs");
  const attributes =
    fields.attributes === undefined || fields.attributes.isNull
      ? undefined
      : readGpuAttributes(fields.attributes, grammar);
  if (units !== undefined && units > 0n && attributes === undefined) {
    cursor.error("GPUs need attributes.vendor, for instance nvidia: with a list of models");
  }
  if (units === 0n && attributes !== undefined) {
    cursor.error("attributes without GPUs: write units: 1 or more, or drop the attributes");
  }
  return { ...at, units: units ?? 0n, attributes };
}

function readGpuAttributes(cursor: Cursor, grammar: Grammar): Attribute[] {
  const { vendor } = cursor.fields(["vendor"], { strict: true });
  if (vendor === undefined || vendor.isNull) {
    cursor.error("at least one vendor must be named");
    return [];
  }
  const keys: string[] = [];
  let named = 0;
  for (const [name, models] of vendor.entries() ?? []) {
    const known = (VENDORS as readonly string[]).includes(name);
    if (!known || (grammar !== "3.0" && name !== "nvidia")) {
      models.error(vendorRefusal(name, known));
      continue;
    }
    named++;
    const items = models.items() ?? [];
    if (items.length === 0 && grammar === "3.0") keys.push(`vendor/${name}/model/*`);
    for (const model of items) keys.push(`vendor/${name}/model/${readModel(model)}`);
  }
  if (named === 0 && grammar === "3.0") vendor.error(`name a vendor: ${VENDORS.join(", ")}`);
  if (keys.length === 0) keys.push("vendor/nvidia/model/*");
  const sorted = keys.sort(compareUtf8);
  for (const [index, key] of sorted.entries()) {
    if (key === sorted[index - 1]) cursor.error(`${key} stands here twice`);
    if (!ATTRIBUTE_KEY.test(key)) cursor.error(`"${clip(key)}" is not an attribute key`);
  }
  return sorted.map((key) => ({ key, value: "true" }));
}

/** Form of attribute keys on resources. */
const ATTRIBUTE_KEY = /^[a-zA-Z][\w/.-]{1,126}[\w*]?$/;

function vendorRefusal(name: string, known: boolean): string {
  return known
    ? `vendor ${name} needs version: "3.0" (older readers take it for any nvidia GPU)`
    : `unknown vendor "${clip(name)}", known: ${VENDORS.join(", ")}`;
}

function readModel(cursor: Cursor): string {
  const fields = cursor.fields(["model", "ram", "interface"]);
  let key = fields.model?.text() ?? "";
  if (key === "") cursor.warn("an item without model asks for a GPU model called nothing");
  if (key !== key.toLowerCase()) {
    fields.model?.warn(`models are written in lower case; "${clip(key)}" may match no provider`);
  }
  if (fields.ram !== undefined && !fields.ram.isNull) {
    const parse = (text: string): bigint | undefined => parseSize(text, true);
    const bytes = quantity(fields.ram, parse, "a size such as 80Gi");
    if (bytes % 2n ** 30n !== 0n) fields.ram.warn(`rounded down to ${bytes >> 30n}Gi`);
    key += `/ram/${bytes >> 30n}Gi`;
  }
  const bus = fields.interface;
  if (bus !== undefined && !bus.isNull) {
    const text = bus.raw("pcie or sxm") ?? "";
    if (text !== "pcie" && text !== "sxm") bus.error(`"${clip(text)}" is neither pcie nor sxm`);
    key += `/interface/${text}`;
  }
  return key;
}

/** Reads `profiles.placement`. */
export function readPlacement(
  cursor: Cursor | undefined,
  grammar: Grammar,
): Map<string, Placement> {
  const profiles = new Map<string, Placement>();
  for (const [name, profile] of cursor?.entries() ?? []) {
    const common = ["attributes", "signedBy", "pricing"] as const;
    const ours = ["kind", "duration", "min_reputation", "preferred"] as const;
    const fields: Partial<Record<(typeof common)[number] | (typeof ours)[number], Cursor>> =
      grammar === "3.0" ? profile.fields([...common, ...ours]) : profile.fields(common);
    const signers = fields.signedBy?.fields(["allOf", "anyOf"]);
    profiles.set(name, {
      path: profile.path,
      at: profile.at,
      attributes: readAttributes(fields.attributes),
      allOf: signers?.allOf?.texts(),
      anyOf: signers?.anyOf?.texts(),
      signersAt: fields.signedBy?.at ?? profile.at,
      pricing: readPricing(fields.pricing, grammar),
      terms: readTerms(fields),
    });
  }
  return profiles;
}

function readAttributes(cursor: Cursor | undefined): Attribute[] | undefined {
  const entries = cursor?.entries();
  if (entries === undefined || entries.length === 0) return undefined;
  return entries
    .map(([key, value]) => ({ key, value: value.text() }))
    .sort((a, b) => compareUtf8(a.key, b.key));
}

function readPricing(cursor: Cursor | undefined, grammar: Grammar): Map<string, Price> {
  const pricing = new Map<string, Price>();
  for (const [profile, price] of cursor?.entries() ?? []) {
    const fields: Partial<Record<"denom" | "amount" | "per", Cursor>> =
      grammar === "3.0"
        ? price.fields(["denom", "amount", "per"])
        : price.fields(["denom", "amount"], { hints: { per: 'needs version: "3.0"' } });
    const denom = fields.denom?.text(true) ?? "";
    if (!isDenom(denom)) (fields.denom ?? price).error(`"${clip(denom)}" is not a denom`);
    const text = fields.amount?.raw("an amount") ?? "";
    const amount = parseDecimal18(text);
    const at = fields.amount ?? price;
    if (amount === undefined)
      at.error(`amount "${clip(text)}" is not a plain decimal such as 1000`);
    else if (amount <= 0n) at.error(`amount ${clip(text)} is not above 0`);
    const per = fields.per?.text() ?? (grammar === "3.0" ? "" : "block");
    if (per === "hour" && (amount ?? 0n) % 10n ** 18n !== 0n) {
      at.error(`amount ${clip(text)} per hour is not a whole number of ${clip(denom)}`);
    }
    if (per !== "block" && per !== "hour") {
      (fields.per ?? price).error("per is hour or block and must be written");
    }
    pricing.set(profile, {
      path: price.path,
      at: price.at,
      denom,
      amount: amount ?? 0n,
      per: per === "hour" ? "hour" : "block",
    });
  }
  return pricing;
}

type TermFields = Partial<Record<"kind" | "duration" | "min_reputation" | "preferred", Cursor>>;

function readTerms(fields: TermFields): PlacementTerms {
  const kind = fields.kind?.text() ?? "on_demand";
  const known = kind === "on_demand" || kind === "spot" || kind === "reserved";
  if (!known) fields.kind?.error(`kind is on_demand, spot or reserved, found "${clip(kind)}"`);
  const duration = quantity(
    fields.duration,
    parseSeconds,
    "a duration such as 90s, 30m, 12h or 30d",
  );
  if (kind === "reserved" && duration === 0n) fields.kind?.error("kind reserved needs a duration");
  return {
    kind: known ? kind : "on_demand",
    duration,
    minReputationPpm: readReputation(fields.min_reputation),
    preferred: readAttributes(fields.preferred) ?? [],
  };
}

function readReputation(cursor: Cursor | undefined): number {
  const text = cursor?.raw("a share from 0 to 1");
  if (cursor === undefined || text === undefined) return 0;
  if (!/^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$/.test(text)) {
    cursor.error(`min_reputation is a share from 0 to 1 such as 0.95, found "${clip(text)}"`);
    return 0;
  }
  return Math.round(Number(text) * 1_000_000);
}
