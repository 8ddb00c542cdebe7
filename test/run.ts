// Runs every test file in a process of its own, two at a time, and counts what uvu reports.
// A file that ends without totals counts as one failure: a silent file must not pass.
// Tests say what they had to leave out in a line `left out: ...`; with CI=true that is a failure.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
/** No single file may take longer, milliseconds. */
const FILE_LIMIT_MS = 6 * 60 * 1000;

/** A file that has reported may live this much longer: clients of other people leave timers behind. */
const LINGER_MS = 10_000;

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: readonly string[];
  readonly seconds: number;
  readonly output: string;
}

function testFiles(filter: string | undefined): string[] {
  const names = readdirSync(ROOT, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".test.js")).sort();
  return filter === undefined ? files : files.filter((name) => name.includes(filter));
}

function count(output: string, word: string): number | undefined {
  const match = new RegExp(`^\\s*${word}:\\s+(\\d+)`, "m").exec(output);
  return match === null ? undefined : Number(match[1]);
}

function judge(file: string, code: number | null, output: string, seconds: number): FileResult {
  const total = count(output, "Total");
  const passed = count(output, "Passed") ?? 0;
  const broken = total === undefined || total === 0 || (code !== 0 && passed === total);
  const failed = broken ? 1 : total - passed - (count(output, "Skipped") ?? 0);
  const leftOut = output.split("\n").filter((line) => line.startsWith("left out:"));
  return { file, passed, failed, leftOut, seconds, output };
}

function runFile(file: string): Promise<FileResult> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--enable-source-maps", join(ROOT, file)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), FILE_LIMIT_MS);
    let output = "";
    let hasReported = false;
    const take = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      if (hasReported || !/^\s*Skipped:\s+\d+/m.test(output)) return;
      hasReported = true;
      setTimeout(() => child.kill("SIGKILL"), LINGER_MS).unref();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => {
      clearTimeout(timer);
      const status = hasReported && code === null ? 0 : code;
      resolve(judge(file, status, output, (performance.now() - started) / 1000));
    });
  });
}

function report(result: FileResult): void {
  const mark = result.failed === 0 ? "ok  " : "FAIL";
  const time = result.seconds.toFixed(1).padStart(6);
  console.log(
    `${mark} ${time} s  ${String(result.passed).padStart(5)} passed  ${relative(".", join(ROOT, result.file))}`,
  );
  if (result.failed > 0) console.log(result.output);
}

async function main(): Promise<void> {
  const queue = testFiles(process.argv[2]);
  const results: FileResult[] = [];
  const lane = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runFile(file);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const leftOut = results.flatMap((result) => result.leftOut);
  let failed = results.reduce((sum, result) => sum + result.failed, 0);
  for (const line of leftOut) console.log(line);
  if (process.env["CI"] === "true") failed += leftOut.length;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main();
