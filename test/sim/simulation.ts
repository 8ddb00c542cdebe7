// One seed: a real application, its twin, its imported copies and the auditor, block after block.

import type { ExecTxResult, ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { answersOf } from "./answers.ts";
import { Auditor } from "./auditor.ts";
import type { SeenBlock } from "./auditor_seen.ts";
import { seen, stagesOf } from "./auditor_seen.ts";
import { ACCEPTED, REFUSED } from "./coverage.ts";
import { difference, exportDifference } from "./differences.ts";
import { auditStart, simGenesis } from "./genesis.ts";
import { Journal } from "./journal.ts";
import { Machine } from "./machine.ts";
import type { MachineGenesis, MachineOptions } from "./machine.ts";
import { PLANTED } from "./planter.ts";
import { Random } from "./random.ts";
import { drawGap, drawSwarm } from "./swarm.ts";
import type { Swarm } from "./swarm.ts";
import { MOST, Tally } from "./tally.ts";
import { disappointment, drawTraffic } from "./traffic.ts";
import type { Traffic } from "./traffic.ts";
import { Twin } from "./twin.ts";
import { drawSchedule, visited } from "./visitor.ts";
import type { Schedule } from "./visitor.ts";
import { World } from "./world.ts";

const PREFIX = "lease";
const CHAIN_ID = "sim-1";
/** Operations told when a seed fails. */
const REMEMBERED = 30;
/** A gap between blocks that counts as a halt, seconds. */
const HALT = 3600;

/** A seed that failed: what, where, and how to see it again. */
export class SimulationFault extends Error {
  constructor(
    seed: number,
    blocks: number,
    height: bigint,
    faults: readonly string[],
    last: readonly string[],
  ) {
    const lines = [
      `seed ${seed}, block ${height}: ${faults.length} faults`,
      ...faults.slice(0, 12).map((fault) => `  ${fault}`),
      "last operations, youngest below:",
      ...last.map((line) => `  ${line}`),
      `again: make sim SEED=${seed} BLOCKS=${blocks}`,
    ];
    super(lines.join("\n"));
    this.stack = "";
  }
}

/** Runs one seed. Throws a SimulationFault at the first block that is not as it must be. */
export class Simulation {
  readonly #seed: number;
  readonly #blocks: number;
  readonly #random: Random;
  /** Of everything that must not matter: settings of the twin, accidents, what comes from outside. */
  readonly #fate: Random;
  readonly #swarm: Swarm;
  readonly #world: World;
  readonly #main: Machine;
  readonly #twin: Twin;
  readonly #auditor: Auditor;
  readonly #genesis: MachineGenesis;
  readonly #schedule: Schedule;
  readonly #tally = new Tally();
  readonly #journal: Journal;
  /** Bugs that were contained since the last look. */
  readonly #bugs: string[] = [];
  readonly #last: string[] = [];
  #imported: Machine | undefined;
  #time: bigint;

  constructor(seed: number, blocks: number) {
    this.#seed = seed;
    this.#blocks = blocks;
    this.#random = new Random(seed);
    this.#fate = new Random(seed + 1_000_003);
    this.#swarm = drawSwarm(this.#random);
    this.#world = new World(this.#random, this.#swarm, PREFIX, CHAIN_ID);
    this.#genesis = simGenesis(this.#world, this.#swarm);
    this.#schedule = drawSchedule(this.#fate, blocks);
    this.#journal = new Journal(this.#tally);
    this.#main = new Machine(this.#genesis, this.#options(this.#tally));
    const addresses = this.#world.everybody.map(({ address }) => address);
    const given = { random: this.#fate, tally: this.#tally, addresses };
    this.#twin = new Twin(this.#main, this.#genesis, this.#options(), given);
    this.#auditor = new Auditor(auditStart(this.#genesis, PREFIX));
    this.#time = this.#genesis.time;
  }

  /** What all machines of a seed have: the visits from outside; their contained bugs are heard. */
  #options(tally?: Tally): MachineOptions {
    return {
      parts: visited(this.#schedule, tally),
      reportBug: (error, where, height) => {
        if (!this.#isPoisoned(height)) this.#bugs.push(`${where}: ${String(error)}`);
      },
    };
  }

  /** Whether items that cannot be handled are met at a height. */
  #isPoisoned(height: bigint): boolean {
    return this.#schedule.plants.has(height) || this.#schedule.retries.has(height);
  }

  run(): Tally {
    const births = this.#drawBirths();
    for (let height = 1; height <= this.#blocks; height++) {
      this.#world.look(this.#main);
      const traffic = height === 1 ? [] : drawTraffic(this.#world);
      this.#wait(height);
      this.#guard(traffic, () => this.#step(traffic));
      if (births.has(height)) this.#guard([], () => this.#bear());
    }
    this.#guard([], () => [...this.#sameExport("at the end"), ...this.#twin.finish()]);
    this.#tally.add("run", "seeds");
    this.#tally.add("run", "blocks", this.#blocks);
    this.#tally.add("run", "seconds of chain time", Number(this.#time - this.#genesis.time));
    return this.#tally;
  }

  /** Heights after which the state is exported and a new chain begins with it. */
  #drawBirths(): ReadonlySet<number> {
    const height = (): number => this.#fate.int(5, Math.max(5, this.#blocks - 5));
    return new Set(Array.from({ length: this.#fate.int(1, 3) }, height));
  }

  /** Lets time pass up to the next block; what is live in a halt is counted. */
  #wait(height: number): void {
    const gap = height === 1 ? 5 : drawGap(this.#random, this.#swarm.gaps, this.#world.dueIn());
    this.#time += BigInt(gap);
    this.#tally.most(MOST, "seconds between two blocks", gap);
    if (gap < HALT) return;
    this.#tally.add("halts", gap < 24 * HALT ? "hours" : "days");
    for (const [name, count] of this.#journal.census())
      if (!/ (closed|expired|won)$/.test(name)) this.#tally.add("live in halts", name, count);
  }

  /** Tells of whatever goes wrong with seed, block and operations. */
  #guard(traffic: readonly Traffic[], body: () => string[]): void {
    let faults: string[];
    try {
      faults = body();
    } catch (error) {
      faults = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
      for (const { name, by } of traffic) this.#remember(`not done: ${name} of ${by}`);
    }
    if (faults.length === 0) return;
    const { height } = this.#main;
    throw new SimulationFault(this.#seed, this.#blocks, height, faults, this.#last);
  }

  #remember(line: string): void {
    this.#last.push(line);
    if (this.#last.length > REMEMBERED) this.#last.shift();
  }

  #step(traffic: readonly Traffic[]): string[] {
    const txs = traffic.map(({ bytes }) => bytes);
    const response = this.#main.block(txs, this.#time);
    const block = seenBlock(this.#time, traffic, response);
    const faults = this.#results(traffic, response);
    this.#follow(block);
    faults.push(...this.#auditor.block(block));
    faults.push(...this.#auditor.compare(answersOf(this.#main)));
    faults.push(...this.#main.app.brokenInvariants());
    faults.push(...this.#twin.follow(txs, this.#time, response));
    faults.push(...this.#runImported(txs, response));
    faults.push(...this.#quarantine(response));
    return faults;
  }

  /** Counts the steps of all objects, and whether a queue ran late. */
  #follow(block: SeenBlock): void {
    const journal = this.#journal;
    journal.read(block.begin);
    for (const { events, ok } of block.txs) if (ok) journal.read(events);
    journal.read(block.end);
    const kept = new Set(
      this.#world
        .look(this.#main)
        .deployments()
        .map(({ owner, dseq }) => `${owner}/${dseq}`),
    );
    for (const name of journal.in("deployment", "closed"))
      if (!kept.has(name)) journal.go("deployment", name, "none");
    const { time, uptime, dueTime, dueUptime } = this.#main.app.clocks();
    const isLate = (due: bigint | undefined, clock: bigint): boolean =>
      due !== undefined && due <= clock;
    if (isLate(dueTime, time) || isLate(dueUptime, uptime))
      this.#tally.add("run", "blocks after which something was due");
    if (this.#schedule.changes.has(this.#main.height))
      this.#tally.add("run", "changes of parameters");
  }

  /** What was planted, and nothing else, is set aside. */
  #quarantine(response: ResponseFinalizeBlock): string[] {
    const { height } = this.#main;
    const set = seen(response.events)
      .filter(({ type }) => type === "leasehold.chain.v1.EventQuarantined")
      .map(({ attributes }) => attributes.get("collection") ?? "");
    if (this.#schedule.plants.has(height)) this.#tally.add("run", "items planted", PLANTED.length);
    this.#tally.add("run", "items set aside", set.length);
    const expected = this.#isPoisoned(height) ? PLANTED : [];
    const faults = this.#bugs.splice(0).map((bug) => `a bug was contained: ${bug}`);
    for (const name of expected)
      if (!set.includes(name)) faults.push(`the item planted in ${name} was not set aside`);
    if (set.length > expected.length)
      faults.push(`${expected.length} items planted, set aside: ${set.join(", ")}`);
    return faults;
  }

  #results(traffic: readonly Traffic[], response: ResponseFinalizeBlock): string[] {
    const faults: string[] = [];
    const height = this.#main.height;
    const shaken = new Set<string>();
    for (const [index, one] of traffic.entries()) {
      const result = response.txResults[index];
      if (result === undefined) continue;
      const outcome = result.code === 0 ? "ok" : `${result.codespace}/${result.code}`;
      this.#remember(
        `${height} T=${this.#time} ${one.name} of ${one.by}: ${outcome} ${result.log}`,
      );
      this.#tally.add("operations", `${one.name} ${outcome}`);
      this.#countMessages(one, result);
      for (const { type } of result.events) this.#tally.add("events", type);
      const wrong = shaken.has(one.by) ? undefined : disappointment(one, result);
      if (isBeforeMessages(result)) shaken.add(one.by);
      if (wrong !== undefined && !isOutOfBlockGas(result)) faults.push(wrong);
      if (result.code === 0) this.#keep(one);
    }
    for (const { type } of response.events) this.#tally.add("events", type);
    if (traffic.length === 0) this.#remember(`${height} T=${this.#time} empty block`);
    return faults;
  }

  /** Keeps the bytes of what was done: somebody will send them again. */
  #keep({ operation, bytes }: Traffic): void {
    const { done } = this.#world;
    done.push([operation.by, bytes]);
    if (done.length > REMEMBERED) done.shift();
  }

  /** Of a transaction that was refused, the message that was; the ante chain refuses without one. */
  #countMessages({ operation }: Traffic, result: ExecTxResult): void {
    const tally = this.#tally;
    tally.add("run", "transactions");
    if (result.code === 0) {
      for (const { typeUrl } of operation.messages) tally.add(ACCEPTED, typeUrl);
      if (result.events.some(({ type }) => type === "use_feegrant"))
        tally.add("run", "transactions at another's cost");
      tally.add("run", "transactions accepted");
      return;
    }
    const [, index] = /^failed to execute message; message index: (\d+)/.exec(result.log) ?? [];
    const refused = operation.messages[Number(index ?? 0)];
    const isOwn = index !== undefined || operation.expect === "refused";
    if (refused !== undefined && isOwn) tally.add(REFUSED, refused.typeUrl);
  }

  // ---- export and import ---------------------------------------------------------------------------

  /** Exports, begins a new chain with that, and goes on with it beside the old one. */
  #bear(): string[] {
    const faults = this.#sameExport("before the next import");
    const { app, height } = this.#main;
    const appState = app.exportGenesis();
    const consensusParams = this.#genesis.consensusParams;
    const genesis = {
      chainId: CHAIN_ID,
      time: this.#time,
      initialHeight: height + 1n,
      consensusParams,
      appState,
    };
    this.#imported = new Machine(genesis, this.#options());
    this.#tally.add("run", "exports and imports");
    return [...faults, ...this.#sameExport("after import")];
  }

  #sameExport(when: string): string[] {
    if (this.#imported === undefined) return [];
    return exportDifference(when, this.#main.app, this.#imported.app);
  }

  #runImported(txs: readonly Uint8Array[], response: ResponseFinalizeBlock): string[] {
    const imported = this.#imported;
    if (imported === undefined) return [];
    const told = imported.block(txs, this.#time, this.#main.height);
    const faults = difference("the imported chain", response, told);
    // The chain that it must equal is looked at in every block.
    if (this.#main.height % 8n === 0n) faults.push(...imported.app.brokenInvariants());
    return faults;
  }
}

/** A full block refuses for a reason that no operation can know. */
function isOutOfBlockGas(result: { readonly codespace: string; readonly code: number }): boolean {
  return result.codespace === "sdk" && result.code === 11;
}

/** Refused before its messages ran: the sequence stayed, so later ones of the signer are refused too. */
function isBeforeMessages(result: { readonly code: number; readonly log: string }): boolean {
  return result.code !== 0 && !result.log.startsWith("failed to execute message");
}

function seenBlock(
  time: bigint,
  traffic: readonly Traffic[],
  response: ResponseFinalizeBlock,
): SeenBlock {
  const txs = traffic.map(({ operation }, index) => {
    const result = response.txResults[index];
    const ok = result?.code === 0;
    return { ok, messages: operation.messages, events: seen(result?.events ?? []) };
  });
  return { time: Number(time), ...stagesOf(response.events), txs };
}
