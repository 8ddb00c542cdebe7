// make mutate: switches off one guard after another in a private copy of the compiled tree, runs the
// tests that must notice, and says who survived. ONLY=name takes the guards whose name begins so.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printTable } from "../support/report.ts";
import type { Guard } from "./guard.ts";
import { GUARDS } from "./guards.ts";
import { mutated, MutantTree } from "./mutants.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** A mutant that hangs has been noticed: a test that runs so long is red, milliseconds. */
const LIMIT_MS = 120_000;
/** Short runs of the simulator; only its test reads these. */
const SHORT = { SEEDS: "4", BLOCKS: "60" };

/** How a test file ended. `broken`: it told no totals, so that nothing was tested. */
type Outcome = "green" | "red" | "hangs" | "broken";

/** What came of one test under one mutant. */
interface Line {
  readonly guard: Guard;
  readonly test: string;
  readonly outcome: Outcome;
  readonly seconds: number;
}

function totalOf(output: string, word: string): number | undefined {
  const found = new RegExp(`^\\s*${word}:\\s+(\\d+)`, "m").exec(output)?.[1];
  return found === undefined ? undefined : Number(found);
}

function outcomeOf(output: string): Outcome {
  const [total, passed] = ["Total", "Passed"].map((word) => totalOf(output, word));
  if (total === undefined || total === 0 || passed === undefined) return "broken";
  return passed < total ? "red" : "green";
}

/** Runs one test file of a tree. It ends as soon as it has told its totals. */
function runTest(tree: MutantTree, test: string): Promise<readonly [Outcome, number]> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(tree.root, "build/test", `${test}.test.js`)], {
      cwd: tree.root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...SHORT, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    let output = "";
    let outcome: Outcome | undefined;
    const timer = setTimeout(() => {
      outcome = "hangs";
      child.kill("SIGKILL");
    }, LIMIT_MS);
    const take = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      if (/^\s*Skipped:\s+\d+/m.test(output)) setTimeout(() => child.kill("SIGKILL"), 1000).unref();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", () => {
      clearTimeout(timer);
      resolve([outcome ?? outcomeOf(output), (performance.now() - started) / 1000]);
    });
  });
}

async function shared<T>(
  trees: readonly MutantTree[],
  queue: readonly T[],
  run: (tree: MutantTree, one: T) => Promise<void>,
): Promise<void> {
  const rest = [...queue];
  await Promise.all(
    trees.map(async (tree) => {
      for (let one = rest.shift(); one !== undefined; one = rest.shift()) await run(tree, one);
    }),
  );
}

/** All tests must be green before anything is switched off. */
async function checkGreen(
  trees: readonly MutantTree[],
  tests: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  await shared(trees, tests, async (tree, test) => {
    const [outcome] = await runTest(tree, test);
    if (outcome !== "green") faults.push(`${test} is ${outcome} with every guard in place`);
  });
  return faults;
}

async function checkGuards(
  trees: readonly MutantTree[],
  guards: readonly Guard[],
): Promise<Line[]> {
  const lines: Line[] = [];
  await shared(trees, guards, async (tree, guard) => {
    await tree.without(guard, async () => {
      for (const test of guard.tests) {
        const [outcome, seconds] = await runTest(tree, test);
        lines.push({ guard, test, outcome, seconds });
      }
    });
    const own = lines.filter((line) => line.guard === guard);
    console.log(`${guard.name.padEnd(24)} ${own.map(verdict).join(", ")}`);
  });
  return lines;
}

function isNoticed({ outcome }: Line): boolean {
  return outcome === "red" || outcome === "hangs";
}

function verdict(line: Line): string {
  const word = isNoticed(line) ? "killed" : line.outcome === "broken" ? "BROKEN" : "SURVIVED";
  return `${word} by ${line.test} (${line.seconds.toFixed(1)} s)`;
}

function rowsOf(guards: readonly Guard[], lines: readonly Line[]): string[][] {
  return guards.map((guard) => {
    const own = lines.filter((line) => line.guard === guard);
    const isKilled = own.length > 0 && own.every(isNoticed);
    const tests = own.map((line) => (isNoticed(line) ? line.test : `NOT ${line.test}`)).join(", ");
    return [guard.name, isKilled ? "killed" : "SURVIVED", guard.protects, tests];
  });
}

async function main(): Promise<void> {
  const only = process.env["ONLY"] ?? "";
  const guards = GUARDS.filter(({ name }) => name.startsWith(only));
  if (guards.length === 0) throw new Error(`no guard begins with ${only}`);
  for (const guard of guards) mutated(guard, readFileSync(join(ROOT, guard.file), "utf8"));
  const started = performance.now();
  const lanes = Math.min(2, availableParallelism(), guards.length);
  const trees = Array.from({ length: lanes }, () => new MutantTree(ROOT));
  try {
    const tests = [...new Set(guards.flatMap(({ tests: own }) => own))];
    const faults = await checkGreen(trees, tests);
    for (const fault of faults) console.log(fault);
    const lines = faults.length > 0 ? [] : await checkGuards(trees, guards);
    const head = ["guard", "mutant", "protects", "tests"];
    printTable(`Guards switched off, ${lanes} lanes`, head, rowsOf(guards, lines));
    const survived = new Set(lines.filter((line) => !isNoticed(line)).map(({ guard }) => guard));
    const took = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `\n${guards.length} guards, ${guards.length - survived.size} killed, ${survived.size} survived, ${faults.length} tests red before, ${took} s`,
    );
    process.exitCode = survived.size + faults.length === 0 ? 0 : 1;
  } finally {
    for (const tree of trees) tree.remove();
  }
}

await main();
