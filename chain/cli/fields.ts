// From words and flags to a message, by its table: every message and query of the chain is callable
// without a line of code for it.

import { parseCoin, toWireCoin } from "../base/coins.ts";
import type { FieldTable, Json, MessageType } from "../codec/types.ts";
import type { Args, FlagSpec } from "./args.ts";
import { UsageFailure } from "./failure.ts";
import { registry } from "./queries.ts";

const COIN = "cosmos.base.v1beta1.Coin";
const PAGE = "cosmos.base.query.v1beta1.PageRequest";

/** Flags of a query that has pages. */
const PAGE_FLAGS: readonly FlagSpec[] = [
  { name: "limit", kind: "value", value: "N", text: "entries of a page (default 100)" },
  { name: "page-key", kind: "value", value: "BASE64", text: "go on after a page" },
  { name: "count-total", kind: "switch", text: "count all entries" },
  { name: "reverse", kind: "switch", text: "last entries first" },
];

/** Turns the name of a key into its address; other text is left as it is. */
export type Resolve = (text: string) => string;

function flagName(field: FieldTable): string {
  return field.name.replaceAll("_", "-");
}

/** Fields that a caller may set: all but the signer and the page. */
export function settableFields(type: MessageType<unknown>): readonly FieldTable[] {
  const signer = new Set(type.table.signer ?? []);
  return type.table.fields.filter((field) => !signer.has(field.name) && field.type !== PAGE);
}

function describe(field: FieldTable): string {
  if (field.comment !== undefined && field.comment !== "") return field.comment;
  return `${field.repeated === true ? "list of " : ""}${field.type}`;
}

function valueName(field: FieldTable): string {
  if (field.type === COIN) return field.repeated === true ? "COINS" : "COIN";
  if (field.kind === "message") return "JSON";
  if (field.kind === "enum") return "NAME";
  if (field.type === "bytes") return "BASE64";
  return field.scalar === "cosmos.AddressString" ? "ADDRESS" : field.type.toUpperCase();
}

/** A flag for each field that a caller may set. */
export function fieldFlags(type: MessageType<unknown>, taken: ReadonlySet<string>): FlagSpec[] {
  const flags = settableFields(type)
    .filter((field) => !taken.has(flagName(field)))
    .map((field): FlagSpec => {
      const kind = field.type === "bool" ? "switch" : field.repeated === true ? "list" : "value";
      const value = kind === "switch" ? {} : { value: valueName(field) };
      return {
        name: flagName(field),
        kind,
        text: describe(field).split("\n")[0] as string,
        ...value,
      };
    });
  const pages = type.table.fields.some((field) => field.type === PAGE) ? PAGE_FLAGS : [];
  return [
    ...flags,
    ...pages.filter(
      (page) => !taken.has(page.name) && !flags.some((flag) => flag.name === page.name),
    ),
  ];
}

function bad(field: FieldTable, text: string, expected: string): UsageFailure {
  return new UsageFailure(`${flagName(field)}: ${JSON.stringify(text)} is not ${expected}`);
}

function coinJson(field: FieldTable, text: string): Json {
  const coin = parseCoin(text.trim());
  if (coin === undefined) throw bad(field, text, "a coin such as 500ulease");
  return { ...toWireCoin(coin) };
}

function parseJson(field: FieldTable, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw bad(field, text, "JSON");
  }
}

function bytesJson(field: FieldTable, text: string): Json {
  const hex = /^(?:0x)?((?:[0-9a-fA-F]{2})*)$/.exec(text);
  if (hex !== null && (text.startsWith("0x") || text.length === 64))
    return Buffer.from(hex[1] as string, "hex").toString("base64");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw bad(field, text, "base64, or hex with 0x before it");
  return text;
}

function enumJson(type: MessageType<unknown>, field: FieldTable, text: string): Json {
  const names =
    type
      .refs()
      .enums.get(field.type)
      ?.values.map(([name]) => name) ?? [];
  const wanted = text.toUpperCase().replaceAll("-", "_");
  const found = names.find((name) => name === wanted || name.endsWith(`_${wanted}`));
  if (found === undefined) throw bad(field, text, `one of ${names.join(", ")}`);
  return found;
}

function oneJson(
  type: MessageType<unknown>,
  field: FieldTable,
  text: string,
  resolve: Resolve,
): Json {
  if (field.type === COIN) return coinJson(field, text);
  if (field.kind === "message") return parseJson(field, text);
  if (field.kind === "enum") return enumJson(type, field, text);
  if (field.type === "bytes") return bytesJson(field, text);
  if (field.type === "bool") return text !== "false";
  if (field.type === "string")
    return field.scalar === "cosmos.AddressString" ? resolve(text) : text;
  if (!/^-?[0-9]+$/.test(text)) throw bad(field, text, "a whole number");
  return /32/.test(field.type) ? Number(text) : text;
}

function fieldJson(
  type: MessageType<unknown>,
  field: FieldTable,
  texts: readonly string[],
  resolve: Resolve,
): Json {
  if (field.repeated !== true) return oneJson(type, field, texts.at(-1) as string, resolve);
  const [first] = texts;
  if (
    field.kind === "message" &&
    field.type !== COIN &&
    texts.length === 1 &&
    first?.startsWith("[") === true
  ) {
    return parseJson(field, first);
  }
  const split =
    field.kind === "message" && field.type !== COIN
      ? texts
      : texts.flatMap((text) => text.split(","));
  return split.filter((text) => text !== "").map((text) => oneJson(type, field, text, resolve));
}

function pageJson(args: Args): Json | undefined {
  const json: Record<string, Json> = {};
  const limit = args.value("limit");
  const key = args.value("page-key");
  if (limit !== undefined) json["limit"] = limit;
  if (key !== undefined) json["key"] = key;
  if (args.has("count-total")) json["count_total"] = true;
  if (args.has("reverse")) json["reverse"] = true;
  return Object.keys(json).length === 0 ? undefined : json;
}

/** Positional words of a message: by default its settable fields in order. */
export function positionalFields(type: MessageType<unknown>): readonly FieldTable[] {
  return settableFields(type).filter((field) => field.type !== "bool");
}

/**
 * Makes a message: words fill the fields in order, flags fill them by name, the signer is given.
 * Throws: UsageFailure that names the field and what was expected.
 */
export function messageFromArgs(
  type: MessageType<unknown>,
  args: Args,
  signer: string | undefined,
  resolve: Resolve,
): unknown {
  const json: Record<string, Json> = {};
  const positions = positionalFields(type);
  if (args.words.length > positions.length) {
    throw new UsageFailure(
      `too many words: ${JSON.stringify(args.words[positions.length])} has no field to go to`,
    );
  }
  for (const field of settableFields(type)) {
    const word = args.words[positions.indexOf(field)];
    const flags =
      field.repeated === true && field.type !== "bool" ? args.list(flagName(field)) : [];
    const single = field.repeated === true ? undefined : args.value(flagName(field));
    const texts =
      single !== undefined ? [single] : flags.length > 0 ? flags : word === undefined ? [] : [word];
    if (texts.length > 0) json[field.name] = fieldJson(type, field, texts, resolve);
  }
  for (const name of type.table.signer ?? []) if (signer !== undefined) json[name] = signer;
  const page = type.table.fields.find((field) => field.type === PAGE);
  const pages = page === undefined ? undefined : pageJson(args);
  if (page !== undefined && pages !== undefined) json[page.name] = pages;
  return type.fromJson(json, registry);
}
