// A branch keeps writes in memory above a parent until they are written through or dropped.
// Transactions, queue items and queries each run on one; branches nest.
//
// Iterating while writing is well defined: an iterator sees branch and parent as they were when
// `iterate` was called. What is written, deleted or discarded later it does not see.

import { assert } from "../base/assert.ts";
import { compareBytes } from "../base/bytes.ts";
import { OrderedMap, textOfBytes } from "./ordered.ts";
import type { Branch, KVStore, StoreChange, StoreEntry } from "./types.ts";

/** An overlay entry; a value of undefined is a deletion. */
export interface Write {
  readonly key: Uint8Array;
  /** The key, one character per byte. */
  readonly text: string;
  readonly value: Uint8Array | undefined;
}

/** The one implementation of `Branch`, over any store. */
export class BranchStore implements Branch {
  readonly #parent: KVStore;
  readonly #writes = new Map<string, Write>();
  // The same in order of keys: made when somebody walks, kept from then on. Most transactions never
  // walk the stores that they write.
  #sorted: OrderedMap<Write> | undefined;

  constructor(parent: KVStore) {
    this.#parent = parent;
  }

  get(key: Uint8Array, text: string = textOfBytes(key)): Uint8Array | undefined {
    const write = this.#writes.get(text);
    return write === undefined ? this.#parent.get(key, text) : write.value;
  }

  has(key: Uint8Array, text: string = textOfBytes(key)): boolean {
    const write = this.#writes.get(text);
    return write === undefined ? this.#parent.has(key, text) : write.value !== undefined;
  }

  set(key: Uint8Array, value: Uint8Array, text: string = textOfBytes(key)): void {
    assert(key.length > 0, "a store key must not be empty");
    this.#put({ key, text, value });
  }

  delete(key: Uint8Array, text: string = textOfBytes(key)): void {
    assert(key.length > 0, "a store key must not be empty");
    this.#put({ key, text, value: undefined });
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    const below = this.#parent.iterate(start, end, reverse);
    if (this.#writes.size === 0) return below;
    const above = this.#inOrder().walk({
      start: start === undefined ? undefined : textOfBytes(start),
      end: end === undefined ? undefined : textOfBytes(end),
      reverse,
    });
    return merge(below, above, reverse === true ? -1 : 1);
  }

  changes(): readonly StoreChange[] {
    const writes = [...this.#writes.values()].sort(byText);
    return writes.map(({ key, value }) => [key, value]);
  }

  write(): void {
    const parent = this.#parent;
    if (parent instanceof BranchStore) {
      // Branch to branch the key stays text and the order does not matter.
      parent.put(this.#writes.values());
    } else {
      for (const [key, value] of this.changes()) {
        if (value === undefined) parent.delete(key);
        else parent.set(key, value);
      }
    }
    this.discard();
  }

  /** What was written, each key once. */
  writes(): readonly Write[] {
    return [...this.#writes.values()];
  }

  /** Does again what another branch wrote. */
  put(writes: Iterable<Write>): void {
    for (const write of writes) this.#put(write);
  }

  discard(): void {
    this.#writes.clear();
    this.#sorted = undefined;
  }

  #put(write: Write): void {
    this.#writes.set(write.text, write);
    this.#sorted?.set(write.text, write);
  }

  #inOrder(): OrderedMap<Write> {
    if (this.#sorted === undefined) {
      this.#sorted = new OrderedMap();
      for (const [key, write] of this.#writes) this.#sorted.set(key, write);
    }
    return this.#sorted;
  }
}

/** Order of keys: text of one character per byte compares as its bytes do. */
function byText({ text: a }: Write, { text: b }: Write): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Two sorted sequences as one; where both have a key the overlay wins, and deletions drop out. */
function* merge(
  below: IterableIterator<StoreEntry>,
  above: IterableIterator<readonly [string, Write]>,
  direction: 1 | -1,
): IterableIterator<StoreEntry> {
  let lower = below.next();
  for (const [, write] of above) {
    const { key } = write;
    while (lower.done !== true) {
      const order = compareBytes(lower.value[0], key) * direction;
      if (order < 0) yield lower.value;
      if (order <= 0) lower = below.next();
      if (order >= 0) break;
    }
    if (write.value !== undefined) yield [key, write.value];
  }
  while (lower.done !== true) {
    yield lower.value;
    lower = below.next();
  }
}
