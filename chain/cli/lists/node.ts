// Commands of people who run a node.

import { KEY_FLAGS, NODE_FLAG } from "../command.ts";
import type { Command } from "../command.ts";
import type { FlagSpec } from "../args.ts";
import { command } from "./flags.ts";

const ENGINE_FLAG: FlagSpec = {
  name: "engine",
  kind: "value",
  value: "embedded|comet",
  text: "what makes the blocks (default: engine.kind of app.toml, else embedded)",
};

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
      ENGINE_FLAG,
      { name: "overwrite", kind: "switch", text: "replace what is there" },
    ],
    async () => (await import("../commands/init.ts")).init,
  ),
  command(
    "start",
    "",
    "Run the node of this home: alone, or behind CometBFT.",
    [
      ENGINE_FLAG,
      {
        name: "with-cometbft",
        kind: "switch",
        text: "engine comet: start cometbft as a child and end it with the node",
      },
      {
        name: "cometbft",
        kind: "value",
        value: "PATH",
        text: "the program cometbft (default: comet.binary of app.toml, else where it is found)",
      },
      {
        name: "record",
        kind: "value",
        value: "FILE",
        text: "engine comet: add InitChain, FinalizeBlock and Commit with their answers to a file",
      },
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
    "testnet init",
    "",
    "Make homes of validators behind CometBFT on this machine, and a script that runs them.",
    [
      { name: "validators", kind: "value", value: "N", text: "how many (default 4)" },
      { name: "output-dir", kind: "value", value: "DIR", text: "where (default ./testnet)" },
      { name: "chain-id", kind: "value", value: "ID", text: "chain id (default: the preset's)" },
      {
        name: "preset",
        kind: "value",
        value: "local|testnet",
        text: "which genesis (default local)",
        default: "local",
      },
      {
        name: "starting-port",
        kind: "value",
        value: "PORT",
        text: "RPC port of the first node, the next one's is ten further (default 26657)",
      },
      {
        name: "block-time",
        kind: "value",
        value: "TIME",
        text: "time between blocks (default 1s)",
      },
      { name: "account", kind: "list", value: "ADDRESS=COINS", text: "fund an account in genesis" },
    ],
    async () => (await import("../commands/testnet.ts")).testnetInit,
  ),
  command(
    "status",
    "",
    "Say what a node says of itself.",
    [NODE_FLAG],
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
    "replay",
    "[FILE]",
    "Run a chain again in memory, from a node's blocks or a recording, and compare every hash.",
    [
      {
        name: "node",
        kind: "value",
        value: "URL",
        text: "whose blocks; with a recording both are held against each other",
      },
      { name: "to", kind: "value", value: "HEIGHT", text: "last height (default: the node's)" },
    ],
    async () => (await import("../commands/replay.ts")).replay,
  ),
  command(
    "dev advance",
    "DURATION",
    "Local chains: let both clocks run that far, block by block.",
    [NODE_FLAG],
    async () => (await import("../commands/dev.ts")).advance,
  ),
  command(
    "dev halt",
    "DURATION",
    "Local chains: jump as after a halt of that length.",
    [NODE_FLAG],
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
