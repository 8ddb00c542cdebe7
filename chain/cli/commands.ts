// All commands that do not come from the tables of messages and queries. Static data: nothing is
// loaded until a command runs.

import type { FlagSpec } from "./args.ts";
import { KEY_FLAGS, NODE_FLAGS, TX_FLAGS } from "./command.ts";
import type { Command, CommandCode } from "./command.ts";

const PREFIX: FlagSpec = {
  name: "prefix",
  kind: "value",
  value: "TEXT",
  text: "bech32 prefix (default from client.toml)",
};
const OWNER: FlagSpec = {
  name: "owner",
  kind: "value",
  value: "KEY",
  text: "whose: address or key name (default: all)",
};
const STATE: FlagSpec = {
  name: "state",
  kind: "value",
  value: "STATE",
  text: "only those in that state",
};
const LIMIT: FlagSpec = {
  name: "limit",
  kind: "value",
  value: "N",
  text: "at most that many (default 50)",
  default: "50",
};
const PAGE: FlagSpec = {
  name: "page-key",
  kind: "value",
  value: "BASE64",
  text: "go on where a listing ended",
};
const PROVIDER: FlagSpec = {
  name: "provider",
  kind: "value",
  value: "KEY",
  text: "only of that provider",
};
const YES: FlagSpec = { name: "yes", short: "y", kind: "switch", text: "do not ask" };
const LISTING = [...NODE_FLAGS, ...KEY_FLAGS, OWNER, STATE, LIMIT, PAGE];

type Loader = () => Promise<CommandCode>;

function command(
  words: string,
  usage: string,
  summary: string,
  flags: readonly FlagSpec[],
  load: Loader,
): Command {
  return { words: words.split(" "), usage, summary, flags, load };
}

const NODE: readonly Command[] = [
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
    async () => (await import("./commands/init.ts")).init,
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
    async () => (await import("./commands/start.ts")).start,
  ),
  command(
    "status",
    "",
    "Say what a node says of itself.",
    NODE_FLAGS,
    async () => (await import("./commands/status.ts")).status,
  ),
  command(
    "export",
    "",
    "Print the state of this home as a genesis (the node must be stopped).",
    [],
    async () => (await import("./commands/state.ts")).exportState,
  ),
  command(
    "verify-state",
    "",
    "Recompute every hash of this home and check all invariants (the node must be stopped).",
    [],
    async () => (await import("./commands/state.ts")).verifyState,
  ),
  command(
    "dev advance",
    "DURATION",
    "Local chains: let both clocks run that far, block by block.",
    NODE_FLAGS,
    async () => (await import("./commands/dev.ts")).advance,
  ),
  command(
    "dev halt",
    "DURATION",
    "Local chains: jump as after a halt of that length.",
    NODE_FLAGS,
    async () => (await import("./commands/dev.ts")).halt,
  ),
  command(
    "version",
    "",
    "Print the version.",
    [{ name: "long", kind: "switch", text: "also of what it is built on" }],
    async () => (await import("./commands/version.ts")).version,
  ),
  command(
    "completion",
    "bash|zsh",
    "Print a completion script for your shell.",
    [],
    async () => (await import("./commands/completion.ts")).completion,
  ),
];

const KEYS: readonly Command[] = [
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
    async () => (await import("./commands/keys.ts")).add,
  ),
  command(
    "keys list",
    "",
    "List the keys of this home.",
    [...KEY_FLAGS, PREFIX],
    async () => (await import("./commands/keys.ts")).list,
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
    async () => (await import("./commands/keys.ts")).show,
  ),
  command(
    "keys delete",
    "NAME",
    "Delete a key for good.",
    [...KEY_FLAGS, YES],
    async () => (await import("./commands/keys.ts")).remove,
  ),
  command(
    "keys export",
    "NAME",
    "Print the secret of a key.",
    [...KEY_FLAGS, { name: "unsafe", kind: "switch", text: "yes, print the secret" }],
    async () => (await import("./commands/keys.ts")).exportKey,
  ),
];

