// `make net N=4`: a network of validators behind real CometBFT on this machine, in the foreground.

import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./local_chain.ts";
import { heightOf, makeNetwork, NetNode, requireCometbft } from "./network.ts";
import type { NetNodePorts } from "./network.ts";

const { values } = parseArgs({
  options: {
    validators: { type: "string", default: "4" },
    dir: { type: "string", default: `${ROOT}.leasehold-net` },
    "starting-port": { type: "string", default: "26657" },
    "block-time": { type: "string", default: "1s" },
  },
});

/** Time between status lines, milliseconds. */
const STATUS_MS = 5000;

/** The homes of an earlier run, when there are any; their ports as `testnet init` gave them. */
function earlier(folder: string, count: number, first: number): NetNodePorts[] {
  if (!existsSync(folder)) return [];
  const homes = readdirSync(folder).filter((name) => /^node\d+$/.test(name));
  if (homes.length !== count)
    throw new Error(
      `${folder} holds a network of ${homes.length} validators; remove it, or run make net N=${homes.length}`,
    );
  return homes.sort().map((name) => {
    const rpc = first + Number(name.slice(4)) * 10;
    return { name, home: `${folder}/${name}`, rpc, p2p: rpc + 1, abci: rpc + 2, rest: rpc + 3 };
  });
}

function introduce(nodes: readonly NetNodePorts[], folder: string): void {
  for (const { name, rpc, rest } of nodes)
    console.log(`${name}  RPC http://127.0.0.1:${rpc}  REST http://127.0.0.1:${rest}`);
  const home = nodes[0]?.home ?? "";
  console.log(`
Accounts alice and bob are funded in the test keyring of every home. In a second terminal:

  ./leasehold --home ${home} tx bank send bob 5ulease --from alice -y
  ./leasehold --home ${home} query bank balances bob

Logs: ${folder}/nodeI.app.log and nodeI.comet.log. Kill any process: it is started again.
Ctrl-C stops all; ${folder} is kept, remove it for a new network.
`);
}

async function status(nodes: readonly NetNode[]): Promise<string> {
  const heights = await Promise.all(nodes.map(({ rpc }) => heightOf(rpc)));
  const told = heights.map((height) => (height === 0n ? "-" : height.toString()));
  const restarts = nodes.reduce((sum, { starts }) => sum + starts.app + starts.comet - 2, 0);
  const time = new Date().toISOString().slice(11, 19);
  return `${time}  heights ${told.join(" ")}  restarts ${restarts}`;
}

async function main(): Promise<void> {
  const count = Number(values.validators);
  if (!Number.isInteger(count) || count < 1 || count > 20)
    throw new Error(`N is a number from 1 to 20, got ${values.validators}`);
  const cometbft = requireCometbft();
  const folder = resolve(values.dir);
  const startingPort = Number(values["starting-port"]);
  const blockTime = values["block-time"];
  const known = earlier(folder, count, startingPort);
  const made =
    known.length > 0
      ? known
      : await makeNetwork({ folder, validators: count, startingPort, blockTime });
  introduce(made, folder);
  const nodes = made.map((ports) => new NetNode(ports, cometbft));
  for (const node of nodes) node.start();
  const timer = setInterval(() => void status(nodes).then((line) => console.log(line)), STATUS_MS);
  const told = new Promise<void>((done) => {
    process.once("SIGINT", () => done());
    process.once("SIGTERM", () => done());
  });
  await told;
  clearInterval(timer);
  console.log("stopping");
  await Promise.all(nodes.map((node) => node.stop()));
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(`make net: ${(error as Error).message}`);
  process.exitCode = 1;
}
