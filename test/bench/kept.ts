// Where results are kept: the last one in the cache, the accepted one with the sources.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "./table.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Everything that benchmarks make: peers, fixtures, the last result. */
export const CACHE = at(".cache/bench");

/** The last run's result. */
export const LAST = at(".cache/bench/last.json");

/** The result that later ones are held against. */
export const ACCEPTED = at("docs/bench/accepted.json");

/** Its table, for people. */
export const ACCEPTED_TABLE = at("docs/bench/accepted.md");

/** A kept result; undefined when there is none. */
export function readResult(path: string): Result | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Result) : undefined;
}

/** Keeps a result, whole or not at all. */
export function writeResult(path: string, result: Result): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(result, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}
