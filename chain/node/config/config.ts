// Reads and writes config.toml, app.toml and client.toml against the table of settings. A key that
// no setting has is reported, a value of the wrong kind is refused with file and line.

import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder, readText } from "../files.ts";
import { SETTINGS } from "./settings.ts";
import type { Setting } from "./setting.ts";
import type { ConfigFile } from "./settings.ts";
import { parseToml } from "./toml.ts";
import type { TomlEntry, TomlValue } from "./toml.ts";

/** The values of one file by key: durations in milliseconds, integers as numbers. */
export class ConfigValues {
  readonly #values: ReadonlyMap<string, string | number | boolean | readonly string[]>;

  constructor(values: ReadonlyMap<string, string | number | boolean | readonly string[]>) {
    this.#values = values;
  }

  /** Text of a setting. */
  text(key: string): string {
    return this.#get(key, "string") as string;
  }

  /** Number of a setting; milliseconds for a duration. */
  number(key: string): number {
    return this.#get(key, "number") as number;
  }

  /** Flag of a setting. */
  flag(key: string): boolean {
    return this.#get(key, "boolean") as boolean;
  }

  /** Texts of a setting. */
  list(key: string): readonly string[] {
    return this.#get(key, "object") as readonly string[];
  }

  #get(key: string, type: string): unknown {
    const value = this.#values.get(key);
    if (typeof value !== type) throw new Error(`there is no ${type} setting named ${key}`);
    return value;
  }
}

/** What reading a file gave: its values and the keys that mean nothing. */
export interface LoadedConfig {
  readonly values: ConfigValues;
  /** Sentences about unknown keys, to be logged. */
  readonly warnings: readonly string[];
}

const A_DURATION = 'a duration such as "1s", of at most 24 days';
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Longest duration, milliseconds: what a timer can wait. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/** Milliseconds of a Go duration text; undefined when it is none, or longer than 24 days. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (UNITS[unit as string] ?? 0);
  return total <= MAX_DURATION_MS ? total : undefined;
}

function convert(
  rule: Setting,
  value: TomlValue,
  where: string,
): string | number | boolean | readonly string[] {
  const wrong = (expected: string): never => {
    throw new Error(`${where}: ${rule.key} must be ${expected}`);
  };
  switch (rule.kind) {
    case "flag":
      return typeof value === "boolean" ? value : wrong("true or false");
    case "integer": {
      const number = typeof value === "bigint" ? Number(value) : Number.NaN;
      const least = rule.min ?? Number.MIN_SAFE_INTEGER;
      if (!Number.isSafeInteger(number)) return wrong("an integer");
      return number >= least ? number : wrong(`an integer of at least ${least}`);
    }
    case "duration":
      return typeof value === "string"
        ? (parseDuration(value) ?? wrong(A_DURATION))
        : wrong(A_DURATION);
    case "list":
      return Array.isArray(value) ? (value as readonly string[]) : wrong("an array of strings");
    case "text":
      if (typeof value !== "string") return wrong("a string");
      if (rule.oneOf !== undefined && !rule.oneOf.includes(value))
        return wrong(`one of ${rule.oneOf.join(", ")}`);
      if (rule.form !== undefined && !rule.form.pattern.test(value))
        return wrong(rule.form.expected);
      return value;
  }
}

function defaultOf(rule: Setting): string | number | boolean | readonly string[] {
  return rule.kind === "duration" ? (parseDuration(String(rule.value)) ?? 0) : rule.value;
}

/** Reads the text of one file (empty text gives the defaults). Throws: Error with file and line. */
export function readConfigText(file: ConfigFile, text: string): LoadedConfig {
  const rules = new Map(SETTINGS[file].map((rule) => [rule.key, rule]));
  const values = new Map(SETTINGS[file].map((rule) => [rule.key, defaultOf(rule)]));
  const warnings: string[] = [];
  for (const entry of parseToml(text, file)) applyEntry(entry, file, rules, values, warnings);
  return { values: new ConfigValues(values), warnings };
}

function applyEntry(
  entry: TomlEntry,
  file: ConfigFile,
  rules: ReadonlyMap<string, Setting>,
  values: Map<string, string | number | boolean | readonly string[]>,
  warnings: string[],
): void {
  const rule = rules.get(entry.key);
  if (rule === undefined) {
    warnings.push(`${file} line ${entry.line}: the key ${entry.key} is not known and is ignored`);
    return;
  }
  values.set(entry.key, convert(rule, entry.value, `${file} line ${entry.line}`));
}

/** Reads `config/<file>` below `home`; an absent file gives the defaults. */
export function loadConfig(home: string, file: ConfigFile): LoadedConfig {
  return readConfigText(file, readText(join(home, "config", file)) ?? "");
}

function formatValue(value: Setting["value"]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object") return `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
  return String(value);
}

/** Values in place of defaults, by key. */
export type Overrides = Readonly<Record<string, Setting["value"]>>;

/**
 * Text of a configuration file: every setting that an engine reads with its comment, `overrides` in
 * place of defaults.
 */
export function configText(
  file: ConfigFile,
  overrides: Overrides = {},
  engine: NonNullable<Setting["engine"]> = "embedded",
): string {
  const known = new Set(SETTINGS[file].map((rule) => rule.key));
  const stranger = Object.keys(overrides).find((key) => !known.has(key));
  if (stranger !== undefined) throw new Error(`there is no setting ${stranger} in ${file}`);
  const lines: string[] = [];
  let table = "";
  for (const rule of SETTINGS[file]) {
    if (rule.engine !== undefined && rule.engine !== engine) continue;
    const dot = rule.key.indexOf(".");
    const section = dot < 0 ? "" : rule.key.slice(0, dot);
    if (section !== table) lines.push(`[${section}]`, "");
    table = section;
    const choices = rule.oneOf === undefined ? "" : ` (${rule.oneOf.join(", ")})`;
    lines.push(`# ${rule.comment}${choices}.`);
    lines.push(
      `${rule.key.slice(dot + 1)} = ${formatValue(overrides[rule.key] ?? rule.value)}`,
      "",
    );
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Writes `config/<file>` below `home`, replacing what was there. */
export function writeConfig(
  home: string,
  file: ConfigFile,
  overrides: Overrides = {},
  engine: NonNullable<Setting["engine"]> = "embedded",
): void {
  const path = join(home, "config", file);
  makeFolder(dirname(path));
  writeFileSync(path, configText(file, overrides, engine));
}
