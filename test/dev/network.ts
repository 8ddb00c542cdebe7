// A network of validators on this machine as child processes: `leasehold testnet init` makes the homes,
// then every node runs as the application and CometBFT, two processes that can be killed one by one.
// A node that ends is started again: when the application dies, its CometBFT ends by itself.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCometbft } from "../support/cometbft.ts";
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

/** Replaces lines `key = value` of a configuration file. */
export function changeConfig(home: string, file: string, lines: Record<string, string>): void {
  const path = join(home, "config", file);
  let text = readFileSync(path, "utf8");
  for (const [key, value] of Object.entries(lines)) {
    const line = new RegExp(`^${key} = .*$`, "m");
    if (!line.test(text)) throw new Error(`${file} has no key ${key}`);
    text = text.replace(line, `${key} = ${value}`);
  }
  writeFileSync(path, text);
}

/** A node of two processes, kept running until it is stopped. */
export class NetNode {
  readonly ports: NetNodePorts;
  readonly rpc: string;
  readonly #cometbft: string;
  readonly #appArgs: readonly string[];
  readonly #running = new Map<Half, ChildProcess>();
  /** Halves that are not started again. */
  readonly #held = new Set<Half>();
  /** How often each half was started. */
  readonly starts = { app: 0, comet: 0 };

  constructor(ports: NetNodePorts, cometbft: string, appArgs: readonly string[] = []) {
    this.ports = ports;
    this.rpc = `http://127.0.0.1:${ports.rpc}`;
    this.#cometbft = cometbft;
    this.#appArgs = appArgs;
    changeConfig(ports.home, "app.toml", { supervise: "false" });
  }

  /** Starts both halves; CometBFT dials until the application listens. */
  start(): void {
    this.#held.clear();
    this.startHalf("app");
    this.startHalf("comet");
  }

  /** Starts one half, and again whenever it ends. */
  startHalf(half: Half): void {
    this.#held.delete(half);
    if (this.#running.has(half)) return;
    const { home } = this.ports;
    const [program, args] =
      half === "app"
        ? [process.execPath, [PROGRAM, "start", "--home", home, ...this.#appArgs]]
        : [this.#cometbft, ["start", "--home", home, "--log_level", "error"]];
    // Ctrl-C is for the runner alone, which then stops its nodes in order.
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.#running.set(half, child);
    this.starts[half]++;
    const log = `${home}.${half}.log`;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => appendFileSync(log, chunk));
    child.once("close", () => {
      this.#running.delete(half);
      // A while, as whoever supervises nodes leaves: a node that cannot start must not spin.
      if (!this.#held.has(half)) setTimeout(() => this.#again(half), RESTART_MS);
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

  #again(half: Half): void {
    if (!this.#held.has(half)) this.startHalf(half);
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
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return performance.now() - began;
}
