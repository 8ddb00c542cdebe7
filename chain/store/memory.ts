// Stores that live in memory only: the plain one that tests and the side store use.

import { assert } from "../base/assert.ts";
import { bytesOfText, OrderedMap, textOfBytes } from "./ordered.ts";
import type { OrderedSnapshot } from "./ordered.ts";
import type { KVStore, ReadStore, StoreEntry } from "./types.ts";

/** A store in memory as it was at one moment. */
export class MemView implements ReadStore {
  readonly #entries: OrderedSnapshot<Uint8Array>;

  constructor(entries: OrderedSnapshot<Uint8Array>) {
    this.#entries = entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Uint8Array, text: string = textOfBytes(key)): Uint8Array | undefined {
    return this.#entries.get(text);
  }

  has(key: Uint8Array, text: string = textOfBytes(key)): boolean {
    return this.#entries.has(text);
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    return entriesOf(this.#entries, start, end, reverse);
  }
}

/** An ordered map of bytes in memory. An iterator sees the store as it was when it was asked for. */
export class MemStore implements KVStore {
  readonly #entries = new OrderedMap<Uint8Array>();

  /** How many keys there are. */
  get size(): number {
    return this.#entries.size;
  }

  get(key: Uint8Array, text: string = textOfBytes(key)): Uint8Array | undefined {
    return this.#entries.get(text);
  }

  has(key: Uint8Array, text: string = textOfBytes(key)): boolean {
    return this.#entries.has(text);
  }

  set(key: Uint8Array, value: Uint8Array, text: string = textOfBytes(key)): void {
    assert(key.length > 0, "a store key must not be empty");
    this.#entries.set(text, value);
  }

  delete(key: Uint8Array, text: string = textOfBytes(key)): void {
    this.#entries.delete(text);
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    return entriesOf(this.#entries.snapshot(), start, end, reverse);
  }

  /** The present content, unaffected by later writes. Costs nothing. */
  snapshot(): MemView {
    return new MemView(this.#entries.snapshot());
  }
}

function* entriesOf(
  entries: OrderedSnapshot<Uint8Array>,
  start: Uint8Array | undefined,
  end: Uint8Array | undefined,
  reverse: boolean | undefined,
): IterableIterator<StoreEntry> {
  const range = {
    start: start === undefined ? undefined : textOfBytes(start),
    end: end === undefined ? undefined : textOfBytes(end),
    reverse,
  };
  for (const [key, value] of entries.walk(range)) yield [bytesOfText(key), value];
}
