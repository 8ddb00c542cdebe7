// Transactions that were checked, by their bytes. CometBFT sends each again with the block, in new memory;
// the application remembers what it took apart by the array, so the array of the check is put in place.

import type { Platform } from "../../base/platform.ts";

/** Bounds: what a full mempool of CometBFT holds, and a few blocks of it. */
const MAX_COUNT = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** A bounded memory; forgetting costs time only. */
export class SeenTransactions {
  readonly #platform: Platform;
  readonly #known = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Remembers a transaction; the oldest leave when there are too many. */
  note(tx: Uint8Array): void {
    const name = this.#nameOf(tx);
    if (this.#known.has(name)) return;
    this.#known.set(name, tx);
    this.#bytes += tx.length;
    for (const [oldest, bytes] of this.#known) {
      if (this.#known.size <= MAX_COUNT && this.#bytes <= MAX_BYTES) return;
      this.#known.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }

  /** The same bytes, in the array of the check where that is remembered. */
  recall(tx: Uint8Array): Uint8Array {
    return this.#known.get(this.#nameOf(tx)) ?? tx;
  }

  #nameOf(tx: Uint8Array): string {
    return this.#platform.latin1(this.#platform.sha256(tx));
  }
}
