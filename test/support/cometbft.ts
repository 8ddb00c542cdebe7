// The real CometBFT, for tests that hold our engine against it: found where it is installed, or built
// once with Go into .cache/bin.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The pinned version. */
export const COMETBFT = "v0.38.25";

/** A build on a busy machine with empty caches took 50 s. */
const BUILD_LIMIT_MS = 300_000;

/** Path of the program, or a sentence that says why there is none. */
export function findCometbft(): { readonly path: string } | { readonly missing: string } {
  const cache = fileURLToPath(new URL("../../../.cache/bin", import.meta.url));
  const places = [process.env["COMETBFT"] ?? "", join(cache, "cometbft")];
  places.push(join(homedir(), "go", "bin", "cometbft"));
  for (const path of places) if (path !== "" && isPinned(path)) return { path };
  if (spawnSync("go", ["version"]).status !== 0)
    return { missing: "neither cometbft nor Go is installed" };
  mkdirSync(cache, { recursive: true });
  const source = `github.com/cometbft/cometbft/cmd/cometbft@${COMETBFT}`;
  const env = { ...process.env, GOBIN: cache };
  const built = spawnSync("go", ["install", source], { env, timeout: BUILD_LIMIT_MS });
  const path = join(cache, "cometbft");
  if (built.status === 0 && isPinned(path)) return { path };
  const reason = built.stderr?.toString().trim().split("\n").at(-1) ?? "";
  return { missing: `Go could not build cometbft ${COMETBFT}: ${reason}` };
}

function isPinned(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return execFileSync(path, ["version"]).toString().includes(COMETBFT.slice(1));
  } catch {
    return false;
  }
}
