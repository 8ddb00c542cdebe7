// The OpenAPI 3 document of the REST door, made from the tables that the door itself works from, with
// the comments of our .proto fields.

import type { EnumTable, FieldTable, MessageType } from "../../codec/index.ts";
import type { Route } from "./routes.ts";

type Schema = { readonly [key: string]: unknown };

/** Name of the schema of every error. */
const ERROR = "google.rpc.Status";
/** Nested messages of a request that the query string can name: `pagination.limit` is one deep. */
const MAX_DEPTH = 3;

const SCALARS: Readonly<Record<string, Schema>> = {
  bool: { type: "boolean" },
  string: { type: "string" },
  bytes: { type: "string", format: "byte", nullable: true },
  int32: { type: "integer", format: "int32" },
  uint32: { type: "integer", format: "int64" },
  sint32: { type: "integer", format: "int32" },
  fixed32: { type: "integer", format: "int64" },
  sfixed32: { type: "integer", format: "int32" },
  int64: { type: "string", format: "int64" },
  uint64: { type: "string", format: "uint64" },
  sint64: { type: "string", format: "int64" },
  fixed64: { type: "string", format: "uint64" },
  sfixed64: { type: "string", format: "int64" },
};

/** Messages that JSON has in a form of their own. */
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", example: "1.500s" },
  "google.protobuf.Any": {
    type: "object",
    properties: { "@type": { type: "string" } },
    required: ["@type"],
    additionalProperties: true,
  },
};

/** Collects the schemas of messages as they are named. */
class Schemas {
  readonly byName = new Map<string, Schema>();

  /** A reference to a message, whose schema is made when it is named first. */
  of(type: MessageType<unknown>): Schema {
    const known = WELL_KNOWN[type.name];
    if (known !== undefined) return known;
    if (!this.byName.has(type.name)) {
      this.byName.set(type.name, {});
      this.byName.set(type.name, this.#message(type));
    }
    return { $ref: `#/components/schemas/${type.name}` };
  }

  #message(type: MessageType<unknown>): Schema {
    const properties = type.table.fields.map((field) => [field.name, this.field(type, field)]);
    return { type: "object", properties: Object.fromEntries(properties) as Schema };
  }

  /** Schema of one field, as a value of a body. */
  field(type: MessageType<unknown>, field: FieldTable): Schema {
    const one = this.#one(type, field);
    const schema = field.repeated === true ? { type: "array", items: one } : optional(field, one);
    return field.comment === undefined || field.comment === ""
      ? schema
      : withDescription(schema, field.comment);
  }

  #one(type: MessageType<unknown>, field: FieldTable): Schema {
    if (field.kind === "enum") return enumSchema(type.refs().enums.get(field.type));
    if (field.customtype !== undefined) return { type: "string" };
    if (field.kind === "scalar") return SCALARS[field.type] ?? { type: "string" };
    const inner = type.refs().types.get(field.type);
    return inner === undefined ? { type: "object" } : this.of(inner);
  }
}

function enumSchema(table: EnumTable | undefined): Schema {
  return { type: "string", enum: (table?.values ?? []).map(([name]) => name) };
}

/** An absent message, and an absent number of the SDK's own types, is null. */
function optional(field: FieldTable, schema: Schema): Schema {
  const absent = field.kind === "message" || field.customtype !== undefined;
  if (!absent || field.nullable === false) return schema;
  return "$ref" in schema ? { nullable: true, allOf: [schema] } : { ...schema, nullable: true };
}

function withDescription(schema: Schema, description: string): Schema {
  return "$ref" in schema ? { allOf: [schema], description } : { ...schema, description };
}

