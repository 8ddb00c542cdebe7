// version: of this program and, with --long, of what it is built on.

import type { CommandCode } from "../command.ts";
import { toJsonText } from "../output.ts";

/** Version of the program; the same as in package.json (a test compares them). */
export const VERSION = "0.1.0";

const BUILT_ON = {
  abci: "2.0.0",
  cometbft: "0.38.25",
  cosmos_sdk: "0.53",
  iavl: "v1",
} as const;

/** version [--long]. */
export const version: CommandCode = {
  async run(call) {
    const long = { name: "leasehold", version: VERSION, node: process.versions.node, ...BUILT_ON };
    if (call.out.json)
      return call.out.line(toJsonText(call.args.has("long") ? long : { version: VERSION }));
    if (!call.args.has("long")) return call.out.line(VERSION);
    for (const [name, value] of Object.entries(long)) call.out.line(`${name}: ${value}`);
  },
};
