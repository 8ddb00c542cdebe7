// Short transactions by noun.

import { TX_FLAGS } from "../command.ts";
import type { Command, CommandCode } from "../command.ts";
import { command } from "./flags.ts";

type Acts = typeof import("../commands/acts.ts");

function act(words: string, usage: string, summary: string, name: keyof Acts): Command {
  const load = async (): Promise<CommandCode> => (await import("../commands/acts.ts"))[name];
  return command(words, usage, summary, TX_FLAGS, load);
}

/** What a tenant does to deployments, groups and bids. */
export const TENANT_ACTS: readonly Command[] = [
  act("deployment pause", "DSEQ", "Pause a deployment: its leases end.", "pauseDeployment"),
  act("deployment resume", "DSEQ", "Auction a paused deployment again.", "resumeDeployment"),
  act("group start", "DSEQ/GSEQ", "Auction a paused group again.", "startGroup"),
  act("group pause", "DSEQ/GSEQ", "Pause a group: its lease ends.", "pauseGroup"),
  act("group close", "DSEQ/GSEQ", "Close a group for good.", "closeGroup"),
  act("bid reject", "DSEQ/GSEQ/OSEQ PROVIDER", "Turn a bid down, as the tenant.", "rejectBid"),
];

/** What a provider does to itself and to its offers. */
export const SELLER_ACTS: readonly Command[] = [
  act("offer post", "FILE", "Post a standing offer from a YAML or JSON file.", "postOffer"),
  act("offer pause", "ID", "Pause an offer: it quotes no more.", "pauseOffer"),
  act("offer resume", "ID", "Let a paused offer quote again.", "resumeOffer"),
  act("offer cancel", "ID", "End an offer for good.", "cancelOffer"),
  act("provider register", "FILE", "Register --from as a provider, from a file.", "register"),
  act("provider devices", "FILE", "Say what hardware --from has, from a file.", "setDevices"),
  act("provider pause", "", "Take no new leases.", "pauseProvider"),
  act("provider unpause", "", "Take new leases again.", "unpauseProvider"),
];
