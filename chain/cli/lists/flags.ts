// Flags that several commands share, and the maker of a command.

import type { FlagSpec } from "../args.ts";
import { KEY_FLAGS, NODE_FLAGS } from "../command.ts";
import type { Command, CommandCode } from "../command.ts";

/** Bech32 prefix of addresses. */
export const PREFIX: FlagSpec = {
  name: "prefix",
  kind: "value",
  value: "TEXT",
  text: "bech32 prefix (default from client.toml)",
};
/** Whose things are meant. */
export const OWNER: FlagSpec = {
  name: "owner",
  kind: "value",
  value: "KEY",
  text: "whose: address or key name (default: all)",
};
/** Whose thing is meant, where one thing is. */
export const ITS_OWNER: FlagSpec = {
  ...OWNER,
  text: "whose: address or key name (default: who signs, or the only key)",
};
/** Filter by state. */
export const STATE: FlagSpec = {
  name: "state",
  kind: "value",
  value: "STATE",
  text: "only those in that state",
};
/** Size of a page. */
export const LIMIT: FlagSpec = {
  name: "limit",
  kind: "value",
  value: "N",
  text: "at most that many (default 50)",
  default: "50",
};
/** Where a page begins. */
export const PAGE: FlagSpec = {
  name: "page-key",
  kind: "value",
  value: "BASE64",
  text: "go on where a listing ended",
};
/** Filter by provider. */
export const PROVIDER: FlagSpec = {
  name: "provider",
  kind: "value",
  value: "KEY",
  text: "only of that provider",
};
/** Consent ahead. */
export const YES: FlagSpec = { name: "yes", short: "y", kind: "switch", text: "do not ask" };
/** Flags of every listing. */
export const LISTING = [...NODE_FLAGS, ...KEY_FLAGS, OWNER, STATE, LIMIT, PAGE];

type Loader = () => Promise<CommandCode>;

/** One command; its code is loaded when it runs. */
export function command(
  words: string,
  usage: string,
  summary: string,
  flags: readonly FlagSpec[],
  load: Loader,
): Command {
  return { words: words.split(" "), usage, summary, flags, load };
}
