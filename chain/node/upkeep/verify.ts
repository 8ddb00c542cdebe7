// verify-state: everything that a home's state can be held against, while its node is stopped: every hash
// of the trees, the records on disk, the side rows, the invariants of all modules.

import { describeDamage, DiskVerifier, repairSides, verifyTrees } from "../../store/index.ts";
import type { Application } from "../../runtime/index.ts";
import { loadStopped, withStopped } from "./stopped.ts";
import type { StoppedHome, UpkeepOptions } from "./stopped.ts";

/** What was found. */
export interface Verified {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  /** Sentences about all that is wrong. */
  readonly faults: readonly string[];
}

/** Verifies the state of a stopped home. Throws: Error when it cannot be loaded at all. */
export function verifyHome(options: UpkeepOptions): Promise<Verified> {
  return withStopped(options, verifyStopped);
}

/** The same in a home that is open. */
export async function verifyStopped(home: StoppedHome): Promise<Verified> {
  const { database } = home;
  const app = await loadStopped(home);
  const { store } = app;
  const rows = new DiskVerifier(store);
  for (const range of rows.ranges)
    await database.scan(range, (key, value) => rows.push(key, value));
  const sides = repairSides(store, app.rebuildSides());
  const faults = [
    ...[...verifyTrees(store), ...rows.finish()].map(describeDamage),
    ...sides.found.map(
      ({ store: name, missing, wrong, stray }) =>
        `store ${name}: of its lists ${missing} rows are missing, ${wrong} wrong, ${stray} ` +
        "belong to nothing (mend them with reindex --side)",
    ),
    ...brokenInvariants(app),
  ];
  return { height: store.height, appHash: store.appHash, faults };
}

/** What the invariants say; of damaged rows some can only say that they cannot read them. */
function brokenInvariants(app: Application): readonly string[] {
  try {
    return app.brokenInvariants();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`the invariants cannot be checked: ${reason}`];
  }
}
