// What CometBFT finds in a home: the genesis in its own form. Ours (SDK 0.50) is not readable to it, so a
// copy in CometBFT's form stands beside it and is made anew from it at every start. Once the chain has
// begun neither may change, and CometBFT, which then reads its own database, would not notice.

import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { toHex } from "../../base/bytes.ts";
import type { ConfigValues } from "../config/config.ts";
import { writeDurably } from "../files.ts";
import { COMET_GENESIS, genesisPath, otherGenesis } from "../home.ts";

/** Path of the genesis that CometBFT reads. */
export function cometGenesisPath(home: string, config: ConfigValues): string {
  const file = config.text("genesis_file");
  return isAbsolute(file) ? file : join(home, file);
}

/**
 * Writes the genesis for CometBFT when it is absent or another. Throws: Error with a sentence when
 * CometBFT is told to read our own file and that is not in its form.
 */
export function writeCometGenesis(home: string, config: ConfigValues, text: string): void {
  const path = cometGenesisPath(home, config);
  if (path === genesisPath(home)) return requireCometForm(path);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  writeDurably(path, text);
}

function requireCometForm(path: string): void {
  const json = JSON.parse(readFileSync(path, "utf8")) as { readonly consensus?: unknown };
  if (json.consensus === undefined) return;
  throw new Error(
    `${path} is in the form of SDK 0.50, which CometBFT does not read; set genesis_file = ` +
      `"${COMET_GENESIS}" in config.toml, and it is made from it at start`,
  );
}

/**
 * Notes which genesis the chain of a home begins with: until its first block any, from then on the same.
 * Throws: Error with a sentence when it is another.
 */
export function keepGenesisHash(home: string, hash: Uint8Array, height: bigint): void {
  const path = join(home, "data", "genesis.sha256");
  const given = toHex(hash);
  const known = existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
  if (known === given) return;
  if (height > 0n && known !== undefined) throw otherGenesis(known, given);
  writeDurably(path, `${given}\n`);
}
