// Words and flags of a call. A command declares the flags it takes; anything else is refused with
// the nearest name. Flags may stand anywhere; `--` ends them.

import { UsageFailure } from "./failure.ts";

/** A flag that a command takes. `kind` switch has no value; a list may be given several times. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: "switch" | "value" | "list";
  /** What the value is, for the usage line: `ADDRESS`, `FILE`. */
  readonly value?: string;
  readonly text: string;
  readonly default?: string;
}

/** A call after parsing. */
export class Args {
  readonly words: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #defaults: ReadonlyMap<string, string>;
  readonly #specs: readonly FlagSpec[];

  constructor(
    words: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
    specs: readonly FlagSpec[],
  ) {
    this.words = words;
    this.#specs = specs;
    this.#values = values;
    this.#defaults = new Map(
      specs.flatMap((spec) =>
        spec.default === undefined ? [] : [[spec.name, spec.default] as const],
      ),
    );
  }

  /** The same call with another value of one flag. */
  with(name: string, value: string): Args {
    return new Args(this.words, new Map([...this.#values, [name, [value]]]), this.#specs);
  }

  /** Whether a switch was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Value of a flag, its default, or undefined. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1) ?? this.#defaults.get(name);
  }

  /** All values of a list flag. */
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Value of a flag that must be given. */
  need(name: string): string {
    const value = this.value(name);
    if (value === undefined) throw new UsageFailure(`--${name} is missing`);
    return value;
  }

  /** A whole number not below zero. */
  integer(name: string): bigint | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!/^[0-9]{1,19}$/.test(value))
      throw new UsageFailure(`--${name} must be a whole number, got ${value}`);
    return BigInt(value);
  }

  /** The word at `index`, or a usage failure that says what is missing there. */
  word(index: number, what: string): string {
    const word = this.words[index];
    if (word === undefined) throw new UsageFailure(`${what} is missing`);
    return word;
  }
}

/** Edit distance of two short names, bounded by their length. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] as number) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The nearest of `names` to what was typed, if any is near. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, far: distance(typed, name) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, Math.floor(typed.length / 3))
    ? best.name
    : undefined;
}

function unknownFlag(flag: string, specs: readonly FlagSpec[]): UsageFailure {
  const near = nearest(
    flag.replace(/^-+/, ""),
    specs.map((spec) => spec.name),
  );
  return new UsageFailure(
    `unknown flag ${flag}`,
    near === undefined ? {} : { remedy: `Did you mean --${near}?` },
  );
}

/** Puts flags that stand before the command's words behind them: `leasehold --home DIR tx bank send`. */
export function leadingFlagsLast(
  argv: readonly string[],
  specs: readonly FlagSpec[],
): readonly string[] {
  let count = 0;
  for (;;) {
    const [name, value] = (argv[count] ?? "").split("=", 2);
    const spec = specs.find((one) => name === `--${one.name}` || name === `-${one.short ?? ""}`);
    if (spec === undefined || name === "-") break;
    count += spec.kind === "switch" || value !== undefined ? 1 : 2;
  }
  const rest = argv.slice(count);
  const end = rest.indexOf("--");
  return rest.toSpliced(end < 0 ? rest.length : end, 0, ...argv.slice(0, count));
}

/** Parses what stands after the command's own words. Throws: UsageFailure. */
export function parseArgs(argv: readonly string[], specs: readonly FlagSpec[]): Args {
  const words: string[] = [];
  const values = new Map<string, string[]>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      words.push(...rest);
      break;
    }
    const match = /^(?:--([a-zA-Z0-9][\w-]*)|-([a-zA-Z]))(?:=(.*))?$/s.exec(word);
    if (match === null) {
      words.push(word);
      continue;
    }
    const spec = specs.find((one) =>
      match[1] === undefined ? one.short === match[2] : one.name === match[1],
    );
    if (spec === undefined) throw unknownFlag(word.split("=")[0] as string, specs);
    const value = spec.kind === "switch" ? (match[3] ?? "true") : (match[3] ?? rest.shift());
    if (value === undefined)
      throw new UsageFailure(
        `--${spec.name} needs a value${spec.value === undefined ? "" : ` (${spec.value})`}`,
      );
    if (spec.kind === "switch" && value === "false") continue;
    values.set(
      spec.name,
      spec.kind === "list" ? [...(values.get(spec.name) ?? []), value] : [value],
    );
  }
  return new Args(words, values, specs);
}

/** Parses a span of time as people write it: `90`, `90s`, `10m`, `12h`, `3d`; in seconds. */
export function parseDuration(text: string): bigint {
  const match = /^([0-9]{1,12})(s|m|h|d)?$/.exec(text);
  if (match === null) {
    throw new UsageFailure(`${JSON.stringify(text)} is not a duration; write 90s, 10m, 12h or 3d`);
  }
  const factors = { s: 1n, m: 60n, h: 3600n, d: 86400n };
  return BigInt(match[1] as string) * factors[(match[2] ?? "s") as keyof typeof factors];
}
