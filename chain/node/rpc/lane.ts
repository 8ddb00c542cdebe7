// Where heavy requests go: one after the other, and after each a rest three times as long as its work,
// so that all of them together take a quarter of the main thread, however many are asked.

/** Rest after work, as a multiple of its time. */
const REST_FACTOR = 3;
/** Longest rest, milliseconds. */
const MAX_REST_MS = 2000;
/** Requests that may wait. */
const MAX_WAITING = 50;

/** Runs heavy work one piece at a time. */
export class HeavyLane {
  readonly #busy: (sentence: string) => Error;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `busy` makes the refusal of a door. */
  constructor(busy: (sentence: string) => Error) {
    this.#busy = busy;
  }

  /** Runs `work` after what came before has rested. Rejects with the refusal when too much waits. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING)
      throw this.#busy(`the node is busy: ${MAX_WAITING} large requests wait; try again`);
    this.#waiting++;
    let took = 0;
    const result = this.#last.then(async () => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        took = performance.now() - began;
        this.#waiting--;
      }
    });
    this.#last = result
      .catch(() => undefined)
      .then(() => rest(Math.min(took * REST_FACTOR, MAX_REST_MS)));
    return result;
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms).unref());
}
