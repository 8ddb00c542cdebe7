// A chain of the benchmarks: the application in this process over a database in a folder, as a node
// has it, but without engine and RPC. `fixture.ts` fills such folders, the other programs open them.

import { utf8 } from "../../chain/base/bytes.ts";
import { defaultAppState, leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { readConfigText } from "../../chain/node/config/config.ts";
import { Database } from "../../chain/node/db.ts";
import { loadStore } from "../../chain/node/loading.ts";
import { HelperThread } from "../../chain/node/helper/thread.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import type { BranchContext } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { buildGenesis, preset } from "../../genesis/index.ts";
import { accounts } from "../../modules/auth/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { OURS, START_COIN } from "./load.ts";
import type { People } from "./load.ts";

const GENESIS_SECONDS = 1_800_000_000n;
/** Nodes of one piece of a snapshot. */
const SNAPSHOT_NODES = 4096;

const alone = fastPlatform(console.log);
const WORKER = new URL("../../chain/node/signature_worker.js", import.meta.url);

/** The platform of all benchmarks: a node's, with its helper thread unless BENCH_ALONE is 1. */
export const platform =
  process.env["BENCH_ALONE"] === "1"
    ? alone
    : { ...alone, helper: new HelperThread(alone.verifySecp256k1, WORKER) };

/** What a block took, microseconds, and what it gave. */
export interface BlockTimes {
  /** From FinalizeBlock to the end of Commit, the fsynced batch between them. */
  readonly whole: number;
  readonly finalize: number;
  readonly response: ResponseFinalizeBlock;
}

/** An application over a database. */
export class BenchChain {
  readonly app: Application;
  /** Header time of the last block, seconds since 1970. */
  time: bigint;
  readonly database: Database;

  private constructor(app: Application, database: Database, time: bigint) {
    this.app = app;
    this.database = database;
    this.time = time;
  }

  /** A new chain whose genesis lists the accounts below `listed`, with block 1. */
  static async create(folder: string, people: People, listed: number): Promise<BenchChain> {
    const parts = leaseholdParts(platform, "bench");
    const store = new TreeMultiStore(platform, storeNames(parts));
    const app = new Application(parts, { store, platform });
    const database = await Database.open(folder);
    const chain = new BenchChain(app, database, GENESIS_SECONDS);
    chain.#init(people, listed);
    await chain.run([]);
    return chain;
  }

  /** The chain of a folder, loaded as a node loads it at its start. */
  static async open(folder: string): Promise<BenchChain> {
    const parts = leaseholdParts(platform, "bench");
    const database = await Database.open(folder);
    const settings = { app: readConfigText("app.toml", "").values };
    const names = storeNames(parts);
    const store = await loadStore(platform, names, database, settings, console.log);
    const app = new Application(parts, { store, platform });
    return new BenchChain(app, database, app.context().now);
  }

  get height(): bigint {
    return this.app.store.height;
  }

  #init(people: People, listed: number): void {
    const { prefix, chainId, denom } = OURS;
    const coins = [{ denom, amount: START_COIN }];
    const genesisTime = { seconds: GENESIS_SECONDS, nanos: 0 };
    const accountsOf = Array.from({ length: listed }, (_, i) => ({
      address: people.address(i),
      coins,
    }));
    const { denoms } = preset("local");
    const spec = { chainId, genesisTime, prefix, denoms, accounts: accountsOf, params: {} };
    const { appState } = buildGenesis({ ...spec, validators: [] }, defaultAppState(this.app.parts));
    this.app.initChain(
      RequestInitChain.create({
        time: genesisTime,
        chainId,
        initialHeight: 1n,
        consensusParams: defaultConsensusParams(),
        validators: [{ pubKey: { ed25519: new Uint8Array(32).fill(7) }, power: 1n }],
        appStateBytes: utf8(JSON.stringify(appState)),
      }),
    );
  }

  /** CheckTx of each transaction. Throws on a refusal. */
  check(txs: readonly Uint8Array[]): void {
    for (const tx of txs) {
      const { code, log } = this.app.checkTx({ tx, type: 0 });
      if (code !== 0) throw new Error(`CheckTx: code ${code} ${log}`);
    }
  }

  /** Makes a block, `seconds` after the last one. Throws when a transaction fails. */
  async run(txs: readonly Uint8Array[], seconds = 5n): Promise<BlockTimes> {
    this.time += seconds;
    const time = { seconds: this.time, nanos: 0 };
    const request = RequestFinalizeBlock.create({ txs, height: this.height + 1n, time });
    const begin = performance.now();
    const response = this.app.finalizeBlock(request);
    const finalized = performance.now();
    await this.database.write(this.app.commitBatch().writes, { sync: true });
    this.app.commit();
    const end = performance.now();
    for (const { code, codespace, log } of response.txResults)
      if (code !== 0) throw new Error(`block ${this.height}: ${codespace}/${code} ${log}`);
    return { whole: (end - begin) * 1000, finalize: (finalized - begin) * 1000, response };
  }

  /**
   * Writes state past the application, as a height of its own: how a genesis of any size comes in
   * piece by piece. The application must be opened anew afterwards.
   */
  async piece(body: (ctx: BranchContext) => void): Promise<void> {
    const { store } = this.app;
    const ctx = this.app.context(store.latest(), "genesis");
    body(ctx);
    const { branches } = ctx;
    const time = { seconds: this.time, nanos: 0 };
    store.stage(store.height + 1n, time, branches.changes(), branches.sideChanges());
    await this.database.write(store.batch().writes, { sync: false });
    store.promote();
  }

  /** Writes a whole snapshot, so that opening replays nothing. */
  async snapshot(): Promise<void> {
    for (let first = true; ; first = false) {
      const step = this.app.store.snapshots.step(SNAPSHOT_NODES, first);
      if (step === undefined) return;
      await this.database.write(step.writes, { sync: step.last });
      for (const range of step.clear) await this.database.clear(range);
      if (step.last) return;
    }
  }

  /** Takes the sequences of all keyed accounts from committed state. */
  readSequences(people: People): void {
    const ctx = this.app.context();
    for (const one of people.keyed) {
      const account = accounts.get(ctx, one.bytes);
      if (account?.number !== BigInt(one.index))
        throw new Error(`account ${one.index} has number ${account?.number}`);
      one.sequence = account.sequence;
    }
  }

  /** Leaves of a store's tree. */
  entries(name: string): number {
    const { engine, height } = this.app.store;
    const root = this.app.store.rootAt(height, name);
    return root === 0 ? 0 : engine.arena.size(root);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
