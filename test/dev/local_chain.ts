// A local chain as child processes: a home with funded keys, the node, the sellers. `make start`,
// `make demo` and tests of the command line use it; it goes through the launcher's program only.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SELLERS } from "./catalogue.ts";

/** Root of the checkout. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The bundled command line. */
export const PROGRAM = join(ROOT, "build/bundle/main.js");

/** Keys that are made and funded, tenants first. */
export const TENANTS = ["alice", "bob"] as const;
const FUNDS = "1000000000000ulease,1000000000000uusd";

/** What a finished call of the command line left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a local chain runs. */
export interface LocalChainOptions {
  readonly home: string;
  readonly rpcPort: number;
  /** First of three ports for the sellers' gateways; 0 = any. */
  readonly gatewayPort: number;
  /** Hears every line that node and sellers print. */
  readonly onLine: (from: "node" | "sellers", line: string) => void;
}

/** Runs the command line once. */
export function runCli(home: string, args: readonly string[], input = ""): Promise<Finished> {
  return new Promise((resolve) => {
    const env = { ...process.env, LEASEHOLD_HOME: home };
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** Runs the command line and gives what it printed. Throws: Error with its own sentence. */
export async function mustRunCli(home: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(home, args);
  if (code !== 0)
    throw new Error(stderr.trim() || `leasehold ${args.join(" ")} ended with ${code}`);
  return stdout;
}

/** Makes keys and a home with all of them funded, unless it is there. Gives whether it was made now. */
export async function makeHome(home: string, rpcPort: number): Promise<boolean> {
  if (existsSync(join(home, "config", "genesis.json"))) return false;
  const names = [...TENANTS, ...SELLERS.map((seller) => seller.name)];
  const accounts: string[] = [];
  for (const name of names) {
    const known = await runCli(home, ["keys", "show", name, "--keyring-backend", "test"]);
    if (known.code !== 0)
      await mustRunCli(home, ["keys", "add", name, "--keyring-backend", "test"]);
    const address = await mustRunCli(home, [
      "keys",
      "show",
      name,
      "--address",
      "--keyring-backend",
      "test",
    ]);
    accounts.push("--account", `${address.trim()}=${FUNDS}`);
  }
  await mustRunCli(home, ["init", "local", "--rpc-port", String(rpcPort), ...accounts]);
  return true;
}

/** A running local chain. */
export class LocalChain {
  readonly home: string;
  readonly rpc: string;
  readonly #children: readonly ChildProcess[];

  private constructor(home: string, rpc: string, children: readonly ChildProcess[]) {
    this.home = home;
    this.rpc = rpc;
    this.#children = children;
  }

  /** Starts node and sellers on a home that is there. Throws: Error when either ends or says nothing for 60 s. */
  static async start(options: LocalChainOptions): Promise<LocalChain> {
    const rpc = `http://127.0.0.1:${options.rpcPort}`;
    const env = { ...process.env, LEASEHOLD_HOME: options.home };
    const node = spawn(process.execPath, [PROGRAM, "start"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    listen(node, (line) => options.onLine("node", line));
    await ready(node, async () => (await height(rpc)) > 0n, "the node");
    const program = join(ROOT, "build/test/dev/sellers.js");
    const args = [
      program,
      "--home",
      options.home,
      "--rpc",
      rpc,
      "--port",
      String(options.gatewayPort),
    ];
    const sellers = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let isSelling = false;
    listen(sellers, (line) => {
      if (line === "sellers ready") isSelling = true;
      else options.onLine("sellers", line);
    });
    await ready(sellers, async () => isSelling, "the sellers").catch((error: unknown) => {
      node.kill("SIGTERM");
      throw error;
    });
    return new LocalChain(options.home, rpc, [sellers, node]);
  }

  /** Runs the command line against this chain. */
  cli(...args: readonly string[]): Promise<Finished> {
    return runCli(this.home, args);
  }

  /** Runs the command line with `-o json` and parses what it printed. */
  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await mustRunCli(this.home, [...args, "-o", "json"])) as T;
  }

  /** Resolves when the node or the sellers end by themselves. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      for (const child of this.#children) child.once("close", () => resolve());
    });
  }

  /** Stops sellers and node in order. */
  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await closed;
      clearTimeout(timer);
    }
  }
}

function listen(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
  }
}

async function height(rpc: string): Promise<bigint> {
  const response = await fetch(`${rpc}/status`).catch(() => undefined);
  const body = (await response?.json().catch(() => undefined)) as
    | { result?: { sync_info?: { latest_block_height?: string } } }
    | undefined;
  return BigInt(body?.result?.sync_info?.latest_block_height ?? "0");
}

/** Longest wait for node or sellers, milliseconds. */
const READY_MS = 60_000;

async function ready(
  child: ChildProcess,
  isReady: () => Promise<boolean>,
  what: string,
): Promise<void> {
  for (const limit = Date.now() + READY_MS; Date.now() < limit;) {
    if (child.exitCode !== null)
      throw new Error(`${what} ended with status ${child.exitCode}; see the lines above`);
    if (await isReady()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGTERM");
  throw new Error(`${what} gave no sign within ${READY_MS / 1000} s`);
}
