// Figures: how a benchmark tells what it measured, and how its runner takes it.

/** Median with the spread that it was taken from. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One measured thing. */
export interface Figure extends Summary {
  readonly name: string;
  readonly unit: string;
}

/** Summary of samples. Throws on none. */
export function summary(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (median === undefined || min === undefined || max === undefined) throw new Error("no samples");
  return { median, min, max };
}

/** The sample that a share `part` of all lies below. Throws on none. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  if (found === undefined) throw new Error("no samples");
  return found;
}

/** Summary of the same thing measured in several runs: median of medians, outermost spread. */
export function joined(runs: readonly Summary[]): Summary {
  const { median } = summary(runs.map((run) => run.median));
  return {
    median,
    min: Math.min(...runs.map((run) => run.min)),
    max: Math.max(...runs.map((run) => run.max)),
  };
}

const MARK = "figure ";

/** Prints a figure for whoever started this program. */
export function figure(name: string, unit: string, value: Summary): void {
  console.log(MARK + JSON.stringify({ name, unit, ...value }));
}

/** The figures in what a benchmark printed. */
export function figuresOf(output: string): Figure[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)) as Figure);
}

/** A number with as many digits as it deserves. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
