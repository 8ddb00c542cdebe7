// Commands of the keyring and of transactions as files.

import { KEY_FLAGS, NODE_FLAG, NODE_FLAGS, TX_FLAGS } from "../command.ts";
import type { Command } from "../command.ts";
import { command, PREFIX, LIMIT, YES } from "./flags.ts";

/** Commands of keys, transactions and blocks. */
export const KEYS_COMMANDS: readonly Command[] = [
  command(
    "keys add",
    "NAME",
    "Make a key, recover one from words, or put a multisig together.",
    [
      ...KEY_FLAGS,
      PREFIX,
      { name: "recover", kind: "switch", text: "read the words from standard input" },
      {
        name: "private-key",
        kind: "value",
        value: "HEX",
        text: "import 32 bytes (visible in the shell's history)",
      },
      {
        name: "hd-path",
        kind: "value",
        value: "PATH",
        text: "derivation path (default m/44'/118'/0'/0/0)",
      },
      { name: "multisig", kind: "value", value: "NAMES", text: "members, separated by commas" },
      {
        name: "multisig-threshold",
        kind: "value",
        value: "K",
        text: "signatures needed (default 1)",
      },
      { name: "nosort", kind: "switch", text: "keep the order of the members" },
    ],
    async () => (await import("../commands/keys.ts")).add,
  ),
  command(
    "keys list",
    "",
    "List the keys of this home.",
    [...KEY_FLAGS, PREFIX],
    async () => (await import("../commands/keys.ts")).list,
  ),
  command(
    "keys show",
    "NAME",
    "Show one key.",
    [
      ...KEY_FLAGS,
      PREFIX,
      { name: "address", short: "a", kind: "switch", text: "print the address alone" },
      { name: "pubkey", short: "p", kind: "switch", text: "print the public key alone" },
    ],
    async () => (await import("../commands/keys.ts")).show,
  ),
  command(
    "keys delete",
    "NAME",
    "Delete a key for good.",
    [...KEY_FLAGS, YES],
    async () => (await import("../commands/keys.ts")).remove,
  ),
  command(
    "keys export",
    "NAME",
    "Print the secret of a key.",
    [...KEY_FLAGS, { name: "unsafe", kind: "switch", text: "yes, print the secret" }],
    async () => (await import("../commands/keys.ts")).exportKey,
  ),
];

/** Commands of keys, transactions and blocks. */
export const SIGNING_COMMANDS: readonly Command[] = [
  command(
    "tx sign",
    "FILE",
    "Sign a transaction made by --generate-only.",
    [
      ...TX_FLAGS,
      {
        name: "multisig",
        kind: "value",
        value: "ADDRESS",
        text: "sign as a member of that multisig",
      },
    ],
    async () => (await import("../commands/signing.ts")).sign,
  ),
  command(
    "tx multisign",
    "FILE MULTISIG SIGNATURE...",
    "Put signatures of members together.",
    TX_FLAGS,
    async () => (await import("../commands/signing.ts")).multisign,
  ),
  command(
    "tx broadcast",
    "FILE",
    "Send a signed transaction.",
    TX_FLAGS,
    async () => (await import("../commands/signing.ts")).broadcast,
  ),
  command(
    "tx decode",
    "BASE64",
    "Show what a transaction says.",
    [],
    async () => (await import("../commands/signing.ts")).decode,
  ),
  command(
    "tx simulate",
    "FILE",
    "Say what a transaction would cost.",
    TX_FLAGS,
    async () => (await import("../commands/signing.ts")).simulate,
  ),
  command(
    "query block",
    "[HEIGHT]",
    "Show a block.",
    NODE_FLAGS,
    async () => (await import("../commands/blocks.ts")).block,
  ),
  command(
    "query tx",
    "HASH",
    "Show a transaction by its hash.",
    [NODE_FLAG],
    async () => (await import("../commands/blocks.ts")).tx,
  ),
  command(
    "query txs",
    "QUERY",
    "Find transactions by events, for example \"message.sender='lease1...'\".",
    [NODE_FLAG, LIMIT],
    async () => (await import("../commands/blocks.ts")).txs,
  ),
  command(
    "query wait-tx",
    "HASH",
    "Wait until a transaction is in a block.",
    [
      NODE_FLAG,
      {
        name: "timeout",
        kind: "value",
        value: "DURATION",
        text: "give up after (default 60s)",
        default: "60s",
      },
    ],
    async () => (await import("../commands/blocks.ts")).waitTx,
  ),
];
