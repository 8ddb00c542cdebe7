// The embedded node, killed with -9 again and again on one home that lives through all of it: at named
// steps on a block's way to the disk, and at random moments under load.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import { AddressCodec } from "../../chain/base/address.ts";
import { utf8 } from "../../chain/base/bytes.ts";
import type { CommitStep } from "../../chain/node/steps.ts";
import { COMMIT_STEPS } from "../../chain/node/steps.ts";
import { callRpc, EndedEarly, makeTestHome, startChildNode } from "../support/node.ts";
import type { ChildNode, KillPoint, TestHomeOptions } from "../support/node.ts";
import { testPlatform } from "../support/platform.ts";
import { checkHeights, checkHome, checkTwin } from "./checks.ts";
import { CrashLoad } from "./load.ts";
import { median, random, shuffled } from "./scenario.ts";
import type { CrashOptions, CrashRow, CrashScenario } from "./scenario.ts";

/** Every so many kills the home is verified in full. */
const VERIFY_EVERY = 10;
/** Of a random kill: time under load, milliseconds. */
const RANDOM_MS = { from: 30, to: 600 };
/** A step that is not reached in this time is a fault of the test. */
const STEP_TIMEOUT_MS = 60_000;
/** Accounts that make the tree so large that a snapshot takes several pieces. */
const CROWD = 1000;

type Moment = KillPoint | "random";

/** What happened, over all kills. */
class Tally {
  readonly kills = new Map<string, number>();
  readonly startMs: number[] = [];
  duringStart = 0;
  verified = 0;
  found = 0;

  add(moment: Moment, during: "load" | "start"): void {
    const name = moment === "random" ? "random" : moment.step;
    this.kills.set(name, (this.kills.get(name) ?? 0) + 1);
    if (during === "start") this.duringStart += 1;
  }

