// A checker of the JSON Schema keywords that client/sdl/schema.json uses. An unknown keyword is an
// error, so that nothing in the schema goes unchecked.

/** A schema or value as JSON. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [key: string]: Value };

type Schema = { readonly [key: string]: Value };

const ANNOTATIONS = new Set([
  "$schema",
  "$id",
  "title",
  "description",
  "default",
  "examples",
  "$defs",
]);

/** Faults of a value, each with its JSON path; empty when it is valid. */
export function schemaFaults(root: Schema, value: Value): string[] {
  return faults(root, root, value, "$");
}

type Keyword = (root: Schema, schema: Schema, rule: Value, value: Value, path: string) => string[];

const isObject = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function typeOf(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && Number.isInteger(value)) return "integer";
  return typeof value;
}

const fault = (bad: boolean, path: string, sentence: string): string[] =>
  bad ? [`${path} ${sentence}`] : [];

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $ref: (root, _, rule, value, path) => {
    const name = String(rule).replace("#/$defs/", "");
    return faults(root, (root["$defs"] as Schema)[name] as Schema, value, path);
  },
  type: (_root, _schema, rule, value, path) => {
    const allowed = Array.isArray(rule) ? (rule as string[]) : [String(rule)];
    const type = typeOf(value);
    const fits = allowed.includes(type) || (type === "integer" && allowed.includes("number"));
    return fault(!fits, path, `is a ${type}, not ${allowed.join(" or ")}`);
  },
  enum: (_root, _schema, rule, value, path) =>
    fault(!(rule as Value[]).includes(value), path, `is not one of ${JSON.stringify(rule)}`),
  const: (_root, _schema, rule, value, path) =>
    fault(rule !== value, path, `is not ${String(rule)}`),
  pattern: (_root, _schema, rule, value, path) =>
    fault(
      typeof value === "string" && !new RegExp(String(rule), "u").test(value),
      path,
      "has another form",
    ),
  minimum: (_root, _schema, rule, value, path) =>
    fault(typeof value === "number" && value < Number(rule), path, `is below ${String(rule)}`),
  maximum: (_root, _schema, rule, value, path) =>
    fault(typeof value === "number" && value > Number(rule), path, `is above ${String(rule)}`),
  minLength: (_root, _schema, rule, value, path) =>
    fault(typeof value === "string" && value.length < Number(rule), path, "is too short"),
  maxLength: (_root, _schema, rule, value, path) =>
    fault(typeof value === "string" && value.length > Number(rule), path, "is too long"),
  minItems: (_root, _schema, rule, value, path) =>
    fault(Array.isArray(value) && value.length < Number(rule), path, "has too few items"),
  minProperties: (_root, _schema, rule, value, path) =>
    fault(isObject(value) && Object.keys(value).length < Number(rule), path, "has too few keys"),
  required: (_root, _schema, rule, value, path) =>
    isObject(value)
      ? (rule as string[]).flatMap((key) =>
          fault(!Object.hasOwn(value, key), path, `has no ${key}`),
        )
      : [],
  properties: (root, _schema, rule, value, path) =>
    Object.entries(rule as Schema).flatMap(([key, inner]) =>
      isObject(value) && Object.hasOwn(value, key)
        ? faults(root, inner as Schema, value[key] as Value, `${path}.${key}`)
        : [],
    ),
  additionalProperties: (root, schema, rule, value, path) => {
    if (!isObject(value)) return [];
    const known = Object.keys((schema["properties"] ?? {}) as Schema);
    return Object.entries(value)
      .filter(([key]) => !known.includes(key))
      .flatMap(([key, item]) =>
        rule === false
          ? [`${path} has unknown ${key}`]
          : faults(root, rule as Schema, item, `${path}.${key}`),
      );
  },
  propertyNames: (root, _schema, rule, value, path) =>
    isObject(value)
      ? Object.keys(value).flatMap((key) => faults(root, rule as Schema, key, `${path}<${key}>`))
      : [],
  items: (root, _schema, rule, value, path) =>
    Array.isArray(value)
      ? (value as Value[]).flatMap((item, i) => faults(root, rule as Schema, item, `${path}[${i}]`))
      : [],
  anyOf: (root, _schema, rule, value, path) => {
    const all = (rule as Schema[]).map((each) => faults(root, each, value, path));
    return all.some((each) => each.length === 0) ? [] : all.flat();
  },
  oneOf: (root, _schema, rule, value, path) => {
    const all = (rule as Schema[]).map((each) => faults(root, each, value, path));
    return all.filter((each) => each.length === 0).length === 1
      ? []
      : [`${path} fits not exactly one`, ...all.flat()];
  },
};

function faults(root: Schema, schema: Schema, value: Value, path: string): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`keyword ${keyword} is not checked here`);
    return check(root, schema, rule, value, path);
  });
}
