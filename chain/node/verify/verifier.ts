// Signatures verified beside the main thread, in batches, before the application asks for them. What
// comes back is taught to the application's memo of the pure function verify(key, digest, signature):
// it changes when a verdict is computed, never what it is. The plain twin does nothing.

import { Worker } from "node:worker_threads";
import type { Logger } from "../log.ts";
import { isWellFormed, packJobs } from "./packing.ts";
import type { SignatureJob } from "./packing.ts";

/** Prepares verdicts for a transaction. */
export interface Verifier {
  /** Resolves when the verdicts are learnt (or never will be: the caller then just goes on). */
  prepare(jobs: readonly SignatureJob[]): Promise<void>;
  close(): Promise<void>;
}

/** The twin without threads. */
export const INLINE_VERIFIER: Verifier = {
  prepare: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Takes a verdict in. */
export type Learn = (job: SignatureJob, verdict: boolean) => void;

/**
 * Jobs of one message to the thread at which it is sent at once. Smaller ones wait for the thread to be
 * free: each message costs the main loop as much as a check, and under load a few jobs come at a time.
 */
const BATCH_JOBS = 64;
/** Fewer jobs wait as long as each turn of the event loop brings more, for the same reason. */
const FEW_JOBS = 16;

interface Pending {
  readonly jobs: readonly SignatureJob[];
  readonly done: () => void;
}

/** Worker threads behind one queue. */
export class WorkerVerifier implements Verifier {
  readonly #learn: Learn;
  readonly #log: Logger;
  readonly #workers: Worker[] = [];
  readonly #running = new Map<number, readonly Pending[]>();
  #queue: Pending[] = [];
  #queued = 0;
  /** How many were queued when a turn ended last. */
  #queuedBefore = 0;
  #turn: NodeJS.Immediate | undefined;
  #next = 0;

  /** Starts `threads` workers from the compiled file `script`. */
  constructor(learn: Learn, threads: number, script: URL, log: Logger) {
    this.#learn = learn;
    this.#log = log;
    for (let i = 0; i < threads; i++) {
      const worker = new Worker(script);
      worker.unref();
      worker.on("message", (answer: { id: number; verdicts: Uint8Array }) =>
        this.#receive(answer.id, answer.verdicts),
      );
      worker.on("error", (error) => this.#fail(worker, error));
      this.#workers.push(worker);
    }
  }

  prepare(jobs: readonly SignatureJob[]): Promise<void> {
    const fit = jobs.filter(isWellFormed);
    if (fit.length === 0 || this.#workers.length === 0) return Promise.resolve();
    return new Promise((done) => {
      this.#queue.push({ jobs: fit, done });
      this.#queued += fit.length;
      if (this.#queued >= BATCH_JOBS) this.#flush();
      else this.#flushSoon();
    });
  }

  async close(): Promise<void> {
    const workers = this.#workers.splice(0);
    this.#releaseAll();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  /** Sends what has gathered at the end of this turn, when a thread is free for it. */
  #flushSoon(): void {
    if (this.#queued === 0 || this.#running.size >= this.#workers.length) return;
    this.#turn ??= setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    this.#turn = undefined;
    const grows = this.#queued > this.#queuedBefore;
    this.#queuedBefore = this.#queued;
    if (grows && this.#queued < FEW_JOBS) this.#flushSoon();
    else this.#flush();
  }

  #flush(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    this.#queued = 0;
    this.#queuedBefore = 0;
    const id = this.#next++;
    const worker = this.#workers[id % Math.max(1, this.#workers.length)];
    this.#running.set(id, batch);
    if (worker === undefined) return this.#releaseAll();
    const packed = packJobs(batch.flatMap((pending) => pending.jobs));
    worker.postMessage({ id, packed }, [packed.buffer]);
  }

  #receive(id: number, verdicts: Uint8Array): void {
    const batch = this.#running.get(id) ?? [];
    this.#running.delete(id);
    let index = 0;
    for (const { jobs, done } of batch) {
      for (const job of jobs) this.#learn(job, verdicts[index++] === 1);
      done();
    }
    this.#flushSoon();
  }

  /** A thread that dies takes no answer with it: callers go on and the application verifies itself. */
  #fail(worker: Worker, error: unknown): void {
    this.#log.warn("a signature worker died; signatures are verified on the main thread", {
      error: String(error),
    });
    const index = this.#workers.indexOf(worker);
    if (index >= 0) this.#workers.splice(index, 1);
    this.#releaseAll();
  }

  #releaseAll(): void {
    const waiting = [...this.#running.values()].flat().concat(this.#queue);
    this.#running.clear();
    this.#queue = [];
    this.#queued = 0;
    for (const { done } of waiting) done();
  }
}
