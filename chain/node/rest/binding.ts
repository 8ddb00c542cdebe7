// From the parts of an HTTP request to the query's message: values of the path, the query string
// (`pagination.limit=5`, a repeated field once per value), or a JSON body. Names are those of the
// .proto file or their camel case; a name that the message does not have is ignored, as the gateway
// does, a value that does not fit is refused with its name.

import type { FieldTable, Json, MessageType, TypeRegistry } from "../../codec/index.ts";
import { CodecError } from "../../codec/index.ts";
import { camelCase } from "../../codec/fields.ts";
import { invalidArgument } from "./refusal.ts";
import type { Match } from "./routes.ts";

/** Names joined by points that one parameter may have: deeper than any request of the tables. */
const MAX_NAMES = 6;

/** Values of a message on the way: by field name, nested ones as maps. */
type Tree = Map<string, Json | Tree>;

/** What a request says besides its path. */
export interface Given {
  readonly search: URLSearchParams;
  readonly body: string;
}

/** The request message of a match, encoded. Throws: GatewayRefusal InvalidArgument. */
export function bindRequest(match: Match, given: Given, registry: TypeRegistry): Uint8Array {
  const { route, values } = match;
  const tree: Tree = new Map();
  if (route.body === undefined) bindSearch(route.request, tree, given.search);
  for (const [path, text] of values) assign(route.request, tree, path, [text]);
  try {
    const bound = toJson(tree);
    const json = route.body === "*" ? { ...parseBody(given.body), ...bound } : bound;
    return route.request.encode(route.request.fromJson(json, registry));
  } catch (error) {
    if (error instanceof CodecError) throw invalidArgument(error.message);
    throw error;
  }
}

/** Values that a body may hold: a transaction of a thousand transfers has some ten thousand. */
const MAX_VALUES = 50_000;

/** Throws: GatewayRefusal for a body of more values, at the cost of one look at each character. */
function requireFewValues(body: string): void {
  let seen = 0;
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code === COMMA || code === BRACKET || code === BRACE) seen++;
  }
  if (seen > MAX_VALUES)
    throw invalidArgument(`the body has more than ${MAX_VALUES} values; send tx_bytes instead`);
}

const [COMMA, BRACKET, BRACE] = [0x2c, 0x5b, 0x7b];

function parseBody(body: string): { readonly [key: string]: Json } {
  if (body.trim() === "") return {};
  requireFewValues(body);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw invalidArgument(`the body is not JSON: ${reason.slice(0, 200)}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw invalidArgument("the body must be a JSON object");
  return json as { readonly [key: string]: Json };
}

function bindSearch(type: MessageType<unknown>, tree: Tree, search: URLSearchParams): void {
  const names = new Set(search.keys());
  for (const name of names) assign(type, tree, name, search.getAll(name));
}

/** Puts the values of one parameter where its name says. */
function assign(
  type: MessageType<unknown>,
  tree: Tree,
  path: string,
  values: readonly string[],
): void {
  const names = path.split(".");
  if (names.length > MAX_NAMES) return;
  let [at, held] = [type, tree];
  for (const [index, name] of names.entries()) {
    const field = at.table.fields.find((one) => one.name === name || camelCase(one.name) === name);
    if (field === undefined) return;
    if (index === names.length - 1) return void held.set(field.name, leaf(field, path, values));
    const inner = field.repeated === true ? undefined : at.refs().types.get(field.type);
    if (inner === undefined) return;
    const known = held.get(field.name);
    const next: Tree = known instanceof Map ? known : new Map();
    held.set(field.name, next);
    [at, held] = [inner, next];
  }
}

const WELL_KNOWN = new Set(["google.protobuf.Timestamp", "google.protobuf.Duration"]);

/** JSON of the texts of a field; only the first counts where the field holds one value. */
function leaf(field: FieldTable, path: string, values: readonly string[]): Json {
  if (field.kind === "message" && !WELL_KNOWN.has(field.type))
    throw invalidArgument(`parameter ${path} is not a value: name one of its fields`);
  const texts = values.map((text) => valueOf(field, path, text));
  return field.repeated === true ? texts : (texts[0] ?? null);
}

const TRUE = new Set(["true", "1", "t", "T", "TRUE", "True"]);
const FALSE = new Set(["false", "0", "f", "F", "FALSE", "False"]);

function valueOf(field: FieldTable, path: string, text: string): Json {
  if (field.kind === "enum") return /^-?\d{1,10}$/.test(text) ? Number(text) : text;
  if (field.type === "bool") {
    if (TRUE.has(text) || FALSE.has(text)) return TRUE.has(text);
    throw invalidArgument(`parameter ${path} must be true or false`);
  }
  return field.type === "bytes" ? standardBase64(text) : text;
}

/** Base64 of either alphabet, padded or not, in the standard form; a plus may have become a space. */
function standardBase64(text: string): string {
  const body = text.replace(/[ -]/g, "+").replaceAll("_", "/").replace(/=+$/, "");
  return body.padEnd(Math.ceil(body.length / 4) * 4, "=");
}

function toJson(tree: Tree): { readonly [key: string]: Json } {
  const entries = [...tree].map(([name, value]) => [
    name,
    value instanceof Map ? toJson(value) : value,
  ]);
  return Object.fromEntries(entries) as { readonly [key: string]: Json };
}
