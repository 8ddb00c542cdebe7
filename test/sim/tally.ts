// What a simulation went through, as counters in tables, so that seeds that ran in different
// processes add up to one report.

/** Counters by table and name, as they travel between processes. */
export type TallyJson = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Tables of counters. */
export class Tally {
  readonly #tables = new Map<string, Map<string, number>>();

  /** Counts `times` more of `name` in a table. */
  add(table: string, name: string, times = 1): void {
    const counters = this.#table(table);
    counters.set(name, (counters.get(name) ?? 0) + times);
  }

  /** Keeps the larger one. */
  most(table: string, name: string, value: number): void {
    const counters = this.#table(table);
    counters.set(name, Math.max(counters.get(name) ?? 0, value));
  }

  of(table: string, name: string): number {
    return this.#tables.get(table)?.get(name) ?? 0;
  }

  /** Counters of a table by name, in order of names. */
  rows(table: string): readonly (readonly [name: string, count: number])[] {
    const counters = this.#tables.get(table) ?? new Map<string, number>();
    return [...counters].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  sum(table: string): number {
    return this.rows(table).reduce((sum, [, count]) => sum + count, 0);
  }

  /** Takes in the counters of another seed. Those of table `most` are maxima. */
  merge(other: TallyJson): void {
    for (const [table, counters] of Object.entries(other))
      for (const [name, count] of Object.entries(counters))
        if (table === MOST) this.most(table, name, count);
        else this.add(table, name, count);
  }

  toJSON(): TallyJson {
    const tables = [...this.#tables].map(
      ([table, counters]) => [table, Object.fromEntries(counters)] as const,
    );
    return Object.fromEntries(tables);
  }

  #table(name: string): Map<string, number> {
    let counters = this.#tables.get(name);
    if (counters === undefined) {
      counters = new Map();
      this.#tables.set(name, counters);
    }
    return counters;
  }
}

/** The table whose counters are maxima over seeds, not sums. */
export const MOST = "most";
