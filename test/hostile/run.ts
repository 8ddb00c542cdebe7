// `make hostile`: a node with an honest load, quiet phases and attacks in turns, and what each attack does
// to the time between blocks and to memory. Fails where the median grows by 20 % or more, where memory
// has no bound, or where the node does not answer afterwards. Outside `make test`: it measures times.
//
//   make hostile [ONLY="slow readers,huge batches"] [PHASE=12] [ENGINE=embedded|comet]

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { requestBytes, Wire } from "../fuzz/wire.ts";
import { findCometbft } from "../support/cometbft.ts";
import { makeCometHome } from "../support/comet_node.ts";
import { makeTestHome } from "../support/node.ts";
import { printTable } from "../support/report.ts";
import { ATTACKS } from "./attacks.ts";
import type { Done, Doors } from "./attacks.ts";
import { Load, senders, victim } from "./load.ts";

/** Time between blocks, milliseconds: what an attack is to shift. */
const INTERVAL_MS = 500;
/** Length of a phase, seconds. */
const PHASE = Number(process.env["PHASE"] ?? "12");
/** Time for an attack to end and the node to breathe, seconds. */
const REST = 3;
const MOST_SHIFT = 0.2;
/** Resident memory that the node may take more than in quiet, megabytes. */
const MOST_MB = 700;

interface Node {
  readonly process: ChildProcess;
  readonly doors: Doors;
  readonly rpcUrl: string;
  readonly home: string;
}

async function readDoors(child: ChildProcess): Promise<{ rpc: string; rest?: string }> {
  let output = "";
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const line = /^doors (.*)$/m.exec(output)?.[1];
    if (line !== undefined) return JSON.parse(line) as { rpc: string; rest?: string };
  }
  throw new Error("the node ended before it opened its doors");
}

async function startNode(engine: string): Promise<Node> {
  const accounts = [...senders(), victim().signer].map(({ address }) => ({
    address,
    coins: [{ denom: "ulease", amount: 10n ** 12n }],
  }));
  const script = fileURLToPath(new URL("./node.js", import.meta.url));
  const args: string[] = [];
  let abci = 0;
  if (engine === "comet") {
    const found = findCometbft();
    if ("missing" in found) throw new Error(found.missing);
    const ports = await makeCometHome({ accounts, blockTime: `${INTERVAL_MS}ms` });
    args.push(ports.home, found.path);
    abci = ports.abci;
  } else {
    const config = { timeout_commit: `"${INTERVAL_MS}ms"` };
    args.push(makeTestHome({ accounts, config, app: { dev: "false" } }));
  }
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { rpc, rest } = await readDoors(child);
  const port = (url: string | undefined): number =>
    url === undefined ? 0 : Number(new URL(url).port);
  const doors = { rpc: engine === "comet" ? 0 : port(rpc), rest: port(rest), abci };
  return { process: child, doors, rpcUrl: rpc, home: args[0] as string };
}

/** Resident memory of a process, megabytes; `peak` since the counter was reset. */
function memoryOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024;
}

/** Asks the node something; the answer's result. */
class Asker {
  readonly #wire: Wire;

  constructor(url: string) {
    this.#wire = new Wire(Number(new URL(url).port));
  }

  async ask<T>(method: string, params: object): Promise<T> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await this.#wire.send(requestBytes("POST", "/", body));
    return (JSON.parse(answer.body) as { result: T }).result;
  }

  async height(): Promise<number> {
    const { sync_info: info } = await this.ask<{ sync_info: { latest_block_height: string } }>(
      "status",
      {},
    );
    return Number(info.latest_block_height);
  }

  /** Header times of blocks, milliseconds since 1970. */
  async times(from: number, to: number): Promise<number[]> {
    const times: number[] = [];
    for (let height = from; height <= to; height++) {
      const { header } = await this.ask<{ header: { time: string } }>("header", {
        height: String(height),
      });
      times.push(Date.parse(header.time));
    }
    return times;
  }
}

