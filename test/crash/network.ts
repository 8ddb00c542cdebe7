// A network of four validators behind real CometBFT under load: every process of every node killed with
// -9 in turn, the application, CometBFT, both, and the application at a step of a commit. What was killed
// must reach the others; at the end all four hold the same chain, with everything that was answered.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  heightOf,
  makeNetwork,
  NetNode,
  reach,
  requireCometbft,
  testPorts,
} from "../dev/network.ts";
import type { Half } from "../dev/network.ts";
import { checkApplication, checkEqualHashes, checkFound, checkIndexed } from "./network_checks.ts";
import { NetworkLoad } from "./network_load.ts";
import { median, random, shuffled } from "./scenario.ts";
import type { CrashOptions, CrashRow, CrashScenario } from "./scenario.ts";

const CHILD = fileURLToPath(new URL("../support/comet_child.js", import.meta.url));
const STEPS = ["block.executed", "state.writing", "state.written", "state.promoted"] as const;

/** A killed node must be where the others are within this time, milliseconds. */
export const RECOVERY_LIMIT_MS = 30_000;
/** Longest wait for the network to begin. */
const BEGIN_MS = 60_000;
/** Time under load before a kill. */
const BETWEEN_MS = { from: 200, to: 1500 };

/** What is killed. */
type Target = "application" | "CometBFT" | "both" | "application at a step";
const TARGETS: readonly Target[] = ["application", "CometBFT", "both", "application at a step"];

/** How a network is tried. */
export interface NetworkTrial {
  readonly validators: number;
  readonly senders: number;
  readonly kills: number;
  readonly seed: number;
  readonly blockTime: string;
  readonly startingPort: number;
  readonly targets?: readonly Target[];
  readonly tell: (sentence: string) => void;
}

/** What came of a trial. */
export interface NetworkFigures {
  /** Milliseconds to recover, by what was killed. */
  readonly recoveries: ReadonlyMap<Target, readonly number[]>;
  readonly heights: bigint;
  readonly answered: number;
  readonly found: number;
  /** Transactions in all blocks, each found by hash on every node. */
  readonly indexed: number;
  readonly seconds: number;
}

/** Waits until a node stands where the others do. Gives the milliseconds. Throws: Error when it is late. */
async function catchUp(node: NetNode, others: readonly NetNode[], began: number): Promise<number> {
  for (;;) {
    const heights = await Promise.all(others.map(({ rpc }) => heightOf(rpc)));
    const target = heights.reduce((most, height) => (height > most ? height : most), 0n);
    const own = await heightOf(node.rpc);
    const ms = performance.now() - began;
    if (own >= target && own > 0n) return ms;
    if (ms > RECOVERY_LIMIT_MS)
      throw new Error(
        `${node.ports.name} is at ${own} after ${Math.round(ms)} ms, others at ${target}`,
      );
    await pause(50);
  }
}

/** Kills what is meant. Resolves when it is gone. */
async function strike(node: NetNode, target: Target, next: () => number): Promise<void> {
  const halves: Record<Target, readonly Half[]> = {
    application: ["app"],
    CometBFT: ["comet"],
    both: ["app", "comet"],
    "application at a step": ["app"],
  };
  if (target !== "application at a step") return node.kill(...halves[target]);
  const step = STEPS[Math.floor(next() * STEPS.length)] ?? "state.writing";
  node.nextApp = [CHILD, node.ports.home, step, "2"];
  const { app } = node.starts;
  await node.kill("app");
  // It comes back, and ends by itself at its second block.
  const end = performance.now() + RECOVERY_LIMIT_MS;
  while (node.starts.app < app + 2) {
    if (performance.now() > end) throw new Error(`${node.ports.name} did not reach ${step}`);
    await pause(20);
  }
}

function plan({ kills, validators, seed, targets = TARGETS }: NetworkTrial): {
  readonly moments: readonly { readonly node: number; readonly target: Target }[];
  readonly next: () => number;
} {
  const next = random(seed);
  const round = targets.flatMap((target) =>
    Array.from({ length: validators }, (_, node) => ({ node, target })),
  );
  const rounds = Math.max(1, Math.round(kills / round.length));
  const moments = Array.from({ length: rounds }, () => shuffled(round, next)).flat();
  return { moments, next };
}

