// What a command is, and what it gets. The list of commands is static data; the code behind a
// command is loaded only when it runs, so that `version` and completion answer at once.

import type { Args, FlagSpec } from "./args.ts";
import type { Output } from "./output.ts";

/** What a running command has at hand. */
export interface Call {
  readonly args: Args;
  readonly out: Output;
  /** The whole tree of commands, where the call needs it. */
  readonly commands: readonly Command[];
  /** Home directory of node, keys and client configuration. */
  readonly home: string;
}

/** The code of a command. */
export interface CommandCode {
  run(call: Call): Promise<void>;
}

/** One command of the tree. */
export interface Command {
  /** `["keys", "add"]`. */
  readonly words: readonly string[];
  /** Words after the command's own: `NAME`, `[FILE...]`. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly FlagSpec[];
  load(): Promise<CommandCode>;
}

/** Flags that every command takes. */
export const COMMON_FLAGS: readonly FlagSpec[] = [
  {
    name: "home",
    kind: "value",
    value: "DIR",
    text: "home directory (default ~/.leasehold, or LEASEHOLD_HOME)",
  },
  {
    name: "output",
    short: "o",
    kind: "value",
    value: "text|json",
    text: "what is printed: tables or JSON",
  },
  { name: "help", short: "h", kind: "switch", text: "say what the command does and takes" },
];

/** Which node is asked. */
export const NODE_FLAG: FlagSpec = {
  name: "node",
  kind: "value",
  value: "URL",
  text: "RPC of a node (default from client.toml, else http://localhost:26657)",
};

/** Flags of commands that ask a node about its state. */
export const NODE_FLAGS: readonly FlagSpec[] = [
  NODE_FLAG,
  { name: "height", kind: "value", value: "N", text: "ask for the state at that height" },
];

/** Flags of commands that use keys. */
export const KEY_FLAGS: readonly FlagSpec[] = [
  {
    name: "keyring-backend",
    kind: "value",
    value: "test|file",
    text: "where keys are kept (default from client.toml, else file)",
  },
];

/** Flags of commands that send a transaction. */
export const TX_FLAGS: readonly FlagSpec[] = [
  NODE_FLAG,
  ...KEY_FLAGS,
  { name: "from", kind: "value", value: "KEY", text: "name or address of the key that signs" },
  { name: "chain-id", kind: "value", value: "ID", text: "chain id (default: ask the node)" },
  {
    name: "fees",
    kind: "value",
    value: "COINS",
    text: "fee, for example 500ulease (default: none)",
  },
  {
    name: "gas-prices",
    kind: "value",
    value: "PRICE",
    text: "fee per gas, for example 0.0025ulease",
  },
  {
    name: "gas",
    kind: "value",
    value: "N|auto",
    text: "gas limit (default auto)",
    default: "auto",
  },
  {
    name: "gas-adjustment",
    kind: "value",
    value: "X",
    text: "factor on simulated gas (default 1.4)",
    default: "1.4",
  },
  { name: "note", kind: "value", value: "TEXT", text: "memo of the transaction" },
  { name: "fee-granter", kind: "value", value: "ADDRESS", text: "who pays the fee by grant" },
  {
    name: "timeout-height",
    kind: "value",
    value: "N",
    text: "height after which the transaction is void",
  },
  {
    name: "sign-mode",
    kind: "value",
    value: "direct|amino-json",
    text: "how to sign (default direct)",
    default: "direct",
  },
  { name: "account-number", kind: "value", value: "N", text: "for --offline" },
  { name: "sequence", kind: "value", value: "N", text: "for --offline" },
  { name: "offline", kind: "switch", text: "sign without asking a node" },
  { name: "generate-only", kind: "switch", text: "print the unsigned transaction" },
  { name: "dry-run", kind: "switch", text: "simulate and print the gas" },
  {
    name: "broadcast-mode",
    kind: "value",
    value: "sync|async|commit",
    text: "sync waits for CheckTx, commit for the block (default commit)",
    default: "commit",
  },
  { name: "yes", short: "y", kind: "switch", text: "do not ask before sending" },
];
