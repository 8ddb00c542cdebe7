// Signatures of a transaction: their structure, and the elementary checks that they come down to.
// A check is a pure function of (key, digest, signature); floor 5 lets a worker do it ahead of time
// and this floor remembers verdicts. That changes speed, never a result.

import { concatBytes } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { CodecError } from "../codec/index.ts";
import { MultiSignature } from "../codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import type { CompactBitArray } from "../codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import type { ModeInfo } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { SignMode, SignModeTable } from "../codec/gen/cosmos/tx/signing/v1beta1.ts";
import type { PubKey } from "./pubkeys.ts";

/** A signature as mode info and signature bytes together describe it. */
export type SignatureData =
  | { readonly kind: "single"; readonly mode: number; readonly signature: Uint8Array }
  | {
      readonly kind: "multi";
      readonly bits: CompactBitArray | undefined;
      readonly signatures: readonly SignatureData[];
    };

/** One ECDSA check over secp256k1. */
export interface SignatureCheck {
  readonly key: Uint8Array;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
}

/** Gives the SHA-256 of the bytes to be signed in a mode; undefined when the mode is not supported. */
export type DigestOf = (mode: number) => Uint8Array | undefined;

/** Why a signature cannot be right, before any curve arithmetic; text for the log. */
export class SignatureShapeError extends Error {
  override readonly name = "SignatureShapeError";
}

const MAX_MULTI_DEPTH = 2;
const MAX_MULTI_BREADTH = 32;

/** Joins mode info and signature bytes. Throws: CodecError when they do not fit. */
export function signatureData(info: ModeInfo, bytes: Uint8Array, depth = 0): SignatureData {
  if (info.single !== undefined)
    return { kind: "single", mode: info.single.mode, signature: bytes };
  if (info.multi === undefined) throw new CodecError("mode_info", "neither single nor multi");
  if (depth > 16) throw new CodecError("mode_info", "nested deeper than 16");
  const { signatures } = MultiSignature.decode(bytes);
  const infos = info.multi.modeInfos;
  if (infos.length !== signatures.length) {
    const text = `expected ${infos.length} multisig signatures, got ${signatures.length}`;
    throw new CodecError("signatures", text);
  }
  return {
    kind: "multi",
    bits: info.multi.bitarray,
    signatures: infos.map((inner, i) =>
      signatureData(inner, signatures[i] ?? new Uint8Array(0), depth + 1),
    ),
  };
}

/** All raw signatures of a signature, then its aggregate, as the SDK's events list them. */
export function flattenSignatures(data: SignatureData | undefined, depth = 0): Uint8Array[] {
  if (data === undefined) throw new SignatureShapeError("SignatureData is required");
  if (depth > MAX_MULTI_DEPTH)
    throw new SignatureShapeError(`max depth of ${MAX_MULTI_DEPTH} reached`);
  if (data.kind === "single") return [data.signature];
  if (data.signatures.length > MAX_MULTI_BREADTH)
    throw new SignatureShapeError(`max breadth of ${MAX_MULTI_BREADTH} reached`);
  const parts = data.signatures.flatMap((inner) => flattenSignatures(inner, depth + 1));
  return [...parts, MultiSignature.encode({ signatures: parts })];
}

/** Number of bits that a compact bit array holds. */
export function bitCount(bits: CompactBitArray | undefined): number {
  if (bits === undefined) return 0;
  if (bits.extraBitsStored === 0) return bits.elems.length * 8;
  return (bits.elems.length - 1) * 8 + bits.extraBitsStored;
}

/** Whether bit `index` is set; the highest bit of a byte comes first. */
export function bitAt(bits: CompactBitArray | undefined, index: number): boolean {
  const byte = bits?.elems[index >> 3];
  return byte !== undefined && (byte & (1 << (7 - (index & 7)))) !== 0;
}

/** Whether all parts are signed in amino JSON: their sign bytes hold the sequence. */
export function isAllAmino(data: SignatureData): boolean {
  return data.kind === "single"
    ? data.mode === SignMode.LEGACY_AMINO_JSON
    : data.signatures.every(isAllAmino);
}

