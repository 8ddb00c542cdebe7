// make crash: kills nodes and prints what came of it. KILLS (200) and SEED may be set.

import { printTable } from "../support/report.ts";
import { EMBEDDED, EMBEDDED_PRUNED } from "./embedded.ts";
import { NETWORK } from "./network.ts";
import { ROLLBACK } from "./rollback.ts";
import type { CrashScenario } from "./scenario.ts";

const SCENARIOS: readonly CrashScenario[] = [EMBEDDED, EMBEDDED_PRUNED, ROLLBACK, NETWORK];

const kills = Number(process.env["KILLS"] ?? "200");
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const only = process.env["SCENARIO"] ?? "";

for (const scenario of SCENARIOS) {
  if (!scenario.name.includes(only)) continue;
  const began = performance.now();
  const tell = (sentence: string): void => console.log(`${scenario.name}: ${sentence}`);
  const rows = await scenario.run({ kills, seed, tell });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  printTable(
    `${scenario.name} (seed ${seed}, ${seconds} s)`,
    ["what", "count", "result"],
    rows.map(({ what, count, result }) => [what, count, result]),
  );
}
