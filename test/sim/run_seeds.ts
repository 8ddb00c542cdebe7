// Runs seeds as tests: the short runs of every `make test`. What `make sim` asks for runs in `run.ts`.

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

/** A seed and how many blocks it runs. */
export type SeedRun = readonly [seed: number, blocks: number];

/** Seeds and lengths that once failed: lines of `seed blocks`, the rest is told after #. */
export function regressions(): SeedRun[] {
  const lines = readFileSync(REGRESSIONS, "utf8").split("\n");
  const rows = lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");
  return rows.map((row) => {
    const [seed, blocks] = row.split(/\s+/).map(Number);
    if (!Number.isInteger(seed) || !Number.isInteger(blocks))
      throw new Error(`regressions.txt: ${row} is not a seed and a number of blocks`);
    return [seed as number, blocks as number];
  });
}

/** One test per seed, to be run. */
export function seedTests(name: string, seeds: readonly SeedRun[]): uvu.Test {
  const tests = suite(name);
  for (const [seed, blocks] of seeds)
    tests(`seed ${seed}, ${blocks} blocks`, () => {
      new Simulation(seed, blocks).run();
    });
  return tests;
}
