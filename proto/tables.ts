// The schema from which code is generated: messages, enums and services, either read from our
// tables of upstream packages or parsed from our own .proto files.

import { readFileSync } from "node:fs";
import type { EnumTable, MessageTable, ServiceTable } from "../chain/codec/types.ts";

/** What a set of packages declares. */
export interface Schema {
  readonly messages: readonly MessageTable[];
  readonly enums: readonly EnumTable[];
  readonly services: readonly ServiceTable[];
}

/** JSON with one line per message, enum and service, so that a change of facts reads as a diff. */
export function writeTables(schema: Schema): string {
  const byName = (a: { name: string }, b: { name: string }): number =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  const list = (items: readonly { readonly name: string }[]): string =>
    [...items]
      .sort(byName)
      .map((item) => JSON.stringify(item))
      .join(",\n");
  const parts = Object.entries(schema).map(([key, items]) => `"${key}":[\n${list(items)}\n]`);
  return `{${parts.join(",\n")}}\n`;
}

/** Reads one table file. */
export function readTables(path: string): Schema {
  return JSON.parse(readFileSync(path, "utf8")) as Schema;
}

/** Both schemas as one. */
export function joinSchemas(...schemas: readonly Schema[]): Schema {
  return {
    messages: schemas.flatMap((schema) => schema.messages),
    enums: schemas.flatMap((schema) => schema.enums),
    services: schemas.flatMap((schema) => schema.services),
  };
}

/** Package of a full name: all parts before the first one that begins with a capital letter. */
export function packageOf(fullName: string): string {
  const parts = fullName.split(".");
  return parts
    .slice(
      0,
      parts.findIndex((part) => /^[A-Z]/.test(part)),
    )
    .join(".");
}

/** Name in TypeScript: what follows the package, parts of a nested name joined by `_`. */
export function typeName(fullName: string): string {
  return fullName.slice(packageOf(fullName).length + 1).replaceAll(".", "_");
}
