// The process of a child node: `node node_child.js HOME` prints `rpc URL` and runs until it is ended.

import { openTestNode } from "./node.ts";

const home = process.argv[2];
if (home === undefined) throw new Error("usage: node_child.js HOME");
const node = await openTestNode(home);
process.stdout.write(`rpc ${node.rpcUrl}\n`);
process.once("SIGTERM", () => void node.stop().then(() => process.exit(0)));
void node.halted.then((reason) => {
  process.stderr.write(`${reason}\n`);
  process.exit(3);
});
