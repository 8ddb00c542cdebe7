// Blocks without transactions over chains with none, some and many live leases: first with nothing due,
// then with a hundred payouts due in each. The chains stand in one process and are timed in turns.
//
//   node build/test/bench/idle.js LABEL=DIR ...

import { BenchChain } from "./chain.ts";
import { figure, summary } from "./figures.ts";
import { DUE_AFTER, DUE_EACH } from "./leases.ts";

const WARMUP = 10;
const EMPTY = 60;
const DUE = 30;
/** Seconds of a step towards what is due: providers fall silent on the way. */
const STEP = 30n;

interface Subject {
  readonly label: string;
  readonly chain: BenchChain;
  readonly empty: number[];
  readonly due: number[];
}

const subjects: Subject[] = [];
for (const arg of process.argv.slice(2)) {
  const [label = "", folder = ""] = arg.split("=");
  subjects.push({ label, chain: await BenchChain.open(folder), empty: [], due: [] });
}

for (let block = -WARMUP; block < EMPTY; block++)
  for (const { chain, empty } of subjects) {
    const { whole, response } = await chain.run([], 1n);
    if (block < 0) continue;
    if (response.events.length > 0) throw new Error("something was due in an idle block");
    empty.push(whole);
  }
for (const { chain, label, due } of subjects) {
  const since = chain.time;
  const paid = (response: { events: readonly { type: string }[] }): number =>
    response.events.filter(({ type }) => type.endsWith("EventPaidOut")).length;
  // Everything before the payouts happens on the way; the first block with payouts is not timed.
  while (chain.time < since + DUE_AFTER) {
    if (paid((await chain.run([], STEP)).response) > 0) break;
  }
  for (let block = 0; block < DUE; block++) {
    const { whole, response } = await chain.run([], 1n);
    if (paid(response) === DUE_EACH) due.push(whole / DUE_EACH);
  }
  if (label !== "0" && due.length === 0) throw new Error(`no payouts with ${label} leases`);
}
for (const { label, chain, empty, due } of subjects) {
  figure(`idle_${label}`, "us", summary(empty));
  if (due.length > 0) figure(`due_${label}`, "us", summary(due));
  await chain.close();
}
figure("idle_memory", "MB", summary([process.memoryUsage().rss / 2 ** 20]));
