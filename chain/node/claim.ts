// Where the data of a home lies, its keys, and which engine it belongs to.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { readNodeKey, readValidatorKey } from "./embedded/keys.ts";
import type { KeyPair } from "./embedded/keys.ts";
import { readSignState } from "./embedded/signer.ts";
import { isThere, readText, writeDurably } from "./files.ts";

/** Paths below a home. */
export function dataPaths(home: string): {
  readonly engine: string;
  readonly application: string;
  readonly blocks: string;
  readonly index: string;
} {
  return {
    engine: join(home, "data", "engine.json"),
    application: join(home, "data", "application.db"),
    blocks: join(home, "data", "blocks.db"),
    index: join(home, "data", "index.db"),
  };
}

/** The validator's key and the node's id (a missing node key is made: nothing depends on it). */
export function readKeys(
  platform: Platform,
  home: string,
): { readonly validator: KeyPair; readonly nodeId: string } {
  const validator = readValidatorKey(platform, home);
  return { validator, nodeId: toHex(readNodeKey(platform, home).address) };
}

/** What makes the blocks of a home. */
export type EngineKind = "embedded" | "comet";

/** The engine that a home belongs to; undefined while none has claimed it. */
export function claimedBy(home: string): string | undefined {
  const { engine } = dataPaths(home);
  const text = readText(engine);
  if (text === undefined) return undefined;
  const found = /^\s*\{\s*"engine"\s*:\s*"([a-z]{1,20})"\s*\}\s*$/.exec(text)?.[1];
  if (found !== undefined) return found;
  throw new Error(
    `${engine} does not name an engine; put it back as {"engine":"embedded"} or "comet"`,
  );
}

/**
 * Claims a home for an engine. Throws: Error with a sentence when it belongs to the other one, or when
 * the embedded engine would sign with a key that CometBFT signed with: two engines with one key would
 * sign two blocks of one height.
 */
export function claimHome(home: string, engine: EngineKind): void {
  const owner = claimedBy(home);
  if (owner === engine) return;
  if (owner !== undefined)
    throw new Error(`the home ${home} belongs to engine ${owner}; start it with that engine`);
  if (engine === "embedded") requireUnsigned(home);
  writeDurably(dataPaths(home).engine, `${JSON.stringify({ engine })}\n`);
}

/** Gives up a claim whose first start failed, unless something was signed since. */
export function giveUpClaim(home: string): void {
  if (readSignState(home).height === 0n) rmSync(dataPaths(home).engine, { force: true });
}

function requireUnsigned(home: string): void {
  const signed = readSignState(home).height;
  if (!isThere(join(home, "data", "cs.wal")) && signed === 0n) return;
  throw new Error(
    `the validator of the home ${home} has signed up to height ${signed} under CometBFT; the ` +
      "embedded engine refuses to sign with the same key",
  );
}
