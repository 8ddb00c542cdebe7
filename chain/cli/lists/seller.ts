// Commands of providers, and of those who look at them.

import { KEY_FLAGS, NODE_FLAGS, TX_FLAGS } from "../command.ts";
import type { Command } from "../command.ts";
import { command, ITS_OWNER, OWNER, STATE, LIMIT, PAGE, PROVIDER } from "./flags.ts";

/** Commands of providers. */
export const SELLER_COMMANDS: readonly Command[] = [
  command(
    "bid list",
    "DSEQ/GSEQ/OSEQ",
    "List the bids of an order.",
    [...NODE_FLAGS, ...KEY_FLAGS, ITS_OWNER],
    async () => (await import("../commands/bid.ts")).list,
  ),
  command(
    "bid place",
    "DSEQ/GSEQ/OSEQ PRICE",
    "Bid on an order; PRICE per hour for the whole group.",
    [
      ...TX_FLAGS,
      { ...OWNER, text: "whose order: address or key name" },
      {
        name: "deposit",
        kind: "value",
        value: "COIN",
        text: "bid deposit (default: the minimum of the denom)",
      },
    ],
    async () => (await import("../commands/bid.ts")).place,
  ),
  command(
    "bid withdraw",
    "DSEQ/GSEQ/OSEQ",
    "Withdraw a bid on a manual order.",
    [...TX_FLAGS, ITS_OWNER],
    async () => (await import("../commands/bid.ts")).withdraw,
  ),
  command(
    "bid accept",
    "DSEQ/GSEQ/OSEQ PROVIDER",
    "Take a bid on a manual order, as its tenant.",
    TX_FLAGS,
    async () => (await import("../commands/bid.ts")).accept,
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
    async () => (await import("../commands/offer.ts")).list,
  ),
  command(
    "offer show",
    "ID",
    "One standing offer.",
    [...NODE_FLAGS, ...KEY_FLAGS],
    async () => (await import("../commands/offer.ts")).show,
  ),
  command(
    "provider list",
    "",
    "List providers with their last sign of life.",
    [...NODE_FLAGS, STATE, LIMIT, PAGE],
    async () => (await import("../commands/provider.ts")).list,
  ),
  command(
    "provider show",
    "PROVIDER",
    "One provider: attributes, devices, state.",
    [...NODE_FLAGS, ...KEY_FLAGS],
    async () => (await import("../commands/provider.ts")).show,
  ),
];