const SIGNING: readonly Command[] = [
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
    async () => (await import("./commands/signing.ts")).sign,
  ),
  command(
    "tx multisign",
    "FILE MULTISIG SIGNATURE...",
    "Put signatures of members together.",
    TX_FLAGS,
    async () => (await import("./commands/signing.ts")).multisign,
  ),
  command(
    "tx broadcast",
    "FILE",
    "Send a signed transaction.",
    TX_FLAGS,
    async () => (await import("./commands/signing.ts")).broadcast,
  ),
  command(
    "tx decode",
    "BASE64",
    "Show what a transaction says.",
    [],
    async () => (await import("./commands/signing.ts")).decode,
  ),
  command(
    "tx simulate",
    "FILE",
    "Say what a transaction would cost.",
    TX_FLAGS,
    async () => (await import("./commands/signing.ts")).simulate,
  ),
  command(
    "query block",
    "[HEIGHT]",
    "Show a block.",
    NODE_FLAGS,
    async () => (await import("./commands/blocks.ts")).block,
  ),
  command(
    "query tx",
    "HASH",
    "Show a transaction by its hash.",
    NODE_FLAGS,
    async () => (await import("./commands/blocks.ts")).tx,
  ),
  command(
    "query txs",
    "QUERY",
    "Find transactions by events, for example \"message.sender='lease1...'\".",
    [...NODE_FLAGS, LIMIT],
    async () => (await import("./commands/blocks.ts")).txs,
  ),
  command(
    "query wait-tx",
    "HASH",
    "Wait until a transaction is in a block.",
    [
      ...NODE_FLAGS,
      {
        name: "timeout",
        kind: "value",
        value: "DURATION",
        text: "give up after (default 60s)",
        default: "60s",
      },
    ],
    async () => (await import("./commands/blocks.ts")).waitTx,
  ),
];

const SDL_FLAGS: readonly FlagSpec[] = [
  {
    name: "denom-map",
    kind: "list",
    value: "FROM=TO:RATE",
    text: "turn a foreign denom into ours, for example uakt=uusd:0.5",
  },
  {
    name: "trust-map",
    kind: "list",
    value: "FROM=TO",
    text: "replace an auditor's address; `none` drops it",
  },
  { name: "ignore-placement", kind: "switch", text: "drop placement attributes" },
];

const TENANT: readonly Command[] = [
  command(
    "sdl inspect",
    "FILE...",
    "Say what SDL files mean: problems, conversions, groups, manifest, hash.",
    [...SDL_FLAGS, PREFIX],
    async () => (await import("./commands/sdl.ts")).inspect,
  ),
  command(
    "deploy",
    "FILE",
    "From an SDL file to a running lease, in one command.",
    [
      ...TX_FLAGS.filter((flag) => flag.name !== "dry-run"),
      ...SDL_FLAGS,
      {
        name: "dry-run",
        kind: "switch",
        text: "lint, converted prices, who fits, cost per hour, hours the deposit buys; sends nothing",
      },
      {
        name: "deposit",
        kind: "value",
        value: "COIN",
        text: "deposit (default: 24 hours of the ceiling price, at least the minimum)",
      },
      {
        name: "name",
        kind: "value",
        value: "NAME",
        text: "name of the deployment in this home; a retry under it deploys nothing twice",
      },
      {
        name: "timeout",
        kind: "value",
        value: "DURATION",
        text: "wait for the lease at most (default 60s)",
        default: "60s",
      },
    ],
    async () => (await import("./commands/deploy.ts")).deploy,
  ),
  command(
    "deployment create",
    "FILE",
    "Create the deployment of an SDL file and return at once.",
    [
      ...TX_FLAGS,
      ...SDL_FLAGS,
      {
        name: "deposit",
        kind: "value",
        value: "COIN",
        text: "deposit (default: 24 hours of the ceiling price)",
      },
    ],
    async () => (await import("./commands/deployment.ts")).create,
  ),
  command(
    "deployment list",
    "",
    "List deployments with their escrow and the time left.",
    LISTING,
    async () => (await import("./commands/deployment.ts")).list,
  ),
  command(
    "deployment show",
    "DSEQ",
    "One deployment with groups, leases and escrow.",
    [...NODE_FLAGS, ...KEY_FLAGS, OWNER],
    async () => (await import("./commands/deployment.ts")).show,
  ),
  command(
    "deployment topup",
    "DSEQ COIN",
    "Deposit into the escrow of a deployment.",
    [...TX_FLAGS, OWNER],
    async () => (await import("./commands/deployment.ts")).topup,
  ),
  command(
    "deployment close",
    "DSEQ",
    "Close a deployment; the rest of every deposit is refunded.",
    TX_FLAGS,
    async () => (await import("./commands/deployment.ts")).close,
  ),
  command(
    "order list",
    "",
    "List orders.",
    LISTING,
    async () => (await import("./commands/order.ts")).list,
  ),
  command(
    "order show",
    "DSEQ/GSEQ/OSEQ",
    "One order with its bids.",
    [...NODE_FLAGS, ...KEY_FLAGS, OWNER],
    async () => (await import("./commands/order.ts")).show,
  ),
  command(
    "order why",
    "DSEQ/GSEQ/OSEQ",
    "Why nobody bids: how many providers and offers fail, and on what.",
    [...NODE_FLAGS, ...KEY_FLAGS, OWNER],
    async () => (await import("./commands/order.ts")).why,
  ),
  command(
    "lease list",
    "",
    "List leases with what they cost and have cost.",
    [...LISTING, PROVIDER],
    async () => (await import("./commands/lease.ts")).list,
  ),
  command(
    "lease show",
    "DSEQ/GSEQ/OSEQ",
    "One lease.",
    [...NODE_FLAGS, ...KEY_FLAGS, OWNER],
    async () => (await import("./commands/lease.ts")).show,
  ),
  command(
    "lease close",
    "DSEQ/GSEQ/OSEQ",
    "End a lease as its tenant.",
    [...TX_FLAGS, { name: "reopen", kind: "switch", text: "auction the group again" }],
    async () => (await import("./commands/lease.ts")).close,
  ),
];

