// The process of a child node: `node node_child.js HOME [STEP COUNT]` prints `rpc URL` and runs until it is
// ended. With a step it ends itself, as a power cut would, when it reaches the step for the COUNTth time.

import { killerAt } from "./kill_point.ts";
import { openTestNode } from "./node.ts";

const [home, step, count] = process.argv.slice(2);
if (home === undefined) throw new Error("usage: node_child.js HOME [STEP COUNT]");

const reached = step === undefined ? undefined : killerAt(step, Number(count ?? "1"));
const node = await openTestNode(home, undefined, reached);
process.stdout.write(`rpc ${node.rpcUrl}\n`);
process.once("SIGTERM", () => void node.stop().then(() => process.exit(0)));
void node.halted.then((reason) => {
  process.stderr.write(`${reason}\n`);
  process.exit(3);
});
