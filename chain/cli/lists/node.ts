// Commands of people who run a node.

import { KEY_FLAGS, NODE_FLAGS } from "../command.ts";
import type { Command } from "../command.ts";
import { command } from "./flags.ts";

/** Commands of people who run a node. */
export const NODE_COMMANDS: readonly Command[] = [
  command(
    "init",
    "[MONIKER]",
    "Make a home directory: configuration, keys of the node, genesis.",
    [
      ...KEY_FLAGS,
      {
        name: "chain-id",
        kind: "value",
        value: "ID",
        text: "chain id (default leasehold-local-1)",
      },
      {
        name: "preset",
        kind: "value",
        value: "local|testnet",
        text: "which genesis (default local)",
        default: "local",
      },
      {
        name: "prefix",
        kind: "value",
        value: "TEXT",
        text: "bech32 prefix of the chain (default lease)",
      },
      {
        name: "denom",
        kind: "list",
        value: "DENOM",
        text: "denoms, base denom first (default ulease and uusd)",
      },
      { name: "account", kind: "list", value: "ADDRESS=COINS", text: "fund an account in genesis" },
      {
        name: "genesis",
        kind: "value",
        value: "FILE",
        text: "use that genesis file instead of a preset",
      },
      { name: "rpc-port", kind: "value", value: "PORT", text: "port of the RPC (default 26657)" },
      { name: "overwrite", kind: "switch", text: "replace what is there" },
    ],
    async () => (await import("../commands/init.ts")).init,
  ),
  command(
    "start",
    "",
    "Run the node of this home (embedded engine).",
    [
      {
        name: "log-level",
        kind: "value",
        value: "error|warn|info|debug",
        text: "how much is logged (default info)",
      },
    ],
    async () => (await import("../commands/start.ts")).start,
  ),
  command(
    "status",
    "",
    "Say what a node says of itself.",
    NODE_FLAGS,
    async () => (await import("../commands/status.ts")).status,
  ),
  command(
    "export",
    "",
    "Print the state of this home as a genesis (the node must be stopped).",
    [],
    async () => (await import("../commands/state.ts")).exportState,
  ),
  command(
    "verify-state",
    "",
    "Recompute every hash of this home and check all invariants (the node must be stopped).",
    [],
    async () => (await import("../commands/state.ts")).verifyState,
  ),
  command(
    "dev advance",
    "DURATION",
    "Local chains: let both clocks run that far, block by block.",
    NODE_FLAGS,
    async () => (await import("../commands/dev.ts")).advance,
  ),
  command(
    "dev halt",
    "DURATION",
    "Local chains: jump as after a halt of that length.",
    NODE_FLAGS,
    async () => (await import("../commands/dev.ts")).halt,
  ),
  command(
    "version",
    "",
    "Print the version.",
    [{ name: "long", kind: "switch", text: "also of what it is built on" }],
    async () => (await import("../commands/version.ts")).version,
  ),
  command(
    "completion",
    "bash|zsh",
    "Print a completion script for your shell.",
    [],
    async () => (await import("../commands/completion.ts")).completion,
  ),
];
