// A branch keeps writes in memory above a parent until they are written through or dropped.
// Transactions, queue items and queries each run on one; branches nest.
//
// Iterating while writing is well defined: an iterator sees branch and parent as they were when
// `iterate` was called. What is written, deleted or discarded later it does not see.

import { assert } from "../base/assert.ts";
import { compareBytes } from "../base/bytes.ts";
import { bytesOfText, OrderedMap, textOfBytes } from "./ordered.ts";
import type { Branch, KVStore, StoreChange, StoreEntry } from "./types.ts";

/** An overlay entry: undefined is a deletion. Wrapped, because an absent entry is undefined too. */
interface Write {
  readonly value: Uint8Array | undefined;
}

const DELETED: Write = { value: undefined };

/** The one implementation of `Branch`, over any store. */
export class BranchStore implements Branch {
  readonly #parent: KVStore;
  readonly #writes = new OrderedMap<Write>();

  constructor(parent: KVStore) {
    this.#parent = parent;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.#writes.size === 0) return this.#parent.get(key);
    const write = this.#writes.get(textOfBytes(key));
    return write === undefined ? this.#parent.get(key) : write.value;
  }

  has(key: Uint8Array): boolean {
    const write = this.#writes.get(textOfBytes(key));
    return write === undefined ? this.#parent.has(key) : write.value !== undefined;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    assert(key.length > 0, "a store key must not be empty");
    this.#writes.set(textOfBytes(key), { value });
  }

  delete(key: Uint8Array): void {
    assert(key.length > 0, "a store key must not be empty");
    this.#writes.set(textOfBytes(key), DELETED);
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    const below = this.#parent.iterate(start, end, reverse);
    if (this.#writes.size === 0) return below;
    const above = this.#writes.walk({
      start: start === undefined ? undefined : textOfBytes(start),
      end: end === undefined ? undefined : textOfBytes(end),
      reverse,
    });
    return merge(below, above, reverse === true ? -1 : 1);
  }

  changes(): readonly StoreChange[] {
    const changes: StoreChange[] = [];
    for (const [key, write] of this.#writes.walk({})) changes.push([bytesOfText(key), write.value]);
    return changes;
  }

  write(): void {
    const parent = this.#parent;
    for (const [key, write] of this.#writes.walk({})) {
      // Branch to branch the key stays text: most writes of a block pass two branches.
      if (parent instanceof BranchStore) parent.#writes.set(key, write);
      else if (write.value === undefined) parent.delete(bytesOfText(key));
      else parent.set(bytesOfText(key), write.value);
    }
    this.#writes.clear();
  }

  discard(): void {
    this.#writes.clear();
  }
}

/** Two sorted sequences as one; where both have a key the overlay wins, and deletions drop out. */
function* merge(
  below: IterableIterator<StoreEntry>,
  above: IterableIterator<readonly [string, Write]>,
  direction: 1 | -1,
): IterableIterator<StoreEntry> {
  let lower = below.next();
  for (const [text, write] of above) {
    const key = bytesOfText(text);
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
