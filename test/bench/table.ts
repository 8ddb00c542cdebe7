// The printed form of a result: one line per row, with ratios and what they were to be.

import { digits } from "./figures.ts";
import type { Figure, Summary } from "./figures.ts";
import { BENCHMARKS, ROWS } from "./rows.ts";
import type { Target } from "./rows.ts";

/** How a benchmark went. */
export interface Run {
  readonly name: string;
  readonly when: string;
  readonly seconds: number;
  /** Load average before and after it: other work on the machine makes all figures larger. */
  readonly load: readonly [before: number, after: number];
  /** Why there are no figures. */
  readonly failure?: string;
}

/** A whole result, as it is kept. Benchmarks may have run on different days. */
export interface Result {
  readonly when: string;
  readonly machine: string;
  readonly versions: string;
  readonly runs: readonly Run[];
  readonly figures: readonly Figure[];
}

/** The median with its spread. */
export function spread({ median, min, max }: Summary): string {
  return min === max ? digits(median) : `${digits(median)} [${digits(min)}-${digits(max)}]`;
}

/** Whether more of a unit is better. */
export function isRate(unit: string): boolean {
  return unit === "TPS";
}

const verdict = (met: boolean): string => (met ? "met" : "FALLS SHORT");

/** Peers are named in the table by what they are. */
function peerName(peer: string): string {
  return peer.includes("floor") ? "floor" : "SDK node";
}

type Figures = ReadonlyMap<string, Figure>;

/** How many times as good as `peer`, by medians and by the best blocks of both. */
function ratios(figure: Figure, peer: Figure): readonly [median: number, best: number] {
  return isRate(figure.unit)
    ? [figure.median / peer.median, figure.max / peer.max]
    : [peer.median / figure.median, peer.min / figure.min];
}

function judged(figure: Figure, target: Target, all: Figures): string {
  if ("atMost" in target)
    return `at most ${target.atMost} ${figure.unit}: ${verdict(figure.median <= target.atMost)}`;
  if ("of" in target) return judgedWithin(figure, target.of, target.times, all);
  const peer = all.get(target.peer);
  const name = peerName(target.peer);
  if (peer === undefined) return `${target.atLeast}x the ${name}: not measured, not met`;
  const [ratio, best] = ratios(figure, peer);
  const aim = target.atLeast;
  // Other work takes more from a peer with many threads than from us: the best blocks must agree.
  const met = ratio >= aim && best < aim ? "met by medians ONLY" : verdict(ratio >= aim);
  const both = ratio === best ? "" : `, best blocks ${digits(best)}x`;
  return `${digits(ratio)}x the ${name}${both} (target ${aim}x): ${met}`;
}

/** The row against one of ours that it must not be far above. */
function judgedWithin(figure: Figure, of: string, times: number, all: Figures): string {
  const base = all.get(of);
  const title = ROWS.find(({ name }) => name === of)?.title.trim() ?? of;
  if (base === undefined) return `at most ${times}x of "${title}": not measured, not met`;
  const [ratio, best] = [figure.median / base.median, figure.min / base.min];
  const met = ratio <= times && best > times ? "met by medians ONLY" : verdict(ratio <= times);
  return `${digits(ratio)}x, best blocks ${digits(best)}x of "${title}" (at most ${times}x): ${met}`;
}

/** The start-up limit hangs on Node's own start: twice that and 200 ms. */
function startVerdict(figure: Figure, all: Figures): string {
  const limit = 2 * (all.get("node_start")?.median ?? 0) + 200;
  return `at most ${digits(limit)} ms: ${verdict(figure.median <= limit)}`;
}

function headOf({ name, when, seconds, load: [before, after], failure }: Run): string {
  const told = `${name}: ${when.slice(0, 16)}Z, ${seconds.toFixed(0)} s, load ${digits(before)}-${digits(after)}`;
  return failure === undefined ? told : `${told}\n  NOT MEASURED: ${failure}`;
}

/** Lines of the table. */
export function table(result: Result): string[] {
  const all = new Map(result.figures.map((figure) => [figure.name, figure]));
  const lines = [result.machine, result.versions];
  for (const { name: benchmark, rows } of BENCHMARKS) {
    const run = result.runs.find(({ name }) => name === benchmark);
    if (run === undefined) continue;
    lines.push("", headOf(run));
    for (const { name, title, targets } of rows) {
      const figure = all.get(name);
      if (figure === undefined) continue;
      const said = targets.map((target) => judged(figure, target, all));
      if (name === "cli_start") said.push(startVerdict(figure, all));
      const value = `${spread(figure)} ${figure.unit}`;
      lines.push(`  ${title.padEnd(42)} ${value.padEnd(28)} ${said.join("; ")}`.trimEnd());
    }
  }
  return lines;
}
