// `make net N=4`: a network of validators behind real CometBFT on this machine, in the foreground.

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "../../chain/node/config/config.ts";
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

/** Port at the end of an address. */
function portOf(address: string): number {
  return Number(/\d+$/.exec(address)?.[0] ?? "0");
}

/** The homes of an earlier run, when there are any, with the ports that their files name. */
function earlier(folder: string, count: number): NetNodePorts[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^node\d+$/.test(name));
  if (names.length !== count)
    throw new Error(
      `${folder} holds a network of ${names.length} validators; remove it, or run make net N=${names.length}`,
    );
  return names.sort().map((name) => {
    const home = join(folder, name);
    const config = loadConfig(home, "config.toml").values;
    const ports = ["rpc.laddr", "p2p.laddr", "proxy_app"].map((key) => portOf(config.text(key)));
    const [rpc = 0, p2p = 0, abci = 0] = ports;
    const rest = portOf(loadConfig(home, "app.toml").values.text("api.address"));
    return { name, home, rpc, p2p, abci, rest };
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
  const known = earlier(folder, count);
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
