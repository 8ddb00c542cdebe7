// config/client.toml: what commands use before, or instead of, asking a node.

import { join } from "node:path";
import { readConfigText } from "../node/config/config.ts";
import { readText } from "../node/files.ts";
import { CliFailure } from "./failure.ts";

/** Settings of a client home. */
export interface ClientSettings {
  readonly chainId: string;
  readonly keyringBackend: string;
  readonly output: string;
  readonly node: string;
  readonly broadcastMode: string;
  /** Bech32 prefix of addresses; written by `init` from genesis. */
  readonly prefix: string;
}

/** Reads config/client.toml of a home; the defaults where it is absent. Refuses unknown keys. */
export function readClientSettings(home: string): ClientSettings {
  const path = join(home, "config", "client.toml");
  const loaded = readConfigText("client.toml", readText(path) ?? "");
  const [warning] = loaded.warnings;
  if (warning !== undefined) throw new CliFailure(`${path}: ${warning}`);
  const text = (key: string): string => loaded.values.text(key);
  return {
    chainId: text("chain-id"),
    keyringBackend: text("keyring-backend"),
    output: text("output"),
    node: text("node"),
    broadcastMode: text("broadcast-mode"),
    prefix: text("prefix"),
  };
}

/** HTTP address of an RPC written as http://, https:// or tcp://. */
export function rpcUrl(text: string): string {
  const url = text.replace(/^tcp:\/\//, "http://");
  if (!/^https?:\/\/[^/]+/.test(url)) {
    throw new CliFailure(
      `${JSON.stringify(text)} is not the URL of a node; write http://HOST:PORT`,
    );
  }
  return url.replace(/\/$/, "");
}
