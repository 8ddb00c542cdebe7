// Which node a call means.

import type { Call } from "./command.ts";
import { readClientSettings, rpcUrl } from "./settings.ts";

/** HTTP address of the node that a call asks. */
export function nodeUrl(call: Call): string {
  return rpcUrl(call.args.value("node") ?? readClientSettings(call.home).node);
}
