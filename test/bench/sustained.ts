// A node under sustained load through RPC: makes a home of 100,000 accounts, starts the node as an
// operator would, lets `rpc_load.ts` load it from another process, watches memory and processor time.
//
//   node build/test/bench/sustained.js --engine embedded|comet|sdk [--seconds 60] [--rate 5000]
//
// `sdk` is the real SDK node of `go/node` on CometBFT, built by `run.ts`; it gets the same load.

import { fork, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { figure, summary } from "./figures.ts";
import { freePort, homeOf, waitForHeight } from "./homes.ts";
import type { Engine } from "./homes.ts";

const { values: flags } = parseArgs({
  options: {
    engine: { type: "string", default: "embedded" },
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "5000" },
    accounts: { type: "string", default: "100000" },
  },
});
const engine = flags.engine as Engine;
/** Clock ticks of a processor second in /proc. */
const TICKS = 100;
const SAMPLE_MS = 1000;
const STOP_MS = 20_000;

/** Memory and processor time of a process and its children, as Linux tells it. */
class Watch {
  readonly #pids: () => readonly number[];
  readonly megabytes: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #cpu = 0;

  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
  }

  begin(): void {
    this.#cpu = this.#ticks();
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Processor seconds since `begin`. */
  end(): number {
    clearInterval(this.#timer);
    this.#sample();
    return (this.#ticks() - this.#cpu) / TICKS;
  }

  #sample(): void {
    const kilobytes = this.#pids().map((pid) => {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    });
    this.megabytes.push(kilobytes.reduce((sum, one) => sum + one, 0) / 1024);
  }

  #ticks(): number {
    const all = this.#pids().map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return Number(fields[11]) + Number(fields[12]);
    });
    return all.reduce((sum, one) => sum + one, 0);
  }
}

/** A process and what it started itself. */
function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return [pid, ...children.filter((one) => one !== "").flatMap((one) => familyOf(Number(one)))];
}

/** Runs the load; the watch covers the time in which it sends. */
function runLoad(url: string, watch: Watch): Promise<void> {
  const script = fileURLToPath(new URL("./rpc_load.js", import.meta.url));
  const args = ["--url", url, "--chain", engine === "sdk" ? "sdk" : "ours", "--label", engine];
  for (const name of ["seconds", "rate", "accounts"] as const) args.push(`--${name}`, flags[name]);
  const load = fork(script, args, { stdio: "inherit", execArgv: ["--max-old-space-size=6144"] });
  load.on("message", (word) => {
    if (word === "begin") watch.begin();
    if (word !== "end") return;
    const cpu = watch.end();
    figure(`rpc_cpu_${engine}`, "cores", summary([cpu / Number(flags.seconds)]));
  });
  return new Promise((resolve, reject) => {
    load.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`the load ended with ${code}`)),
    );
  });
}

async function stopNode(node: ChildProcess, ended: Promise<unknown>): Promise<void> {
  node.kill("SIGTERM");
  const timer = setTimeout(() => node.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}

const folder = mkdtempSync(join(tmpdir(), `leasehold-${engine}-`));
try {
  const rpcPort = await freePort();
  const { command, args } = homeOf(engine, folder, Number(flags.accounts), rpcPort);
  const log = openSync(join(folder, "node.log"), "w");
  const node = spawn(command, args, { stdio: ["ignore", log, log] });
  const ended = new Promise<number | null>((resolve) => node.once("exit", resolve));
  const url = `http://127.0.0.1:${rpcPort}`;
  try {
    await Promise.race([
      // Right after its start the SDK's check state takes every account number for 0.
      waitForHeight(url, 2),
      ended.then((code) => {
        const told = readFileSync(join(folder, "node.log"), "utf8").slice(-2000);
        throw new Error(`the node ended with ${code}: ${told}`);
      }),
    ]);
    const watch = new Watch(() => familyOf(node.pid ?? 0));
    await runLoad(url, watch);
    const { megabytes } = watch;
    figure(`rpc_memory_begin_${engine}`, "MB", summary(megabytes.slice(0, 1)));
    figure(`rpc_memory_half_${engine}`, "MB", summary([megabytes[megabytes.length >> 1] ?? 0]));
    figure(`rpc_memory_end_${engine}`, "MB", summary(megabytes.slice(-1)));
  } finally {
    await stopNode(node, ended);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
