// Reads our own .proto files into the same tables as those of the upstream packages. protobufjs is
// the parser; imports are not followed, since the upstream names are known from the tables.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import protobuf from "protobufjs";
import type { EnumTable, FieldTable, MessageTable, MethodTable } from "../chain/codec/types.ts";
import type { Schema } from "./tables.ts";
import { joinSchemas } from "./tables.ts";

type Options = Readonly<Record<string, unknown>> | undefined;

const SCALARS = new Set(
  (
    "bool string bytes int32 uint32 sint32 fixed32 sfixed32 " +
    "int64 uint64 sint64 fixed64 sfixed64"
  ).split(" "),
);

/** Paths of all .proto files under `folder`, sorted. */
export function protoFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".proto"))
    .map((path) => join(folder, path))
    .sort();
}

/** Parses all .proto files under `folder`; `known` are the upstream names they may refer to. */
export function parseProtos(folder: string, known: Schema): Schema {
  const root = new protobuf.Root();
  for (const path of protoFiles(folder)) {
    const options = { keepCase: true, alternateCommentMode: true };
    const { package: name } = protobuf.parse(readFileSync(path, "utf8"), root, options);
    const expected = relative(join(folder, ".."), path).split("/").slice(0, -1).join(".");
    if (name !== expected)
      throw new Error(`${path}: package is ${name}, its folder says ${expected}`);
  }
  const names = new Map<string, "message" | "enum">();
  for (const { name } of known.messages) names.set(name, "message");
  for (const { name } of known.enums) names.set(name, "enum");
  collectNames(root, names);
  return readNamespace(root, names);
}

function collectNames(scope: protobuf.NamespaceBase, names: Map<string, "message" | "enum">): void {
  for (const item of scope.nestedArray) {
    if (item instanceof protobuf.Type) names.set(fullName(item), "message");
    if (item instanceof protobuf.Enum) names.set(fullName(item), "enum");
    if (item instanceof protobuf.Namespace) collectNames(item, names);
  }
}

function fullName(item: protobuf.ReflectionObject): string {
  return item.fullName.replace(/^\./, "");
}

function readNamespace(scope: protobuf.NamespaceBase, names: ReadonlyMap<string, string>): Schema {
  const messages: MessageTable[] = [];
  const enums: EnumTable[] = [];
  const services: Schema["services"][number][] = [];
  const inner: Schema[] = [];
  for (const item of scope.nestedArray) {
    if (item instanceof protobuf.Type) messages.push(readMessage(item, names));
    else if (item instanceof protobuf.Enum) enums.push(readEnum(item));
    else if (item instanceof protobuf.Service) {
      const methods = item.methodsArray.map((method) => readMethod(method, item, names));
      services.push({ name: fullName(item), methods });
    }
    if (item instanceof protobuf.Namespace) inner.push(readNamespace(item, names));
  }
  return joinSchemas({ messages, enums, services }, ...inner);
}

function readEnum(item: protobuf.Enum): EnumTable {
  const values = Object.entries(item.values).sort((a, b) => a[1] - b[1]);
  if (values[0]?.[1] !== 0) throw new Error(`${fullName(item)}: the first value must be 0`);
  return { name: fullName(item), values };
}

function readMessage(item: protobuf.Type, names: ReadonlyMap<string, string>): MessageTable {
  const aminoName = text(item.options, "(amino.name)");
  const implemented = text(item.options, "(cosmos_proto.implements_interface)");
  const signers = (item.parsedOptions ?? [])
    .map((option: Readonly<Record<string, unknown>>) => option["(cosmos.msg.v1.signer)"])
    .filter((signer: unknown) => typeof signer === "string");
  const fields = item.fieldsArray.map((field) => readField(field, item, names));
  return {
    name: fullName(item),
    fields: fields.sort((a, b) => a.number - b.number),
    ...(signers.length > 0 && { signer: signers }),
    ...(aminoName !== undefined && { aminoName }),
    ...(implemented !== undefined && { implements: [implemented] }),
  };
}

function readField(
  field: protobuf.Field,
  owner: protobuf.Type,
  names: ReadonlyMap<string, string>,
): FieldTable {
  const where = `${fullName(owner)}.${field.name}`;
  if (field.map) throw new Error(`${where}: maps are not supported`);
  const scalar = SCALARS.has(field.type);
  const type = scalar ? field.type : resolve(field.type, fullName(owner), names, where);
  const kind = scalar ? "scalar" : names.get(type) === "enum" ? "enum" : "message";
  const cosmosScalar = text(field.options, "(cosmos_proto.scalar)");
  const aminoEncoding = text(field.options, "(amino.encoding)");
  const aminoFieldName = text(field.options, "(amino.field_name)");
  const accepts = text(field.options, "(cosmos_proto.accepts_interface)");
  return {
    number: field.id,
    name: field.name,
    type,
    kind,
    ...(field.repeated && { repeated: true as const }),
    ...(field.partOf && { oneof: field.partOf.name }),
    ...(flag(field.options, "(gogoproto.nullable)") === false && { nullable: false as const }),
    ...(cosmosScalar !== undefined && { scalar: cosmosScalar }),
    ...(aminoEncoding !== undefined && { aminoEncoding }),
    ...(flag(field.options, "(amino.dont_omitempty)") && { aminoDontOmitEmpty: true as const }),
    ...(aminoFieldName !== undefined && { aminoFieldName }),
    ...(accepts !== undefined && { accepts }),
    ...(flag(field.options, "(gogoproto.stdtime)") && { std: "time" as const }),
    ...(flag(field.options, "(gogoproto.stdduration)") && { std: "duration" as const }),
    comment: field.comment ?? "",
  };
}

function readMethod(
  method: protobuf.Method,
  owner: protobuf.Service,
  names: ReadonlyMap<string, string>,
): MethodTable {
  const where = `${fullName(owner)}.${method.name}`;
  const http = (method.parsedOptions ?? [])
    .map((option: Readonly<Record<string, unknown>>) => option["(google.api.http)"])
    .filter((rule: unknown) => rule !== undefined)
    .flatMap((rule: unknown) => readRoutes(rule as RouteRule));
  return {
    name: method.name,
    input: resolve(method.requestType, fullName(owner), names, where),
    output: resolve(method.responseType, fullName(owner), names, where),
    ...(http.length > 0 && { http }),
  };
}

type RouteRule = Readonly<Record<string, unknown>>;

function readRoutes(rule: RouteRule): { verb: string; path: string; body?: string }[] {
  const verbs = ["get", "post", "put", "delete", "patch"].filter((verb) => verb in rule);
  const body = typeof rule["body"] === "string" ? { body: rule["body"] } : {};
  const own = verbs.map((verb) => ({
    verb: verb.toUpperCase(),
    path: String(rule[verb]),
    ...body,
  }));
  const more = [rule["additional_bindings"] ?? []].flat() as RouteRule[];
  return [...own, ...more.flatMap(readRoutes)];
}

function resolve(
  type: string,
  scope: string,
  names: ReadonlyMap<string, string>,
  where: string,
): string {
  if (type.startsWith(".")) return type.slice(1);
  const parts = scope.split(".");
  for (let depth = parts.length; depth >= 0; depth--) {
    const candidate = [...parts.slice(0, depth), type].join(".");
    if (names.has(candidate)) return candidate;
  }
  throw new Error(`${where}: type ${type} is not known`);
}

function text(options: Options, key: string): string | undefined {
  const value = options?.[key];
  return typeof value === "string" ? value : undefined;
}

function flag(options: Options, key: string): boolean | undefined {
  const value = options?.[key];
  return typeof value === "boolean" ? value : undefined;
}
