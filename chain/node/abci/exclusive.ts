// One thing at a time, in order of arrival: what an await must not let others come between.

/** A lock whose holders wait in line. */
export class Exclusive {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything before it has ended, however it ended. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when nothing that was begun runs any more. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
