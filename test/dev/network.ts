// A network of validators on this machine as child processes: `leasehold testnet init` makes the homes,
// then every node runs as the application and CometBFT, two processes that can be killed one by one.
// A node that ends is started again: when the application dies, its CometBFT ends by itself.

import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { appendFileSync } from "node:fs";
import { connect } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { RequestInfo } from "../../chain/codec/gen/tendermint/abci.ts";
import { LEFTOVER_MS } from "../../chain/node/cometbft/leftover.ts";
import { mendIndex } from "../../chain/node/cometbft/mend.ts";
import { RawClient } from "../support/abci_socket.ts";
import { findCometbft } from "../support/cometbft.ts";
import { changeSettings } from "../support/node.ts";
import { mustRunCli, PROGRAM } from "./local_chain.ts";

/** One node as `testnet init -o json` tells it. */
export interface NetNodePorts {
  readonly name: string;
  readonly home: string;
  readonly rpc: number;
  readonly p2p: number;
  readonly abci: number;
  readonly rest: number;
}

/** The two processes of a node. */
export type Half = "app" | "comet";

/** How a network is made. */
export interface NetworkOptions {
  readonly folder: string;
  readonly validators: number;
  readonly startingPort: number;
  /** Time between blocks as config.toml writes it. */
  readonly blockTime: string;
  readonly accounts?: readonly string[];
}

/** First of the ports of a network that only tests use: below those that outgoing connections take. */
export function testPorts(): number {
  return 20_000 + (process.pid % 200) * 50;
}

/** Makes the homes of a network. Throws: Error with the command's own sentence. */
export async function makeNetwork(options: NetworkOptions): Promise<readonly NetNodePorts[]> {
  const { folder, validators, startingPort, blockTime } = options;
  const size = ["--validators", String(validators), "--block-time", blockTime];
  const where = ["--output-dir", folder, "--starting-port", String(startingPort)];
  const accounts = (options.accounts ?? []).flatMap((account) => ["--account", account]);
  const words = ["testnet", "init", ...size, ...where, ...accounts, "-o", "json"];
  const made = await mustRunCli(folder, words);
  return (JSON.parse(made) as { readonly nodes: readonly NetNodePorts[] }).nodes;
}

/** A node of two processes, kept running until it is stopped. */
export class NetNode {
  readonly ports: NetNodePorts;
  readonly rpc: string;
  readonly #cometbft: string;
  /** Arguments of Node for the next start of the application only. */
  nextApp: readonly string[] | undefined;
  /** Environment of the next start of CometBFT only. */
  nextComet: Readonly<Record<string, string>> = {};
  readonly #running = new Map<Half, ChildProcess>();
  /** Halves that are not started again. */
  readonly #held = new Set<Half>();
  /** How often each half was started. */
  readonly starts = { app: 0, comet: 0 };

  constructor(ports: NetNodePorts, cometbft: string) {
    this.ports = ports;
    this.rpc = `http://127.0.0.1:${ports.rpc}`;
    this.#cometbft = cometbft;
    changeSettings(ports.home, "app.toml", { supervise: "false" });
  }

  /** Starts both halves, CometBFT when the application listens. */
  start(): void {
    this.#held.clear();
    this.startHalf("app");
    void this.#again("comet");
  }

