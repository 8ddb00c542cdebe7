// The printed form of a result: one line per row, with ratios and what they were to be.

import { digits } from "./figures.ts";
import type { Figure, Summary } from "./figures.ts";
import { ROWS } from "./rows.ts";
import type { Target } from "./rows.ts";

/** A whole run, as it is kept. */
export interface Result {
  readonly when: string;
  readonly machine: string;
  readonly versions: string;
  readonly load: string;
  readonly figures: readonly Figure[];
}

/** The median with its spread. */
export function spread({ median, min, max }: Summary): string {
  return min === max ? digits(median) : `${digits(median)} [${digits(min)}-${digits(max)}]`;
}

const verdict = (met: boolean): string => (met ? "met" : "FALLS SHORT");

function judged(figure: Figure, target: Target, all: ReadonlyMap<string, Figure>): string {
  if ("atMost" in target)
    return `at most ${target.atMost} ${figure.unit}: ${verdict(figure.median <= target.atMost)}`;
  const peer = all.get(target.peer);
  const name = target.peer.startsWith("floor") ? "floor" : "SDK node";
  if (peer === undefined) return `${target.atLeast}x the ${name}: not measured, not met`;
  const ratio = peer.median / figure.median;
  const best = peer.min / figure.min;
  const aim = target.atLeast;
  // Other work takes more from a peer with many threads than from us: the best blocks must agree.
  const met = ratio >= aim && best < aim ? "met by medians ONLY" : verdict(ratio >= aim);
  return `${digits(ratio)}x the ${name}, best blocks ${digits(best)}x (target ${aim}x): ${met}`;
}

/** The start-up limit hangs on Node's own start: twice that and 200 ms. */
function startVerdict(figure: Figure, all: ReadonlyMap<string, Figure>): string {
  const limit = 2 * (all.get("node_start")?.median ?? 0) + 200;
  return `at most ${digits(limit)} ms: ${verdict(figure.median <= limit)}`;
}

/** Lines of the table. */
export function table(result: Result): string[] {
  const all = new Map(result.figures.map((figure) => [figure.name, figure]));
  const lines = [result.machine, result.versions, result.load, ""];
  for (const { name, title, targets } of ROWS) {
    const figure = all.get(name);
    if (figure === undefined) continue;
    const said = targets.map((target) => judged(figure, target, all));
    if (name === "cli_start") said.push(startVerdict(figure, all));
    const value = `${spread(figure)} ${figure.unit}`;
    lines.push(`${title.padEnd(42)} ${value.padEnd(28)} ${said.join("; ")}`.trimEnd());
  }
  return lines;
}
