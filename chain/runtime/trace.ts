// What an ante chain read, wrote, emitted and used, kept with its transaction: where every value that it
// read stands unchanged, the chain would do the same again, so its writes are put in place instead.
//
// That is sound because the chain is a function of the transaction and of what it reads; what has to do
// with the clocks (timeouts, allowances), walks and side stores is kept out. One value is another one for
// every transaction: the balance that all fees go to. The chain adds to it and looks at it no further, so
// the fee is added to what stands there now, as long as the texts are of the same lengths, for which gas
// is paid.

import { BugError } from "../base/assert.ts";
import { equalBytes, utf8 } from "../base/bytes.ts";
import { MAX_AMOUNT } from "../base/integers.ts";
import type { Event as AbciEvent } from "../codec/gen/tendermint/abci.ts";
import { textOfBytes } from "../store/index.ts";
import type { KVStore, StoreEntry } from "../store/types.ts";
import type { Branches, StoreSet, Written } from "./branches.ts";

/** What was read of one store from below the branch. */
interface StoreReads {
  readonly name: string;
  readonly reads: readonly Read[];
}

/** One value; undefined where there was none. */
interface Read {
  readonly key: Uint8Array;
  readonly text: string;
  readonly value: Uint8Array | undefined;
}

/** Where fees go. */
export interface Pots {
  /** Whether a key of a store, as text, is that of the balance to which all fees are added: decimal text. */
  isPot(store: string, text: string): boolean;
}

/** What a run of the ante chain came to. */
export interface AnteOutcome {
  readonly written: Written;
  readonly events: readonly AbciEvent[];
  /** Gas. */
  readonly used: number;
}

/** A run of the ante chain that passed, with all that it depended on. */
export class AnteTrace {
  readonly outcome: AnteOutcome;
  readonly #reads: readonly StoreReads[];

  constructor(reads: readonly StoreReads[], outcome: AnteOutcome) {
    this.#reads = reads;
    this.outcome = outcome;
  }

  /** Writes into `state` what the chain would; false, with nothing written, when it has to be run. */
  repeatOn(state: Branches, pots: Pots): boolean {
    const { written } = this.outcome;
    const sums: { name: string; key: Uint8Array; text: string; sum: Uint8Array }[] = [];
    for (const { name, reads } of this.#reads) {
      const store = state.store(name);
      for (const { key, text, value } of reads) {
        const now = store.get(key, text);
        if (isSame(now, value)) continue;
        if (!pots.isPot(name, text)) return false;
        const sum = movedSum(value, writtenTo(written, name, text), now);
        if (sum === undefined) return false;
        sums.push({ name, key, text, sum });
      }
    }
    state.put(written);
    for (const { name, key, text, sum } of sums) state.store(name).set(key, sum, text);
    return true;
  }
}

function writtenTo({ stores }: Written, name: string, text: string): Uint8Array | undefined {
  const writes = stores.find((one) => one.name === name)?.writes;
  return writes?.find((write) => write.text === text)?.value;
}

/** `now` with what was added between `before` and `after`; undefined when gas would be another. */
function movedSum(
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  now: Uint8Array | undefined,
): Uint8Array | undefined {
  if (before === undefined || after === undefined || now?.length !== before.length)
    return undefined;
  const sum = numberIn(now) + numberIn(after) - numberIn(before);
  const text = utf8(sum.toString());
  return sum <= MAX_AMOUNT && text.length === after.length ? text : undefined;
}

function numberIn(text: Uint8Array): bigint {
  return BigInt(textOfBytes(text));
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && equalBytes(a, b);
}

/** Branches as a parent that notes what is read of it. It is written by `Branches.put` only. */
export class TracedSet implements StoreSet {
  readonly #inner: Branches;
  readonly #stores = new Map<string, TracedStore>();
  #isWhole = true;

  constructor(inner: Branches) {
    this.#inner = inner;
  }

  store(name: string): KVStore {
    let found = this.#stores.get(name);
    if (found === undefined) {
      found = new TracedStore(this.#inner.store(name), () => (this.#isWhole = false));
      this.#stores.set(name, found);
    }
    return found;
  }

  side(name: string): KVStore {
    this.#isWhole = false;
    return this.#inner.side(name);
  }

  /** What was read; undefined when something was that is not noted. */
  reads(): readonly StoreReads[] | undefined {
    if (!this.#isWhole) return undefined;
    return [...this.#stores].map(([name, store]) => ({ name, reads: store.reads() }));
  }
}

class TracedStore implements KVStore {
  readonly #reads = new Map<string, Read>();
  readonly #inner: KVStore;
  readonly #lose: () => void;

  constructor(inner: KVStore, lose: () => void) {
    this.#inner = inner;
    this.#lose = lose;
  }

  get(key: Uint8Array, text: string = textOfBytes(key)): Uint8Array | undefined {
    const known = this.#reads.get(text);
    if (known !== undefined) return known.value;
    const value = this.#inner.get(key, text);
    this.#reads.set(text, { key, text, value });
    return value;
  }

  /** What was read, each key once. */
  reads(): readonly Read[] {
    return [...this.#reads.values()];
  }

  has(key: Uint8Array, text?: string): boolean {
    return this.get(key, text) !== undefined;
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    this.#lose();
    return this.#inner.iterate(start, end, reverse);
  }

  set(): void {
    throw new BugError("a traced store is written");
  }

  delete(): void {
    throw new BugError("a traced store is written");
  }
}
