// The steps on a block's way to the disk, by name, so that a test can be there when one is reached: to
// end the process as a power cut would, or to fail. A node that is started without a hook calls nothing.

/** The steps of the embedded engine in the order of a block; `.writing` while a write is under way. */
export const COMMIT_STEPS = [
  "sign.begin",
  "sign.beside",
  "sign.done",
  "log.writing",
  "block.executed",
  "log.written",
  "answer.writing",
  "answer.written",
  "state.writing",
  "state.written",
  "state.promoted",
  "engine.writing",
  "engine.written",
  "index.writing",
  "index.written",
  "block.published",
  "snapshot.writing",
  "snapshot.piece",
  "snapshot.complete",
  "snapshot.cleared",
  "blocks.pruned",
] as const;

/** Name of a step. */
export type CommitStep = (typeof COMMIT_STEPS)[number];

/** Told of each step. What it throws is what the step fails with. */
export type StepHook = (step: CommitStep) => void;
