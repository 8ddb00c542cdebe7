// The process of a child node: `node node_child.js HOME [STEP COUNT]` prints `rpc URL` and runs until it is
// ended. With a step it ends itself, as a power cut would, when it reaches the step for the COUNTth time.

import { COMMIT_STEPS } from "../../chain/node/steps.ts";
import type { StepHook } from "../../chain/node/steps.ts";
import { openTestNode } from "./node.ts";

const [home, step, count] = process.argv.slice(2);
if (home === undefined) throw new Error("usage: node_child.js HOME [STEP COUNT]");

/** Longest time into a write that is under way, milliseconds. */
const INTO_WRITE_MS = 3;

/** Blocks this thread; the disk's threads go on. */
function holdStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function killerOf(name: string, times: number): StepHook {
  if (!COMMIT_STEPS.some((known) => known === name)) throw new Error(`there is no step ${name}`);
  let left = times;
  return (reached) => {
    if (reached !== name || --left > 0) return;
    if (reached.endsWith(".writing")) holdStill(Math.random() * INTO_WRITE_MS);
    process.kill(process.pid, "SIGKILL");
    holdStill(10_000);
  };
}

const reached = step === undefined ? undefined : killerOf(step, Number(count ?? "1"));
const node = await openTestNode(home, undefined, reached);
process.stdout.write(`rpc ${node.rpcUrl}\n`);
process.once("SIGTERM", () => void node.stop().then(() => process.exit(0)));
void node.halted.then((reason) => {
  process.stderr.write(`${reason}\n`);
  process.exit(3);
});
