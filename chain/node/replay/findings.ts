// What a replay compared and where two things that must be equal were not.

import { equalBytes } from "../../base/bytes.ts";
import { upperHex } from "../embedded/blocks.ts";

/** Two things that must be equal and are not. */
export interface Difference {
  readonly height: bigint;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** Differences that are kept with their text; more are only counted. */
const MAX_KEPT = 20;

/** Counts comparisons by what was compared. */
export class Findings {
  readonly differences: Difference[] = [];
  readonly #counts = new Map<string, { checked: number; different: number }>();

  /** Compares bytes; gives whether they are equal. */
  bytes(height: bigint, what: string, expected: Uint8Array, got: Uint8Array): boolean {
    const isEqual = equalBytes(expected, got);
    return this.check(height, what, isEqual, () => [upperHex(expected), upperHex(got)]);
  }

  /** Counts a comparison; `words` are asked for what was expected and found when it failed. */
  check(
    height: bigint,
    what: string,
    isEqual: boolean,
    words: () => readonly [expected: string, got: string],
  ): boolean {
    const count = this.#counts.get(what) ?? { checked: 0, different: 0 };
    count.checked += 1;
    this.#counts.set(what, count);
    if (isEqual) return true;
    count.different += 1;
    if (this.differences.length < MAX_KEPT) {
      const [expected, got] = words();
      this.differences.push({ height, what, expected, got });
    }
    return false;
  }

  /** What was compared, how often, and how often it differed, in order of first comparison. */
  rows(): readonly (readonly [what: string, checked: number, different: number])[] {
    return [...this.#counts].map(([what, { checked, different }]) => [what, checked, different]);
  }
}
