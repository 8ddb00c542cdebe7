// Ends this process as a power cut would when a step on a block's way to the disk is reached.

import { COMMIT_STEPS } from "../../chain/node/steps.ts";
import type { StepHook } from "../../chain/node/steps.ts";

/** Longest time into a write that is under way, milliseconds. */
const INTO_WRITE_MS = 3;

/** Blocks this thread; the disk's threads go on. */
function holdStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A hook that kills the process when `name` is reached for the `times`th time. */
export function killerAt(name: string, times: number): StepHook {
  if (!COMMIT_STEPS.some((known) => known === name)) throw new Error(`there is no step ${name}`);
  let left = times;
  return (reached) => {
    if (reached !== name || --left > 0) return;
    if (reached.endsWith(".writing")) holdStill(Math.random() * INTO_WRITE_MS);
    process.kill(process.pid, "SIGKILL");
    holdStill(10_000);
  };
}
