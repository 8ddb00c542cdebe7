// Both platforms answer alike on every input, hostile ones too: the pure one is the reference, the
// fast one may only be faster.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import * as fc from "fast-check";
import { concatBytes, fromHex, toHex, utf8 } from "../../chain/base/bytes.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { purePlatform } from "../../chain/crypto/pure.ts";
import { fastPlatform } from "../../chain/node/platform.ts";

const warnings: string[] = [];
const fast = fastPlatform((sentence) => warnings.push(sentence));
const platforms: readonly Platform[] = [purePlatform, fast];
const ORDER = secp256k1.Point.CURVE().n;

function hex(text: string): Uint8Array {
  return fromHex(text) as Uint8Array;
}

function word(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, "0"));
}

/** Asserts that both give `expected`, or the same when nothing is expected. */
function both(ask: (platform: Platform) => unknown, what: string, expected?: unknown): void {
  const [pure, quick] = platforms.map(ask);
  assert.equal(quick, pure, what);
  if (expected !== undefined) assert.equal(pure, expected, what);
}

const secret = hex("11".repeat(32));
const key = secp256k1.getPublicKey(secret, true);
const digest = hex("ab".repeat(32));
const good = secp256k1.sign(digest, secret, { prehash: false, lowS: true });
const r = good.slice(0, 32);
const s = BigInt(`0x${toHex(good.slice(32))}`);

function secp(
  name: string,
  expected: boolean,
  k: Uint8Array = key,
  d: Uint8Array = digest,
  sig: Uint8Array = good,
): void {
  both((platform) => platform.verifySecp256k1(k, d, sig), name, expected);
}

test("the fast platform really is the fast one here", () => {
  assert.equal(warnings, []);
  assert.is(fast.name, "fast");
});

test("secp256k1: the good one and what is wrong by one rule", () => {
  const uncompressed = secp256k1.getPublicKey(secret, false);
  const hybrid = uncompressed.slice();
  hybrid[0] = 6;
  secp("good", true);
  secp("high s", false, key, digest, concatBytes(r, word(ORDER - s)));
  secp("zero r", false, key, digest, concatBytes(word(0n), word(s)));
  secp("zero s", false, key, digest, concatBytes(r, word(0n)));
  secp("r is the order", false, key, digest, concatBytes(word(ORDER), word(s)));
  secp("s is the order", false, key, digest, concatBytes(r, word(ORDER)));
  secp("r above the order", false, key, digest, concatBytes(word(2n ** 256n - 1n), word(s)));
  secp("all zero", false, key, digest, new Uint8Array(64));
  secp("uncompressed key", false, uncompressed);
  secp("hybrid key", false, hybrid);
  secp("empty key", false, new Uint8Array(0));
  secp("key of 32 bytes", false, key.slice(1));
  secp("key of zeros", false, new Uint8Array(33));
  secp("key with x not on the curve", false, concatBytes(Uint8Array.of(2), word(5n)));
  secp("key with x above the prime", false, hex(`02${"ff".repeat(32)}`));
  secp("wrong prefix", false, concatBytes(Uint8Array.of(4), key.slice(1)));
  secp("other parity", false, concatBytes(Uint8Array.of(key[0] === 2 ? 3 : 2), key.slice(1)));
  secp("digest of 31 bytes", false, key, digest.slice(1));
  secp("digest of 64 bytes", false, key, concatBytes(digest, digest));
  secp("signature of 63 bytes", false, key, digest, good.slice(1));
  secp("signature of 65 bytes", false, key, digest, concatBytes(good, Uint8Array.of(0)));
  secp("empty signature", false, key, digest, new Uint8Array(0));
  const der = secp256k1.sign(digest, secret, { prehash: false, format: "der" });
  secp("DER signature", false, key, digest, der);
});

test("secp256k1: a digest of zero and one above the order", () => {
  for (const other of [new Uint8Array(32), hex("ff".repeat(32)), word(ORDER)]) {
    const signature = secp256k1.sign(other, secret, { prehash: false, lowS: true });
    secp(toHex(other), true, key, other, signature);
  }
});

test("secp256k1: random mutations", () => {
  fc.assert(
    fc.property(fc.nat(128), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const all = concatBytes(key, digest, good);
      all[at] = byte;
      const parts = [all.slice(0, 33), all.slice(33, 65), all.slice(65)] as const;
      both((platform) => platform.verifySecp256k1(...parts), `byte ${at} is ${byte}`);
    }),
    { numRuns: 60, seed: 1 },
  );
});

/** Points of small order, all encodings that ZIP-215 admits among them. Source: ZIP 215. */
const SMALL_ORDER = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

test("ed25519: points of small order, which ZIP-215 accepts and RFC 8032 does not", () => {
  const message = utf8("Zcash");
  for (const a of SMALL_ORDER) {
    for (const point of SMALL_ORDER) {
      const signature = concatBytes(hex(point), new Uint8Array(32));
      both((platform) => platform.verifyEd25519(hex(a), message, signature), `${a} ${point}`, true);
    }
  }
});

test("ed25519: the good one and what is wrong by one rule", () => {
  const seed = hex("22".repeat(32));
  const publicKey = ed25519.getPublicKey(seed);
  const message = utf8("vote");
  const signature = ed25519.sign(message, seed);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${toHex(signature.slice(32).reverse())}`);
  const ask = (name: string, expected: boolean, k: Uint8Array, m: Uint8Array, sig: Uint8Array) =>
    both((platform) => platform.verifyEd25519(k, m, sig), name, expected);
  const shifted = concatBytes(signature.slice(0, 32), word(scalar + order).reverse());
  ask("good", true, publicKey, message, signature);
  ask("other message", false, publicKey, utf8("veto"), signature);
  ask("s above the order", false, publicKey, message, shifted);
  ask("key of 31 bytes", false, publicKey.slice(1), message, signature);
  ask("signature of 63 bytes", false, publicKey, message, signature.slice(1));
  ask("empty", false, new Uint8Array(0), message, new Uint8Array(0));
  ask("all ones", false, new Uint8Array(32).fill(255), message, new Uint8Array(64).fill(255));
  ask("empty message", false, publicKey, new Uint8Array(0), signature);
});

test("hashes and text forms", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
      both((platform) => toHex(platform.sha256(bytes)), "sha256");
      both((platform) => toHex(platform.ripemd160(bytes)), "ripemd160");
      both((platform) => platform.latin1(bytes), "latin1");
      both((platform) => {
        const out = new Uint8Array(40);
        platform.sha256Into(bytes, out, 5);
        return toHex(out);
      }, "sha256Into");
    }),
    { numRuns: 50, seed: 2 },
  );
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  both((platform) => platform.latin1(all).charCodeAt(255), "latin1 of 255", 255);
  const view = concatBytes(all, all).subarray(100, 300);
  both((platform) => toHex(platform.sha256(view)), "sha256 of a view");
  const known = "9c1185a5c5e9fc54612808977ee8f548b2258d31";
  both((platform) => toHex(platform.ripemd160(new Uint8Array(0))), "ripemd160 of nothing", known);
});

test("memory is zeroed", () => {
  for (const platform of platforms) {
    assert.ok(new Uint8Array(platform.allocate(1000)).every((byte) => byte === 0));
  }
});

test.run();
