// Work on the application's disk between two blocks, the same behind either engine.

import type { EngineApplication } from "./application.ts";
import type { Database } from "./db.ts";
import type { StepHook } from "./steps.ts";

/** Writes the next piece of a tree snapshot, when there is one. */
export async function keepSnapshots(
  app: Pick<EngineApplication, "snapshotStep">,
  database: Database,
  reached?: StepHook,
): Promise<void> {
  const step = app.snapshotStep();
  if (step === undefined) return;
  const writing = database.write(step.writes, { sync: step.last });
  reached?.("snapshot.writing");
  await writing;
  reached?.(step.last ? "snapshot.complete" : "snapshot.piece");
  for (const range of step.clear) await database.clear(range);
  if (step.last) reached?.("snapshot.cleared");
}