  get total(): number {
    return [...this.kills.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** One home through its kills. */
export class Ordeal {
  readonly home: string;
  readonly load: CrashLoad;
  readonly tally = new Tally();
  readonly #checked = new Set<string>();
  #blocksChecked = 0n;
  #height = 0n;

  constructor(home: string, load: CrashLoad) {
    this.home = home;
    this.load = load;
  }

  /** Starts the node, holds it against all that is known, loads it for a while, and stops it. */
  async visit(ms: number): Promise<bigint> {
    const node = await this.#start(undefined);
    if (node === undefined) throw new Error("a start without a kill point was killed");
    this.#checked.clear();
    await this.#checkRunning(node);
    const loading = this.load.run(node.rpcUrl);
    await pause(ms);
    this.load.stop();
    await loading;
    assert.is(await node.stop(), 0, "an orderly stop ends with status 0");
    return this.#height;
  }

  /** Starts the node, holds it against what is known, loads it, and sees it killed. */
  async kill(moment: Moment, next: () => number): Promise<void> {
    const point = moment === "random" ? undefined : moment;
    const node = await this.#start(point);
    if (node === undefined) return this.tally.add(moment, "start");
    try {
      await this.#checkRunning(node);
      const loading = this.load.run(node.rpcUrl);
      if (point === undefined) {
        await pause(RANDOM_MS.from + next() * (RANDOM_MS.to - RANDOM_MS.from));
        await node.kill();
      } else await reachedInTime(node, point.step);
      await loading;
      this.tally.add(moment, "load");
    } catch (error) {
      await node.kill();
      // The kill point may be reached before the node was asked everything.
      if (point === undefined || !isConnectionLost(error)) throw error;
      this.tally.add(moment, "start");
    }
    if (this.tally.total % VERIFY_EVERY === 0) await this.verify();
  }

  /** The home of a dead node: its new blocks, all of its state. */
  async verify(): Promise<void> {
    this.#blocksChecked = await checkHome(this.home, this.#blocksChecked);
    this.tally.verified += 1;
  }

  /** A last start without a kill: everything that was ever answered is found. */
  async finish(): Promise<void> {
    const node = await this.#start(undefined);
    if (node === undefined) throw new Error("the last start was killed");
    this.#checked.clear();
    await this.#checkRunning(node);
    assert.is(await node.stop(), 0, "an orderly stop ends with status 0");
    await this.verify();
  }

  async #start(point: KillPoint | undefined): Promise<ChildNode | undefined> {
    const began = performance.now();
    try {
      const node = await startChildNode(this.home, point);
      this.tally.startMs.push(performance.now() - began);
      return node;
    } catch (error) {
      if (error instanceof EndedEarly && point !== undefined) return undefined;
      throw error;
    }
  }

  async #checkRunning({ rpcUrl }: ChildNode): Promise<void> {
    const height = await wholeHeight(rpcUrl);
    assert.ok(height >= this.#height, `height ${height} after ${this.#height}`);
    this.#height = height;
    await this.load.readSequences(rpcUrl);
    for (const [hash, answer] of this.load.answers) {
      if (this.#checked.has(hash)) continue;
      const hex = Buffer.from(hash, "hex").toString("base64");
      const found = await callRpc<Found>(rpcUrl, "tx", { hash: hex });
      assert.is(BigInt(found.height), answer.height, `height of ${hash}`);
      assert.is(found.tx_result.code, answer.code, `code of ${hash}`);
      this.#checked.add(hash);
      this.tally.found += 1;
    }
  }
}

interface Found {
  readonly height: string;
  readonly tx_result: { readonly code: number };
}

/** The application stands at a height whose hash the chain's next header has. Gives that height. */
async function wholeHeight(url: string): Promise<bigint> {
  type Info = { response: { last_block_height: string; last_block_app_hash: string } };
  const { response } = await callRpc<Info>(url, "abci_info");
  const height = BigInt(response.last_block_height);
  const hash = Buffer.from(response.last_block_app_hash, "base64").toString("hex").toUpperCase();
  for (let left = 500; ; left--) {
    type Header = { header: { app_hash: string } };
    const params = { height: (height + 1n).toString() };
    const next = await callRpc<Header>(url, "header", params).catch((error: Error) => {
      if (left === 0 || isConnectionLost(error)) throw error;
      return undefined;
    });
    if (next !== undefined) {
      assert.is(next.header.app_hash, hash, `app hash at ${height}`);
      return height;
    }
    await pause(10);
  }
}

/** Whether a call failed because its node is gone, rather than by an answer. */
function isConnectionLost(error: unknown): boolean {
  return error instanceof TypeError && error.message === "fetch failed";
}

async function reachedInTime(node: ChildNode, step: CommitStep): Promise<void> {
  const late = pause(STEP_TIMEOUT_MS, "late", { ref: false });
  if ((await Promise.race([node.ended, late])) !== "late") return;
  await node.kill();
  throw new Error(`step ${step} was not reached in ${STEP_TIMEOUT_MS / 1000} s`);
}

/** How often a step may pass before the kill: a block's come some thirty times a second. */
function mostPasses(step: CommitStep): number {
  if (step === "snapshot.writing" || step === "snapshot.piece") return 8;
  return step.startsWith("snapshot") ? 2 : 40;
}

/** Kills at each of these steps, the rest at random, in a mixed order. */
function plan(steps: readonly CommitStep[], each: number, kills: number, seed: number): Moment[] {
  const next = random(seed);
  const named = steps.flatMap((step) =>
    Array.from({ length: each }, () => {
      return { step, count: 1 + Math.floor(next() * mostPasses(step)) };
    }),
  );
  const rest = Array.from({ length: Math.max(0, kills - named.length) }, () => "random" as const);
  return shuffled<Moment>([...named, ...rest], next);
}

/** A home for a load, with a crowd of accounts. */
export function makeHome(load: CrashLoad, options: TestHomeOptions): string {
  const codec = new AddressCodec("lease");
  const crowd = Array.from({ length: CROWD }, (_, i) => ({
    address: codec.format(testPlatform.sha256(utf8(`crowd ${i}`)).slice(0, 20)),
    coins: [{ denom: "ulease", amount: 1n }],
  }));
  return makeTestHome({
    ...options,
    chainId: "crash-1",
    accounts: [...load.accounts, ...crowd],
    config: { timeout_commit: '"30ms"' },
  });
}

function figures({ tally, load }: Ordeal): CrashRow[] {
  const rows: CrashRow[] = [];
  const order: readonly string[] = [...COMMIT_STEPS, "random"];
  for (const name of order) {
    const count = tally.kills.get(name);
    if (count !== undefined)
      rows.push({ what: `kills at ${name}`, count, result: "whole height, equal app hash" });
  }
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const slowest = Math.max(...tally.startMs);
  return [
    ...rows,
    {
      what: "kills in all",
      count: tally.total,
      result: `${tally.duringStart} of them while starting`,
    },
    {
      what: "starts until RPC answered",
      count: tally.startMs.length,
      result: `median ${ms(median(tally.startMs))}, longest ${ms(slowest)}`,
    },
    {
      what: "verified in full (verify-state, light client)",
      count: tally.verified,
      result: "no fault",
    },
    {
      what: "transactions answered from a block",
      count: load.answers.size,
      result: `${load.succeeded} with code 0; lost: 0`,
    },
  ];
}

async function live(
  ordeal: Ordeal,
  moments: readonly Moment[],
  options: CrashOptions,
): Promise<void> {
  const next = random(options.seed + 1);
  for (const [i, moment] of moments.entries()) {
    await ordeal.kill(moment, next);
    if ((i + 1) % 20 === 0)
      options.tell(`${i + 1} kills of ${moments.length}, ${ordeal.load.answers.size} answers`);
  }
  await ordeal.finish();
  assert.equal(ordeal.load.surprises, [], "answers of a node");
  assert.ok(ordeal.load.succeeded >= moments.length, `only ${ordeal.load.succeeded} succeeded`);
}

/** Removes the home when all is well; else says where it is. */
export async function inHome<T>(home: string, seed: number, work: () => Promise<T>): Promise<T> {
  try {
    const done = await work();
    rmSync(home, { recursive: true, force: true });
    return done;
  } catch (error) {
    throw new Error(`seed ${seed}, home ${home} is left to be looked at`, { cause: error });
  }
}

/** Steps that only a home with pruned blocks reaches. */
const PRUNING: readonly CommitStep[] = ["blocks.pruned", "snapshot.complete", "snapshot.cleared"];

/** All steps, all heights kept on disk; at the end a twin gets all blocks from genesis. */
export const EMBEDDED: CrashScenario = {
  name: "embedded node, every height kept",
  async run(options) {
    const load = new CrashLoad("crash-1");
    const app = { pruning: '"nothing"', "snapshot-blocks": "20" };
    const home = makeHome(load, { app });
    return inHome(home, options.seed, async () => {
      const ordeal = new Ordeal(home, load);
      const steps = COMMIT_STEPS.filter((step) => step !== "blocks.pruned");
      const each = Math.max(1, Math.floor((options.kills * 0.4) / steps.length));
      const few = options.kills < 2 * steps.length;
      const chosen = few
        ? shuffled(steps, random(options.seed)).slice(0, options.kills / 2)
        : steps;
      await live(ordeal, plan(chosen, each, options.kills, options.seed), options);
      const twin = await checkTwin(home);
      const heights = await checkHeights(home);
      assert.is(heights, twin.blocks, "every height is readable");
      assert.ok(twin.succeeded >= load.succeeded);
      return [
        ...figures(ordeal),
        {
          what: "blocks given to a twin from genesis",
          count: twin.blocks,
          result: `${twin.txs} transactions, every app hash equal`,
        },
        { what: "heights read and proved from disk", count: heights, result: "equal app hashes" },
      ];
    });
  },
};

/** Blocks, heights and snapshots go as fast as the settings allow. */
export const EMBEDDED_PRUNED: CrashScenario = {
  name: "embedded node, everything pruned",
  async run(options) {
    const load = new CrashLoad("crash-1");
    const app = { pruning: '"everything"', "snapshot-blocks": "5", "min-retain-blocks": "10" };
    const home = makeHome(load, { app });
    shortenEvidence(home);
    return inHome(home, options.seed, async () => {
      const ordeal = new Ordeal(home, load);
      const kills = Math.max(2, Math.floor(options.kills / 10));
      const each = Math.max(1, Math.floor(kills / 6));
      await live(ordeal, plan(PRUNING, each, kills, options.seed), options);
      return figures(ordeal);
    });
  },
};

/** Evidence grows old after ten blocks, so that blocks may go. */
function shortenEvidence(home: string): void {
  const path = join(home, "config", "genesis.json");
  const genesis = JSON.parse(readFileSync(path, "utf8")) as {
    consensus: { params: { evidence: { max_age_num_blocks: string } } };
  };
  genesis.consensus.params.evidence.max_age_num_blocks = "10";
  writeFileSync(path, JSON.stringify(genesis));
}
