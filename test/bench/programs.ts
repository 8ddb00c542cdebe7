// Runs the programs behind the table, ours and the Go peers, and takes their figures out of what they
// print. Chains that several of them need are made once a run.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { figuresOf, joined, summary } from "./figures.ts";
import type { Figure } from "./figures.ts";
import { CACHE } from "./kept.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PEERS = join(ROOT, "test/bench/go");
const FIXTURES = join(CACHE, "fixtures");
/** No program takes longer on a machine that serves for measuring. */
const LONGEST_MS = 30 * 60_000;

/** What a program printed. Throws when it failed. */
export function output(command: string, args: readonly string[], folder = ROOT): string {
  const done = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: LONGEST_MS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (done.status === 0) return done.stdout;
  const why = done.error?.message ?? done.stderr.trim().split("\n").slice(-12).join("\n");
  throw new Error(`${command} ${args.join(" ")}: ${why}`);
}

/** Room for young objects, megabytes: what the launcher gives a node. */
const YOUNG = "--max-semi-space-size=64";

/** Runs one of our programs; `heap` megabytes where Node's default is too little. */
export function ours(program: string, args: readonly string[], heap?: number): string {
  const memory = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
  const script = join(ROOT, "build/test/bench", `${program}.js`);
  return output(process.execPath, [YOUNG, ...memory, script, ...args]);
}

/** Version of Go after building the peers into the cache; undefined where that does not go. */
export function buildPeers(): string | undefined {
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  if (go.status !== 0) return undefined;
  mkdirSync(CACHE, { recursive: true });
  try {
    for (const peer of ["node", "floor"])
      output("go", ["build", "-o", join(CACHE, peer), "."], join(PEERS, peer));
  } catch (error) {
    console.error(`the Go peers are left out: ${String(error)}`);
    return undefined;
  }
  return go.stdout.trim();
}

/** Figures of several rounds, each name once. */
export function merged(rounds: readonly Figure[]): Figure[] {
  const names = new Map<string, Figure[]>();
  for (const figure of rounds) names.set(figure.name, [...(names.get(figure.name) ?? []), figure]);
  return [...names].map(([name, list]) => ({ name, unit: list[0]?.unit ?? "", ...joined(list) }));
}

/** Names followed by a label. */
export function labelled(figures: readonly Figure[], label: string): Figure[] {
  return figures.map((one) => ({ ...one, name: `${one.name}_${label}` }));
}

// ---- chains -----------------------------------------------------------------------------------------

/** What a chain is filled with. */
export interface Filling {
  readonly accounts: number;
  readonly leases?: number;
  readonly orders?: number;
}

/** Above this many leases the program that makes them needs more than Node's default heap. */
const MANY = 500_000;

/** Folder of a chain, made when it is first asked for. Programs go on where others stopped. */
export function chainOf({ accounts, leases = 0, orders = 0 }: Filling): string {
  const folder = join(FIXTURES, `${accounts}-${leases}-${orders}`);
  if (existsSync(folder)) return folder;
  console.error(`  making a chain of ${accounts} accounts, ${leases} leases, ${orders} orders`);
  const args = ["--folder", `${folder}.new`, "--accounts", String(accounts)];
  args.push("--leases", String(leases), "--orders", String(orders));
  ours("fixture", args, leases > MANY ? 8192 : undefined);
  output("mv", [`${folder}.new`, folder]);
  return folder;
}

/** Removes all chains, ours and the peers'. */
export function removeChains(): void {
  rmSync(FIXTURES, { recursive: true, force: true });
}

// ---- peers ------------------------------------------------------------------------------------------

/** The first `median [min-max]` behind `label` in a text, or the bare number. */
export function taken(text: string, label: RegExp, name: string, unit: string): Figure {
  const number = "([0-9.]+)";
  const pattern = new RegExp(`${label.source} *${number}(?:[^[\\n0-9]*\\[${number}-${number}\\])?`);
  const found = pattern.exec(text);
  if (found === null) throw new Error(`${name} is not in:\n${text}`);
  const [median, min, max] = [found[1], found[2] ?? found[1], found[3] ?? found[1]].map(Number);
  return { name, unit, median: median ?? 0, min: min ?? 0, max: max ?? 0 };
}

/** Blocks of sends of the real SDK node, unseen and seen in turns; it keeps its database for the run. */
export function peerNode(accounts: number, blocks: number): Figure[] {
  const dir = join(FIXTURES, `node-${accounts}`);
  const args = ["bench", "--accounts", String(accounts), "--blocks", String(blocks)];
  args.push("--both", "--warmup", "6", "--check", "0", "--dir", dir, "--keep");
  const text = output(join(CACHE, "node"), args);
  return [taken(text, /\nunseen/, "node_unseen", "us"), taken(text, /\nseen/, "node_seen", "us")];
}

/** Verification, three reads, the sorted sets and the hashing of a send, without an SDK. */
export function peerFloor(accounts: number): Figure {
  const dir = join(FIXTURES, `floor-${accounts}`);
  const text = output(join(CACHE, "floor"), ["-accounts", String(accounts), "-dir", dir]);
  return taken(text, /total/, "floor", "us");
}

/** The floor with the reads and writes of mixed market load, as `market.ts` counted them. */
export function peerMarket(profile: string): Figure {
  const file = join(CACHE, "profile.json");
  writeFileSync(file, profile);
  const text = output(join(CACHE, "floor"), ["-market", file]);
  return taken(text, /total/, "market_floor", "us");
}

/** First output of the command line, and of Node alone, in turns; milliseconds. */
export function startUp(): Figure[] {
  const samples: [number[], number[]] = [[], []];
  const timed = (command: string, args: readonly string[]): number => {
    const begin = performance.now();
    output(command, args);
    return performance.now() - begin;
  };
  for (let i = 0; i < 15; i++) {
    samples[0].push(timed(join(ROOT, "leasehold"), ["version"]));
    samples[1].push(timed(process.execPath, ["-e", "0"]));
  }
  return [
    { name: "cli_start", unit: "ms", ...summary(samples[0]) },
    { name: "node_start", unit: "ms", ...summary(samples[1]) },
  ];
}

/** A node under load through RPC; see `sustained.ts`. */
export function sustained(engine: string, load: { readonly [flag: string]: number }): Figure[] {
  const flags = Object.entries(load).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  return figuresOf(ours("sustained", ["--engine", engine, ...flags]));
}
