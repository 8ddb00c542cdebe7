// How the long runs (oracle, crash, simulator, mutants, fuzz, hostile) end: a table of figures under
// the machine and the versions that they were taken with.

import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { table } from "../../chain/cli/output.ts";

/** Processor, memory, Node, and Go where it is installed. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  const built = go.status === 0 ? `, ${go.stdout.trim().replace("go version ", "")}` : "";
  return `${cpus().length} x ${model}, ${memory} GB, Node ${process.version}${built}`;
}

/** Prints a table with a title and the machine. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const cells = rows.map((row) => row.map(String));
  console.log(`\n${title}\n${machineLine()}\n\n${table(head, cells)}`);
}
