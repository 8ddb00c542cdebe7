// The table at the end of `make sim`.

import { servedMessages } from "../../chain/app/index.ts";
import { AUTHORITY } from "./authority.ts";
import {
  ACCEPTED,
  expectedSteps,
  gaps,
  REFUSED,
  shortType,
  stepName,
  timesTaken,
} from "./coverage.ts";
import type { SeedRun } from "./run_seeds.ts";
import { MOST } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { ACCIDENTS, ASIDES, SETTINGS } from "./twin.ts";

/** How the run went as a whole. */
export interface Summary {
  readonly done: number;
  /** Seeds that were asked for. */
  readonly total: number;
  readonly failed: readonly SeedRun[];
  /** Seconds of wall clock. */
  readonly took: number;
  /** Processor, processes and version. */
  readonly host: string;
}

const WIDTH = 58;

function row(name: string, ...values: readonly (string | number)[]): string {
  const cells = values.map((value) => String(value).padStart(11));
  return `  ${name.padEnd(WIDTH)}${cells.join("")}`;
}

function counters(tally: Tally, title: string, table: string): string[] {
  const rows = tally.rows(table).map(([name, count]) => row(name, count));
  return rows.length === 0 ? [] : ["", title, ...rows];
}

function messages(tally: Tally): string[] {
  const lines = ["", `${"Messages".padEnd(WIDTH + 2)}   accepted    refused  authority`];
  for (const { typeUrl } of servedMessages()) {
    const counts = [ACCEPTED, REFUSED, AUTHORITY].map((table) => tally.of(table, typeUrl));
    lines.push(row(shortType(typeUrl), ...counts));
  }
  return lines;
}

function steps(tally: Tally): string[] {
  const taken = expectedSteps().map((step) => row(stepName(step), timesTaken(tally, step)));
  return ["", "Transitions (rows of the READMEs that share from and to are one)", ...taken];
}

function never(tally: Tally): string[] {
  const { open, explained } = gaps(tally);
  const out = explained.map((gap) => `  ${gap}`);
  return [
    "",
    `Out of reach of messages today: ${explained.length}`,
    ...out,
    "",
    `Never reached by these seeds: ${open.length}`,
    ...open.map((gap) => `  ${gap}`),
  ];
}

/** The lines of the report. */
export function report(tally: Tally, { done, total, failed, took, host }: Summary): string[] {
  const days = Math.round(tally.of("run", "seconds of chain time") / 86_400);
  const again = failed.map(([seed, blocks]) => `  again: make sim SEED=${seed} BLOCKS=${blocks}`);
  return [
    ...messages(tally),
    ...steps(tally),
    ...counters(tally, "Live objects met by halts of an hour or more", "live in halts"),
    ...counters(tally, "Settings of twins, seeds", SETTINGS),
    ...counters(tally, "What was asked of twins between blocks", ASIDES),
    ...counters(tally, "Accidents of twins", ACCIDENTS),
    ...never(tally),
    "",
    "Simulation",
    ...tally.rows("run").map(([name, count]) => row(name, count)),
    row("days of chain time", days),
    row("halts of an hour or more", tally.sum("halts")),
    ...tally.rows(MOST).map(([name, count]) => row(`most ${name}`, count)),
    row("seeds that were run", done === total ? done : `${done} of ${total}`),
    row("findings", failed.length),
    ...again,
    "",
    `${took.toFixed(0)} s on ${host}`,
  ];
}
