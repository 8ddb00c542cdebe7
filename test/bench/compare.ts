// What moved between the accepted result and the last run. On a shared machine a figure moves by a
// third without a cause; ratios to the Go peers move less.

import { ACCEPTED, LAST, readResult } from "./kept.ts";
import { isRate, spread } from "./table.ts";
import type { Result } from "./table.ts";

/** Moves below this share of the accepted median are not marked. */
const NOTICE = 0.15;

function read(path: string, advice: string): Result {
  const result = readResult(path);
  if (result !== undefined) return result;
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
    console.log(`${figure.name.padEnd(26)} new: ${spread(figure)} ${figure.unit}`);
    continue;
  }
  const moved = was.median === 0 ? 0 : figure.median / was.median - 1;
  const worse = isRate(figure.unit) ? moved < 0 : moved > 0;
  const mark = Math.abs(moved) < NOTICE ? "" : worse ? "  worse" : "  better";
  const share = `${moved > 0 ? "+" : ""}${(moved * 100).toFixed(0)} %`;
  const change = `${spread(was)} -> ${spread(figure)} ${figure.unit}`;
  console.log(`${figure.name.padEnd(26)} ${change.padEnd(56)} ${share.padStart(7)}${mark}`);
}
for (const { name } of accepted.figures)
  if (!last.figures.some((figure) => figure.name === name))
    console.log(`${name.padEnd(26)} not measured in the last run`);
