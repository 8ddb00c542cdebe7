// What a simulation should have reached: every served message accepted and refused, and every step
// of the transition tables in the modules' READMEs.

import { readFileSync } from "node:fs";
import { servedMessages } from "../../chain/app/index.ts";
import { AUTHORITY } from "./authority.ts";
import { TRANSITIONS } from "./journal.ts";
import type { Tally } from "./tally.ts";

/** Table of messages that were done. */
export const ACCEPTED = "messages accepted";
/** Table of messages whose handler or form said no. */
export const REFUSED = "messages refused";

const MODULES = ["provider", "escrow", "market", "deployment"];

/** A step of a transition table. */
export interface Expected {
  readonly object: string;
  readonly from: string;
  readonly to: string;
}

/** Steps that no message of this release can cause: rate changes, flags and holds come later. */
function isServed({ object, from, to }: Expected): boolean {
  if (object === "hold") return false;
  return object !== "payment" || (from !== "paused" && to !== "paused" && from !== to);
}

/** Rows of the transition tables of a module, with the object that stands above each table. */
function readTables(module: string): Expected[] {
  const readme = new URL(`../../../modules/${module}/README.md`, import.meta.url);
  const section = /^## Transitions$([\s\S]*?)^## /m.exec(readFileSync(readme, "utf8"))?.[1] ?? "";
  const rows: Expected[] = [];
  let object = "";
  for (const line of section.split("\n")) {
    const [, from, , , to] = line.split("|").map((cell) => cell.trim());
    if (from === undefined) object = /^(?:### )?(\w+)/.exec(line)?.[1]?.toLowerCase() ?? object;
    else if (to !== undefined && from !== "from" && !from.startsWith("-"))
      rows.push({ object, from, to });
  }
  return rows;
}

/** All steps of the tables that messages can cause, each once. */
export function expectedSteps(): readonly Expected[] {
  const steps = new Map<string, Expected>();
  for (const module of MODULES)
    for (const step of readTables(module)) if (isServed(step)) steps.set(stepName(step), step);
  return [...steps.values()];
}

/** A step as the journal names it. */
export function stepName({ object, from, to }: Expected): string {
  return `${object}: ${from} -> ${to}`;
}

function plain(state: string): string {
  return state.replace(/ ?\(.*\)$/, "");
}

/** How often a step was taken; a state without its cause in parentheses stands for every cause. */
export function timesTaken(tally: Tally, step: Expected): number {
  const counts = tally.rows(TRANSITIONS).filter(([name]) => {
    const [, object, from = "", to = ""] = /^(\w+): (.*) -> (.*)$/.exec(name) ?? [];
    const fits = (wanted: string, had: string): boolean => had === wanted || plain(had) === wanted;
    return object === step.object && fits(step.from, from) && fits(step.to, to);
  });
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** A type as people say it: `market.MsgCreateBid`, of the SDK's `bank.MsgSend`. */
export function shortType(typeUrl: string): string {
  return typeUrl.replace(/^\/(leasehold|cosmos)\./, "").replace(/\.v1(beta1)?\./, ".");
}

/** What no message can bring about today, and why; whoever makes it possible takes the line away. */
const OUT_OF_REACH: ReadonlyMap<string, string> = new Map([
  [
    "escrow.MsgWithdrawUnclaimed was never accepted",
    "only pay of module accounts waits, and these sign nothing",
  ],
  ["feegrant.MsgPruneAllowances was never refused", "it refuses nobody"],
  [
    "account: account suspended -> account closed was never taken",
    "whoever closes it ends its payments first, which opens it",
  ],
]);

/** What was never reached: what should have been, and what cannot be, with the reason. */
export interface Gaps {
  readonly open: readonly string[];
  readonly explained: readonly string[];
}

/** Sentences about everything that was never reached. */
export function gaps(tally: Tally): Gaps {
  const never: string[] = [];
  for (const { typeUrl } of servedMessages()) {
    const done = tally.of(ACCEPTED, typeUrl) + tally.of(AUTHORITY, typeUrl);
    if (done === 0) never.push(`${shortType(typeUrl)} was never accepted`);
    if (tally.of(REFUSED, typeUrl) === 0) never.push(`${shortType(typeUrl)} was never refused`);
  }
  for (const step of expectedSteps())
    if (timesTaken(tally, step) === 0) never.push(`${stepName(step)} was never taken`);
  const explained = never.filter((gap) => OUT_OF_REACH.has(gap));
  return {
    open: never.filter((gap) => !OUT_OF_REACH.has(gap)),
    explained: explained.map((gap) => `${gap}: ${OUT_OF_REACH.get(gap)}`),
  };
}
