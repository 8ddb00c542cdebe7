// The writer of one message: fields from the last to the first, since the bytes are written from
// back to front.

import { camelCase, isAmount, isOptional, isPacked } from "../chain/codec/fields.ts";
import type { FieldTable, MessageTable } from "../chain/codec/types.ts";
import { oneofNames } from "./emit_reader.ts";
import type { Imports } from "./imports.ts";
import { shapeOf, tagOf } from "./fields.ts";
import { typeName } from "./tables.ts";

/** Source text of `write<Name>`. */
export function emitWriter(table: MessageTable, imports: Imports): string {
  const name = typeName(table.name);
  imports.useType("writer", "Writer");
  const steps = [...table.fields].reverse().map((field) => writeStep(field, table, imports));
  const used = steps.length > 0;
  return (
    `/** Writes the fields of a ${name}. */\n` +
    `export function write${name}(${used ? "w" : "_w"}: Writer, ${used ? "v" : "_v"}: ${name}): void {\n` +
    `${oneofNames(table)
      .map((oneof) => checkOneof(oneof, table))
      .join("")}${steps.join("")}}`
  );
}

function checkOneof(oneof: string, table: MessageTable): string {
  const members = table.fields.filter((field) => field.oneof === oneof);
  const terms = members.map((field) => `Number(v.${camelCase(field.name)} !== undefined)`);
  const label = JSON.stringify(`${table.name}.${oneof}`);
  return `  if (${terms.join(" + ")} > 1) w.fail(${label}, "more than one member of a oneof is set");\n`;
}

function writeStep(field: FieldTable, table: MessageTable, imports: Imports): string {
  const value = `v.${camelCase(field.name)}`;
  const tag = tagOf(field, table);
  const label = JSON.stringify(`${table.name}.${field.name}`);
  if (isPacked(field)) return packedStep(field, table, value, tag, label);
  if (field.repeated === true) {
    const element = `${value}[i] as ${elementType(field, table, imports)}`;
    const write = writeValue(field, table, imports, `(${element})`, tag, label);
    return `  for (let i = ${value}.length - 1; i >= 0; i--) {\n${write}  }\n`;
  }
  const write = writeValue(field, table, imports, value, tag, label);
  const condition = presence(field, table, value);
  return condition === "" ? `  {\n${write}  }\n` : `  if (${condition}) {\n${write}  }\n`;
}

function elementType(field: FieldTable, table: MessageTable, imports: Imports): string {
  return field.kind === "message" ? imports.type(field.type) : shapeOf(field, table).type;
}

function packedStep(
  field: FieldTable,
  table: MessageTable,
  value: string,
  tag: number,
  label: string,
): string {
  const { method, type } = shapeOf(field, table);
  return (
    `  if (${value}.length > 0) {\n    const mark = w.size;\n` +
    `    for (let i = ${value}.length - 1; i >= 0; i--) w.${method}Item(${value}[i] as ${type}, ${label});\n` +
    `    w.nested(${tag}, mark);\n  }\n`
  );
}

/** Condition under which the field is on the wire; empty when it always is. */
function presence(field: FieldTable, table: MessageTable, value: string): string {
  if (isOptional(field)) return `${value} !== undefined`;
  if (field.kind === "message" || isAmount(field, table)) return "";
  const { type, zero } = shapeOf(field, table);
  if (type === "Uint8Array") return `${value}.length !== 0`;
  return `${value} !== ${zero}`;
}

function writeValue(
  field: FieldTable,
  table: MessageTable,
  imports: Imports,
  value: string,
  tag: number,
  label: string,
): string {
  if (field.kind !== "message")
    return `    w.${shapeOf(field, table).method}(${tag}, ${value.replace(/^\((.*)\)$/, "$1")}, ${label});\n`;
  const checked = field.std === undefined ? value : `w.${field.std}(${value}, ${label})`;
  return (
    `    const mark = w.size;\n    ${imports.name(field.type, "write")}(w, ${checked.replace(/^\((.*)\)$/, "$1")});\n` +
    `    w.nested(${tag}, mark);\n`
  );
}
