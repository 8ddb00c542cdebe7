// Builds and runs the Go oracle of the tree (test/oracle), where Go is installed.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SOURCES = ["main.go", "go.mod", "go.sum"].map((name) => `${ROOT}test/oracle/${name}`);

/** A history as the oracle reads it; bytes in hex, null removes. */
export interface OracleHistory {
  readonly initial: number;
  readonly versions: readonly (readonly (readonly [key: string, value: string | null])[])[];
  readonly claims: readonly {
    readonly version: number;
    readonly key: string;
    readonly value: string | null;
    readonly proof: string;
  }[];
}

/** What the oracle says to one history. */
export interface OracleAnswer {
  readonly roots: readonly string[];
  /** Empty where ics23 accepts the claim. */
  readonly claims: readonly string[];
  readonly proofs: readonly string[];
}

/** Path of the oracle, built once per state of its sources; or the sentence why there is none. */
export function buildOracle(): { readonly path: string } | { readonly missing: string } {
  if (spawnSync("go", ["version"]).status !== 0) return { missing: "Go is not installed" };
  const digest = createHash("sha256");
  for (const source of SOURCES) digest.update(readFileSync(source));
  const folder = `${ROOT}.cache/oracle`;
  const path = `${folder}/iavl-${digest.digest("hex").slice(0, 16)}`;
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const options = { cwd: `${ROOT}test/oracle`, encoding: "utf8" } as const;
  const built = spawnSync("go", ["build", "-mod=readonly", "-o", path, "."], options);
  if (built.status === 0) return { path };
  return { missing: `the oracle does not build: ${built.stderr.trim().slice(-300)}` };
}

/** Runs histories through the oracle. */
export function askOracle(path: string, histories: readonly OracleHistory[]): OracleAnswer[] {
  const input = histories.map((history) => JSON.stringify(history)).join("\n");
  const output = execFileSync(path, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as OracleAnswer);
}
