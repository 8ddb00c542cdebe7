// Counts what blocks read from and write to the trees: the least that any chain with this state must
// do. Reads that a branch answers from what the block read or wrote before do not get here.

import type { StateView, StoreChange, TreeMultiStore } from "../../chain/store/index.ts";

/** What the blocks did to one store. All numbers but `entries` and lengths are sums per block. */
export interface StoreProfile {
  readonly name: string;
  /** Leaves of the tree. */
  readonly entries: number;
  /** Mean bytes. */
  readonly keyLength: number;
  readonly valueLength: number;
  /** Point reads, walks over a range, and entries that the walks gave. */
  readonly reads: number;
  readonly walks: number;
  readonly walked: number;
  readonly updates: number;
  readonly inserts: number;
  readonly deletes: number;
}

/** What a block costs in state and signatures; `go/floor` reads its JSON. */
export interface Profile {
  readonly txs: number;
  readonly verifies: number;
  readonly stores: readonly StoreProfile[];
}

class StoreCounts {
  reads = 0;
  walks = 0;
  walked = 0;
  updates = 0;
  inserts = 0;
  deletes = 0;
  keyBytes = 0;
  valueBytes = 0;
}

/** The counter of one store of stores. */
export class Counts {
  counting = false;
  #blocks = 0;
  #txs = 0;
  readonly #stores = new Map<string, StoreCounts>();

  #of(name: string): StoreCounts {
    let found = this.#stores.get(name);
    if (found === undefined) this.#stores.set(name, (found = new StoreCounts()));
    return found;
  }

  /** Stands between the application and its stores. What is not counted passes untouched. */
  watch(store: TreeMultiStore): void {
    const latest = store.latest.bind(store);
    const stage = store.stage.bind(store);
    store.latest = () => (this.counting ? this.#counted(latest()) : latest());
    store.stage = (height, time, changes, side) => {
      if (this.counting)
        for (const [name, list] of changes) this.#written(latest(), this.#of(name), name, list);
      return stage(height, time, changes, side);
    };
  }

  #counted(view: StateView): StateView {
    const of = (name: string): StoreCounts => this.#of(name);
    return {
      height: view.height,
      appHash: view.appHash,
      archived: view.archived,
      prove: (store, key) => view.prove(store, key),
      store(name) {
        const [inner, counts] = [view.store(name), of(name)];
        return {
          get(key) {
            counts.reads += 1;
            return inner.get(key);
          },
          has(key) {
            counts.reads += 1;
            return inner.has(key);
          },
          *iterate(start, end, reverse) {
            counts.walks += 1;
            for (const entry of inner.iterate(start, end, reverse)) {
              counts.walked += 1;
              yield entry;
            }
          },
        };
      },
    };
  }

  #written(
    view: StateView,
    counts: StoreCounts,
    name: string,
    changes: readonly StoreChange[],
  ): void {
    const before = view.store(name);
    for (const [key, value] of changes) {
      counts.keyBytes += key.length;
      counts.valueBytes += value?.length ?? 0;
      if (before.has(key)) {
        if (value === undefined) counts.deletes += 1;
        else counts.updates += 1;
      } else if (value !== undefined) counts.inserts += 1;
    }
  }

  /** A block of so many transactions was counted. */
  block(txs: number): void {
    this.#blocks += 1;
    this.#txs += txs;
  }

  /** Means per block. Throws when nothing was counted: then the application no longer reads here. */
  profile(verifiesPerTx: number, entries: (name: string) => number): Profile {
    const blocks = this.#blocks;
    const mean = (sum: number): number => Math.round(sum / blocks);
    const stores = [...this.#stores].map(([name, one]): StoreProfile => {
      const sets = one.updates + one.inserts;
      return {
        name,
        entries: entries(name),
        keyLength: Math.round(one.keyBytes / Math.max(sets + one.deletes, 1)),
        valueLength: Math.round(one.valueBytes / Math.max(sets, 1)),
        reads: mean(one.reads),
        walks: mean(one.walks),
        walked: mean(one.walked),
        updates: mean(one.updates),
        inserts: mean(one.inserts),
        deletes: mean(one.deletes),
      };
    });
    const sum = (pick: (one: StoreProfile) => number): number =>
      stores.reduce((total, one) => total + pick(one), 0);
    if (blocks === 0 || sum((one) => one.reads) === 0 || sum((one) => one.updates) === 0)
      throw new Error("no reads or writes were counted");
    const txs = mean(this.#txs);
    return { txs, verifies: Math.round(txs * verifiesPerTx), stores };
  }
}
