// Work that holds much memory while it waits for the disk: one piece at a time, so that a thousand
// callers together hold no more than one.

import { internalError } from "./protocol.ts";

/** Pieces of work that may wait. */
const MAX_WAITING = 200;

/** Runs pieces of asynchronous work one after another. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs `work` after what came before. Rejects with RpcError when too much waits. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING)
      throw internalError(`the node is busy: ${MAX_WAITING} searches wait; try again`);
    this.#waiting++;
    const result = this.#last.then(work).finally(() => this.#waiting--);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
