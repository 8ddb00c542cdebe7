// What `make crash` is made of: scenarios, each of which kills nodes, checks them and gives its figures.
// A new one is added to the list in run.ts.

/** How a scenario is run. */
export interface CrashOptions {
  /** Kills, roughly: a scenario may round them to what it can spread evenly. */
  readonly kills: number;
  /** Makes the choices of a run repeatable (not its timing). */
  readonly seed: number;
  /** Told now and then where it is. */
  readonly tell: (sentence: string) => void;
}

/** One line of the table. */
export interface CrashRow {
  readonly what: string;
  readonly count: number | string;
  readonly result: string;
}

/** A scenario. `run` throws when something that must hold does not. */
export interface CrashScenario {
  readonly name: string;
  run(options: CrashOptions): Promise<readonly CrashRow[]>;
}

/** Numbers 0 <= n < 1 from a seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Another order, by a seeded shuffle. */
export function shuffled<T>(list: readonly T[], next: () => number): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
