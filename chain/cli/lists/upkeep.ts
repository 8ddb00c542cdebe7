// Commands that keep a stopped node in order, and of its genesis and keys.

import type { FlagSpec } from "../args.ts";
import { KEY_FLAGS } from "../command.ts";
import type { Command, CommandCode } from "../command.ts";
import { command } from "./flags.ts";

const HARD: FlagSpec = {
  name: "hard",
  kind: "switch",
  text: "remove the blocks above it too, where the validator's key may still sign",
};
const TO_HEIGHT: FlagSpec = {
  name: "height",
  kind: "value",
  value: "H",
  text: "height to go back to (default: one less than now)",
};
const SIDE: FlagSpec = {
  name: "side",
  kind: "switch",
  text: "build the lists of the state anew, from the trees",
};
const APPEND: FlagSpec = {
  name: "append",
  kind: "switch",
  text: "add the coins to an account that is there",
};
const FORGET: FlagSpec = {
  name: "forget-signatures",
  kind: "switch",
  text: "let the validator's key forget what it signed (it may sign a height twice then)",
};

type Upkeep = typeof import("../commands/upkeep.ts");
type Genesis = typeof import("../commands/genesis.ts");
type Comet = typeof import("../commands/comet.ts");

function upkeep(name: keyof Upkeep): () => Promise<CommandCode> {
  return async () => (await import("../commands/upkeep.ts"))[name];
}

function genesis(name: keyof Genesis): () => Promise<CommandCode> {
  return async () => (await import("../commands/genesis.ts"))[name];
}

function comet(name: keyof Comet): () => Promise<CommandCode> {
  return async () => (await import("../commands/comet.ts"))[name];
}

// SDK nodes have these commands under several names.
const ADD = ["genesis add-account", "genesis add-genesis-account", "add-genesis-account"];
const VALIDATE = ["genesis validate", "genesis validate-genesis", "validate-genesis"];

function named(verb: string): readonly string[] {
  return [`comet ${verb}`, `tendermint ${verb}`];
}

/** The commands. */
export const UPKEEP_COMMANDS: readonly Command[] = [
  command(
    "rollback",
    "",
    "Take a stopped node one height back, or to an earlier one.",
    [TO_HEIGHT, HARD],
    upkeep("rollback"),
  ),
  command(
    "reindex",
    "",
    "Build the transaction index of a stopped node anew.",
    [SIDE],
    upkeep("reindex"),
  ),
  command(
    "prune",
    "",
    "Remove from a stopped node what its settings no longer ask for.",
    [],
    upkeep("prune"),
  ),
  ...ADD.map((words) =>
    command(
      words,
      "ADDRESS COINS",
      "Give an account coins in a genesis that has not begun.",
      [...KEY_FLAGS, APPEND],
      genesis("addAccount"),
    ),
  ),
  ...VALIDATE.map((words) =>
    command(words, "[FILE]", "Say what is wrong in a genesis.", [], genesis("validate")),
  ),
  ...named("show-node-id").map((words) =>
    command(words, "", "Print what other nodes know this one by.", [], comet("showNodeId")),
  ),
  ...named("show-validator").map((words) =>
    command(words, "", "Print the consensus key of this node.", [], comet("showValidator")),
  ),
  ...named("show-address").map((words) =>
    command(words, "", "Print the consensus address of this node.", [], comet("showAddress")),
  ),
  ...named("unsafe-reset-all").map((words) =>
    command(words, "", "Remove all data of a stopped node.", [FORGET], comet("unsafeResetAll")),
  ),
];
