// Commands of tenants.

import type { FlagSpec } from "../args.ts";
import { KEY_FLAGS, NODE_FLAGS, TX_FLAGS } from "../command.ts";
import type { Command } from "../command.ts";
import { command, PREFIX, ITS_OWNER, PROVIDER, LISTING } from "./flags.ts";

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

/** Commands of tenants. */
export const TENANT_COMMANDS: readonly Command[] = [
  command(
    "sdl inspect",
    "FILE...",
    "Say what SDL files mean: problems, conversions, groups, manifest, hash.",
    [...SDL_FLAGS, PREFIX],
    async () => (await import("../commands/sdl.ts")).inspect,
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
        text: "wait for the lease that long, also if no offer fits now (default 60s, 3s if none fits)",
      },
    ],
    async () => (await import("../commands/deploy.ts")).deploy,
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
    async () => (await import("../commands/deployment.ts")).create,
  ),
  command(
    "deployment list",
    "",
    "List deployments with their escrow and the time left.",
    LISTING,
    async () => (await import("../commands/deployment.ts")).list,
  ),
  command(
    "deployment show",
    "DSEQ",
    "One deployment with groups, leases and escrow.",
    [...NODE_FLAGS, ...KEY_FLAGS, ITS_OWNER],
    async () => (await import("../commands/deployment.ts")).show,
  ),
  command(
    "deployment topup",
    "DSEQ COIN",
    "Deposit into the escrow of a deployment.",
    [...TX_FLAGS, ITS_OWNER],
    async () => (await import("../commands/deployment.ts")).topup,
  ),
  command(
    "deployment close",
    "DSEQ",
    "Close a deployment; the rest of every deposit is refunded.",
    TX_FLAGS,
    async () => (await import("../commands/deployment.ts")).close,
  ),
  command(
    "order list",
    "",
    "List orders.",
    LISTING,
    async () => (await import("../commands/order.ts")).list,
  ),
  command(
    "order show",
    "DSEQ/GSEQ/OSEQ",
    "One order with its bids.",
    [...NODE_FLAGS, ...KEY_FLAGS, ITS_OWNER],
    async () => (await import("../commands/order.ts")).show,
  ),
  command(
    "order why",
    "DSEQ/GSEQ/OSEQ",
    "Why nobody bids: how many providers and offers fail, and on what.",
    [...NODE_FLAGS, ...KEY_FLAGS, ITS_OWNER],
    async () => (await import("../commands/order.ts")).why,
  ),
  command(
    "lease list",
    "",
    "List leases with what they cost and have cost.",
    [...LISTING, PROVIDER],
    async () => (await import("../commands/lease.ts")).list,
  ),
  command(
    "lease show",
    "DSEQ/GSEQ/OSEQ",
    "One lease.",
    [...NODE_FLAGS, ...KEY_FLAGS, ITS_OWNER],
    async () => (await import("../commands/lease.ts")).show,
  ),
  command(
    "lease close",
    "DSEQ/GSEQ/OSEQ",
    "End a lease as its tenant.",
    [...TX_FLAGS, { name: "reopen", kind: "switch", text: "auction the group again" }],
    async () => (await import("../commands/lease.ts")).close,
  ),
];
