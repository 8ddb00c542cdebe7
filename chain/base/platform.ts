/**
 * What the host gives to the consensus project. There are two implementations: the pure one
 * (`chain/crypto/pure.ts`, the reference) and the fast one (`chain/node/platform.ts`).
 * Both must agree on every input, hostile ones too; a test holds them against each other.
 */
export interface Platform {
  /** Which implementation this is, for logs and `version`. */
  readonly name: "pure" | "fast";
  /** Writes the 32-byte SHA-256 of `view` into `out` at `offset`. */
  sha256Into(view: Uint8Array, out: Uint8Array, offset: number): void;
  /** SHA-256 as a new 32-byte array. */
  sha256(view: Uint8Array): Uint8Array;
  /** RIPEMD-160 as a new 20-byte array. */
  ripemd160(view: Uint8Array): Uint8Array;
  /**
   * ECDSA over secp256k1: `digest` 32 bytes, `key` 33 bytes compressed, `signature` 64 bytes r||s.
   * False on any other length, on high s, on zero, on a key that is not on the curve. Never throws.
   */
  verifySecp256k1(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
  /** Ed25519 with CometBFT's (ZIP-215) rules. False on wrong lengths. Never throws. */
  verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** Each byte as one character U+0000..U+00FF: a Map key whose string order is byte order. */
  latin1(view: Uint8Array): string;
  /** Zeroed memory outside the garbage-collected heap, shareable between threads where the host can. */
  allocate(bytes: number): ArrayBufferLike;
  /** Another thread that lends a hand; absent where there is none. */
  readonly helper?: Helper;
}

/** One check of a signature: 33, 32 and 64 bytes. */
export interface CurveCheck {
  readonly key: Uint8Array;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
}

/** Memory of trees: chunks from `allocate`, which only become more. */
export interface TreeMemory {
  readonly nodes: readonly ArrayBufferLike[];
  readonly blobs: readonly ArrayBufferLike[];
}

/**
 * Another thread that takes part of a long piece of work. Both do the same pure functions, and who asks
 * does what the other has not begun: this changes speed, never a result.
 */
export interface Helper {
  /** Begins these checks; what it gives answers by index, at once or by doing the check itself. */
  verify(checks: readonly CurveCheck[]): (index: number) => boolean;
  /**
   * Begins to hash the subtrees of new nodes at `roots`, none of them below another, of which nothing may
   * change until what it gives is called: that takes its share by `own` and ends when all is done. At most
   * one such work at a time.
   */
  hash(memory: TreeMemory, roots: readonly number[], own: (root: number) => void): () => void;
}
