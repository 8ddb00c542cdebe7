// Work of callers that runs on the application, a few milliseconds at a time: between two turns timers
// fire, so a block that is due never waits for a queue of queries.

import { internalError } from "./protocol.ts";

/** Longest turn, milliseconds; one piece of work may go over it once it has begun. */
const TURN_MS = 10;
/** Pieces of work that may wait: a query takes up to 5 ms, so that is at most some seconds. */
const MAX_WAITING = 1000;

/** Runs work in order of arrival, in turns. */
export class Turns {
  readonly #queue: (() => void)[] = [];
  #scheduled = false;

  /** Runs `work` when its turn comes. Rejects with RpcError when too much waits. */
  run<T>(work: () => T): Promise<T> {
    if (this.#queue.length >= MAX_WAITING)
      return Promise.reject(
        internalError(`the node is busy: ${MAX_WAITING} queries wait; try again`),
      );
    const result = new Promise<T>((resolve, reject) => {
      this.#queue.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    this.#schedule();
    return result;
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const end = performance.now() + TURN_MS;
    do this.#queue.shift()?.();
    while (this.#queue.length > 0 && performance.now() < end);
    this.#schedule();
  }
}
