// How the long runs (oracle, crash, simulator, mutants, fuzz, hostile) end: a table of figures under
// the machine and the versions that they were taken with.

import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** Processor, memory, Node, and Go where it is installed. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  const built = go.status === 0 ? `, ${go.stdout.trim().replace("go version ", "")}` : "";
  return `${cpus().length} x ${model}, ${memory} GB, Node ${process.version}${built}`;
}

/** Lines of a table: columns as wide as their longest cell, numbers to the right. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const isNumber = (at: number): boolean =>
    rows.every((row) => /^[\d.,%-]+$/.test(String(row[at])));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, at) =>
        isNumber(at) ? (row[at] ?? "").padStart(width) : (row[at] ?? "").padEnd(width),
      )
      .join("  ")
      .trimEnd();
  const [first = [], ...rest] = cells;
  return [line(first), widths.map((width) => "-".repeat(width)).join("  "), ...rest.map(line)];
}

/** Prints a table with a title and the machine. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  console.log(`\n${title}\n${machineLine()}\n`);
  for (const line of tableLines(head, rows)) console.log(line);
}
