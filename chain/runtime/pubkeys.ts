// Public keys of accounts: secp256k1 and multisig (LegacyAminoPubKey, nested to a bounded depth).
// Ed25519 keys are known as a type, so that they decode, but no account may sign with one.

import type { Address } from "../base/address.ts";
import { addressFromBytes, secp256k1Address } from "../base/address.ts";
import { concatBytes } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { CodecError } from "../codec/index.ts";
import { PubKey as Ed25519PubKey } from "../codec/gen/cosmos/crypto/ed25519.ts";
import { LegacyAminoPubKey } from "../codec/gen/cosmos/crypto/multisig.ts";
import { PubKey as Secp256k1PubKey } from "../codec/gen/cosmos/crypto/secp256k1.ts";
import type { Any } from "../codec/index.ts";

/** A public key, taken apart once. `any` is the form in which it is stored and sent. */
export type PubKey =
  | { readonly kind: "secp256k1"; readonly key: Uint8Array; readonly any: Any }
  | { readonly kind: "ed25519"; readonly key: Uint8Array; readonly any: Any }
  | {
      readonly kind: "multisig";
      readonly threshold: number;
      readonly keys: readonly PubKey[];
      readonly any: Any;
    };

/** Deepest nesting of multisig keys that decodes. Signatures reach depth 2 only, as in the SDK. */
const MAX_KEY_DEPTH = 8;

const SECP256K1_BYTES = 33;
const ED25519_BYTES = 32;

// Prefixes of Amino: first four bytes of SHA-256 of the registered name, zeros skipped.
const AMINO_SECP256K1 = Uint8Array.of(0xeb, 0x5a, 0xe9, 0x87);
const AMINO_ED25519 = Uint8Array.of(0x16, 0x24, 0xde, 0x64);
const AMINO_MULTISIG = Uint8Array.of(0x22, 0xc1, 0xf7, 0xe2);

/** Takes an Any apart. Throws: CodecError when it is no public key or a malformed one. */
export function decodePubKey(any: Any, depth = 0): PubKey {
  switch (any.typeUrl) {
    case Secp256k1PubKey.typeUrl: {
      const { key } = Secp256k1PubKey.decode(any.value);
      return { kind: "secp256k1", key: sized(any, key, SECP256K1_BYTES), any };
    }
    case Ed25519PubKey.typeUrl: {
      const { key } = Ed25519PubKey.decode(any.value);
      return { kind: "ed25519", key: sized(any, key, ED25519_BYTES), any };
    }
    case LegacyAminoPubKey.typeUrl: {
      if (depth >= MAX_KEY_DEPTH)
        throw new CodecError(any.typeUrl, `multisig keys nest deeper than ${MAX_KEY_DEPTH}`);
      const { threshold, publicKeys } = LegacyAminoPubKey.decode(any.value);
      const keys = publicKeys.map((member) => decodePubKey(member, depth + 1));
      return { kind: "multisig", threshold, keys, any };
    }
    default:
      throw new CodecError(any.typeUrl.slice(0, 100), "not the type of a public key");
  }
}

/** Whether this is a secp256k1 key without bytes. */
export function isEmptyKey(any: Any): boolean {
  return any.typeUrl === Secp256k1PubKey.typeUrl && any.value.length === 0;
}

function sized(any: Any, key: Uint8Array, size: number): Uint8Array {
  if (key.length === size) return key;
  throw new CodecError(any.typeUrl, `key of ${key.length} bytes, ${size} expected`);
}

/** A secp256k1 key in its Any form. */
export function secp256k1Key(key: Uint8Array): PubKey {
  const any = { typeUrl: Secp256k1PubKey.typeUrl, value: Secp256k1PubKey.encode({ key }) };
  return { kind: "secp256k1", key, any };
}

/** Address that a key controls. */
export function addressOfKey(platform: Platform, key: PubKey): Address {
  if (key.kind === "secp256k1") return secp256k1Address(platform, key.key);
  const bytes = key.kind === "ed25519" ? key.key : aminoBytes(key);
  return addressFromBytes(platform.sha256(bytes).slice(0, 20));
}

/** Amino form of a key: what a multisig address hashes and what simulated signatures measure. */
export function aminoBytes(key: PubKey): Uint8Array {
  switch (key.kind) {
    case "secp256k1":
      return concatBytes(AMINO_SECP256K1, Uint8Array.of(SECP256K1_BYTES), key.key);
    case "ed25519":
      return concatBytes(AMINO_ED25519, Uint8Array.of(ED25519_BYTES), key.key);
    case "multisig": {
      const parts: Uint8Array[] = [AMINO_MULTISIG];
      if (key.threshold > 0) parts.push(Uint8Array.of(0x08), varint(key.threshold));
      for (const member of key.keys) {
        const bytes = aminoBytes(member);
        parts.push(Uint8Array.of(0x12), varint(bytes.length), bytes);
      }
      return concatBytes(...parts);
    }
  }
}

/** Unsigned LEB128 of a number below 2^32. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
  return Uint8Array.from(out);
}

/** How many keys a key stands for: its members, theirs counted in. */
export function countKeys(key: PubKey): number {
  if (key.kind !== "multisig") return 1;
  return key.keys.reduce((sum, member) => sum + countKeys(member), 0);
}
