// Runs seeds as tests, by what the environment says: SEEDS, BLOCKS and SEED (one seed alone).

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import type * as uvu from "uvu";
import { Simulation } from "./simulation.ts";

const REGRESSIONS = new URL("../../../test/sim/regressions.txt", import.meta.url);

/** A number of the environment; undefined when it is absent or empty. */
export function numberOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`${name} is ${text}, not a whole number`);
  return value;
}

/** Seeds and lengths that once failed: lines of `seed blocks`, the rest is told after #. */
export function regressions(): (readonly [seed: number, blocks: number])[] {
  const lines = readFileSync(REGRESSIONS, "utf8").split("\n");
  const rows = lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");
  return rows.map((row) => {
    const [seed, blocks] = row.split(/\s+/).map(Number);
    if (!Number.isInteger(seed) || !Number.isInteger(blocks))
      throw new Error(`regressions.txt: ${row} is not a seed and a number of blocks`);
    return [seed as number, blocks as number];
  });
}

/** One test per seed, to be run. With SIM_TALLY set each tells what it went through. */
export function seedTests(
  name: string,
  seeds: readonly (readonly [seed: number, blocks: number])[],
): uvu.Test {
  const tests = suite(name);
  for (const [seed, blocks] of seeds)
    tests(`seed ${seed}, ${blocks} blocks`, () => {
      const started = performance.now();
      const { outcomes, events, seconds } = new Simulation(seed, blocks).run();
      if (process.env["SIM_TALLY"] === undefined) return;
      const rows = [...outcomes, ...events].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [what, times] of rows) console.log(`  ${String(times).padStart(6)} ${what}`);
      const took = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`seed ${seed}: ${blocks} blocks, ${seconds} s of chain time in ${took} s`);
    });
  return tests;
}
