// Homes of the nodes that stand under load: ours for either engine, and the SDK's. All make blocks a
// second apart, with our room for transactions that wait, CometBFT's other defaults, and the index on.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTestnet } from "../../chain/node/cometbft/testnet.ts";
import { readConfigText } from "../../chain/node/config/config.ts";
import { initHome } from "../../chain/node/home.ts";
import { findCometbft } from "../support/cometbft.ts";
import { platform } from "./chain.ts";
import { OURS, People, START_COIN } from "./load.ts";
import { height } from "./rpc_reads.ts";

/** What makes the blocks. */
export type Engine = "embedded" | "comet" | "sdk";

/** How a node is started. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Where `run.ts` builds the SDK's node. */
const SDK_NODE = join(ROOT, ".cache/bench/node");
const WAIT_MS = 120_000;

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(),
      );
    });
  });
}

/** Resolves when the node has made this block. */
export async function waitForHeight(url: string, wanted: number): Promise<void> {
  const until = Date.now() + WAIT_MS;
  while (Date.now() < until) {
    const at = await height(new URL(url)).catch(() => 0);
    if (at >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no block ${wanted} after ${WAIT_MS / 1000} s`);
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}`);
}

/** Makes a home in `folder` with funded accounts; gives how its node is started. */
export function homeOf(engine: Engine, folder: string, accounts: number, rpcPort: number): Start {
  if (engine === "sdk") return sdkHome(folder, accounts, rpcPort);
  const people = new People(platform, OURS, accounts);
  const coins = [{ denom: OURS.denom, amount: START_COIN }];
  const funded = Array.from({ length: accounts }, (_, i) => ({
    address: people.address(i),
    coins,
  }));
  const { chainId, prefix } = OURS;
  const command = join(ROOT, "leasehold");
  if (engine === "comet") {
    const found = findCometbft();
    if ("missing" in found) throw new Error(found.missing);
    const spec = { folder, validators: 1, preset: "local", chainId } as const;
    const [node] = makeTestnet(platform, { ...spec, accounts: funded, startingPort: rpcPort });
    const home = node?.home ?? "";
    return { command, args: ["start", "--home", home, "--cometbft", found.path] };
  }
  const spec = { moniker: "bench", preset: "local", chainId, prefix, rpcPort, dev: false } as const;
  const home = join(folder, "home");
  initHome(platform, { ...spec, home, accounts: funded, keyringBackend: "test" });
  return { command, args: ["start", "--home", home] };
}

/** Lets as many transactions wait as our nodes do. */
function giveRoom(path: string): void {
  const { values } = readConfigText("config.toml", "");
  let text = readFileSync(path, "utf8");
  for (const key of ["size", "cache_size"])
    text = text.replace(
      new RegExp(`^${key} = .*$`, "m"),
      `${key} = ${values.number(`mempool.${key}`)}`,
    );
  writeFileSync(path, text);
}

function sdkHome(home: string, accounts: number, rpcPort: number): Start {
  run(SDK_NODE, ["init", "--home", home, "--accounts", String(accounts)]);
  giveRoom(join(home, "config/config.toml"));
  const listen = ["--rpc.laddr", `tcp://127.0.0.1:${rpcPort}`, "--p2p.laddr", "tcp://127.0.0.1:0"];
  const quiet = ["--grpc.enable=false", "--api.enable=false", "--log_level", "error"];
  const profiler = ["--rpc.pprof_laddr", ""];
  return { command: SDK_NODE, args: ["start", "--home", home, ...listen, ...quiet, ...profiler] };
}
