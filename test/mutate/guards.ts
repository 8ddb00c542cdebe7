// The table of guards: each is switched off alone, and each of its tests must notice.

import type { Guard } from "./guard.ts";
import { MACHINE_GUARDS } from "./guards_machine.ts";
import { MODULE_GUARDS } from "./guards_modules.ts";
import { NODE_GUARDS } from "./guards_node.ts";

/** All guards, by floor. */
export const GUARDS: readonly Guard[] = [...MACHINE_GUARDS, ...MODULE_GUARDS, ...NODE_GUARDS];
