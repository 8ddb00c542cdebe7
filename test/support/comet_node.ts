// A home for one validator behind real CometBFT on free ports, and a node that runs it.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaseholdParts } from "../../chain/app/index.ts";
import { startCometNode } from "../../chain/node/cometbft/node.ts";
import type { CometNode, CometNodeOptions } from "../../chain/node/cometbft/node.ts";
import { generateKeyPair } from "../../chain/node/embedded/keys.ts";
import { makeGenesis, writeHome } from "../../chain/node/home.ts";
import { SILENT } from "../../chain/node/log.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { heightOf } from "../dev/network.ts";
import type { NetNodePorts } from "../dev/network.ts";
import type { TestHomeOptions } from "./node.ts";

const platform = fastPlatform(() => undefined);

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** What a home behind CometBFT is to be; `config` and `app` are not read. */
export type CometHomeOptions = Pick<
  TestHomeOptions,
  "accounts" | "prefix" | "denoms" | "chainId"
> & {
  /** Time between blocks: default 100ms. */
  readonly blockTime?: string;
};

/** Makes a home in a temporary folder: one validator, fast blocks, REST on. */
export async function makeCometHome(options: CometHomeOptions = {}): Promise<NetNodePorts> {
  const home = mkdtempSync(join(tmpdir(), "leasehold-comet-"));
  const [rpc = 0, p2p = 0, abci = 0, rest = 0] = await freePorts(4);
  const [validator, node] = [generateKeyPair(platform), generateKeyPair(platform)];
  const genesis = makeGenesis(
    {
      preset: "local",
      chainId: options.chainId ?? "test-1",
      prefix: options.prefix,
      denoms: options.denoms,
      accounts: options.accounts ?? [],
    },
    [{ key: validator.publicKey, power: 1000n, name: "test" }],
  );
  writeHome(platform, {
    home,
    engine: "comet",
    genesis,
    validator,
    node,
    config: {
      moniker: "test",
      log_level: "error",
      proxy_app: `tcp://127.0.0.1:${abci}`,
      "rpc.laddr": `tcp://127.0.0.1:${rpc}`,
      "p2p.laddr": `tcp://127.0.0.1:${p2p}`,
      "consensus.timeout_commit": options.blockTime ?? "100ms",
    },
    app: { "api.enable": true, "api.address": `tcp://127.0.0.1:${rest}` },
    keyringBackend: "test",
  });
  return { name: "test", home, rpc, p2p, abci, rest };
}

/** A node of this process with CometBFT as its child. */
export interface TestCometNode extends CometNode {
  readonly home: string;
  /** Stops both and removes the home. */
  remove(): Promise<void>;
}

/** Starts a node behind CometBFT in a home that exists; resolves when RPC tells of a block. */
export async function openCometNode(
  home: string,
  cometbft: string,
  more: Partial<CometNodeOptions> = {},
): Promise<CometNode> {
  const compose: CometNodeOptions["compose"] = (found) => leaseholdParts(found, "test");
  const options = { home, compose, log: SILENT, supervise: true, cometbft, ...more };
  const node = await startCometNode(options);
  const halted = node.halted.then((reason) => {
    throw new Error(reason);
  });
  halted.catch(() => undefined);
  const first = async (): Promise<void> => {
    while (node.app.store.height === 0n || (await heightOf(node.rpcUrl)) === 0n)
      await new Promise((next) => setTimeout(next, 20));
  };
  await Promise.race([first(), halted]).catch(async (error: unknown) => {
    await node.stop();
    throw error;
  });
  return node;
}

/** Makes a home and starts a node in it. */
export async function startTestCometNode(
  options: CometHomeOptions,
  cometbft: string,
): Promise<TestCometNode> {
  const { home } = await makeCometHome(options);
  const node = await openCometNode(home, cometbft);
  const remove = async (): Promise<void> => {
    await node.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { ...node, home, remove };
}
