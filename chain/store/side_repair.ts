// Making the side rows on disk what a rebuild from the trees gives: for `reindex`, and after a rollback,
// because side stores have no past.

import { concatBytes, equalBytes, toHex } from "../base/bytes.ts";
import { parseRow, RECORD, rowPrefix } from "./records.ts";
import type { DiskRange, DiskWrite, StoreChange } from "./types.ts";

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

interface Expected {
  readonly rows: Map<string, readonly [Uint8Array, Uint8Array]>;
  wrong: number;
  stray: number;
}

/** Holds the side rows on disk against the rebuilt ones. */
export class SideRepair {
  readonly #expected = new Map<string, Expected>();
  readonly #writes: DiskWrite[] = [];

  /** `rebuilt`: all rows by store, as changes of empty side stores. */
  constructor(rebuilt: ReadonlyMap<string, readonly StoreChange[]>) {
    for (const [store, changes] of rebuilt) {
      const { rows } = this.#of(store);
      for (const [key, value] of changes) {
        if (value !== undefined) rows.set(toHex(key), [key, value]);
      }
    }
  }

  /** What is to be pushed. */
  get range(): DiskRange {
    return { gte: Uint8Array.of(RECORD.side), lt: Uint8Array.of(RECORD.side + 1) };
  }

  /** Takes one row. */
  push(row: Uint8Array, value: Uint8Array): void {
    const { store, key } = parseRow(row);
    const expected = this.#of(store);
    const name = toHex(key);
    const wanted = expected.rows.get(name)?.[1];
    expected.rows.delete(name);
    if (wanted !== undefined && equalBytes(wanted, value)) return;
    this.#writes.push([row.slice(), wanted]);
    if (wanted === undefined) expected.stray += 1;
    else expected.wrong += 1;
  }

  /** After the last row: what to write, and what was found per store that differed. */
  finish(): { readonly writes: readonly DiskWrite[]; readonly found: readonly SideDifference[] } {
    const found: SideDifference[] = [];
    for (const [store, { rows, wrong, stray }] of this.#expected) {
      const prefix = rowPrefix(RECORD.side, store);
      for (const [key, value] of rows.values())
        this.#writes.push([concatBytes(prefix, key), value]);
      const missing = rows.size;
      if (missing + wrong + stray > 0) found.push({ store, missing, wrong, stray });
    }
    return { writes: this.#writes, found };
  }

  #of(store: string): Expected {
    const known = this.#expected.get(store);
    if (known !== undefined) return known;
    const made: Expected = { rows: new Map(), wrong: 0, stray: 0 };
    this.#expected.set(store, made);
    return made;
  }
}
