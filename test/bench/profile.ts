// Where the time of a block goes: the blocks of the benchmark under V8's profiler, only what is timed
// there; with the CPU time beside the wall time, because machines are shared.
//
//   node build/test/bench/profile.js [--accounts 100000] [--blocks 12] [--txs 2000] [--warmup 4]
//     [--kind seen] [--load sends|market] [--rows 40] [--save file.cpuprofile]   rows 0: no profiler

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import type { PerformanceEntry } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { RequestFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { BenchChain, platform } from "./chain.ts";
import { OURS, People, SendLoad } from "./load.ts";
import { LIFE_BLOCKS, MarketLoad } from "./market_load.ts";
import { digits, summary } from "./figures.ts";

const { values: flags } = parseArgs({
  options: {
    accounts: { type: "string", default: "100000" },
    blocks: { type: "string", default: "12" },
    txs: { type: "string", default: "2000" },
    warmup: { type: "string", default: "4" },
    kind: { type: "string", default: "seen" },
    load: { type: "string", default: "sends" },
    rows: { type: "string", default: "40" },
    save: { type: "string", default: "" },
  },
});
const TXS = Number(flags.txs);
const ROWS = Number(flags.rows);
const PARTS = [
  "execute",
  "stage",
  "rows",
  "disk",
  "commit",
  "whole",
  "cpu",
  "gc",
  "check",
] as const;

type Part = (typeof PARTS)[number];

const samples = new Map<Part, number[]>(PARTS.map((part) => [part, []]));
const session = new Session();
let staged = 0;

/** Takes the time of staging out of that of FinalizeBlock. */
function watchStaging({ app: { store } }: BenchChain): void {
  const stage = store.stage.bind(store);
  store.stage = (...args) => {
    const begin = performance.now();
    const hash = stage(...args);
    staged = performance.now() - begin;
    return hash;
  };
}

/** Milliseconds of each part of one block. */
async function run(chain: BenchChain, txs: readonly Uint8Array[]): Promise<Map<Part, number>> {
  const { app, database, height } = chain;
  chain.time += 1n;
  const time = { seconds: chain.time, nanos: 0 };
  const request = RequestFinalizeBlock.create({ txs, height: height + 1n, time });
  const cpu = process.cpuUsage();
  const t0 = performance.now();
  const response = app.finalizeBlock(request);
  const t1 = performance.now();
  const { writes } = app.commitBatch();
  const t2 = performance.now();
  await database.write(writes, { sync: true });
  const t3 = performance.now();
  app.commit();
  const t4 = performance.now();
  const used = process.cpuUsage(cpu);
  for (const { code, log } of response.txResults)
    if (code !== 0) throw new Error(`block ${chain.height}: code ${code} ${log}`);
  return new Map<Part, number>([
    ["execute", t1 - t0 - staged],
    ["stage", staged],
    ["rows", t2 - t1],
    ["disk", t3 - t2],
    ["commit", t4 - t3],
    ["whole", t4 - t0],
    ["cpu", (used.user + used.system) / 1000],
  ]);
}

/** Own and whole time of what runs below `run`, by function, the largest first. */
function report(profile: Profiler.Profile): string[] {
  const names = new Map<number, string>();
  const parents = new Map<number, number>();
  for (const { id, callFrame, children } of profile.nodes) {
    const file = callFrame.url.split("/").slice(-2).join("/");
    names.set(id, `${callFrame.functionName || "-"} ${file}:${callFrame.lineNumber + 1}`);
    for (const child of children ?? []) parents.set(child, id);
  }
  const own = new Map<string, number>();
  const whole = new Map<string, number>();
  let total = 0;
  for (const [at, id] of (profile.samples ?? []).entries()) {
    const spent = profile.timeDeltas?.[at] ?? 0;
    const path: string[] = [];
    for (let node: number | undefined = id; node !== undefined; node = parents.get(node))
      path.push(names.get(node) ?? "?");
    if (!path.some((name) => name.startsWith("run bench/profile"))) continue;
    total += spent;
    const [first] = path;
    if (first !== undefined) own.set(first, (own.get(first) ?? 0) + spent);
    for (const name of new Set(path)) whole.set(name, (whole.get(name) ?? 0) + spent);
  }
  const lines = (title: string, times: ReadonlyMap<string, number>): string[] => [
    title,
    ...[...times]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, ROWS)
      .map(([name, spent]) => `  ${((100 * spent) / total).toFixed(1).padStart(5)} %  ${name}`),
  ];
  return [...lines("own time", own), ...lines("with what it calls", whole)];
}

/** What makes the transactions of the next block. */
async function makeLoad(chain: BenchChain, people: People): Promise<() => Uint8Array[]> {
  if (flags.load === "sends") {
    const sends = new SendLoad(people);
    return () => sends.block(TXS);
  }
  const market = new MarketLoad(people);
  await market.prepare(chain);
  for (let block = 0; block < LIFE_BLOCKS; block++) await chain.run(market.block(), 1n);
  return () => market.block();
}

async function bench(folder: string): Promise<void> {
  const accounts = Number(flags.accounts);
  const people = new People(platform, OURS, accounts);
  const chain = await BenchChain.create(folder, people, accounts);
  watchStaging(chain);
  const block = await makeLoad(chain, people);
  const pauses: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => pauses.push(...list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  if (ROWS > 0) {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 300 });
    await session.post("Profiler.start");
  }
  const windows: [number, number][] = [];
  for (let round = -Number(flags.warmup); round < Number(flags.blocks); round++) {
    const txs = block();
    const begin = performance.now();
    if (flags.kind === "seen") chain.check(txs);
    const checked = performance.now();
    await new Promise((done) => setTimeout(done, 5));
    const start = performance.now();
    const times = await run(chain, txs);
    windows.push([start, performance.now()]);
    if (round < 0) continue;
    for (const [part, spent] of times) samples.get(part)?.push(spent);
    samples.get("check")?.push(checked - begin);
  }
  await new Promise((done) => setTimeout(done, 20));
  const measured = windows.slice(Number(flags.warmup));
  for (const [from, to] of measured)
    samples
      .get("gc")
      ?.push(
        pauses
          .filter(({ startTime }) => startTime >= from && startTime < to)
          .reduce((sum, { duration }) => sum + duration, 0),
      );
  await chain.close();
  for (const [part, times] of samples) {
    const { median, min, max } = summary(times.map((spent) => (1000 * spent) / TXS));
    console.log(
      `${part.padEnd(8)} ${digits(median)} [${digits(min)}-${digits(max)}] us a transaction`,
    );
  }
  if (ROWS === 0) return;
  const { profile } = await session.post("Profiler.stop");
  if (flags.save !== "") writeFileSync(flags.save, JSON.stringify(profile));
  console.log(report(profile).join("\n"));
}

const folder = mkdtempSync(join(tmpdir(), "leasehold-profile-"));
try {
  await bench(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
