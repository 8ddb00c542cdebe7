// The fast Platform: native libsecp256k1, OpenSSL's SHA-256 without a Buffer per call, shared
// memory. It must answer as the pure one does on every input; where the native library is missing
// the pure verifier stands in and a warning says so.

import { hash as hostHash, createPublicKey, verify as hostVerify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { assert } from "../base/assert.ts";
import { equalBytes, fromHex, toHex } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { purePlatform } from "../crypto/pure.ts";

/** The two calls of a Buffer that work on any Uint8Array and make no object. */
interface ByteText {
  latin1Write(this: Uint8Array, text: string, offset: number, length: number): number;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
}
const byteText = Buffer.prototype as unknown as ByteText;

/** What the native binding offers (`secp256k1/bindings`, which has no JavaScript fallback). */
interface NativeCurve {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, key: Uint8Array): boolean;
}

/** SPKI header of a raw ed25519 key. Source: RFC 8410. */
const ED25519_SPKI = fromHex("302a300506032b6570032100") ?? new Uint8Array(0);
/** Parsed validator keys that are remembered: a set has at most some hundreds. */
const MAX_ED25519_KEYS = 1024;

function sha256Text(view: Uint8Array): string {
  return hostHash("sha256", view, "binary");
}

function sha256(view: Uint8Array): Uint8Array {
  const out = new Uint8Array(32);
  byteText.latin1Write.call(out, sha256Text(view), 0, 32);
  return out;
}

function sha256Into(view: Uint8Array, out: Uint8Array, offset: number): void {
  assert(out.length >= offset + 32, `32 bytes do not fit at ${offset} of ${out.length}`);
  byteText.latin1Write.call(out, sha256Text(view), offset, 32);
}

function ripemd160(view: Uint8Array): Uint8Array {
  const out = new Uint8Array(20);
  byteText.latin1Write.call(out, hostHash("ripemd160", view, "binary"), 0, 20);
  return out;
}

/** Whether this build of OpenSSL still has RIPEMD-160 and computes it right. */
function hasRipemd160(): boolean {
  try {
    const probe = Uint8Array.of(1, 2, 3);
    return equalBytes(ripemd160(probe), purePlatform.ripemd160(probe));
  } catch {
    return false;
  }
}

function loadNativeCurve(): NativeCurve | undefined {
  try {
    return createRequire(import.meta.url)("secp256k1/bindings") as NativeCurve;
  } catch {
    return undefined;
  }
}

function nativeVerifier(curve: NativeCurve): Platform["verifySecp256k1"] {
  return (key, digest, signature) => {
    if (key.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
    try {
      return curve.ecdsaVerify(signature, digest, key);
    } catch {
      return false;
    }
  };
}

/**
 * OpenSSL accepts a subset of what ZIP-215 accepts (no cofactor, no odd encodings), so its yes is a
 * yes; its no is asked again of the reference.
 */
function ed25519Verifier(): Platform["verifyEd25519"] {
  const keys = new Map<string, KeyObject>();
  const parse = (key: Uint8Array): KeyObject => {
    const name = toHex(key);
    const known = keys.get(name);
    if (known !== undefined) return known;
    if (keys.size >= MAX_ED25519_KEYS) keys.clear();
    const der = Buffer.concat([ED25519_SPKI, key]);
    const parsed = createPublicKey({ key: der, format: "der", type: "spki" });
    keys.set(name, parsed);
    return parsed;
  };
  return (key, message, signature) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    try {
      if (hostVerify(null, message, parse(key), signature)) return true;
    } catch {
      return purePlatform.verifyEd25519(key, message, signature);
    }
    return purePlatform.verifyEd25519(key, message, signature);
  };
}

/** One known case per rule of the curve: good, high s, zero, off the curve, wrong lengths. */
const PROBE = {
  key: "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
  digest: "0f".repeat(32),
};

/** Whether `verify` refuses what the pure verifier refuses. Costs some milliseconds at start. */
function passesSelfTest(
  verify: Platform["verifySecp256k1"],
  good: Uint8Array,
  high: Uint8Array,
): boolean {
  const key = fromHex(PROBE.key) ?? new Uint8Array(0);
  const digest = fromHex(PROBE.digest) ?? new Uint8Array(0);
  const offCurve = key.slice();
  offCurve.fill(0xff, 1);
  return (
    verify(key, digest, good) &&
    !verify(key, digest, high) &&
    !verify(key, digest, new Uint8Array(64)) &&
    !verify(offCurve, digest, good) &&
    !verify(key, digest.subarray(1), good) &&
    !verify(new Uint8Array(65), digest, good)
  );
}

// Signature of PROBE.digest under the secret key 1, and the same with s replaced by order - s.
const PROBE_GOOD =
  "db786d9e266f15bd1a102a30708a10fccd50a0f241bac76bd53c784ef5d300c9" +
  "08f16f874b57f51ce19b38e76fc4ace0185652b72e8db7726a5a5c5b251b3004";
const PROBE_HIGH =
  "db786d9e266f15bd1a102a30708a10fccd50a0f241bac76bd53c784ef5d300c9" +
  "f70e9078b4a80ae31e64c718903b531ea2588a2f80bae8c955780231ab1b113d";

/**
 * Makes the fast platform. `warn` hears, in one sentence each, what fell back to the pure one.
 * A curve that fails its self-test is not used.
 */
export function fastPlatform(warn: (sentence: string) => void): Platform {
  const curve = loadNativeCurve();
  const native = curve === undefined ? undefined : nativeVerifier(curve);
  const good = fromHex(PROBE_GOOD) ?? new Uint8Array(0);
  const high = fromHex(PROBE_HIGH) ?? new Uint8Array(0);
  const usable = native !== undefined && passesSelfTest(native, good, high);
  if (!usable) {
    const reason = native === undefined ? "has no binary here" : "failed its self-test";
    warn(
      `the native secp256k1 library ${reason}: signatures are verified in JavaScript, ` +
        "about 25 times slower; results are the same",
    );
  }
  const ripemd = hasRipemd160();
  if (!ripemd) warn("OpenSSL has no RIPEMD-160 here: addresses are hashed in JavaScript");
  const probe = Uint8Array.of(7);
  assert(equalBytes(sha256(probe), purePlatform.sha256(probe)), "SHA-256 of the host is wrong");
  return {
    name: "fast",
    sha256,
    sha256Into,
    ripemd160: ripemd ? ripemd160 : purePlatform.ripemd160,
    verifySecp256k1: usable ? native : purePlatform.verifySecp256k1,
    verifyEd25519: ed25519Verifier(),
    latin1: (view) => byteText.latin1Slice.call(view, 0, view.length),
    allocate: (bytes) => new SharedArrayBuffer(bytes),
  };
}
