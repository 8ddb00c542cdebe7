// Where the time of a block goes: the blocks of the benchmark under V8's profiler, only what is timed
// there; with the CPU time beside the wall time, because machines are shared.
//
//   node build/test/bench/profile.js [--accounts 100000] [--blocks 12] [--txs 2000] [--warmup 4]
//     [--kind seen] [--rows 40] [--save file.cpuprofile]      rows 0: no profiler

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import type { PerformanceEntry } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { utf8 } from "../../chain/base/bytes.ts";
import { defaultAppState, leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import { Database } from "../../chain/node/db.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { buildGenesis, preset } from "../../genesis/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { DENOM, SendLoad, START_COIN } from "./load.ts";
import { digits, summary } from "./figures.ts";

const CHAIN_ID = "bench-1";
const GENESIS_SECONDS = 1_800_000_000n;

const { values: flags } = parseArgs({
  options: {
    accounts: { type: "string", default: "100000" },
    blocks: { type: "string", default: "12" },
    txs: { type: "string", default: "2000" },
    warmup: { type: "string", default: "4" },
    kind: { type: "string", default: "seen" },
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

const platform = fastPlatform(console.log);
const parts = leaseholdParts(platform, "bench");
const store = new TreeMultiStore(platform, storeNames(parts));
const app = new Application(parts, { store, platform });
const samples = new Map<Part, number[]>(PARTS.map((part) => [part, []]));
const session = new Session();
let height = 0n;
let staged = 0;

const stage = store.stage.bind(store);
store.stage = (...args) => {
  const begin = performance.now();
  const hash = stage(...args);
  staged = performance.now() - begin;
  return hash;
};

function init(prefix: string, addresses: readonly string[]): void {
  const coins = [{ denom: DENOM, amount: START_COIN }];
  const spec = {
    chainId: CHAIN_ID,
    genesisTime: { seconds: GENESIS_SECONDS, nanos: 0 },
    prefix,
    denoms: preset("local").denoms,
    accounts: addresses.map((address) => ({ address, coins })),
    validators: [],
    params: {},
  };
  const { appState } = buildGenesis(spec, defaultAppState(parts));
  app.initChain(
    RequestInitChain.create({
      time: spec.genesisTime,
      chainId: CHAIN_ID,
      initialHeight: 1n,
      consensusParams: defaultConsensusParams(),
      validators: [{ pubKey: { ed25519: new Uint8Array(32).fill(7) }, power: 1n }],
      appStateBytes: utf8(JSON.stringify(appState)),
    }),
  );
}

/** Milliseconds of each part of one block. */
async function run(database: Database, txs: readonly Uint8Array[]): Promise<Map<Part, number>> {
  height += 1n;
  const time = { seconds: GENESIS_SECONDS + height * 5n, nanos: 0 };
  const request = RequestFinalizeBlock.create({ txs, height, time });
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
    if (code !== 0) throw new Error(`block ${height}: code ${code} ${log}`);
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

async function bench(folder: string): Promise<void> {
  const { prefix } = preset("local");
  const load = new SendLoad(platform, CHAIN_ID, prefix, Number(flags.accounts));
  const database = await Database.open(folder);
  init(prefix, load.addresses);
  await run(database, []);
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
    const txs = load.block(TXS);
    const begin = performance.now();
    if (flags.kind === "seen") for (const tx of txs) app.checkTx({ tx, type: 0 });
    const checked = performance.now();
    await new Promise((done) => setTimeout(done, 5));
    const start = performance.now();
    const times = await run(database, txs);
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
  await database.close();
  for (const [part, times] of samples) {
    const { median, min, max } = summary(times.map((spent) => (1000 * spent) / TXS));
    console.log(`${part.padEnd(8)} ${digits(median)} [${digits(min)}-${digits(max)}] us a send`);
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
