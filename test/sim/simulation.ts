// One seed: a real application, its twin, its reborn copy and the auditor, block after block.

import { toBase64 } from "../../chain/base/bytes.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import { answersOf } from "./answers.ts";
import { Auditor } from "./auditor.ts";
import type { SeenBlock } from "./auditor_seen.ts";
import { seen, stagesOf } from "./auditor_seen.ts";
import { auditStart, simGenesis } from "./genesis.ts";
import { Machine } from "./machine.ts";
import type { MachineGenesis, MachineOptions } from "./machine.ts";
import { PLANTED_PER_BLOCK, planted } from "./planter.ts";
import type { Planting } from "./planter.ts";
import { Random } from "./random.ts";
import { drawGap, drawSwarm } from "./swarm.ts";
import type { Swarm } from "./swarm.ts";
import { disappointment, drawTraffic } from "./traffic.ts";
import type { Traffic } from "./traffic.ts";
import { World } from "./world.ts";

const PREFIX = "lease";
const CHAIN_ID = "sim-1";
/** Operations told when a seed fails. */
const REMEMBERED = 30;

/** What a seed went through, to see that it did anything. */
export interface Tally {
  readonly blocks: number;
  readonly seconds: bigint;
  /** Transactions by name and outcome. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Events by type. */
  readonly events: ReadonlyMap<string, number>;
}

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
  readonly #swarm: Swarm;
  readonly #world: World;
  readonly #main: Machine;
  readonly #twin: Machine;
  readonly #auditor: Auditor;
  readonly #genesis: MachineGenesis;
  readonly #planting: Planting;
  /** Bugs that were contained since the last look. */
  readonly #bugs: string[] = [];
  readonly #last: string[] = [];
  readonly #outcomes = new Map<string, number>();
  readonly #events = new Map<string, number>();
  #reborn: Machine | undefined;
  #time: bigint;

  constructor(seed: number, blocks: number) {
    this.#seed = seed;
    this.#blocks = blocks;
    this.#random = new Random(seed);
    this.#swarm = drawSwarm(this.#random);
    this.#world = new World(this.#random, this.#swarm, PREFIX, CHAIN_ID);
    this.#genesis = simGenesis(this.#world, this.#swarm);
    const plants = BigInt(this.#random.int(3, Math.max(3, blocks - 3)));
    this.#planting = { plants, retries: plants + BigInt(this.#random.int(1, 20)) };
    this.#main = this.#machine(this.#genesis);
    this.#twin = this.#machine(this.#genesis, { memoSize: this.#swarm.twinMemo, disk: true });
    this.#auditor = new Auditor(auditStart(this.#genesis, PREFIX));
    this.#time = this.#genesis.time;
  }

  /** A machine in which items are planted, and whose contained bugs are heard. */
  #machine(genesis: MachineGenesis, options: MachineOptions = {}): Machine {
    return new Machine(genesis, {
      ...options,
      parts: planted(this.#planting),
      reportBug: (error, where) => this.#bugs.push(`${where}: ${String(error)}`),
    });
  }

  run(): Tally {
    const random = this.#random;
    const rebirth = random.int(5, Math.max(5, this.#blocks - 5));
    const restart = random.int(5, Math.max(5, this.#blocks - 1));
    for (let height = 1; height <= this.#blocks; height++) {
      this.#world.look(this.#main);
      const traffic = height === 1 ? [] : drawTraffic(this.#world);
      const gaps = this.#swarm.gaps;
      this.#time += BigInt(height === 1 ? 5 : drawGap(random, gaps, this.#world.dueIn()));
      this.#guard(traffic, () => this.#step(traffic));
      if (height === restart) this.#twin.restart();
      if (height === rebirth) this.#guard([], () => this.#bear());
    }
    this.#guard([], () => this.#sameExport("at the end", this.#reborn));
    const seconds = this.#time - this.#genesis.time;
    return { blocks: this.#blocks, seconds, outcomes: this.#outcomes, events: this.#events };
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
    const faults = this.#results(traffic, response);
    faults.push(...this.#auditor.block(seenBlock(this.#time, traffic, response)));
    faults.push(...this.#auditor.compare(answersOf(this.#main)));
    faults.push(...this.#main.app.brokenInvariants());
    faults.push(...this.#runTwin(txs, response));
    if (this.#reborn !== undefined) faults.push(...this.#runReborn(txs, response));
    faults.push(...this.#quarantine(response));
    return faults;
  }

  /** What was planted, and nothing else, is set aside. */
  #quarantine(response: ResponseFinalizeBlock): string[] {
    const { plants, retries } = this.#planting;
    const { height } = this.#main;
    const isDue = height === plants || height === retries;
    const set = response.events.filter(
      ({ type }) => type === "leasehold.chain.v1.EventQuarantined",
    );
    const expected = isDue ? PLANTED_PER_BLOCK : 0;
    const bugs = this.#bugs.splice(0);
    const faults = isDue ? [] : bugs.map((bug) => `a bug was contained: ${bug}`);
    if (set.length !== expected) faults.push(`${set.length} items set aside, ${expected} planted`);
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
      count(this.#outcomes, `${one.name} ${outcome}`);
      for (const { type } of result.events) count(this.#events, type);
      const wrong = shaken.has(one.by) ? undefined : disappointment(one, result);
      if (isBeforeMessages(result)) shaken.add(one.by);
      if (wrong !== undefined && !isOutOfBlockGas(result)) faults.push(wrong);
    }
    for (const { type } of response.events) count(this.#events, type);
    if (traffic.length === 0) this.#remember(`${height} T=${this.#time} empty block`);
    return faults;
  }

  // ---- the twin ------------------------------------------------------------------------------------

  /** The same blocks, other caches, and in between everything that must not matter. */
  #runTwin(txs: readonly Uint8Array[], response: ResponseFinalizeBlock): string[] {
    const twin = this.#twin;
    const random = new Random(Number(this.#main.height));
    for (const tx of txs) {
      if (twin.height > 0n && random.chance(60)) twin.client.checkTx(tx, random.chance(30));
      if (twin.height > 0n && random.chance(10)) twin.app.simulate(tx);
    }
    const first = random.chance(20) ? [] : txs;
    if (twin.height > 0n && random.chance(10)) this.#discarded(first);
    const told = twin.block(txs, this.#time);
    if (random.chance(30))
      for (const { address } of this.#world.everybody) answersOf(twin).balances(address);
    if (random.chance(10)) twin.app.exportGenesis();
    const faults = difference("the twin", response, told);
    if (twin.appHash !== this.#main.appHash)
      faults.push(`the twin's app hash is ${twin.appHash}, not ${this.#main.appHash}`);
    return faults;
  }

  /** A block that is finalized and never committed leaves nothing behind. */
  #discarded(txs: readonly Uint8Array[]): void {
    this.#twin.client.finalizeBlock({
      txs,
      height: this.#twin.height + 1n,
      time: { seconds: this.#time + 77n, nanos: 0 },
      hash: new Uint8Array(0),
      nextValidatorsHash: new Uint8Array(0),
      proposerAddress: new Uint8Array(0),
      misbehavior: [],
      decidedLastCommit: { round: 0, votes: [] },
    });
  }

  // ---- export and import ---------------------------------------------------------------------------

  /** Exports, begins a new chain with that, and goes on with it beside the old one. */
  #bear(): string[] {
    const { app, height } = this.#main;
    const appState = app.exportGenesis();
    const consensusParams = this.#genesis.consensusParams;
    this.#reborn = this.#machine({
      chainId: CHAIN_ID,
      time: this.#time,
      initialHeight: height + 1n,
      consensusParams,
      appState,
    });
    return this.#sameExport("after import", this.#reborn);
  }

  #sameExport(when: string, other: Machine | undefined): string[] {
    if (other === undefined) return [];
    const [own, told] = [this.#main.app.exportGenesis(), other.app.exportGenesis()];
    return Object.keys(own).flatMap((module) => {
      const [a, b] = [own[module], told[module]].map((state) => JSON.stringify(state));
      return a === b ? [] : [`export of ${module} ${when} differs: ${firstDifference(a, b)}`];
    });
  }

  #runReborn(txs: readonly Uint8Array[], response: ResponseFinalizeBlock): string[] {
    const reborn = this.#reborn;
    if (reborn === undefined) return [];
    const told = reborn.block(txs, this.#time, this.#main.height);
    return [...difference("the imported chain", response, told), ...reborn.app.brokenInvariants()];
  }
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
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

function difference(
  who: string,
  own: ResponseFinalizeBlock,
  told: ResponseFinalizeBlock,
): string[] {
  const faults = own.txResults.flatMap((result, index) => {
    const other = told.txResults[index];
    const [a, b] = [result, other].map((one) =>
      one === undefined ? "nothing" : toBase64(ExecTxResult.encode(one)),
    );
    if (a === b) return [];
    const text = (one: ExecTxResult | undefined): string =>
      `${one?.codespace}/${one?.code} gas ${one?.gasUsed}, ${one?.events.length} events: ${one?.log}`;
    return [`${who}: result ${index} is ${text(other)}, not ${text(result)}`];
  });
  const [a, b] = [own, told].map(({ events }) => JSON.stringify(events));
  if (a !== b) faults.push(`${who}: block events differ: ${firstDifference(a, b)}`);
  return faults;
}

function firstDifference(a = "", b = ""): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 120);
  return `\n    ${a.slice(from, at + 160)}\n    ${b.slice(from, at + 160)}`;
}
