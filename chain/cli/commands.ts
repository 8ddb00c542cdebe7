// All commands that do not come from the tables of messages and queries. Static data: nothing is
// loaded until a command runs.

import type { Command } from "./command.ts";
import { SELLER_ACTS, TENANT_ACTS } from "./lists/acts.ts";
import { KEYS_COMMANDS, SIGNING_COMMANDS } from "./lists/keys.ts";
import { NODE_COMMANDS } from "./lists/node.ts";
import { SELLER_COMMANDS } from "./lists/seller.ts";
import { TENANT_COMMANDS } from "./lists/tenant.ts";
import { UPKEEP_COMMANDS } from "./lists/upkeep.ts";

/** Every static command. */
export const COMMANDS: readonly Command[] = [
  ...NODE_COMMANDS,
  ...UPKEEP_COMMANDS,
  ...TENANT_COMMANDS,
  ...TENANT_ACTS,
  ...SELLER_COMMANDS,
  ...SELLER_ACTS,
  ...KEYS_COMMANDS,
  ...SIGNING_COMMANDS,
];