/** Parameters of the query string: scalars, enums and times, nested ones by path. */
function searchParameters(
  schemas: Schemas,
  type: MessageType<unknown>,
  taken: ReadonlySet<string>,
  prefix = "",
  depth = 0,
): Schema[] {
  return type.table.fields.flatMap((field) => {
    const name = `${prefix}${field.name}`;
    if (taken.has(name)) return [];
    const inner = field.kind === "message" ? type.refs().types.get(field.type) : undefined;
    if (inner === undefined || field.type in WELL_KNOWN) {
      if (field.type === "google.protobuf.Any") return [];
      const { description, ...schema } = schemas.field(type, field);
      const base = { name, in: "query", schema };
      return [typeof description === "string" ? { ...base, description } : base];
    }
    if (field.repeated === true || depth >= MAX_DEPTH) return [];
    return searchParameters(schemas, inner, taken, `${name}.`, depth + 1);
  });
}

function pathParameters(schemas: Schemas, route: Route): Schema[] {
  return route.pieces.flatMap((piece) => {
    if (piece.kind === "text") return [];
    const field = route.request.table.fields.find((one) => one.name === piece.field);
    const { description, ...schema } =
      field === undefined ? { type: "string" } : schemas.field(route.request, field);
    const base = { name: piece.field, in: "path", required: true, schema };
    return [typeof description === "string" ? { ...base, description } : base];
  });
}

const HEIGHT_PARAMETER: Schema = {
  name: "x-cosmos-block-height",
  in: "header",
  description: "Height of the state that is asked for; without it the last",
  schema: { type: "string" },
};

function operation(schemas: Schemas, route: Route, id: string): Schema {
  const inPath = pathParameters(schemas, route);
  const taken = new Set(inPath.map((parameter) => String(parameter["name"])));
  const inSearch = route.body === undefined ? searchParameters(schemas, route.request, taken) : [];
  const content = (schema: Schema): Schema => ({ "application/json": { schema } });
  return {
    operationId: id,
    tags: [route.query.split("/")[1]],
    parameters: [...inPath, ...inSearch, HEIGHT_PARAMETER],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: content(schemas.of(route.request)) } }),
    responses: {
      "200": { description: "The answer", content: content(schemas.of(route.response)) },
      default: {
        description: "A refusal with its gRPC code",
        content: content({ $ref: `#/components/schemas/${ERROR}` }),
      },
    },
  };
}

const ERROR_SCHEMA: Schema = {
  type: "object",
  required: ["code", "message", "details"],
  properties: {
    code: { type: "integer", format: "int32", description: "gRPC code" },
    message: { type: "string" },
    details: { type: "array", items: {} },
  },
};

/** Path of a route as OpenAPI writes it: `{denom=**}` is `{denom}`. */
function pathOf(route: Route): string {
  return `/${route.pieces
    .map((piece) => (piece.kind === "text" ? piece.text : `{${piece.field}}`))
    .join("/")}`;
}

/**
 * The document of these routes. Of two templates of one form it has the first, as OpenAPI asks: a
 * caller of the one is a caller of the other.
 */
export function openApi(routes: readonly Route[], version: string): Schema {
  const schemas = new Schemas();
  const paths = new Map<string, Record<string, Schema>>();
  const forms = new Map<string, string>();
  const ids = new Map<string, number>();
  for (const route of routes) {
    const path = pathOf(route);
    const form = path.replace(/\{[^}]*\}/g, "{}");
    if ((forms.get(form) ?? path) !== path) continue;
    forms.set(form, path);
    const name = route.query.slice(1).replaceAll(/[./]/g, "_");
    const count = (ids.get(name) ?? 0) + 1;
    ids.set(name, count);
    const held = paths.get(path) ?? {};
    held[route.verb.toLowerCase()] = operation(schemas, route, count > 1 ? name + count : name);
    paths.set(path, held);
  }
  const sorted = [...schemas.byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: "3.0.3",
    info: {
      title: "Leasehold REST",
      version: version === "" ? "0" : version,
      description: "Queries in proto JSON: names as in the .proto files, 64-bit integers as text",
    },
    paths: Object.fromEntries([...paths].sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { schemas: { ...Object.fromEntries(sorted), [ERROR]: ERROR_SCHEMA } },
  };
}