/** Makes a network, kills its processes under load, and holds what is left against each other. */
export async function tryNetwork(trial: NetworkTrial): Promise<NetworkFigures> {
  const began = performance.now();
  const cometbft = requireCometbft();
  const folder = mkdtempSync(join(tmpdir(), "leasehold-net-"));
  const load = new NetworkLoad("leasehold-local-1", trial.senders);
  const accounts = load.accounts.map(
    ({ address, coins }) => `${address}=${coins.map((coin) => coin.amount + coin.denom).join(",")}`,
  );
  const made = await makeNetwork({ folder, ...trial, accounts });
  const nodes = made.map((ports) => new NetNode(ports, cometbft));
  const urls = nodes.map(({ rpc }) => rpc);
  try {
    for (const node of nodes) node.start();
    for (const url of urls) await reach(url, 2n, BEGIN_MS);
    const loading = load.run(urls);
    const recoveries = await killAll(nodes, trial);
    load.stop();
    await loading;
    if (load.surprises.length > 0) throw new Error(load.surprises.join("; "));
    const heights = await Promise.all(urls.map(heightOf));
    const height = heights.reduce((most, one) => (one > most ? one : most), 0n);
    for (const url of urls) await reach(url, height, RECOVERY_LIMIT_MS);
    for (const url of urls) await checkApplication(url);
    await checkEqualHashes(urls, height);
    const indexed = await Promise.all(urls.map((url) => checkIndexed(url, height)));
    const found = await checkFound(urls, load.answers);
    const seconds = (performance.now() - began) / 1000;
    const answered = load.answers.size;
    return { recoveries, heights: height, answered, found, indexed: indexed[0] ?? 0, seconds };
  } finally {
    load.stop();
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killAll(
  nodes: readonly NetNode[],
  trial: NetworkTrial,
): Promise<Map<Target, number[]>> {
  const { moments, next } = plan(trial);
  const recoveries = new Map<Target, number[]>();
  for (const [index, { node: at, target }] of moments.entries()) {
    await pause(BETWEEN_MS.from + next() * (BETWEEN_MS.to - BETWEEN_MS.from));
    const node = nodes[at];
    if (node === undefined) continue;
    await strike(node, target, next);
    const others = nodes.filter((other) => other !== node);
    const ms = await catchUp(node, others, performance.now());
    const list = recoveries.get(target) ?? [];
    recoveries.set(target, [...list, ms]);
    if ((index + 1) % 8 === 0) trial.tell(`${index + 1} of ${moments.length} kills`);
  }
  return recoveries;
}

/** Rows of a table. */
export function networkRows(figures: NetworkFigures): readonly CrashRow[] {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const kills = [...figures.recoveries].map(([target, times]) => ({
    what: `kills of ${target}`,
    count: times.length,
    result: `back among the others in ${seconds(median(times))} s (median), ${seconds(Math.max(...times))} s (worst)`,
  }));
  return [
    ...kills,
    {
      what: "heights",
      count: figures.heights.toString(),
      result: "equal block and app hashes on all nodes",
    },
    {
      what: "answered transactions",
      count: figures.answered,
      result: `all found by hash on every node (${figures.found} looked up)`,
    },
    {
      what: "transactions in blocks",
      count: figures.indexed,
      result: "all found by hash on every node, answered or not",
    },
  ];
}

const VALIDATORS = 4;
const SENDERS = 8;

/** Four validators; a quarter of the kills that one node takes. */
export const NETWORK: CrashScenario = {
  name: "network of 4 behind CometBFT",
  async run({ kills, seed, tell }: CrashOptions): Promise<readonly CrashRow[]> {
    const version = execFileSync(requireCometbft(), ["version"], { encoding: "utf8" }).trim();
    tell(`cometbft ${version}`);
    const figures = await tryNetwork({
      validators: VALIDATORS,
      senders: SENDERS,
      kills: kills / 4,
      seed,
      blockTime: "500ms",
      startingPort: testPorts(),
      tell,
    });
    return networkRows(figures);
  },
};
