// A node in a temporary home on a free port: in this process, or as a child that a test may kill.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { leaseholdParts } from "../../chain/app/index.ts";
import type { Coin } from "../../chain/base/coins.ts";
import { initHome } from "../../chain/node/home.ts";
import { SILENT } from "../../chain/node/log.ts";
import type { Logger } from "../../chain/node/log.ts";
import { startEmbeddedNode } from "../../chain/node/embedded/node.ts";
import type { EmbeddedNode } from "../../chain/node/embedded/node.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import type { CommitStep, StepHook } from "../../chain/node/steps.ts";

/** What a test chain is to be. */
export interface TestHomeOptions {
  /** Bech32 text or raw bytes, with its coins. */
  readonly accounts?: readonly { readonly address: string; readonly coins: readonly Coin[] }[];
  readonly prefix?: string;
  readonly denoms?: readonly string[];
  readonly chainId?: string;
  /** Settings of config.toml and app.toml that differ, as lines are written there: `key = value`. */
  readonly config?: Readonly<Record<string, string>>;
  readonly app?: Readonly<Record<string, string>>;
}

const platform = fastPlatform(() => undefined);

/** Makes a home in a temporary folder: blocks every 100 ms, dev methods on. */
export function makeTestHome(options: TestHomeOptions = {}): string {
  const home = mkdtempSync(join(tmpdir(), "leasehold-"));
  const accounts = options.accounts ?? [];
  initHome(
    platform,
    {
      home,
      moniker: "test",
      preset: "local",
      chainId: options.chainId ?? "test-1",
      prefix: options.prefix,
      denoms: options.denoms,
      accounts,
      rpcPort: 0,
      dev: true,
      keyringBackend: "test",
    },
    true,
  );
  changeSettings(home, "config.toml", { timeout_commit: '"100ms"', ...options.config });
  changeSettings(home, "app.toml", options.app ?? {});
  return home;
}

/** Replaces lines of a configuration file: `key = value`, the value as it is written there. */
export function changeSettings(
  home: string,
  file: string,
  lines: Readonly<Record<string, string>>,
): void {
  const path = join(home, "config", file);
  let text = readFileSync(path, "utf8");
  for (const [key, value] of Object.entries(lines)) {
    const line = new RegExp(`^${key} = .*$`, "m");
    if (!line.test(text)) throw new Error(`${file} has no key ${key}`);
    text = text.replace(line, `${key} = ${value}`);
  }
  writeFileSync(path, text);
}

/** A node of this process and its home. */
export interface TestNode extends EmbeddedNode {
  readonly home: string;
  /** Stops the node and removes its home. */
  remove(): Promise<void>;
}

/** Starts a node in this process on a free port. */
export async function startTestNode(
  options: TestHomeOptions = {},
  log: Logger = SILENT,
): Promise<TestNode> {
  const home = makeTestHome(options);
  const node = await openTestNode(home, log);
  const remove = async (): Promise<void> => {
    await node.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { ...node, home, remove };
}

/** Starts a node of this process in a home that exists. */
export function openTestNode(
  home: string,
  log: Logger = SILENT,
  reached?: StepHook,
): Promise<EmbeddedNode> {
  const compose = (found: typeof platform): ReturnType<typeof leaseholdParts> =>
    leaseholdParts(found, "test");
  return startEmbeddedNode({ home, compose, log, listen: "tcp://127.0.0.1:0", reached });
}

/** A node in a process of its own. */
export interface ChildNode {
  readonly rpcUrl: string;
  /** Ends the process at once, as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit status. */
  stop(): Promise<number | null>;
  /** Resolves when the process is gone, with its exit status; null after a kill. */
  readonly ended: Promise<number | null>;
}

/** A step at which a child ends itself, and how often it passes before. */
export interface KillPoint {
  readonly step: CommitStep;
  readonly count: number;
}

/** The child ended at its kill point before it served: it was still catching up with the disk. */
export class EndedEarly extends Error {
  override readonly name = "EndedEarly";
}

const CHILD = fileURLToPath(new URL("./node_child.js", import.meta.url));

/** Starts a child node; resolves when it serves RPC. Rejects with EndedEarly when `point` came first. */
export async function startChildNode(home: string, point?: KillPoint): Promise<ChildNode> {
  const killed = point === undefined ? [] : [point.step, point.count.toString()];
  const argv = [CHILD, home, ...killed];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const rpcUrl = await readUrl(child, ended);
  return {
    rpcUrl,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      return ended;
    },
    ended,
  };
}

async function readUrl(child: ChildProcess, ended: Promise<number | null>): Promise<string> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const url = new Promise<string>((resolve) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const match = /^rpc (\S+)$/m.exec(text);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
  });
  const died = ended.then((code) => {
    if (child.signalCode === "SIGKILL") throw new EndedEarly("the child node was killed early");
    throw new Error(`the child node ended with ${code}: ${errors.slice(-2000)}`);
  });
  died.catch(() => undefined);
  return Promise.race([url, died]);
}

/** One JSON-RPC call over HTTP. Throws: Error with the answer's error. */
export async function callRpc<T>(url: string, method: string, params: object = {}): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: T; error?: { data: string } };
  if (answer.error !== undefined) throw new Error(answer.error.data);
  return answer.result as T;
}
