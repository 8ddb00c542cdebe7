// The simulator in every run of the tests: the first half of 20 seeds of 100 blocks; the second half
// runs beside it in sim_second.test.ts. SEEDS and BLOCKS make it shorter.

import { numberOf, seedTests } from "./run_seeds.ts";

const blocks = numberOf("BLOCKS") ?? 100;
const count = numberOf("SEEDS") ?? 10;

seedTests(
  "simulation",
  Array.from({ length: count }, (_, index) => [index + 1, blocks] as const),
).run();
