// The import lines of one generated file, collected while its body is written.

import type { MessageTable } from "../chain/codec/types.ts";
import { packageOf, typeName } from "./tables.ts";

/** Path of a package's file below chain/codec/gen. */
export function packagePath(name: string): string {
  return `${name.replaceAll(".", "/")}.ts`;
}

/** Imports of the file of one package. */
export class Imports {
  readonly #package: string;
  readonly #own: ReadonlySet<string>;
  /** module path -> imported name -> local name */
  readonly #values = new Map<string, Map<string, string>>();
  readonly #types = new Map<string, Map<string, string>>();

  constructor(name: string, messages: readonly MessageTable[]) {
    this.#package = name;
    this.#own = new Set(messages.map((message) => typeName(message.name)));
  }

  /** A value of the codec runtime, in `chain/codec/<module>.ts`. */
  use(module: string, ...names: readonly string[]): void {
    for (const name of names) put(this.#values, `${this.#up()}${module}.ts`, name, name);
  }

  /** A type of the codec runtime. */
  useType(module: string, ...names: readonly string[]): void {
    for (const name of names) put(this.#types, `${this.#up()}${module}.ts`, name, name);
  }

  /** Local name of a function or constant that belongs to a message or enum. */
  name(fullName: string, prefix: string, suffix = ""): string {
    return this.#refer(this.#values, fullName, prefix, suffix);
  }

  /** Local name of the interface of a message. */
  type(fullName: string): string {
    return this.#refer(this.#types, fullName, "", "");
  }

  #refer(
    table: Map<string, Map<string, string>>,
    fullName: string,
    prefix: string,
    suffix: string,
  ): string {
    const other = packageOf(fullName);
    const imported = `${prefix}${typeName(fullName)}${suffix}`;
    if (other === this.#package) return imported;
    const local = this.#own.has(typeName(fullName))
      ? `${prefix}${pascal(other)}${typeName(fullName)}${suffix}`
      : imported;
    const path = `${this.#up().replace(/\.\.\/$/, "")}${packagePath(other)}`;
    put(table, path.startsWith(".") ? path : `./${path}`, imported, local);
    return local;
  }

  /** Relative path from the file to chain/codec/. */
  #up(): string {
    return "../".repeat(this.#package.split(".").length);
  }

  /** The import statements, sorted. */
  emit(): string {
    const lines: string[] = [];
    const paths = [...new Set([...this.#values.keys(), ...this.#types.keys()])];
    for (const path of paths.sort((a, b) => (a < b ? -1 : 1))) {
      const values = this.#values.get(path) ?? new Map<string, string>();
      const types = [...(this.#types.get(path) ?? [])].filter(([name]) => !values.has(name));
      if (types.length > 0) lines.push(`import type { ${clauses(types)} } from "${path}";`);
      if (values.size > 0) lines.push(`import { ${clauses([...values])} } from "${path}";`);
    }
    return lines.join("\n");
  }
}

function put(
  table: Map<string, Map<string, string>>,
  path: string,
  imported: string,
  local: string,
): void {
  const names = table.get(path) ?? new Map<string, string>();
  names.set(imported, local);
  table.set(path, names);
}

function clauses(names: readonly (readonly [string, string])[]): string {
  return [...names]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([imported, local]) => (imported === local ? imported : `${imported} as ${local}`))
    .join(", ");
}

function pascal(name: string): string {
  return name.replace(/(^|\.)([a-z])/g, (_, _dot: string, letter: string) => letter.toUpperCase());
}