const SELLER: readonly Command[] = [
  command(
    "bid list",
    "DSEQ/GSEQ/OSEQ",
    "List the bids of an order.",
    [...NODE_FLAGS, ...KEY_FLAGS, OWNER],
    async () => (await import("./commands/bid.ts")).list,
  ),
  command(
    "bid place",
    "DSEQ/GSEQ/OSEQ PRICE",
    "Bid on an order; PRICE per hour for the whole group.",
    [
      ...TX_FLAGS,
      OWNER,
      {
        name: "deposit",
        kind: "value",
        value: "COIN",
        text: "bid deposit (default: the minimum of the denom)",
      },
    ],
    async () => (await import("./commands/bid.ts")).place,
  ),
  command(
    "bid withdraw",
    "DSEQ/GSEQ/OSEQ",
    "Withdraw a bid on a manual order.",
    [...TX_FLAGS, OWNER],
    async () => (await import("./commands/bid.ts")).withdraw,
  ),
  command(
    "bid accept",
    "DSEQ/GSEQ/OSEQ PROVIDER",
    "Take a bid on a manual order, as its tenant.",
    TX_FLAGS,
    async () => (await import("./commands/bid.ts")).accept,
  ),
  command(
    "offer list",
    "",
    "List standing offers.",
    [
      ...NODE_FLAGS,
      ...KEY_FLAGS,
      PROVIDER,
      STATE,
      LIMIT,
      PAGE,
      { name: "model", kind: "value", value: "MODEL", text: "only with that GPU model" },
    ],
    async () => (await import("./commands/offer.ts")).list,
  ),
  command(
    "offer show",
    "PROVIDER ID",
    "One standing offer.",
    [...NODE_FLAGS, ...KEY_FLAGS],
    async () => (await import("./commands/offer.ts")).show,
  ),
  command(
    "provider list",
    "",
    "List providers with their last sign of life.",
    [...NODE_FLAGS, STATE, LIMIT, PAGE],
    async () => (await import("./commands/provider.ts")).list,
  ),
  command(
    "provider show",
    "PROVIDER",
    "One provider: attributes, devices, state.",
    [...NODE_FLAGS, ...KEY_FLAGS],
    async () => (await import("./commands/provider.ts")).show,
  ),
];

/** Every static command. */
export const COMMANDS: readonly Command[] = [...NODE, ...TENANT, ...SELLER, ...KEYS, ...SIGNING];
