// The benchmark table.
//
//   node build/test/bench/run.js            all benchmarks
//   ROWS=market,send_seen_100k              some, by name of the benchmark or of a row
//   BENCH_RESUME=1                          those that the last run did not get to
//   BENCH_BIG=1                             a million live leases too
//   BENCH_SUSTAIN=600                       seconds of load through RPC; default 60
//   BENCH_SCALE=20                          states so many times smaller: to try out the programs
//   BENCH_ACCEPT=1                          keeps the result as the accepted one, with its table
//
// Each benchmark's figures are kept as soon as they are there; one that fails is told and the others go
// on. Nothing here is a test of speed: a busy machine fails nothing, a program that fails does.

import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import type { Figure } from "./figures.ts";
import { ACCEPTED, ACCEPTED_TABLE, LAST, readResult, writeResult } from "./kept.ts";
import { MEASURES } from "./measures.ts";
import type { Circumstances } from "./measures.ts";
import { buildPeers, removeChains } from "./programs.ts";
import { BENCHMARKS } from "./rows.ts";
import type { Benchmark } from "./rows.ts";
import { table } from "./table.ts";
import type { Result, Run } from "./table.ts";

/** Benchmarks of peers, which are nothing without Go. */
const PEERS_ONLY = new Set(["rpc_sdk"]);

const env = (name: string): string => process.env[name] ?? "";
const wanted = env("ROWS")
  .split(",")
  .filter((name) => name !== "");

function knows(benchmark: Benchmark, name: string): boolean {
  return benchmark.name === name || benchmark.rows.some((row) => row.name === name);
}

function selected(): readonly Benchmark[] {
  const unknown = wanted.filter((name) => !BENCHMARKS.some((one) => knows(one, name)));
  if (unknown.length > 0) {
    const names = BENCHMARKS.map(({ name }) => name).join(", ");
    console.error(`ROWS names ${unknown.join(", ")}; there are ${names} and their rows`);
    process.exit(1);
  }
  const all = BENCHMARKS.filter(
    (benchmark) => wanted.length === 0 || wanted.some((name) => knows(benchmark, name)),
  );
  if (env("BENCH_RESUME") !== "1") return all;
  const done = new Set(
    kept.runs.filter((run) => run.failure === undefined).map(({ name }) => name),
  );
  return all.filter(({ name }) => !done.has(name));
}

const load = (): number => loadavg()[0] ?? 0;

/** A result without figures, or the last one where only a part is measured anew. */
function beginning(versions: string): Result {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const machine = `${availableParallelism()} x ${processor}, ${memory} GB`;
  const partial = wanted.length > 0 || env("BENCH_RESUME") === "1";
  const last = partial ? readResult(LAST) : undefined;
  const when = new Date().toISOString();
  return { when, machine, versions, runs: last?.runs ?? [], figures: last?.figures ?? [] };
}

/** The result with a benchmark's rows replaced by new ones. */
function withRun(
  result: Result,
  benchmark: Benchmark,
  run: Run,
  figures: readonly Figure[],
): Result {
  const others = result.figures.filter(
    ({ name }) => !benchmark.rows.some((row) => row.name === name),
  );
  const rows = new Set(benchmark.rows.map(({ name }) => name));
  return {
    ...result,
    when: run.when,
    runs: [...result.runs.filter(({ name }) => name !== benchmark.name), run],
    figures: [...others, ...figures.filter(({ name }) => rows.has(name))],
  };
}

function measure(benchmark: Benchmark, circumstances: Circumstances): [Run, readonly Figure[]] {
  const { name } = benchmark;
  console.error(name);
  const [before, since] = [load(), performance.now()];
  const run = (failure?: string): Run => ({
    name,
    when: new Date().toISOString(),
    seconds: (performance.now() - since) / 1000,
    load: [before, load()],
    ...(failure === undefined ? {} : { failure }),
  });
  try {
    if (PEERS_ONLY.has(name) && !circumstances.peers) return [run("there is no Go"), []];
    const figures = MEASURES.get(name)?.(circumstances);
    if (figures === undefined) throw new Error("nobody measures it");
    return [run(), figures];
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    console.error(`  failed: ${failure}`);
    return [run(failure), []];
  }
}

const scale = Number(process.env["BENCH_SCALE"] ?? 1);
const go = buildPeers();
let kept = beginning(
  `Node ${process.version}; ${go ?? "no Go: no ratio, and no target counts as met"}` +
    (scale === 1 ? "" : `; STATES ${scale} TIMES SMALLER THAN THE ROWS SAY`),
);
const circumstances: Circumstances = {
  peers: go !== undefined,
  big: env("BENCH_BIG") === "1",
  sustain: Number(process.env["BENCH_SUSTAIN"] ?? 60),
  scale,
};
removeChains();
for (const benchmark of selected()) {
  const [run, figures] = measure(benchmark, circumstances);
  kept = withRun(kept, benchmark, run, figures);
  writeResult(LAST, kept);
}
removeChains();
const text = table(kept).join("\n");
if (env("BENCH_ACCEPT") === "1" && scale === 1) {
  writeResult(ACCEPTED, kept);
  writeFileSync(ACCEPTED_TABLE, `# Accepted result\n\n\`\`\`\n${text}\n\`\`\`\n`);
}
console.log(text);
const failed = kept.runs.filter(
  ({ failure }) => failure !== undefined && failure !== "there is no Go",
);
if (failed.length > 0) process.exitCode = 1;
