// Finds the program `cometbft`, and tells whether it is a version that this node can stand behind.

import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Lines of versions that speak ABCI 2.0. */
const SPEAKS_ABCI_2 = /^v?0\.(?:38|39|40)\./;

/** Longest time to say its version. */
const ASK_LIMIT_MS = 10_000;

/** A program that was found. */
export interface CometBinary {
  readonly path: string;
  /** As it says itself: `0.38.25`. */
  readonly version: string;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function places(): readonly string[] {
  const program = process.argv[1] ?? "";
  const checkout = /^(.*)[\\/]build[\\/]/.exec(program)?.[1];
  const tools = checkout === undefined ? [] : [join(checkout, ".cache", "bin")];
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...path, ...tools, join(homedir(), "go", "bin")].map((one) => join(one, "cometbft"));
}

/**
 * The program at `given`, or the first one on PATH, in the folder of `make tools` or in Go's.
 * Throws: Error with a sentence when there is none, or when it speaks another protocol.
 */
export function findCometbft(given: string): CometBinary {
  const path = given === "" ? places().find(isProgram) : given;
  if (path === undefined) {
    throw new Error(
      "cometbft is nowhere on PATH; install it with make tools, or name it with --cometbft PATH",
    );
  }
  let version: string;
  try {
    version = execFileSync(path, ["version"], { encoding: "utf8", timeout: ASK_LIMIT_MS }).trim();
  } catch (error) {
    throw new Error(`${path} cannot be run`, { cause: error });
  }
  if (!SPEAKS_ABCI_2.test(version))
    throw new Error(`${path} is cometbft ${version}; this node needs v0.38, v0.39 or v0.40`);
  return { path, version };
}
