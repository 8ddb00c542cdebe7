// Runs the sellers of a local chain in a process of their own: the keys come from the home's test
// keyring, everything else goes through the node's RPC.

import { parseArgs } from "node:util";
import { Keyring } from "../../chain/cli/keyring.ts";
import { walletFromMnemonic } from "../../client/index.ts";
import { SELLERS } from "./catalogue.ts";
import { RunningSeller } from "./seller.ts";

const { values } = parseArgs({
  options: {
    home: { type: "string" },
    rpc: { type: "string", default: "http://127.0.0.1:26657" },
    prefix: { type: "string", default: "lease" },
    port: { type: "string", default: "8443" },
  },
});
if (values.home === undefined) throw new Error("--home is missing");

const running: RunningSeller[] = [];

async function startAll(home: string): Promise<void> {
  const keyring = new Keyring(home, "test");
  for (const [index, seller] of SELLERS.entries()) {
    const secret = await keyring.secret(seller.name);
    if (secret.kind !== "mnemonic") throw new Error(`${seller.name} has no mnemonic`);
    const wallet = await walletFromMnemonic(secret.mnemonic, values.prefix);
    const port = values.port === "0" ? 0 : Number(values.port) + index;
    const log = (line: string): void => console.log(line);
    running.push(await RunningSeller.start({ rpc: values.rpc, wallet, seller, port, log }));
  }
  console.log("sellers ready");
}

const stop = (): void => {
  void Promise.all(running.map((seller) => seller.stop())).then(() => process.exit(0));
  setTimeout(() => process.exit(0), 2000).unref();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

try {
  await startAll(values.home);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
