// What commands over a home whose node is stopped hand to floor 5.

import { leaseholdParts } from "../app/index.ts";
import type { UpkeepOptions } from "../node/upkeep/stopped.ts";
import type { Call } from "./command.ts";
import { VERSION } from "./commands/version.ts";

/** What the commands over a stopped home are called with. */
export function upkeepOptions(call: Call): UpkeepOptions {
  return {
    home: call.home,
    compose: (platform) => leaseholdParts(platform, VERSION),
    note: (sentence) => call.out.note(sentence),
  };
}
