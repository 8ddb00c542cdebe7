// `make fuzz`: a million mutations of valid inputs per decoder, one process per decoder and two at a
// time, and a table at the end. `make fuzz ONLY=tx,json SEED=7 COUNT=1000` runs less; with INDEX one
// input is shown and run again.

import { spawn } from "node:child_process";
import { availableParallelism, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { DECODERS, decoderOf } from "./decoders.ts";
import type { Decoder, Tally } from "./fuzzer.ts";
import { fuzz } from "./fuzzer.ts";
import { printTable } from "../support/report.ts";

const COUNT = 1_000_000;
const LANES = Math.min(2, availableParallelism());
/** Heap of one process, megabytes: a decoder that needs more has no bound. */
const HEAP_MB = 1024;
const RESULT = "result ";

/** A tally with the memory of its process. */
interface Row extends Tally {
  readonly peakMb: number;
}

function numberOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${name} is ${text}, not a whole number`);
  return value;
}

async function child(name: string): Promise<void> {
  const run = {
    seed: numberOf("SEED") ?? 1,
    count: numberOf("COUNT") ?? COUNT,
    index: numberOf("INDEX"),
  };
  const tally = await fuzz(decoderOf(name), run);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${RESULT}${JSON.stringify({ ...tally, peakMb })}\n`, () => process.exit(0));
}

/** A process that ended without a result: the input that ended it is the finding. */
function lost(decoder: Decoder, output: string): Row {
  const what = `the process ended: ${output.slice(-1500)}`;
  return {
    name: decoder.name,
    what: decoder.what,
    seed: numberOf("SEED") ?? 1,
    inputs: 0,
    accepted: 0,
    maxMicros: 0,
    slowest: 0,
    seconds: 0,
    peakMb: 0,
    findings: [{ index: -1, what, input: "" }],
  };
}

function runDecoder(decoder: Decoder): Promise<Row> {
  return new Promise((resolve) => {
    const script = fileURLToPath(import.meta.url);
    const flags = [`--max-old-space-size=${HEAP_MB}`, "--enable-source-maps"];
    const process_ = spawn(process.execPath, [...flags, script, decoder.name], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    process_.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    process_.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    process_.on("close", () => {
      const line = output.split("\n").find((one) => one.startsWith(RESULT));
      if (line === undefined) return resolve(lost(decoder, output));
      process.stdout.write(output.slice(0, output.indexOf(RESULT)));
      resolve(JSON.parse(line.slice(RESULT.length)) as Row);
    });
  });
}

function tell(row: Row): void {
  for (const { index, what, input } of row.findings) {
    const [sentence, ...stack] = what.split("\n");
    console.log(`\nFINDING in ${row.name}, input ${index}: ${sentence}`);
    for (const line of stack.filter((one) => !one.includes("test/fuzz/")).slice(0, 4))
      console.log(line);
    console.log(`  input: ${input}`);
    console.log(`  again: make fuzz ONLY=${row.name} SEED=${row.seed} INDEX=${index}`);
  }
}

function printRows(title: string, rows: readonly Row[]): void {
  const head = [
    "decoder",
    "inputs",
    "accepted",
    "max us",
    "seconds",
    "peak MB",
    "findings",
    "what",
  ];
  const lines = rows.map((row) => [
    row.name,
    row.inputs,
    `${((100 * row.accepted) / Math.max(1, row.inputs)).toFixed(1)}%`,
    row.maxMicros,
    row.seconds.toFixed(0),
    row.peakMb,
    row.findings.length,
    row.what,
  ]);
  printTable(title, head, lines);
}

async function main(): Promise<void> {
  setPriority(10);
  const wanted = process.env["ONLY"] ?? "";
  const chosen = wanted === "" ? DECODERS : wanted.split(",").map(decoderOf);
  const queue = [...chosen];
  const rows: Row[] = [];
  const started = performance.now();
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const row = await runDecoder(next);
      rows.push(row);
      tell(row);
      console.log(`${row.name}: ${row.inputs} inputs in ${row.seconds.toFixed(0)} s`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  rows.sort((a, b) => DECODERS.indexOf(decoderOf(a.name)) - DECODERS.indexOf(decoderOf(b.name)));
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  const inputs = rows.reduce((sum, row) => sum + row.inputs, 0);
  const findings = rows.reduce((sum, row) => sum + row.findings.length, 0);
  printRows(`Mutated inputs by decoder, ${LANES} processes at a time`, rows);
  console.log(`\n${inputs} inputs in ${minutes} minutes, ${findings} findings`);
  process.exitCode = findings === 0 ? 0 : 1;
}

const only = process.argv[2];
await (only === undefined ? main() : child(only));
