// What the listings of people's verbs share: whose things, which state, which page, ids as 7/1/1.

import type { EnumTable } from "../codec/types.ts";
import type { PageRequest, PageResponse } from "../codec/gen/cosmos/base/query/v1beta1.ts";
import { PageRequest as PageRequestType } from "../codec/gen/cosmos/base/query/v1beta1.ts";
import type { Call } from "./command.ts";
import { keyringOf } from "./commands/keys.ts";
import { nodeUrl } from "./connection.ts";
import { UsageFailure } from "./failure.ts";
import type { Source } from "./queries.ts";
import { fromKey, resolveAddress } from "./transactions.ts";

/** The node and height that a call asks. */
export function sourceOf(call: Call): Source {
  return { url: nodeUrl(call), height: call.args.integer("height") };
}

/** Address that a flag names (a key of this home or an address); empty when it is not given. */
export function addressFlag(call: Call, name: string): string {
  const text = call.args.value(name);
  return text === undefined ? "" : resolveAddress(call, text);
}

/** Whose order or deployment a call means: `--owner`, else the key that signs or the only key. */
export function ownerOf(call: Call): string {
  const owner = call.args.value("owner");
  if (owner !== undefined) return resolveAddress(call, owner);
  if (call.args.value("from") === undefined && keyringOf(call).list().length !== 1)
    throw new UsageFailure("--owner is missing: whose is it? (an address or the name of a key)");
  return fromKey(call).address;
}

/** Name of an enum value without its prefix, in lower case: `LEASE_STATE_ACTIVE` -> `active`. */
export function enumWord(table: EnumTable, value: number): string {
  const name = table.values.find(([, number]) => number === value)?.[0];
  if (name === undefined) return String(value);
  const zero = table.values[0]?.[0] ?? "";
  const prefix = zero.endsWith("UNSPECIFIED") ? zero.slice(0, -"UNSPECIFIED".length) : "";
  return name.slice(prefix.length).toLowerCase().replaceAll("_", " ");
}

/** Number of the enum value that `--state` names; 0 when it is not given. */
export function stateFlag(call: Call, table: EnumTable): number {
  const text = call.args.value("state");
  if (text === undefined) return 0;
  const found = table.values.find(([, value]) => enumWord(table, value) === text.toLowerCase());
  if (found === undefined) {
    const words = table.values.slice(1).map(([, value]) => enumWord(table, value));
    throw new UsageFailure(`--state is one of ${words.join(", ")}, got ${text}`);
  }
  return found[1];
}

/** The page that a listing asks for. */
export function pageOf(call: Call): PageRequest {
  const key = call.args.value("page-key");
  return PageRequestType.create({
    limit: call.args.integer("limit") ?? 50n,
    key: new Uint8Array(key === undefined ? [] : Buffer.from(key, "base64")),
  });
}

/** Says how to go on when there is more. */
export function noteNextPage(call: Call, page: PageResponse | undefined): void {
  if (page !== undefined && page.nextKey.length > 0 && !call.out.json) {
    call.out.note(`There is more: --page-key ${Buffer.from(page.nextKey).toString("base64")}`);
  }
}

/** An order as people write it. */
export interface OrderNumbers {
  readonly dseq: bigint;
  readonly gseq: number;
  readonly oseq: number;
}

/** Reads `7/1/1`; a missing group or order number is 1. */
export function parseOrderNumbers(text: string): OrderNumbers {
  const match = /^([1-9][0-9]{0,18})(?:\/([1-9][0-9]{0,8}))?(?:\/([1-9][0-9]{0,8}))?$/.exec(text);
  if (match === null)
    throw new UsageFailure(`${JSON.stringify(text)} is not DSEQ/GSEQ/OSEQ, for example 7/1/1`);
  return {
    dseq: BigInt(match[1] as string),
    gseq: Number(match[2] ?? 1),
    oseq: Number(match[3] ?? 1),
  };
}

/** Reads a deployment number. */
export function parseDseq(text: string): bigint {
  if (!/^[1-9][0-9]{0,18}$/.test(text))
    throw new UsageFailure(`${JSON.stringify(text)} is not a deployment number`);
  return BigInt(text);
}

/** `7/1/1`. */
export function formatOrder(id: OrderNumbers): string {
  return `${id.dseq}/${id.gseq}/${id.oseq}`;
}

/** First and last letters of an address: enough to tell rows apart. */
export function shortAddress(address: string): string {
  return address.length <= 20 ? address : `${address.slice(0, 11)}...${address.slice(-4)}`;
}

/** A UNIX second as people read it. */
export function formatInstant(seconds: bigint): string {
  return seconds === 0n
    ? ""
    : new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
