// The two ed25519 keys of a home, in CometBFT's file formats: the validator's and the node's.

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { concatBytes, equalBytes, fromBase64, fromHex, toBase64, toHex } from "../../base/bytes.ts";
import { EMPTY_BYTES } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import { validatorAddress } from "../comet/validators.ts";
import { isThere, readText, writeDurably } from "../files.ts";

/** PKCS#8 header of an ed25519 seed. Source: RFC 8410. */
const PKCS8 = fromHex("302e020100300506032b657004220420") ?? EMPTY_BYTES;
const PRIVATE_TYPE = "tendermint/PrivKeyEd25519";
/** Name of an ed25519 key in CometBFT's JSON. */
export const PUBLIC_TYPE = "tendermint/PubKeyEd25519";

/** A key pair that signs. */
export interface KeyPair {
  /** 32 bytes, secret. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

function keyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
}

/** The pair of a 32-byte seed. */
export function keyPairOf(platform: Platform, seed: Uint8Array): KeyPair {
  const secret = keyObject(seed);
  const der = createPublicKey(secret).export({ format: "der", type: "spki" });
  const publicKey = new Uint8Array(der.subarray(der.length - 32));
  return {
    seed,
    publicKey,
    address: validatorAddress(platform, publicKey),
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  };
}

/** A new random pair. */
export function generateKeyPair(platform: Platform): KeyPair {
  const der = generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" });
  return keyPairOf(platform, new Uint8Array(der.subarray(der.length - 32)));
}

function secretJson(pair: KeyPair): { type: string; value: string } {
  return { type: PRIVATE_TYPE, value: toBase64(concatBytes(pair.seed, pair.publicKey)) };
}

function parseSecret(platform: Platform, value: unknown, path: string): KeyPair {
  const entry = (value ?? {}) as { type?: unknown; value?: unknown };
  const bytes = typeof entry.value === "string" ? fromBase64(entry.value) : undefined;
  if (entry.type !== PRIVATE_TYPE || bytes?.length !== 64)
    throw new Error(`${path}: priv_key is not a ${PRIVATE_TYPE} of 64 bytes`);
  const pair = keyPairOf(platform, bytes.slice(0, 32));
  if (!equalBytes(pair.publicKey, bytes.subarray(32)))
    throw new Error(`${path}: the public half of priv_key does not belong to the secret half`);
  return pair;
}

function readJson(path: string): Record<string, unknown> {
  const text = readText(path);
  if (text === undefined) throw new Error(`there is no key at ${path}; run init first`);
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) return json as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(`${path} holds no object`);
}

/** Path of the validator's key below a home. */
export function validatorKeyPath(home: string): string {
  return join(home, "config", "priv_validator_key.json");
}

/** Path of the node's key below a home. */
export function nodeKeyPath(home: string): string {
  return join(home, "config", "node_key.json");
}

/** Writes priv_validator_key.json. */
export function writeValidatorKey(home: string, pair: KeyPair): void {
  const json = {
    address: toHex(pair.address).toUpperCase(),
    pub_key: { type: PUBLIC_TYPE, value: toBase64(pair.publicKey) },
    priv_key: secretJson(pair),
  };
  writeDurably(validatorKeyPath(home), `${JSON.stringify(json, undefined, 2)}\n`, 0o600);
}

/** Reads priv_validator_key.json. Throws: Error that names what is wrong in it. */
export function readValidatorKey(platform: Platform, home: string): KeyPair {
  const path = validatorKeyPath(home);
  return parseSecret(platform, readJson(path)["priv_key"], path);
}

/** Writes node_key.json. */
export function writeNodeKey(home: string, pair: KeyPair): void {
  writeDurably(nodeKeyPath(home), `${JSON.stringify({ priv_key: secretJson(pair) })}\n`, 0o600);
}

/** Reads node_key.json; an absent file is made. The node id is the lower-case hex of its address. */
export function readNodeKey(platform: Platform, home: string): KeyPair {
  const path = nodeKeyPath(home);
  if (!isThere(path)) writeNodeKey(home, generateKeyPair(platform));
  return parseSecret(platform, readJson(path)["priv_key"], path);
}
