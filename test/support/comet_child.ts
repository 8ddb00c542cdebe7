// The process of an application behind CometBFT: `node comet_child.js HOME [STEP COUNT]` runs until it is
// ended. With a step it ends itself, as a power cut would, when it reaches the step for the COUNTth time.

import { leaseholdParts } from "../../chain/app/index.ts";
import { startCometNode } from "../../chain/node/cometbft/node.ts";
import { killerAt } from "./kill_point.ts";

const [home, step, count] = process.argv.slice(2);
if (home === undefined) throw new Error("usage: comet_child.js HOME [STEP COUNT]");
const node = await startCometNode({
  home,
  compose: (platform) => leaseholdParts(platform, "test"),
  supervise: false,
  reached: step === undefined ? undefined : killerAt(step, Number(count ?? "1")),
});
process.once("SIGTERM", () => void node.stop().then(() => process.exit(0)));
void node.halted.then(() => node.stop()).then(() => process.exit(3));