/**
 * The elementary checks that together prove a signature by `key`.
 * Throws: SignatureShapeError when it cannot be right whatever the curve says.
 */
export function checksOf(key: PubKey, data: SignatureData, digestOf: DigestOf): SignatureCheck[] {
  if (key.kind === "multisig") {
    if (data.kind !== "multi") throw new SignatureShapeError("a multisig key needs multi mode");
    return multisigChecks(key, data, digestOf);
  }
  if (key.kind === "ed25519") throw new SignatureShapeError("ed25519 keys cannot sign");
  if (data.kind !== "single") throw new SignatureShapeError("a single key needs single mode");
  const digest = digestOf(data.mode);
  if (digest === undefined)
    throw new SignatureShapeError(`unsupported sign mode ${modeName(data.mode)}`);
  return [{ key: key.key, digest, signature: data.signature }];
}

function modeName(mode: number): string {
  return SignModeTable.values.find(([, number]) => number === mode)?.[0] ?? mode.toString();
}

function multisigChecks(
  key: PubKey & { readonly kind: "multisig" },
  data: SignatureData & { readonly kind: "multi" },
  digestOf: DigestOf,
): SignatureCheck[] {
  const size = bitCount(data.bits);
  const given = data.signatures.length;
  if (key.keys.length !== size)
    throw new SignatureShapeError(`bit array size is incorrect, expecting: ${key.keys.length}`);
  if (given < key.threshold || given > size)
    throw new SignatureShapeError(`signature size is incorrect ${given}`);
  const signers = key.keys.filter((_, index) => bitAt(data.bits, index));
  if (signers.length < key.threshold) {
    const text = `not enough signatures set, have ${signers.length}, expected ${key.threshold}`;
    throw new SignatureShapeError(text);
  }
  return signers.flatMap((member, index) => {
    const inner = data.signatures[index];
    if (inner === undefined) throw new SignatureShapeError(`signature size is incorrect ${given}`);
    return checksOf(member, inner, digestOf);
  });
}

/** Remembers verdicts of `verify`, the most recent `capacity` to twice as many. */
export class VerdictMemo {
  readonly #capacity: number;
  #young = new Map<string, boolean>();
  #old = new Map<string, boolean>();
  /** Verdicts that another thread is making, by number. */
  #coming = new Map<string, number>();
  #verdictOf: (index: number) => boolean = () => false;
  /** How often a verdict was known and how often not: told in metrics, read by nothing else. */
  hits = 0;
  misses = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Verdict on a check, if it is remembered. */
  recall(id: string): boolean | undefined {
    const verdict = this.#young.get(id) ?? this.#old.get(id);
    if (verdict === undefined) this.misses++;
    else this.hits++;
    return verdict;
  }

  /** Whether a verdict is remembered. */
  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  /** Verdicts on these checks are on their way: `verdictOf` gives the one with a number. */
  expect(ids: readonly string[], verdictOf: (index: number) => boolean): void {
    this.#coming = new Map(ids.map((id, index) => [id, index]));
    this.#verdictOf = verdictOf;
  }

  /** A verdict that is on its way, as soon as it is there; undefined when it is not expected. */
  arriving(id: string): boolean | undefined {
    const index = this.#coming.get(id);
    return index === undefined ? undefined : this.#verdictOf(index);
  }

  /** Nothing more is expected. */
  settle(): void {
    this.#coming = new Map();
  }

  /** Remembers a verdict. */
  learn(id: string, verdict: boolean): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, verdict);
  }
}

/** Under which name a memo keeps a check: its bytes, of which all parts have fixed lengths if right. */
export function checkId(platform: Platform, check: SignatureCheck): string {
  const { key, digest, signature } = check;
  return `${signature.length}:${platform.latin1(concatBytes(key, digest, signature))}`;
}

/** The check itself, by way of the memo. */
export function runCheck(
  platform: Platform,
  memo: VerdictMemo,
  check: SignatureCheck,
  id: string = checkId(platform, check),
): boolean {
  const known = memo.recall(id);
  if (known !== undefined) return known;
  const verdict =
    memo.arriving(id) ?? platform.verifySecp256k1(check.key, check.digest, check.signature);
  memo.learn(id, verdict);
  return verdict;
}
