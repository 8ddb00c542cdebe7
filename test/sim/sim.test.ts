// The simulator: seeds 1 to SEEDS of BLOCKS blocks (default: the first half of 20 x 100, the second
// half runs beside it in sim_second.test.ts), or SEED alone.

import { numberOf, seedTests } from "./run_seeds.ts";

const blocks = numberOf("BLOCKS") ?? 100;
const seed = numberOf("SEED");
const count = numberOf("SEEDS") ?? 10;
const seeds = seed === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [seed];

seedTests(
  "simulation",
  seeds.map((one) => [one, blocks] as const),
).run();
