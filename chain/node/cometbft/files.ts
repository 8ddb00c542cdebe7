// What CometBFT finds in a home: the genesis in its own form. Ours (SDK 0.50) is not readable to it, so a
// copy in CometBFT's form stands beside it and is made anew from it at every start. Once the chain has
// begun neither may change, and CometBFT, which then reads its own database, would not notice.

import { isAbsolute, join } from "node:path";
import { toHex } from "../../base/bytes.ts";
import type { ConfigValues } from "../config/config.ts";
import { readText, writeDurably } from "../files.ts";
import { COMET_GENESIS, genesisPath, otherGenesis } from "../home.ts";

/** Path of the genesis that CometBFT reads. */
export function cometGenesisPath(home: string, config: ConfigValues): string {
  const file = config.text("genesis_file");
  return isAbsolute(file) ? file : join(home, file);
}

/**
 * Throws: Error with a sentence when CometBFT is told to read our own file and that is not in its form.
 */
export function requireReadableGenesis(home: string, config: ConfigValues): void {
  const path = cometGenesisPath(home, config);
  if (path !== genesisPath(home)) return;
  const json = JSON.parse(readText(path) ?? "{}") as { readonly consensus?: unknown };
  if (json.consensus === undefined) return;
  throw new Error(
    `${path} is in the form of SDK 0.50, which CometBFT does not read; set genesis_file = ` +
      `"${COMET_GENESIS}" in config.toml, and it is made from it at start`,
  );
}

/**
 * Notes which genesis the chain of a home begins with, until its first block any, from then on the same;
 * then writes it for CometBFT where that has another. Throws: Error with a sentence when it is not the
 * one of this chain; nothing is written then.
 */
export function keepGenesis(
  home: string,
  config: ConfigValues,
  genesis: { readonly text: string; readonly hash: Uint8Array },
  height: bigint,
): void {
  const noted = join(home, "data", "genesis.sha256");
  const given = toHex(genesis.hash);
  const known = readText(noted)?.trim();
  if (known !== given && known !== undefined && height > 0n) throw otherGenesis(known, given);
  if (known !== given) writeDurably(noted, `${given}\n`);
  const path = cometGenesisPath(home, config);
  if (path !== genesisPath(home) && readText(path) !== genesis.text)
    writeDurably(path, genesis.text);
}
