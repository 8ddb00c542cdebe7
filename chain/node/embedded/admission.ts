// The way into the mempool: limits first, then signatures on another thread, then the application's
// check, in the order of arrival. From the commit of a block until those who wait are checked again, new
// checks wait; while the disk writes they go on, on the state before the block, as with CometBFT.

import type { ResponseCheckTx } from "../../codec/gen/tendermint/abci.ts";
import { CheckTxType } from "../../codec/gen/tendermint/abci.ts";
import type { Platform } from "../../base/platform.ts";
import type { EngineApplication } from "../application.ts";
import type { Verifier } from "../verify/verifier.ts";
import { MempoolError } from "./mempool.ts";
import type { Mempool } from "./mempool.ts";

/** Transactions that may stand before the check: past it senders are told that the mempool is full. */
const MAX_PENDING = 20_000;
/** Bytes that may stand before the check. */
const MAX_PENDING_BYTES = 256 * 1024 * 1024;
/** Checks in one turn of the event loop, milliseconds: blocks and queries get their turn between. */
const TURN_MS = 10;

interface Arrival {
  readonly tx: Uint8Array;
  readonly key: string;
  ready: boolean;
  readonly answer: (response: ResponseCheckTx) => void;
  readonly refuse: (error: unknown) => void;
}

/** What admission works with. */
export interface AdmissionParts {
  readonly app: EngineApplication;
  readonly platform: Platform;
  readonly mempool: Mempool;
  readonly verifier: Verifier;
  /** Block gas limit of the parameters that hold now; -1 = none. */
  readonly maxGas: () => bigint;
  /** Told when a transaction was taken in. */
  readonly added: () => void;
}

/** Takes transactions in, in order. */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #arrivals: Arrival[] = [];
  #pendingBytes = 0;
  #scheduled = false;
  #held = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Checks a transaction and takes it in. Rejects with MempoolError before the application saw it;
   * resolves with the application's answer, whatever its code. `hash` is the SHA-256 of `tx`, for
   * callers who have it.
   */
  submit(tx: Uint8Array, hash?: Uint8Array): Promise<ResponseCheckTx> {
    const { platform, mempool } = this.#parts;
    const key = platform.latin1(hash ?? platform.sha256(tx));
    if (this.#arrivals.length >= MAX_PENDING || this.#pendingBytes >= MAX_PENDING_BYTES)
      throw new MempoolError(
        `mempool is full: ${this.#arrivals.length} transactions wait to be checked`,
      );
    mempool.begin(tx, key);
    this.#pendingBytes += tx.length;
    return new Promise((answer, refuse) => {
      const arrival: Arrival = { tx, key, ready: false, answer, refuse };
      this.#arrivals.push(arrival);
      // Whatever goes wrong ahead of the check, the check decides, and nobody behind waits for ever.
      this.#prepare(tx).then(
        () => this.#markReady(arrival),
        () => this.#markReady(arrival),
      );
    });
  }

  /** Has the signatures of a transaction verified before its turn. */
  async #prepare(tx: Uint8Array): Promise<void> {
    const { app, verifier } = this.#parts;
    const jobs = app.signatureJobs(tx);
    if (jobs.length > 0) await verifier.prepare(jobs);
  }

  /** Stops checks. */
  hold(): void {
    this.#held = true;
  }

  /** Lets checks go on. */
  release(): void {
    this.#held = false;
    this.#schedule();
  }

  #markReady(arrival: Arrival): void {
    arrival.ready = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#held || this.#scheduled || this.#arrivals[0]?.ready !== true) return;
    this.#scheduled = true;
    setImmediate(() => this.#drain());
  }

  #drain(): void {
    this.#scheduled = false;
    const end = performance.now() + TURN_MS;
    let done = 0;
    while (!this.#held && this.#arrivals[done]?.ready === true && performance.now() < end)
      this.#check(this.#arrivals[done++] as Arrival);
    this.#arrivals.splice(0, done);
    this.#schedule();
  }

  #check(arrival: Arrival): void {
    const { app, mempool, maxGas, added } = this.#parts;
    const { tx, key } = arrival;
    this.#pendingBytes -= tx.length;
    try {
      const response = app.checkTx({ tx, type: CheckTxType.NEW });
      if (mempool.finish(tx, key, response, maxGas())) added();
      arrival.answer(response);
    } catch (error) {
      mempool.forget(key);
      arrival.refuse(error);
    }
  }
}
