// Words and pure rules about hardware and its sellers. No state; safe for clients and browsers.

import { compareBytes, utf8 } from "../../chain/base/bytes.ts";
import type { Attribute, Device, Heartbeat } from "../../chain/codec/gen/leasehold/provider/v1.ts";

/** Class of hosts without GPU; its devices are counted in whole vCPU (1000 milli-CPU). */
export const CPU_CLASS = "cpu";
/** Class of every GPU model that the table of models does not list. */
export const OTHER_CLASS = "other";
/** Longest attribute value, bytes of UTF-8. */
export const MAX_VALUE_BYTES = 256;
/** Longest URI, bytes. */
export const MAX_URI_BYTES = 256;
/** A heartbeat is fresh for this many periods. */
export const FRESH_PERIODS = 2n;

const WISH_KEY = /^[a-zA-Z][a-zA-Z0-9_/.*?-]{1,127}$/;
const CLAIM_KEY = /^[a-zA-Z][a-zA-Z0-9_/.-]{1,127}$/;
const MODEL = /^vendor\/[a-z0-9][a-z0-9._-]{0,62}\/model\/[a-z0-9][a-z0-9._-]{0,62}$/;
const CLASS = /^[a-z0-9]{1,32}$/;
const KIND = /^[A-Z][A-Z0-9_]{0,31}$/;
const FREE_MODEL = /^[a-z0-9][a-z0-9/._ -]{0,127}$/;
const DNS_HOST =
  /^(?=.{1,253}(?::|\/?$))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::[1-9][0-9]{0,4})?\/?$/;
const IPV6_HOST = /^\[[0-9a-f:.]{2,45}\](?::[1-9][0-9]{0,4})?\/?$/;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/?$)/;
const ANY_URI = /^[a-z][a-z0-9+.-]{1,31}:[!-~]+$/;

/** Whether `key` can be claimed: a letter, then 1 to 127 letters, digits, _ / . and -. */
export function isClaimKey(key: string): boolean {
  return CLAIM_KEY.test(key);
}

/** Whether `key` can be wished for: as a claim, and * and ? as globs. */
export function isWishKey(key: string): boolean {
  return WISH_KEY.test(key);
}

/** Whether `value` fits an attribute: well-formed text of at most 256 bytes without control characters. */
export function isAttributeValue(value: string): boolean {
  if (!value.isWellFormed() || utf8(value).length > MAX_VALUE_BYTES) return false;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return true;
}

/** Whether `model` names a GPU model: `vendor/<v>/model/<m>` in lower case. */
export function isGpuModel(model: string): boolean {
  return MODEL.test(model);
}

/** Whether `name` can name a hardware class: 1 to 32 lower-case letters and digits. */
export function isClassName(name: string): boolean {
  return CLASS.test(name);
}

/**
 * Whether `uri` can be a gateway: https with host (name, IPv4 or [IPv6]) and port, nothing else;
 * plain http only where the host is the machine itself.
 */
export function isHostUri(uri: string): boolean {
  if (uri.length > MAX_URI_BYTES) return false;
  const secure = uri.startsWith("https://");
  const rest = uri.slice(secure ? 8 : 7);
  if (!secure && !(uri.startsWith("http://") && LOOPBACK.test(rest))) return false;
  return DNS_HOST.test(rest) || IPV6_HOST.test(rest);
}

/** Whether `uri` can name a contact document: an absolute URI of printable ASCII. */
export function isContactUri(uri: string): boolean {
  return uri.length <= MAX_URI_BYTES && ANY_URI.test(uri);
}

/** What is wrong with a device row taken alone; undefined when nothing is. */
export function deviceFault(device: Device): string | undefined {
  if (!isClassName(device.class)) return `class ${quote(device.class)} is not a class name`;
  if (!KIND.test(device.kind)) return `kind ${quote(device.kind)} is not a word in capitals`;
  if (device.count === 0n || device.count > 1_000_000_000n)
    return `count ${device.count} is not in 1..1000000000`;
  if (device.kind === "GPU") {
    if (!isGpuModel(device.model))
      return `model ${quote(device.model)} is not vendor/<v>/model/<m> in lower case`;
  } else if (device.model !== "" && !FREE_MODEL.test(device.model)) {
    return `model ${quote(device.model)} is not lower-case text of at most 128 bytes`;
  }
  return undefined;
}

/** Text as it may stand in an error: quoted and cut at 80 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** Order of text by its UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  return compareBytes(utf8(a), utf8(b));
}

/** Attributes sorted by key. */
export function sortAttributes(attributes: readonly Attribute[]): readonly Attribute[] {
  return attributes.toSorted((a, b) => compareText(a.key, b.key));
}

/** Devices sorted by class, model, kind. */
export function sortDevices(devices: readonly Device[]): readonly Device[] {
  return devices.toSorted(
    (a, b) =>
      compareText(a.class, b.class) || compareText(a.model, b.model) || compareText(a.kind, b.kind),
  );
}

/** Devices owned of one class. */
export function countOfClass(devices: readonly Device[], name: string): bigint {
  let count = 0n;
  for (const device of devices) if (device.class === name) count += device.count;
  return count;
}

/**
 * Whether `key` matches the wished `pattern`: * stands for any run of characters, ? for one, all
 * else for itself. Linear in pattern times key, both at most 128 characters.
 */
export function matchesGlob(pattern: string, key: string): boolean {
  let p = 0;
  let k = 0;
  let star = -1;
  let resume = 0;
  while (k < key.length) {
    const unit = pattern[p];
    if (unit === "*") {
      star = p++;
      resume = k;
    } else if (unit === "?" || unit === key[k]) {
      p++;
      k++;
    } else if (star >= 0) {
      p = star + 1;
      k = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** Which claims satisfy one wish: equal value under a key that its glob matches. */
export function claimsFor(wish: Attribute, claims: readonly Attribute[]): readonly Attribute[] {
  return claims.filter((claim) => claim.value === wish.value && matchesGlob(wish.key, claim.key));
}

/** The first wish that no claim satisfies; undefined when all are met. */
export function unmetWish(
  wishes: readonly Attribute[],
  claims: readonly Attribute[],
): Attribute | undefined {
  return wishes.find((wish) => claimsFor(wish, claims).length === 0);
}

/** Whether a heartbeat is fresh at `uptime` (clock U, seconds): not without one. */
export function isFreshAt(heartbeat: Heartbeat | undefined, uptime: bigint): boolean {
  return heartbeat !== undefined && uptime <= heartbeat.freshUntilUptime;
}
