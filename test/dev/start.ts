// `make start`: a local chain with funded accounts and three sellers, and what to do next.

import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { restAddress } from "../../chain/node/home.ts";
import { LocalChain, makeHome, ROOT } from "./local_chain.ts";

const { values } = parseArgs({
  options: {
    home: { type: "string", default: join(ROOT, ".leasehold") },
    "rpc-port": { type: "string", default: "26657" },
    "gateway-port": { type: "string", default: "8443" },
  },
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

const NEXT = `
Leasehold runs. Leave this terminal open; in a second one, from the same folder:

  ./leasehold deploy client/examples/inference.yaml --from alice
  ./leasehold deployment list          escrow, cost per hour, time left
  ./leasehold dev advance 1h           move both clocks of this local chain
  ./leasehold lease list
  ./leasehold deployment close 1 --from alice

Accounts alice and bob hold 1,000,000 LEASE and 1,000,000 test USD each. RPC: `;

async function main(): Promise<void> {
  const rpcPort = Number(values["rpc-port"]);
  const gatewayPort = Number(values["gateway-port"]);
  const restPort = Number(new URL(restAddress(`http://127.0.0.1:${rpcPort}`)).port);
  for (const port of [rpcPort, restPort, gatewayPort, gatewayPort + 1, gatewayPort + 2]) {
    if (await isFree(port)) continue;
    throw new Error(
      `port ${port} is in use; stop what listens there (an earlier make start?) and try again`,
    );
  }
  const made = await makeHome(values.home, rpcPort);
  console.log(
    made ? `Made a new chain in ${values.home}.` : `Going on with the chain in ${values.home}.`,
  );
  const onLine = (from: string, line: string): void => console.log(`${from}: ${line}`);
  const chain = await LocalChain.start({ home: values.home, rpcPort, gatewayPort, onLine });
  console.log(`${NEXT}${chain.rpc}, REST: ${restAddress(chain.rpc)}. Stop with Ctrl-C.`);
  const stop = (): void => void chain.stop().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  await chain.ended();
  await chain.stop();
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`make start: ${(error as Error).message}`);
  process.exitCode = 1;
}
