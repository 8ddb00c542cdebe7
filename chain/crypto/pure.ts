// The reference Platform: @noble's hashes and curves, nothing of the host. Slow (about 1 ms per
// signature) and the measure of what the fast one must answer.

import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { assert } from "../base/assert.ts";
import type { Platform } from "../base/platform.ts";

/** Characters made at once: a call takes its arguments on the stack. */
const CHUNK = 4096;

function verifySecp256k1(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
  try {
    return secp256k1.verify(signature, digest, key, { prehash: false, lowS: true });
  } catch {
    return false;
  }
}

function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, key, { zip215: true });
  } catch {
    return false;
  }
}

function latin1(view: Uint8Array): string {
  let text = "";
  for (let start = 0; start < view.length; start += CHUNK) {
    text += String.fromCharCode(...view.subarray(start, start + CHUNK));
  }
  return text;
}

/** The pure platform. Nothing in it has state. */
export const purePlatform: Platform = {
  name: "pure",
  sha256Into: (view, out, offset) => {
    assert(out.length >= offset + 32, `32 bytes do not fit at ${offset} of ${out.length}`);
    out.set(sha256(view), offset);
  },
  sha256: (view) => sha256(view),
  ripemd160: (view) => ripemd160(view),
  verifySecp256k1,
  verifyEd25519,
  latin1,
  allocate: (bytes) => new ArrayBuffer(bytes),
};
