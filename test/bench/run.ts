// The benchmark table.
//
//   node build/test/bench/run.js            rows of 100,000 accounts; ten minutes at most
//   BENCH_BIG=1                             the rows of a million accounts too
//   BENCH_ACCEPT=1                          keeps the result as the accepted one
//
// What stands beside each other runs in turns, because machines are shared: a ratio of one run means
// more than figures of two. Nothing here is a test: a busy machine fails nothing.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname } from "node:path";
import { joined } from "./figures.ts";
import type { Figure } from "./figures.ts";
import { ACCEPTED, LAST } from "./kept.ts";
import * as programs from "./programs.ts";
import { table } from "./table.ts";
import type { Result } from "./table.ts";

const BIG = process.env["BENCH_BIG"] === "1";
const ROUNDS = 2;
const NODE_BLOCKS = 6;

/** Figures of several rounds, each name once. */
function merged(rounds: readonly Figure[]): Figure[] {
  const names = new Map<string, Figure[]>();
  for (const figure of rounds) names.set(figure.name, [...(names.get(figure.name) ?? []), figure]);
  return [...names].map(([name, list]) => ({ name, unit: list[0]?.unit ?? "", ...joined(list) }));
}

function sends(accounts: number, label: string, peers: boolean): Figure[] {
  const figures: Figure[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    console.error(`  bank sends, ${label} accounts, round ${round + 1} of ${ROUNDS}`);
    figures.push(...programs.blocks(accounts, label, 10));
    if (!peers) continue;
    figures.push(programs.peerNode(accounts, label, NODE_BLOCKS, round % 2 === 1));
    figures.push(programs.peerFloor(accounts, label));
  }
  return figures;
}

function measure(peers: boolean): Figure[] {
  const figures = sends(100_000, "100k", peers);
  if (BIG) figures.push(...sends(1_000_000, "1M", peers));
  console.error("  tree, codec, restart, start-up");
  figures.push(programs.pathCopy(100_000, "100k"), programs.pathCopy(1_000_000, "1M"));
  figures.push(programs.codec(), programs.restart(), ...programs.startUp());
  return merged(figures);
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const before = load();
const go = programs.buildPeers();
const figures = measure(go !== undefined);
const processor = cpus()[0]?.model.trim() ?? "unknown processor";
const result: Result = {
  when: new Date().toISOString(),
  machine: `${cpus().length} x ${processor}, ${(totalmem() / 2 ** 30).toFixed(0)} GB`,
  versions: `Node ${process.version}; ${go ?? "no Go: no ratio, and no target counts as met"}`,
  load: `load ${before} before, ${load()} after (other work on the machine makes all figures larger)`,
  figures,
};
for (const file of process.env["BENCH_ACCEPT"] === "1" ? [LAST, ACCEPTED] : [LAST]) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}
console.log(table(result).join("\n"));
