// Checks of form that several messages share.

import { fromWireCoin } from "../../../chain/base/coins.ts";
import type { Coin, WireCoin } from "../../../chain/base/coins.ts";
import { utf8 } from "../../../chain/base/bytes.ts";
import type {
  GpuModel,
  LeaseId,
  OrderId,
  Shape,
  UnitPrices,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { BasicEnv } from "../../../chain/runtime/index.ts";
import {
  compareText,
  isClaimKey,
  isAttributeValue,
  isGpuModel,
  quote,
} from "../../provider/index.ts";
import type { Attribute } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { marketErrors } from "../errors.ts";
import {
  HASH_BYTES,
  MAX_HOSTS,
  MAX_PRICE,
  MAX_REASON_BYTES,
  MAX_UNIT_PRICE,
  modelName,
} from "../types.ts";

/** Most attributes of an offer. */
const MAX_OFFER_ATTRIBUTES = 32;
/** Most storage classes of an offer. */
const MAX_STORAGE_CLASSES = 16;
/** Longest name of a storage class, bytes. */
const MAX_CLASS_BYTES = 32;
/** Largest quantity of one resource of a host: 2^60 keeps every sum of 64 hosts in 128 bits. */
const MAX_QUANTITY = 1n << 60n;

/** Checks the name of an order. Throws: sdk/7, market/37. */
export function checkOrderId(id: OrderId, env: BasicEnv): void {
  env.addresses.parse(id.owner);
  if (id.dseq === 0n || id.gseq === 0 || id.oseq === 0)
    throw marketErrors.invalidId.with(`order ${id.dseq}/${id.gseq}/${id.oseq}: numbers begin at 1`);
}

/** Checks the name of a lease. Throws: sdk/7, market/37. */
export function checkLeaseId(id: LeaseId, env: BasicEnv): void {
  checkOrderId(id, env);
  env.addresses.parse(id.provider);
}

/** A price as a message carries it. Throws: market/15. */
export function checkPrice(price: WireCoin): Coin {
  const coin = fromWireCoin(price, marketErrors.invalidPrice);
  if (coin.amount < 1n || coin.amount > MAX_PRICE)
    throw marketErrors.invalidPrice.with(
      `${coin.amount}${coin.denom} per hour is not in 1..${MAX_PRICE}`,
    );
  return coin;
}

/** Checks bytes that are a SHA-256 hash, or nothing where that is allowed. Throws: market/33. */
export function checkHash(name: string, bytes: Uint8Array, optional: boolean): void {
  if (bytes.length === HASH_BYTES || (optional && bytes.length === 0)) return;
  throw marketErrors.invalidHash.with(
    `${name} of ${bytes.length} bytes, ${optional ? "0 or " : ""}${HASH_BYTES} expected`,
  );
}

/** Checks words of a provider. Throws: market/34. */
export function checkNote(text: string): void {
  const { length } = utf8(text);
  if (length > MAX_REASON_BYTES)
    throw marketErrors.invalidReason.with(`${length} bytes, at most ${MAX_REASON_BYTES}`);
}

/** Checks unit prices of an offer. Throws: market/28. */
export function checkUnitPrices(prices: UnitPrices): void {
  const rows: readonly (readonly [string, bigint])[] = [
    ["cpu_hour", prices.cpuHour],
    ["memory_gib_hour", prices.memoryGibHour],
    ["gpu_hour", prices.gpuHour],
    ["endpoint_hour", prices.endpointHour],
    ["ip_hour", prices.ipHour],
    ...prices.storage.map((row) => [`storage ${quote(row.class)}`, row.perGibHour] as const),
  ];
  for (const [name, value] of rows)
    if (value < 0n || value > MAX_UNIT_PRICE)
      throw marketErrors.invalidOffer.with(`price ${name} ${value} is not in 0..${MAX_UNIT_PRICE}`);
  if (rows.every(([, value]) => value === 0n))
    throw marketErrors.invalidOffer.with("every price is 0: a lease costs at least 1 per hour");
  if (prices.storage.length > MAX_STORAGE_CLASSES)
    throw marketErrors.invalidOffer.with(
      `${prices.storage.length} storage classes, at most ${MAX_STORAGE_CLASSES}`,
    );
  for (const [index, row] of prices.storage.entries()) {
    const before = prices.storage[index - 1];
    if (before !== undefined && compareText(before.class, row.class) >= 0)
      throw marketErrors.invalidOffer.with(
        `storage classes must ascend, ${quote(row.class)} does not`,
      );
    if (utf8(row.class).length > MAX_CLASS_BYTES)
      throw marketErrors.invalidOffer.with(`storage class of more than ${MAX_CLASS_BYTES} bytes`);
  }
}

/** Checks the hosts of an offer; GPUs go with a model. Throws: market/28. */
export function checkShapes(shapes: readonly Shape[], model: GpuModel | undefined): void {
  let hosts = 0;
  for (const [index, shape] of shapes.entries()) {
    const fault = shapeFault(shape, model);
    if (fault !== undefined) throw marketErrors.invalidOffer.with(`shapes[${index}]: ${fault}`);
    hosts += shape.hosts;
  }
  if (hosts === 0 || hosts > MAX_HOSTS)
    throw marketErrors.invalidOffer.with(`${hosts} hosts, not in 1..${MAX_HOSTS}`);
}

function shapeFault(shape: Shape, model: GpuModel | undefined): string | undefined {
  const { hosts, cpuMilli, memoryBytes, storageBytes, gpus } = shape;
  if (hosts === 0 || hosts > MAX_HOSTS) return `${hosts} hosts, not in 1..${MAX_HOSTS}`;
  if (cpuMilli === 0n || memoryBytes === 0n) return "a host needs CPU and memory";
  for (const amount of [cpuMilli, memoryBytes, storageBytes, gpus])
    if (amount > MAX_QUANTITY) return `quantity ${amount} is above 2^60`;
  if (model === undefined && gpus > 0n) return "GPUs without a model";
  if (model !== undefined && gpus === 0n) return "a model without GPUs";
  return undefined;
}

/** Checks the GPU model of an offer or bid. Throws: market/28. */
export function checkModel(model: GpuModel): void {
  if (!isGpuModel(modelName(model)))
    throw marketErrors.invalidOffer.with(
      `GPU ${quote(modelName(model))} is not vendor/<v>/model/<m> in lower case`,
    );
  for (const text of [model.ram, model.interface])
    if (!/^[A-Za-z0-9._-]{0,32}$/.test(text))
      throw marketErrors.invalidOffer.with(`${quote(text)} is no size or interface of a GPU`);
}

/** Checks the attributes of an offer: claims, ascending, each key once. Throws: market/28. */
export function checkAttributes(attributes: readonly Attribute[]): void {
  if (attributes.length > MAX_OFFER_ATTRIBUTES)
    throw marketErrors.invalidOffer.with(
      `${attributes.length} attributes, at most ${MAX_OFFER_ATTRIBUTES}`,
    );
  for (const [index, { key, value }] of attributes.entries()) {
    if (!isClaimKey(key) || !isAttributeValue(value))
      throw marketErrors.invalidOffer.with(`attribute ${quote(key)} has a bad key or value`);
    const before = attributes[index - 1];
    if (before !== undefined && compareText(before.key, key) >= 0)
      throw marketErrors.invalidOffer.with(`attributes must ascend by key, ${quote(key)} does not`);
  }
}
