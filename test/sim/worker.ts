// A process that runs the seeds it is handed, one after another, and tells what came of each.

import { Simulation, SimulationFault } from "./simulation.ts";
import type { SeedRun } from "./run_seeds.ts";
import type { TallyJson } from "./tally.ts";

/** What a worker answers to a seed. */
export interface SeedResult {
  readonly seed: number;
  readonly blocks: number;
  readonly seconds: number;
  /** Undefined when the seed failed. */
  readonly tally: TallyJson | undefined;
  /** What went wrong; undefined when nothing did. */
  readonly fault: string | undefined;
}

function run([seed, blocks]: SeedRun): SeedResult {
  const started = performance.now();
  let tally: TallyJson | undefined;
  let fault: string | undefined;
  try {
    tally = new Simulation(seed, blocks).run().toJSON();
  } catch (error) {
    fault = error instanceof SimulationFault ? error.message : String((error as Error).stack);
  }
  return { seed, blocks, seconds: (performance.now() - started) / 1000, tally, fault };
}

process.on("message", (message) => {
  const result = run(message as SeedRun);
  // Whoever asked may have been stopped meanwhile.
  if (process.connected) process.send?.(result);
});
process.on("disconnect", () => process.exit(0));
