// The form of a group as a message carries it, before any limit: names, keys, coins, addresses.
// What the market can serve of it is market's `specFault`, how much may be asked is `limitFault`.

import type { AddressCodec } from "../../../chain/base/address.ts";
import { isDenom } from "../../../chain/base/coins.ts";
import { parseUint } from "../../../chain/base/integers.ts";
import type { Gpu, GroupSpec, ResourceUnit } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { EndpointKind } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Attribute } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { isAttributeValue, isWishKey, quote } from "../../provider/index.ts";
import { MAX_NAME_BYTES } from "../types.ts";

/** Most rows of any list of a group that is looked at; the parameters bound it further. */
const MAX_ROWS = 256;

/** What is wrong with the form of a group, with its path; undefined when nothing is. Throws: sdk/7. */
export function formFault(spec: GroupSpec, addresses: AddressCodec): string | undefined {
  if (!isName(spec.name)) return `name ${quote(spec.name)} is not 1 to 64 bytes of text`;
  if (spec.units.length > MAX_ROWS) return `${spec.units.length} units, at most ${MAX_ROWS}`;
  const { attributes, preferred, signedBy } = spec.requirements;
  for (const address of [...signedBy.allOf, ...signedBy.anyOf]) addresses.parse(address);
  const fault =
    attributesFault(attributes, "requirements.attributes") ??
    attributesFault(preferred, "requirements.preferred");
  if (fault !== undefined) return fault;
  for (const [index, unit] of spec.units.entries()) {
    const wrong = unitFault(unit);
    if (wrong !== undefined) return `units[${index}].${wrong}`;
  }
  return undefined;
}

function isName(name: string): boolean {
  return name !== "" && isAttributeValue(name) && name.length <= MAX_NAME_BYTES;
}

function attributesFault(attributes: readonly Attribute[], where: string): string | undefined {
  if (attributes.length > MAX_ROWS) return `${where}: ${attributes.length}, at most ${MAX_ROWS}`;
  const seen = new Set<string>();
  for (const { key, value } of attributes) {
    if (!isWishKey(key)) return `${where}: key ${quote(key)} is not a key`;
    if (!isAttributeValue(value)) return `${where}: value of ${quote(key)} is not plain text`;
    if (seen.has(key)) return `${where}: key ${quote(key)} is there twice`;
    seen.add(key);
  }
  return undefined;
}

function unitFault(unit: ResourceUnit): string | undefined {
  const { denom, amount } = unit.price;
  if (!isDenom(denom)) return `price: ${quote(denom)} is not a denom`;
  if ((parseUint(amount) ?? 0n) === 0n)
    return `price: ${quote(amount)} is not a positive number of base units per hour`;
  return (
    attributesFault(unit.cpu.attributes, "cpu.attributes") ??
    attributesFault(unit.memory.attributes, "memory.attributes") ??
    storageFault(unit) ??
    gpuFault(unit.gpu) ??
    endpointFault(unit)
  );
}

function storageFault(unit: ResourceUnit): string | undefined {
  if (unit.storage.length > MAX_ROWS) return `storage: ${unit.storage.length} volumes`;
  const names = new Set<string>();
  for (const [index, volume] of unit.storage.entries()) {
    const where = `storage[${index}]`;
    if (!isName(volume.name)) return `${where}.name ${quote(volume.name)} is not 1 to 64 bytes`;
    if (names.has(volume.name)) return `${where}.name ${quote(volume.name)} is there twice`;
    names.add(volume.name);
    const fault = attributesFault(volume.attributes, `${where}.attributes`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function gpuFault(gpu: Gpu): string | undefined {
  if (gpu.units === 0n && gpu.models.length > 0) return "gpu: models without units";
  if (gpu.models.length > MAX_ROWS) return `gpu: ${gpu.models.length} models, at most ${MAX_ROWS}`;
  for (const [index, wish] of gpu.models.entries()) {
    for (const part of [wish.vendor, wish.model, wish.ram, wish.interface])
      if (part.includes("/") || part.length > MAX_NAME_BYTES || !isAttributeValue(part))
        return `gpu.models[${index}]: ${quote(part)} is not 0 to 64 bytes of text without /`;
  }
  return undefined;
}

function endpointFault(unit: ResourceUnit): string | undefined {
  if (unit.endpoints.length > MAX_ROWS)
    return `endpoints: ${unit.endpoints.length}, at most ${MAX_ROWS}`;
  for (const [index, { kind, sequenceNumber }] of unit.endpoints.entries()) {
    if (kind < EndpointKind.SHARED_HTTP || kind > EndpointKind.LEASED_IP)
      return `endpoints[${index}].kind: ${kind} is not a kind`;
    if ((kind === EndpointKind.LEASED_IP) !== sequenceNumber > 0)
      return `endpoints[${index}].sequence_number ${sequenceNumber} does not go with its kind`;
  }
  return undefined;
}
