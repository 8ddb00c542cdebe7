// make sim: seeds in worker processes, and at the end one table of everything they went through.
// SEEDS, BLOCKS, SEED (one seed alone) and WORKERS come from the environment. Ctrl-C ends it with the
// table of the seeds that are done.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { report } from "./report.ts";
import { numberOf, regressions } from "./run_seeds.ts";
import type { SeedRun } from "./run_seeds.ts";
import { Tally } from "./tally.ts";
import type { SeedResult } from "./worker.ts";

const WORKER = fileURLToPath(new URL("worker.js", import.meta.url));

/** The seeds that were asked for; those that once failed come first. */
function wantedSeeds(): SeedRun[] {
  const blocks = numberOf("BLOCKS") ?? 100;
  const alone = numberOf("SEED");
  if (alone !== undefined) return [[alone, blocks]];
  const count = numberOf("SEEDS") ?? 20;
  const seeds = Array.from({ length: count }, (_, index) => [index + 1, blocks] as const);
  return [...regressions(), ...seeds];
}

/** Asks a worker for one seed. A worker that dies has failed it. */
function ask(worker: ChildProcess, run: SeedRun): Promise<SeedResult> {
  const [seed, blocks] = run;
  return new Promise((resolve) => {
    const died = (code: number | null): void => {
      const fault = `seed ${seed}: the process ended with ${code}\nagain: make sim SEED=${seed} BLOCKS=${blocks}`;
      resolve({ seed, blocks, seconds: 0, tally: undefined, fault });
    };
    worker.once("exit", died);
    worker.once("message", (message) => {
      worker.off("exit", died);
      resolve(message as SeedResult);
    });
    worker.send(run);
  });
}

/** Who is asked to stop, and whose workers end then. */
interface Stop {
  isAsked: boolean;
  readonly workers: Set<ChildProcess>;
}

function start({ workers }: Stop): ChildProcess {
  // In a group of its own, so that Ctrl-C reaches this process alone.
  const worker = fork(WORKER, { detached: true });
  workers.add(worker);
  worker.once("exit", () => workers.delete(worker));
  return worker;
}

async function lane(
  queue: SeedRun[],
  stop: Stop,
  take: (result: SeedResult) => void,
): Promise<void> {
  let worker = start(stop);
  for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
    const result = await ask(worker, run);
    if (stop.isAsked) return;
    take(result);
    if (worker.exitCode !== null || worker.signalCode !== null) worker = start(stop);
  }
  worker.disconnect();
}

async function main(): Promise<void> {
  const queue = wantedSeeds();
  const total = queue.length;
  const lanes = Math.min(numberOf("WORKERS") ?? Math.min(2, availableParallelism()), total);
  const tally = new Tally();
  const failed: SeedRun[] = [];
  const started = performance.now();
  let done = 0;
  const take = ({ seed, blocks, seconds, tally: own, fault }: SeedResult): void => {
    done += 1;
    if (own !== undefined) tally.merge(own);
    if (fault !== undefined) failed.push([seed, blocks]);
    const verdict = fault === undefined ? "ok" : `FAILED\n${fault}`;
    console.log(
      `${done}/${total} seed ${seed}, ${blocks} blocks, ${seconds.toFixed(1)} s: ${verdict}`,
    );
  };
  const stop: Stop = { isAsked: false, workers: new Set() };
  const end = (): void => {
    stop.isAsked = true;
    queue.length = 0;
    for (const worker of stop.workers) worker.kill("SIGKILL");
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  await Promise.all(Array.from({ length: lanes }, () => lane(queue, stop, take)));
  const took = (performance.now() - started) / 1000;
  const host = `${cpus()[0]?.model ?? "unknown processor"}, ${lanes} processes, Node ${process.version}`;
  for (const line of report(tally, { done, total, failed, took, host })) console.log(line);
  process.exitCode = failed.length === 0 && done === total ? 0 : 1;
}

await main();
