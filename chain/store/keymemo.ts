// Keys of one collection as they were last written out: a transaction reads and writes the same few
// entries a dozen times, and to build their bytes is dearer than to find the value.

import { encodeKey } from "./ranges.ts";
import type { KeyCodec } from "./keys.ts";
import { textOfBytes } from "./ordered.ts";

/** A whole store key: its bytes, and the same with one character per byte. Nobody changes the bytes. */
export interface StoreKey {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Keys that are remembered: sender, receiver, a module's account and one to spare. */
const SLOTS = 4;

interface Slot<K> {
  readonly key: K;
  readonly made: StoreKey;
}

/** Makes the keys of one collection. What it remembers changes speed only. */
export class KeyMemo<K> {
  readonly #codec: KeyCodec<K>;
  readonly #prefix: Uint8Array;
  readonly #slots: Slot<K>[] = [];
  #next = 0;

  constructor(codec: KeyCodec<K>, prefix: Uint8Array) {
    this.#codec = codec;
    this.#prefix = prefix;
  }

  of(key: K): StoreKey {
    if (this.#codec.lasting !== true) return this.#make(key);
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot<K>;
      if (isSame(slot.key, key)) return slot.made;
    }
    const made = this.#make(key);
    slots[this.#next] = { key, made };
    this.#next = (this.#next + 1) % SLOTS;
    return made;
  }

  #make(key: K): StoreKey {
    const bytes = encodeKey(this.#codec, this.#prefix, key);
    return { bytes, text: textOfBytes(bytes) };
  }
}

/** Whether both are the same value, or lists of the same values. Equal addresses may count as different. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
