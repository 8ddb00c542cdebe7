// Runs the programs behind the table, ours and the Go peers, and takes their figures out of what they
// print.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { figuresOf, summary } from "./figures.ts";
import type { Figure } from "./figures.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CACHE = join(ROOT, ".cache/bench");
const PEERS = join(ROOT, "test/bench/go");

/** What a program printed. Throws when it failed. */
export function output(command: string, args: readonly string[], folder = ROOT): string {
  const done = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 24,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

function ours(program: string, ...args: readonly string[]): string {
  return output(process.execPath, [join(ROOT, "build/test/bench", `${program}.js`), ...args]);
}

/** Version of Go after building the peers into the cache; undefined where there is no Go. */
export function buildPeers(): string | undefined {
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  if (go.status !== 0) return undefined;
  mkdirSync(CACHE, { recursive: true });
  for (const peer of ["node", "floor"])
    output("go", ["build", "-o", join(CACHE, peer), "."], join(PEERS, peer));
  return go.stdout.trim();
}

/** The first `median [min-max]` behind `label` in a text, or the bare number. */
function taken(text: string, label: RegExp, name: string, unit: string): Figure {
  const number = "([0-9.]+)";
  const pattern = new RegExp(`${label.source} *${number}(?:[^[\\n0-9]*\\[${number}-${number}\\])?`);
  const found = pattern.exec(text);
  if (found === null) throw new Error(`${name} is not in:\n${text}`);
  const [median, min, max] = [found[1], found[2] ?? found[1], found[3] ?? found[1]].map(Number);
  return { name, unit, median: median ?? 0, min: min ?? 0, max: max ?? 0 };
}

/** Our blocks of bank sends. */
export function blocks(accounts: number, label: string, count: number): Figure[] {
  const text = ours("blocks", "--accounts", String(accounts), "--blocks", String(count));
  return figuresOf(text).map((one) => ({ ...one, name: `${one.name}_${label}` }));
}

/** The same blocks of the real SDK node. */
export function peerNode(accounts: number, label: string, count: number, seen: boolean): Figure {
  const args = ["bench", "--accounts", String(accounts), "--blocks", String(count)];
  args.push("--check", "0", ...(seen ? ["--warm"] : []));
  const text = output(join(CACHE, "node"), args);
  return taken(text, /\ntotal/, `node_${seen ? "seen" : "unseen"}_${label}`, "us");
}

/** Verification, three reads, the sorted sets and the hashing of a send, without an SDK. */
export function peerFloor(accounts: number, label: string): Figure {
  const text = output(join(CACHE, "floor"), [String(accounts)]);
  return taken(text, /total/, `floor_${label}`, "us");
}

/** Path copy with hashing and release of an old version. */
export function pathCopy(keys: number, label: string): Figure {
  return taken(ours("tree", String(keys)), /release [0-9.]+ =/, `path_copy_${label}`, "us");
}

/** Loading a store of a million keys. */
export function restart(): Figure {
  const text = ours("restart");
  if (!text.includes("app hash equal")) throw new Error(`the app hash differs:\n${text}`);
  return taken(text, /restart in/, "restart_1M", "s");
}

/** Decoding of a bank send. */
export function codec(): Figure {
  return taken(ours("codec").replaceAll(/ us +/g, " "), /decode whole transaction/, "decode", "us");
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
