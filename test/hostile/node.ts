// The process of the node under attack: `node node.js HOME [COMETBFT]` tells where its doors are and runs
// until it is ended. With the path of CometBFT that makes the blocks.

import { openCometNode } from "../support/comet_node.ts";
import { openTestNode } from "../support/node.ts";

const [home, cometbft] = process.argv.slice(2);
if (home === undefined) throw new Error("usage: node.js HOME [COMETBFT]");
const node =
  cometbft === undefined ? await openTestNode(home) : await openCometNode(home, cometbft);
process.stdout.write(`doors ${JSON.stringify({ rpc: node.rpcUrl, rest: node.restUrl })}\n`);
process.once("SIGTERM", () => void node.stop().then(() => process.exit(0)));
void node.halted.then((reason) => {
  process.stderr.write(`${reason}\n`);
  process.exit(3);
});