  /** Starts one half, and again whenever it ends. */
  startHalf(half: Half): void {
    this.#held.delete(half);
    if (this.#running.has(half)) return;
    const child = half === "app" ? this.#spawnApp() : this.#spawnComet();
    this.#running.set(half, child);
    this.starts[half]++;
    const log = `${this.ports.home}.${half}.log`;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => appendFileSync(log, chunk));
    child.once("close", () => {
      this.#running.delete(half);
      if (half === "app") void this.#endHanging();
      // A while, as whoever supervises nodes leaves: a node that cannot start must not spin.
      if (!this.#held.has(half)) setTimeout(() => void this.#again(half), RESTART_MS);
    });
  }

  /** Ends processes at once, as a power cut would; resolves when they are gone. */
  async kill(...halves: readonly Half[]): Promise<void> {
    await Promise.all(halves.map((half) => this.#end(half, "SIGKILL")));
  }

  /** Stops a half and leaves it so. */
  async hold(half: Half, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#held.add(half);
    await this.#end(half, signal);
  }

  /** Stops both, CometBFT first. */
  async stop(): Promise<void> {
    this.#held.add("app").add("comet");
    await this.#end("comet", "SIGTERM");
    await this.#end("app", "SIGTERM");
  }

  /** Process id of a half, while it runs. */
  pid(half: Half): number | undefined {
    return this.#running.get(half)?.pid;
  }

  // Ctrl-C is for the runner alone, which then stops its nodes in order: hence `detached`.

  #spawnApp(): ChildProcessByStdio<null, Readable, Readable> {
    const args = this.nextApp ?? [PROGRAM, "start", "--home", this.ports.home];
    this.nextApp = undefined;
    return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  }

  #spawnComet(): ChildProcessByStdio<null, Readable, Readable> {
    const args = ["start", "--home", this.ports.home, "--log_level", "error"];
    const env = { ...process.env, ...this.nextComet };
    this.nextComet = {};
    return spawn(this.#cometbft, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, env });
  }

  /**
   * CometBFT looks for the application once in three seconds: it is started when that listens, and when
   * its index was mended.
   */
  async #again(half: Half): Promise<void> {
    if (half === "comet") {
      await this.#listening();
      const height = await applicationHeight(this.ports.abci).catch(() => 0n);
      const { home } = this.ports;
      const mending = { binary: this.#cometbft, home, height, initialHeight: 1n };
      if (!this.#held.has(half)) await mendIndex(mending);
    }
    if (!this.#held.has(half)) this.startHalf(half);
  }

  /** Ends a CometBFT that does not end by itself after its application. */
  async #endHanging(): Promise<void> {
    const comet = this.#running.get("comet");
    await pause(LEFTOVER_MS);
    if (comet !== undefined && this.#running.get("comet") === comet) comet.kill("SIGKILL");
  }

  /** Resolves when the application listens, or CometBFT is not wanted any more. */
  async #listening(): Promise<void> {
    while (!this.#held.has("comet") && !(await isListening(this.ports.abci))) await pause(50);
  }

  async #end(half: Half, signal: NodeJS.Signals): Promise<void> {
    const child = this.#running.get(half);
    if (child === undefined) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await closed;
    clearTimeout(timer);
  }
}

/** Whether somebody takes connections on a port of this machine. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host: "127.0.0.1", port }, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", () => resolve(false));
  });
}

/** Height of the application behind a port, as CometBFT asks for it. */
async function applicationHeight(port: number): Promise<bigint> {
  const client = await RawClient.connect(port);
  try {
    const { info } = await client.call({ info: RequestInfo.create({}) });
    return info?.lastBlockHeight ?? 0n;
  } finally {
    client.socket.destroy();
  }
}

/** Pause before a half that ended is started again, milliseconds. */
const RESTART_MS = 300;
/** Longest wait for a half to stop when asked. */
const STOP_MS = 15_000;

/** Path of the pinned cometbft. Throws: Error with the sentence why there is none. */
export function requireCometbft(): string {
  const found = findCometbft();
  if ("missing" in found) throw new Error(`${found.missing}; run make tools`);
  return found.path;
}

/** A node's height; 0n while it does not answer. */
export async function heightOf(rpc: string): Promise<bigint> {
  const signal = AbortSignal.timeout(2000);
  try {
    const response = await fetch(`${rpc}/status`, { signal });
    const body = (await response.json()) as {
      readonly result?: { readonly sync_info?: { readonly latest_block_height?: string } };
    };
    return BigInt(body.result?.sync_info?.latest_block_height ?? "0");
  } catch {
    return 0n;
  }
}

/** Waits until a node has reached a height. Gives the milliseconds it took. Throws: Error after `limit`. */
export async function reach(rpc: string, height: bigint, limit: number): Promise<number> {
  const began = performance.now();
  while ((await heightOf(rpc)) < height) {
    if (performance.now() - began > limit)
      throw new Error(`${rpc} is not at height ${height} after ${limit} ms`);
    await pause(50);
  }
  return performance.now() - began;
}
