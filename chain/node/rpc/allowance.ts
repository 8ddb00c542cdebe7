// Memory that callers together may make a door hold: answers that are gathered or not taken yet.

/** Counts bytes against a limit. */
export class Allowance {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Holds so many bytes; false, and nothing is held, when that would be too much. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  /** Lets go of what was taken. */
  give(bytes: number): void {
    this.#held -= bytes;
  }
}
