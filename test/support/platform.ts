// A platform for tests of modules: Node's hashes and @noble's curves. What is tested elsewhere
// against hostile input are the two real platforms; this one only has to be right and quick.

import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Platform } from "../../chain/base/platform.ts";

function hash(name: "sha256" | "ripemd160", view: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(name).update(view).digest());
}

/** The platform of tests. */
export const testPlatform: Platform = {
  name: "pure",
  sha256Into: (view, out, offset) => out.set(hash("sha256", view), offset),
  sha256: (view) => hash("sha256", view),
  ripemd160: (view) => hash("ripemd160", view),
  verifySecp256k1: (key, digest, signature) => {
    if (key.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
    try {
      return secp256k1.verify(signature, digest, key, { lowS: true, prehash: false });
    } catch {
      return false;
    }
  },
  verifyEd25519: (key, message, signature) => {
    try {
      return ed25519.verify(signature, message, key, { zip215: true });
    } catch {
      return false;
    }
  },
  latin1: (view) => Buffer.from(view.buffer, view.byteOffset, view.length).toString("latin1"),
  allocate: (bytes) => new SharedArrayBuffer(bytes),
};
