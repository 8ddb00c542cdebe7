// Counters, gauges and histograms in Prometheus' text format 0.0.4. Label values come from closed sets
// (statuses, methods of a table, error codes), so that no caller can make them grow without end.

/** Values of labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** One line to be written. */
type Sample = readonly [suffix: string, labels: Labels, value: number];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  samples(): readonly Sample[];
}

/** Counts up. */
export class Counter implements Metric {
  readonly type = "counter";
  readonly name: string;
  readonly help: string;
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  /** Adds `by` to the count of these labels. */
  add(labels: Labels = {}, by = 1): void {
    const key = labelKey(labels);
    const held = this.#values.get(key);
    if (held === undefined) this.#values.set(key, { labels, value: by });
    else held.value += by;
  }

  samples(): readonly Sample[] {
    return [...this.#values.values()].map(({ labels, value }) => ["", labels, value]);
  }
}

/** A number that is read when it is asked for. */
export class Gauge implements Metric {
  readonly type: "gauge" | "counter";
  readonly name: string;
  readonly help: string;
  readonly #read: () => number | readonly (readonly [Labels, number])[];

  constructor(
    name: string,
    help: string,
    read: () => number | readonly (readonly [Labels, number])[],
    type: "gauge" | "counter" = "gauge",
  ) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.#read = read;
  }

  samples(): readonly Sample[] {
    const read = this.#read();
    if (typeof read === "number") return [["", {}, read]];
    return read.map(([labels, value]) => ["", labels, value]);
  }
}

/** Counts observations by size. */
export class Histogram implements Metric {
  readonly type = "histogram";
  readonly name: string;
  readonly help: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** `bounds`: upper ends of the buckets, ascending; a last one without end is added. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  /** Takes one observation. */
  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    const index = this.#bounds.findIndex((bound) => value <= bound);
    if (index >= 0) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  samples(): readonly Sample[] {
    let total = 0;
    const buckets = this.#bounds.map((bound, index): Sample => {
      total += this.#counts[index] ?? 0;
      return ["_bucket", { le: String(bound) }, total];
    });
    return [
      ...buckets,
      ["_bucket", { le: "+Inf" }, this.#count],
      ["_sum", {}, this.#sum],
      ["_count", {}, this.#count],
    ];
  }
}

/** What tells the series of a counter apart: cheaper than their text, and made with every count. */
function labelKey(labels: Labels): string {
  let key = "";
  for (const name in labels) key += `${name}\n${labels[name]}\n`;
  return key;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const text = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${name}="${text}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** The text of all metrics, in their order. */
export function metricsText(metrics: readonly Metric[]): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    lines.push(`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`);
    for (const [suffix, labels, value] of metric.samples())
      lines.push(`${metric.name}${suffix}${labelText(labels)} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}
