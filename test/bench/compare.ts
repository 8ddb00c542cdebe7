// What moved between the accepted result and the last run. On a shared machine a figure moves by a
// third without a cause; ratios to the Go peers move less.

import { existsSync, readFileSync } from "node:fs";
import { ACCEPTED, LAST } from "./kept.ts";
import { spread } from "./table.ts";
import type { Result } from "./table.ts";

/** Moves below this share of the accepted median are not marked. */
const NOTICE = 0.15;

function read(path: string, advice: string): Result {
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Result;
  console.error(`${path} is not there: ${advice}`);
  process.exit(1);
}

const last = read(LAST, "run `make bench` first");
const accepted = read(ACCEPTED, "accept a result with BENCH_ACCEPT=1 make bench");
console.log(
  `accepted ${accepted.when}, ${accepted.machine}\nlast     ${last.when}, ${last.machine}\n`,
);
const old = new Map(accepted.figures.map((figure) => [figure.name, figure]));
for (const figure of last.figures) {
  const was = old.get(figure.name);
  if (was === undefined) {
    console.log(`${figure.name.padEnd(22)} new: ${spread(figure)} ${figure.unit}`);
    continue;
  }
  const moved = figure.median / was.median - 1;
  const mark = Math.abs(moved) < NOTICE ? "" : moved > 0 ? "  slower" : "  faster";
  const share = `${moved > 0 ? "+" : ""}${(moved * 100).toFixed(0)} %`;
  const change = `${spread(was)} -> ${spread(figure)} ${figure.unit}`;
  console.log(`${figure.name.padEnd(22)} ${change.padEnd(56)} ${share.padStart(7)}${mark}`);
}
