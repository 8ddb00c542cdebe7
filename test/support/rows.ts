// Transition tables of a module's README, run as tests: every row needs a fixture and every fixture
// a row, so that table and tests cannot drift apart.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** One row of a transition table: its first four cells. */
export interface Row {
  readonly from: string;
  readonly trigger: string;
  readonly guard: string;
  readonly to: string;
}

/** Name of a row, as fixtures are filed under: the first four cells as they stand. */
export function rowName({ from, trigger, guard, to }: Row): string {
  return [from, trigger, guard, to].join(" | ");
}

/** Rows of all tables in the section Transitions of a module's README, in order. */
export function transitionRows(module: string): readonly Row[] {
  const text = readFileSync(`modules/${module}/README.md`, "utf8");
  const section = /^## Transitions$([\s\S]*?)^## /m.exec(text)?.[1] ?? "";
  const rows: Row[] = [];
  for (const line of section.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    if (cells.length < 6 || cells[1] === "from" || /^-+$/.test(cells[1] ?? "")) continue;
    const [, from = "", trigger = "", guard = "", to = ""] = cells;
    rows.push({ from, trigger, guard, to });
  }
  return rows;
}

/** Runs every row of a module's tables by the fixture filed under its name. */
export function runRows(module: string, fixtures: ReadonlyMap<string, () => void>): void {
  const names = new Set<string>();
  for (const row of transitionRows(module)) {
    const name = rowName(row);
    test(`${module}: ${name}`, () => {
      const fixture = fixtures.get(name);
      assert.ok(fixture !== undefined, `row without fixture: ${name}`);
      fixture?.();
    });
    names.add(name);
  }
  test(`${module}: every fixture has a row`, () => {
    assert.ok(names.size > 0, "no row was found");
    assert.equal(
      [...fixtures.keys()].filter((name) => !names.has(name)),
      [],
    );
  });
}
