// The second half of the seeds of every run of the tests, in a process of its own, and the seeds
// that once failed. What `make sim` asks for runs in sim.test.ts alone.

import { regressions, seedTests } from "./run_seeds.ts";

const SECOND_HALF = Array.from({ length: 10 }, (_, i) => [i + 11, 100] as const);

seedTests("simulation, second half", [...SECOND_HALF, ...regressions()]).run();
