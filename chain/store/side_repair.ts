// Making the side rows on disk what a rebuild from the trees gives: for `reindex`, and after a rollback,
// because side stores have no past.

import { concatBytes, equalBytes } from "../base/bytes.ts";
import type { TreeMultiStore } from "./multistore.ts";
import { RECORD, rowPrefix } from "./records.ts";
import type { DiskWrite, StoreChange } from "./types.ts";

/** What a store's rows lacked and had too many or wrong. */
export interface SideDifference {
  readonly store: string;
  /** Rows that were missing. */
  readonly missing: number;
  /** Rows with another value. */
  readonly wrong: number;
  /** Rows that belong to nothing. */
  readonly stray: number;
}

/** What a rebuild changes. */
export interface SideRepair {
  /** Rows to write; the store in memory is left as it is. */
  readonly writes: readonly DiskWrite[];
  /** The stores that differed. */
  readonly found: readonly SideDifference[];
}

/** Compares what a rebuild wrote with the side rows that `store` was loaded with. */
export function repairSides(
  store: TreeMultiStore,
  rebuilt: ReadonlyMap<string, readonly StoreChange[]>,
): SideRepair {
  const writes: DiskWrite[] = [];
  const found: SideDifference[] = [];
  for (const [name, changes] of rebuilt) {
    const prefix = rowPrefix(RECORD.side, name);
    const side = store.side(name);
    let [missing, wrong, stray] = [0, 0, 0];
    for (const [key, value] of changes) {
      const present = side.get(key);
      if (present === undefined ? value === undefined : value && equalBytes(present, value))
        continue;
      writes.push([concatBytes(prefix, key), value]);
      if (present === undefined) missing += 1;
      else if (value === undefined) stray += 1;
      else wrong += 1;
    }
    if (missing + wrong + stray > 0) found.push({ store: name, missing, wrong, stray });
  }
  return { writes, found };
}
