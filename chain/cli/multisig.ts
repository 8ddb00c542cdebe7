import type { CompactBitArray } from "../codec/gen/cosmos/crypto/multisig/v1beta1.ts";

/** Bits of who signed, first member in the highest bit, as the SDK packs them. */
export function createBitArray(signed: readonly boolean[]): CompactBitArray {
  const elems = new Uint8Array(Math.ceil(signed.length / 8));
  for (const [index, bit] of signed.entries()) {
    if (bit) elems[index >> 3] = (elems[index >> 3] ?? 0) | (128 >> (index & 7));
  }
  return { extraBitsStored: signed.length % 8, elems };
}
