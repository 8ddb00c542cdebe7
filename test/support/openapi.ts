// A judge of OpenAPI documents and of values against their schemas: the keywords that our document
// uses; an unknown one is a fault, so that nothing goes unjudged.

type Value = unknown;
type Node = Readonly<Record<string, Value>>;

const KNOWN = new Set([
  "$ref",
  "allOf",
  "type",
  "format",
  "enum",
  "items",
  "properties",
  "required",
  "additionalProperties",
  "nullable",
  "description",
  "example",
]);

function isNode(value: Value): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema that a reference means. */
function resolve(document: Node, reference: string): Node | undefined {
  let at: Value = document;
  for (const name of reference.replace(/^#\//, "").split("/")) {
    if (!isNode(at)) return undefined;
    at = at[name];
  }
  return isNode(at) ? at : undefined;
}

/** Faults of a value by a schema, each with its path. */
export function valueFaults(
  document: Node,
  schema: Node,
  value: Value,
  path = "$",
): readonly string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) return [`${path}: schema with ${unknown.join(", ")}`];
  if (value === null && schema["nullable"] === true) return [];
  if (typeof schema["$ref"] === "string") {
    const found = resolve(document, schema["$ref"]);
    return found === undefined
      ? [`${path}: nothing at ${schema["$ref"]}`]
      : valueFaults(document, found, value, path);
  }
  if (Array.isArray(schema["allOf"]))
    return (schema["allOf"] as Node[]).flatMap((one) => valueFaults(document, one, value, path));
  return typedFaults(document, schema, value, path);
}

function typedFaults(document: Node, schema: Node, value: Value, path: string): readonly string[] {
  switch (schema["type"]) {
    case undefined:
      return [];
    case "array": {
      if (!Array.isArray(value)) return [`${path}: not a list`];
      const items = schema["items"] as Node;
      return value.flatMap((one, index) => valueFaults(document, items, one, `${path}[${index}]`));
    }
    case "object":
      return objectFaults(document, schema, value, path);
    case "string":
      return stringFaults(schema, value, path);
    case "integer":
      return Number.isInteger(value) ? [] : [`${path}: ${JSON.stringify(value)} is no integer`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${path}: not true or false`];
    default:
      return [`${path}: type ${String(schema["type"])}`];
  }
}

function stringFaults(schema: Node, value: Value, path: string): readonly string[] {
  if (typeof value !== "string") return [`${path}: ${JSON.stringify(value)} is no text`];
  const { format } = schema;
  if ((format === "int64" || format === "uint64") && !/^-?\d+$/.test(value))
    return [`${path}: ${value} is no number`];
  if (format === "date-time" && Number.isNaN(Date.parse(value))) return [`${path}: no time`];
  if (format === "byte" && !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return [`${path}: no base64`];
  const allowed = schema["enum"];
  return Array.isArray(allowed) && !allowed.includes(value) ? [`${path}: ${value} unknown`] : [];
}

function objectFaults(document: Node, schema: Node, value: Value, path: string): readonly string[] {
  if (!isNode(value)) return [`${path}: not an object`];
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Node>>;
  const missing = ((schema["required"] ?? []) as string[]).filter((name) => !(name in value));
  const faults = missing.map((name) => `${path}: ${name} is missing`);
  for (const [name, item] of Object.entries(value)) {
    const inner = properties[name];
    if (inner !== undefined) faults.push(...valueFaults(document, inner, item, `${path}.${name}`));
    else if (schema["additionalProperties"] !== true) faults.push(`${path}.${name}: not in schema`);
  }
  return faults;
}

/** Every schema of a document, with its path. */
function* schemasOf(value: Value, path: string): Generator<readonly [string, Node]> {
  if (Array.isArray(value))
    for (const [index, one] of value.entries()) yield* schemasOf(one, `${path}/${index}`);
  if (!isNode(value)) return;
  if (typeof value["$ref"] === "string") yield [path, value];
  for (const [name, one] of Object.entries(value)) yield* schemasOf(one, `${path}/${name}`);
}

/** One operation of a document. */
export interface Operation {
  readonly verb: string;
  readonly path: string;
  readonly node: Node;
}

/** All operations. */
export function operationsOf(document: Node): readonly Operation[] {
  const paths = document["paths"] as Readonly<Record<string, Node>>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, node]) => ({ verb, path, node: node as Node })),
  );
}

/** What is wrong with a document's structure. */
export function documentFaults(document: Node): readonly string[] {
  const faults: string[] = [];
  if (!/^3\.0\.\d+$/.test(String(document["openapi"]))) faults.push("no version 3.0");
  const info = document["info"];
  if (!isNode(info) || typeof info["title"] !== "string" || typeof info["version"] !== "string")
    faults.push("info lacks title or version");
  for (const [path, { $ref }] of schemasOf(document, "#"))
    if (resolve(document, String($ref)) === undefined) faults.push(`${path}: nothing at ${$ref}`);
  const ids = new Set<string>();
  const forms = new Map<string, string>();
  for (const { verb, path, node } of operationsOf(document)) {
    const form = path.replace(/\{[^}]*\}/g, "{}");
    if ((forms.get(form) ?? path) !== path) faults.push(`${path} has the form of another`);
    forms.set(form, path);
    const id = String(node["operationId"]);
    if (ids.has(id)) faults.push(`${id} occurs twice`);
    ids.add(id);
    faults.push(...parameterFaults(verb, path, node));
  }
  return faults;
}

function parameterFaults(verb: string, path: string, node: Node): readonly string[] {
  const parameters = (node["parameters"] ?? []) as Node[];
  const inPath = parameters.filter((one) => one["in"] === "path").map((one) => one["name"]);
  const named = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  const faults: string[] = [];
  if (inPath.join() !== named.join()) faults.push(`${verb} ${path}: parameters ${inPath.join()}`);
  const keys = parameters.map((one) => `${String(one["in"])} ${String(one["name"])}`);
  if (new Set(keys).size !== keys.length) faults.push(`${verb} ${path}: a parameter occurs twice`);
  if (parameters.some((one) => !isNode(one["schema"]))) faults.push(`${path}: no schema`);
  const { responses } = node as { responses?: Node };
  if (!isNode(responses?.["200"])) faults.push(`${verb} ${path}: no answer`);
  return faults;
}

/** Schema of the good answer of an operation. */
export function answerSchema({ node }: Operation): Node {
  const content = ((node["responses"] as Node)["200"] as Node)["content"] as Node;
  return (content["application/json"] as Node)["schema"] as Node;
}
