// Values that are read again and again within a transaction (accounts, parameters) and decode to
// the same thing while their bytes are the same.

import { equalBytes } from "../base/bytes.ts";
import type { ValueCodec } from "../store/index.ts";

/**
 * The same codec, remembering its last `slots` values by their bytes. Decoding is a pure function, so
 * this changes speed only. What it gives out is shared: nobody may change it (types say readonly).
 */
export function remembered<V>(codec: ValueCodec<V>, slots: number): ValueCodec<V> {
  const known: { readonly bytes: Uint8Array; readonly value: V }[] = [];
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
      // Usually it is the very same array: overlays and the memo of committed reads hand it out.
      for (const entry of known) if (entry.bytes === bytes) return entry.value;
      for (const entry of known) if (equalBytes(entry.bytes, bytes)) return entry.value;
      const value = codec.decode(bytes);
      keep(bytes, value);
      return value;
    },
  };
}
