// Transactions that wait for a block: a bounded list in order of arrival, a bounded memory of hashes
// against repeats, and the recheck after each block. Limits and error texts are CometBFT's, which
// clients match (mempool/clist_mempool.go).

import type { ResponseCheckTx } from "../../codec/gen/tendermint/abci.ts";

/** Bounds of a mempool. */
export interface MempoolLimits {
  readonly size: number;
  readonly maxTxsBytes: number;
  readonly maxTxBytes: number;
  readonly cacheSize: number;
  readonly keepInvalid: boolean;
}

/** A transaction was refused before the application saw it. */
export class MempoolError extends Error {
  override readonly name = "MempoolError";
}

/** One waiting transaction. */
export interface WaitingTx {
  readonly tx: Uint8Array;
  /** SHA-256 of `tx` as a byte-per-character string. */
  readonly key: string;
  readonly gasWanted: bigint;
}

/** Bytes that a transaction takes in the Data message of a block. */
export function txProtoSize(tx: Uint8Array): number {
  let size = tx.length + 2;
  for (let rest = tx.length >>> 7; rest > 0; rest >>>= 7) size++;
  return size;
}

/** The waiting list. All methods are synchronous; the engine decides when they run. */
export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #waiting = new Map<string, WaitingTx>();
  readonly #cache = new Map<string, true>();
  #bytes = 0;

  constructor(limits: MempoolLimits) {
    this.#limits = limits;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Bytes of those that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * First step of admission: limits and the memory of repeats. Throws: MempoolError with CometBFT's
   * text. What passes must end in `finish` or `forget`.
   */
  begin(tx: Uint8Array, key: string): void {
    const { maxTxBytes } = this.#limits;
    this.#requireRoom(tx);
    if (tx.length > maxTxBytes)
      throw new MempoolError(`Tx too large. Max size is ${maxTxBytes}, but got ${tx.length}`);
    if (this.#cache.has(key)) {
      this.#touch(key);
      throw new MempoolError("tx already exists in cache");
    }
    this.#touch(key);
  }

  /** Last step: takes the transaction in when the application passed it. Gives whether it waits now. */
  finish(tx: Uint8Array, key: string, answer: ResponseCheckTx, maxGas: bigint): boolean {
    const fits = maxGas < 0n || (answer.gasWanted >= 0n && answer.gasWanted <= maxGas);
    if (answer.code !== 0 || !fits) {
      if (!this.#limits.keepInvalid) this.#cache.delete(key);
      return false;
    }
    if (this.#waiting.has(key)) return true;
    try {
      this.#requireRoom(tx);
    } catch (error) {
      this.#cache.delete(key);
      throw error;
    }
    this.#waiting.set(key, { tx, key, gasWanted: answer.gasWanted });
    this.#bytes += tx.length;
    return true;
  }

  /** Ends an admission that failed on the way. */
  forget(key: string): void {
    this.#cache.delete(key);
  }

  /** What goes into a block: in order, until bytes (as they stand in the block) or gas are used up; -1 = no limit. */
  reap(maxBytes: bigint, maxGas: bigint): readonly Uint8Array[] {
    const txs: Uint8Array[] = [];
    let bytes = 0n;
    let gas = 0n;
    for (const entry of this.#waiting.values()) {
      bytes += BigInt(txProtoSize(entry.tx));
      gas += entry.gasWanted;
      if (maxBytes >= 0n && bytes > maxBytes) break;
      if (maxGas >= 0n && gas > maxGas) break;
      txs.push(entry.tx);
    }
    return txs;
  }

  /** The first `limit` that wait. */
  list(limit: number): readonly Uint8Array[] {
    const txs: Uint8Array[] = [];
    for (const entry of this.#waiting.values()) {
      if (txs.length >= limit) break;
      txs.push(entry.tx);
    }
    return txs;
  }

  /** After a block: its transactions leave; those that failed may come again. */
  committed(keys: readonly string[], codes: readonly number[]): void {
    for (const [index, key] of keys.entries()) {
      if (codes[index] === 0) this.#touch(key);
      else if (!this.#limits.keepInvalid) this.#cache.delete(key);
      this.#remove(key);
    }
  }

  /** Everything that waits, for the recheck. */
  entries(): readonly WaitingTx[] {
    return [...this.#waiting.values()];
  }

  /** Drops what a recheck refused. */
  drop(key: string): void {
    if (!this.#limits.keepInvalid) this.#cache.delete(key);
    this.#remove(key);
  }

  /** Whether this transaction waits. */
  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Empties list and memory, as after a revert of the chain. */
  clear(): void {
    this.#waiting.clear();
    this.#cache.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    const entry = this.#waiting.get(key);
    if (entry === undefined) return;
    this.#waiting.delete(key);
    this.#bytes -= entry.tx.length;
  }

  #requireRoom(tx: Uint8Array): void {
    const { size, maxTxsBytes } = this.#limits;
    if (this.#waiting.size < size && this.#bytes + tx.length <= maxTxsBytes) return;
    throw new MempoolError(
      `mempool is full: number of txs ${this.#waiting.size} (max: ${size}), ` +
        `total txs bytes ${this.#bytes} (max: ${maxTxsBytes})`,
    );
  }

  /** Remembers a hash as the newest; the oldest leaves when there are too many. */
  #touch(key: string): void {
    if (this.#limits.cacheSize === 0) return;
    this.#cache.delete(key);
    this.#cache.set(key, true);
    if (this.#cache.size <= this.#limits.cacheSize) return;
    const oldest = this.#cache.keys().next();
    if (oldest.done !== true) this.#cache.delete(oldest.value);
  }
}
