// The reader of one message: one `if` or `while` per field, in the order of their numbers.

import { camelCase, isAmount, isOptional, isPacked } from "../chain/codec/fields.ts";
import type { FieldTable, MessageTable } from "../chain/codec/types.ts";
import type { Imports } from "./imports.ts";
import { emptyValue, fieldType, shapeOf, tagOf } from "./fields.ts";
import { typeName } from "./tables.ts";

/** Source text of `read<Name>`. */
export function emitReader(table: MessageTable, imports: Imports): string {
  const name = typeName(table.name);
  imports.useType("reader", "Reader");
  const variables = table.fields.map((field) => declare(field, table, imports));
  const oneofs = oneofNames(table).map((oneof) => `  let seen_${oneof} = false;\n`);
  const steps = table.fields.map((field) => readStep(field, table, imports));
  const required = table.fields.map((field) => complete(field, table, imports));
  const names = table.fields.map(property).join(", ");
  return (
    `/** Reads a ${name} up to the end of the current message. */\n` +
    `export function read${name}(r: Reader): ${name} {\n` +
    `${variables.join("")}${oneofs.join("")}` +
    `  ${steps.length > 0 ? "let" : "const"} tag = r.tag();\n${steps.join("")}  r.end(tag);\n${required.join("")}` +
    `  return { ${names} };\n}`
  ).replace("return {  };", "return {};");
}

/** Names that a local variable may not have: words of the language and those the reader uses. */
const TAKEN = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new " +
    "null outer package private protected public r return static super switch tag this throw true try " +
    "typeof var void while with yield"
  ).split(" "),
);

function localName(field: FieldTable): string {
  const name = camelCase(field.name);
  return TAKEN.has(name) ? `${name}_` : name;
}

function property(field: FieldTable): string {
  const name = camelCase(field.name);
  return TAKEN.has(name) ? `${name}: ${name}_` : name;
}

/** Names of oneofs with more than one member. */
export function oneofNames(table: MessageTable): string[] {
  const names = table.fields.flatMap((field) => field.oneof ?? []);
  return [...new Set(names)].filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
}

function declare(field: FieldTable, table: MessageTable, imports: Imports): string {
  const local = localName(field);
  const type = fieldType(field, table, imports);
  if (field.repeated === true) return `  const ${local}: ${type.replace("readonly ", "")} = [];\n`;
  if (isOptional(field) || field.kind === "message" || isAmount(field, table))
    return `  let ${local}: ${type} | undefined;\n`;
  return `  let ${local}: ${type} = ${emptyValue(field, table, imports)};\n`;
}

function readStep(field: FieldTable, table: MessageTable, imports: Imports): string {
  const local = localName(field);
  const label = JSON.stringify(field.name);
  const tag = tagOf(field, table);
  const next = "    tag = r.tag();\n  }\n";
  const member =
    field.oneof !== undefined && oneofNames(table).includes(field.oneof)
      ? `    seen_${field.oneof} = r.member(seen_${field.oneof}, ${label});\n`
      : "";
  if (isPacked(field)) {
    const item = `r.${shapeOf(field, table).method}Item(${label})`;
    return `  if (tag === ${tag}) {\n    const outer = r.packed(${label});\n    while (r.more()) ${local}.push(${item});\n    r.leave(outer);\n${next}`;
  }
  const store = (value: string): string =>
    field.repeated === true ? `    ${local}.push(${value});\n` : `    ${local} = ${value};\n`;
  const loop = field.repeated === true ? "while" : "if";
  if (field.kind === "message") {
    const nested = checked(field, `${imports.name(field.type, "read")}(r)`);
    return `  ${loop} (tag === ${tag}) {\n${member}    const outer = r.enter(${label});\n${store(nested)}    r.leave(outer);\n${next}`;
  }
  return `  ${loop} (tag === ${tag}) {\n${member}${store(readCall(field, table, label))}${next}`;
}

function readCall(field: FieldTable, table: MessageTable, label: string): string {
  const { method } = shapeOf(field, table);
  if (method === "amount" || method.endsWith("Text")) return `r.${method}(${label})`;
  if (field.repeated === true || field.oneof !== undefined) return `r.${method}Item(${label})`;
  return `r.${method}(${label})`;
}

function checked(field: FieldTable, value: string): string {
  if (field.std === "time") return `r.time(${value})`;
  if (field.std === "duration") return `r.duration(${value})`;
  return value;
}

/** What happens after the last field to one that must not be absent. */
function complete(field: FieldTable, table: MessageTable, imports: Imports): string {
  const local = localName(field);
  if (field.repeated === true || isOptional(field)) return "";
  if (isAmount(field, table))
    return `  if (${local} === undefined) r.fail(${JSON.stringify(field.name)}, "missing");\n`;
  if (field.kind === "message") return `  ${local} ??= ${emptyValue(field, table, imports)};\n`;
  return "";
}
