// Values that are read again and again within a transaction (accounts, parameters) and decode to
// the same thing while their bytes are the same.

import type { ValueCodec } from "../store/index.ts";

interface Entry<V> {
  readonly bytes: Uint8Array;
  readonly value: V;
}

/**
 * The same codec, remembering its last `slots` values by the arrays that they stood in. Decoding is a
 * pure function, so this changes speed only. What it gives out is shared: nobody may change it.
 */
export function remembered<V>(codec: ValueCodec<V>, slots: number): ValueCodec<V> {
  const known: Entry<V>[] = [];
  let next = 0;
  const keep = (bytes: Uint8Array, value: V): void => {
    known[next] = { bytes, value };
    next = (next + 1) % slots;
  };
  return {
    name: codec.name,
    encode(value) {
      const bytes = codec.encode(value);
      keep(bytes, value);
      return bytes;
    },
    decode(bytes) {
      // Overlays and the memo of committed reads hand out the very same array, and nobody changes it.
      for (let i = 0; i < known.length; i++) {
        const entry = known[i] as Entry<V>;
        if (entry.bytes === bytes) return entry.value;
      }
      const value = codec.decode(bytes);
      keep(bytes, value);
      return value;
    },
  };
}