/** Milliseconds between the blocks of a phase, ascending, and the most memory. */
interface Phase {
  readonly gaps: readonly number[];
  readonly peakMb: number;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Lets time pass, with or without an attack, and looks at the blocks of that time. */
async function phase(node: Node, asker: Asker, work: () => Promise<void>): Promise<Phase> {
  const first = await asker.height();
  let peakMb = 0;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, memoryOf(node.process.pid ?? 0));
  }, 100);
  await work();
  clearInterval(watch);
  const times = await asker.times(first, await asker.height());
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
  return { gaps: gaps.sort((a, b) => a - b), peakMb };
}

async function attack(name: string, doors: Doors): Promise<Done> {
  const script = fileURLToPath(new URL("./attacker.js", import.meta.url));
  const child = spawn(process.execPath, [script, name, String(PHASE), JSON.stringify(doors)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), (PHASE + 20) * 1000);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  const line = /^done (.*)$/m.exec(output)?.[1];
  return line === undefined ? { sent: 0, cut: 0 } : (JSON.parse(line) as Done);
}

interface Row {
  readonly name: string;
  readonly done: Done;
  readonly quiet: Phase;
  readonly hostile: Phase;
  readonly shift: number;
  readonly isFine: boolean;
}

async function oneAttack(name: string, node: Node, asker: Asker): Promise<Row> {
  const before = await phase(node, asker, () => pause(PHASE * 1000));
  let done: Done = { sent: 0, cut: 0 };
  const hostile = await phase(node, asker, async () => {
    done = await attack(name, node.doors);
  });
  await pause(REST * 1000);
  const after = await phase(node, asker, () => pause(PHASE * 1000));
  const gaps = [...before.gaps, ...after.gaps].sort((a, b) => a - b);
  const quiet = { gaps, peakMb: before.peakMb };
  const shift = quantile(hostile.gaps, 0.5) / quantile(gaps, 0.5) - 1;
  const isFine = shift < MOST_SHIFT && hostile.peakMb < before.peakMb + MOST_MB;
  return { name, done, quiet, hostile, shift, isFine };
}

function tell(title: string, rows: readonly Row[]): void {
  const head = ["attack", "sent", "cut off", "blocks", "quiet ms", "attacked ms", "shift"].concat([
    "quiet p95",
    "attacked p95",
    "quiet MB",
    "attacked MB",
    "",
  ]);
  const lines = rows.map(({ name, done, quiet, hostile, shift, isFine }) => [
    name,
    String(done.sent),
    String(done.cut),
    String(hostile.gaps.length),
    quantile(quiet.gaps, 0.5).toFixed(0),
    quantile(hostile.gaps, 0.5).toFixed(0),
    `${(shift * 100).toFixed(1)}%`,
    quantile(quiet.gaps, 0.95).toFixed(0),
    quantile(hostile.gaps, 0.95).toFixed(0),
    quiet.peakMb.toFixed(0),
    hostile.peakMb.toFixed(0),
    isFine ? "" : "TOO MUCH",
  ]);
  printTable(title, head, lines);
}

async function main(): Promise<void> {
  const engine = process.env["ENGINE"] ?? "embedded";
  const only = (process.env["ONLY"] ?? "").split(",").filter((name) => name !== "");
  const node = await startNode(engine);
  const asker = new Asker(node.rpcUrl);
  const load = new Load(Number(new URL(node.rpcUrl).port));
  const rows: Row[] = [];
  try {
    await pause(3000);
    for (const [name, door] of ATTACKS) {
      if (only.length > 0 && !only.includes(name)) continue;
      if (door !== "any" && node.doors[door] === 0) continue;
      rows.push(await oneAttack(name, node, asker));
      console.log(`${name}: ${((rows.at(-1)?.shift ?? 0) * 100).toFixed(1)} %`);
    }
  } finally {
    load.stop();
    node.process.kill("SIGTERM");
    await new Promise((resolve) => node.process.once("close", resolve));
    rmSync(node.home, { recursive: true, force: true });
  }
  tell(`Engine ${engine}, ${INTERVAL_MS} ms between blocks, phases of ${PHASE} s`, rows);
  console.log(`\n${load.accepted} bank sends accepted, ${load.refused} refused or not answered`);
  const failed = rows.filter(({ isFine }) => !isFine).length;
  console.log(`${rows.length} attacks, ${failed} with too much effect`);
  process.exitCode = failed === 0 && rows.length > 0 ? 0 : 1;
}

await main();
