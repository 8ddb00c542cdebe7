// The embedded engine over a tiny key-value application, on a real disk that can be made to fail at a
// chosen write: what tests of engine, order of persistence and handshake need, without the chain's modules.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes, readU64BigEndian, u64BigEndian, utf8 } from "../../chain/base/bytes.ts";
import type { Platform } from "../../chain/base/platform.ts";
import {
  ExecTxResult,
  ResponseCheckTx,
  ResponseFinalizeBlock,
} from "../../chain/codec/gen/tendermint/abci.ts";
import type { RequestFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { ResponseQuery } from "../../chain/codec/gen/tendermint/abci.ts";
import type { Clocks, EngineApplication } from "../../chain/node/application.ts";
import { Database } from "../../chain/node/db.ts";
import type { DatabaseWrite } from "../../chain/node/db.ts";
import { Admission } from "../../chain/node/embedded/admission.ts";
import { BlockStore } from "../../chain/node/embedded/blocks.ts";
import { EngineClock } from "../../chain/node/embedded/clock.ts";
import { Engine } from "../../chain/node/embedded/engine.ts";
import type { EngineSettings } from "../../chain/node/embedded/engine.ts";
import { generateKeyPair, keyPairOf } from "../../chain/node/embedded/keys.ts";
import { Mempool } from "../../chain/node/embedded/mempool.ts";
import { Signer } from "../../chain/node/embedded/signer.ts";
import { handshake } from "../../chain/node/embedded/start.ts";
import type { GenesisInput } from "../../chain/node/embedded/start.ts";
import { EventBus } from "../../chain/node/events.ts";
import type { CommittedBlock } from "../../chain/node/events.ts";
import { Indexer } from "../../chain/node/index/indexer.ts";
import { SILENT } from "../../chain/node/log.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { INLINE_VERIFIER } from "../../chain/node/verify/verifier.ts";

/** The platform of these tests. */
export const platform: Platform = fastPlatform(() => undefined);

const STATE_KEY = utf8("kv");

/** Chains the hashes of all transactions; a transaction that begins with `bad` fails in its block. */
export class KvApp implements EngineApplication {
  #height: bigint;
  #hash: Uint8Array;
  #staged: { readonly height: bigint; readonly hash: Uint8Array } | undefined;
  /** Told in the answer to the block of that height. */
  readonly powers = new Map<
    bigint,
    readonly { readonly key: Uint8Array; readonly power: bigint }[]
  >();
  due: Partial<Clocks> = {};
  #time = 0n;
  finalized: RequestFinalizeBlock[] = [];

  constructor(database: Database) {
    const bytes = database.get(STATE_KEY);
    this.#height = bytes === undefined ? 0n : readU64BigEndian(bytes);
    this.#hash = bytes?.slice(8) ?? platform.sha256(new Uint8Array(0));
  }

  info(): ReturnType<EngineApplication["info"]> {
    const lastBlockAppHash = this.#height === 0n ? new Uint8Array(0) : this.#hash;
    const lastBlockHeight = this.#height;
    return { data: "kv", version: "1", appVersion: 0n, lastBlockHeight, lastBlockAppHash };
  }

  initChain(): ReturnType<EngineApplication["initChain"]> {
    this.#staged = undefined;
    return { validators: [], appHash: this.#hash };
  }

  checkTx({ tx }: { readonly tx: Uint8Array }): ResponseCheckTx {
    return ResponseCheckTx.create({ code: tx.length === 0 ? 9 : 0, gasWanted: 1n });
  }

  prepareProposal({ txs }: { readonly txs: readonly Uint8Array[] }): {
    txs: readonly Uint8Array[];
  } {
    return { txs };
  }

  processProposal(): { status: number } {
    return { status: 1 };
  }

  finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock {
    if (request.height !== this.#height + 1n)
      throw new Error(`block ${request.height} after ${this.#height}`);
    this.finalized.push(request);
    this.#time = request.time.seconds;
    const parts = [this.#hash, u64BigEndian(request.height), ...request.txs];
    const hash = platform.sha256(concatBytes(...parts));
    this.#staged = { height: request.height, hash };
    const txResults = request.txs.map((tx) =>
      ExecTxResult.create({ code: tx[0] === 0x62 ? 4 : 0, gasUsed: BigInt(tx.length) }),
    );
    const validatorUpdates = (this.powers.get(request.height) ?? []).map(({ key, power }) => ({
      pubKey: { ed25519: key },
      power,
    }));
    return ResponseFinalizeBlock.create({ txResults, appHash: hash, validatorUpdates });
  }

  commitBatch(): { writes: readonly DatabaseWrite[] } {
    if (this.#staged === undefined) throw new Error("nothing is staged");
    const { height, hash } = this.#staged;
    return { writes: [[STATE_KEY, concatBytes(u64BigEndian(height), hash)]] };
  }

  commit(): { retainHeight: bigint } {
    if (this.#staged === undefined) throw new Error("nothing is staged");
    this.#height = this.#staged.height;
    this.#hash = this.#staged.hash;
    this.#staged = undefined;
    return { retainHeight: 0n };
  }

  query(): ResponseQuery {
    return ResponseQuery.create({ height: this.#height });
  }

  signatureJobs(): readonly [] {
    return [];
  }

  learnVerdict(): void {
    throw new Error("nothing was asked");
  }

  clocks(): Clocks {
    const base = { time: this.#time, uptime: this.#time, maxBlockGap: 60n };
    return { ...base, dueTime: undefined, dueUptime: undefined, ...this.due };
  }

  snapshotStep(): undefined {
    return undefined;
  }
}

/** Makes the nth write from now on fail, before or after it reached the disk. */
export interface Fault {
  writesLeft: number;
  readonly when: "before" | "after";
}

function breakable(database: Database, fault: Fault | undefined): Database {
  if (fault === undefined) return database;
  const write: Database["write"] = async (writes, options) => {
    if (fault.writesLeft <= 0) throw new Error("the process is dead");
    fault.writesLeft--;
    if (fault.writesLeft === 0 && fault.when === "before") throw new Error("the disk failed");
    await database.write(writes, options);
    if (fault.writesLeft === 0) throw new Error("the disk failed afterwards");
  };
  return new Proxy(database, {
    get: (target, name) => {
      if (name === "write") return write;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A home of the key-value chain. */
export interface KvHome {
  readonly folder: string;
  readonly genesis: GenesisInput;
  readonly seed: Uint8Array;
}

/** Makes a home; `others` are powers of validators that never sign, beside ours of 100. */
export function makeKvHome(others: readonly bigint[] = []): KvHome {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-engine-"));
  const { seed, publicKey } = generateKeyPair(platform);
  const absent = others.map((power) => ({ key: generateKeyPair(platform).publicKey, power }));
  const genesis = {
    chainId: "kv-1",
    time: { seconds: BigInt(Math.floor(Date.now() / 1000)) - 5n, nanos: 123 },
    initialHeight: 1n,
    params: { block: { maxBytes: 1_000_000n, maxGas: -1n } },
    validators: [{ key: publicKey, power: 100n }, ...absent],
    appHash: new Uint8Array(0),
    appState: utf8("{}"),
  };
  return { folder, genesis, seed };
}

/** A running engine. */
export interface KvNode {
  readonly engine: Engine;
  readonly app: KvApp;
  readonly blocks: BlockStore;
  readonly indexer: Indexer;
  readonly mempool: Mempool;
  readonly admission: Admission;
  readonly clock: EngineClock;
  /** Blocks that were published. */
  readonly published: CommittedBlock[];
  close(): Promise<void>;
}

/** Opens a home: handshake done, no block made until `engine.start`. */
export async function openKvNode(
  home: KvHome,
  settings: Partial<EngineSettings> = {},
  fault?: Fault,
): Promise<KvNode> {
  const open = (name: string): Promise<Database> =>
    Database.open(join(home.folder, "data", name), 1);
  const disks = [await open("application.db"), await open("blocks.db"), await open("index.db")];
  const closeAll = async (): Promise<void> => {
    for (const disk of disks) await disk.close();
  };
  try {
    const [database, log, index] = disks.map((disk) => breakable(disk, fault)) as [
      Database,
      Database,
      Database,
    ];
    const app = new KvApp(database);
    const blocks = await BlockStore.load(log, platform);
    const indexer = new Indexer(index);
    const parts = { platform, app, blocks, database, indexer };
    const state = await handshake(parts, home.genesis, SILENT);
    const bus = new EventBus((error) => {
      throw error;
    });
    const published: CommittedBlock[] = [];
    bus.listen((block) => void published.push(block));
    const mempool = new Mempool({
      size: 100,
      maxTxsBytes: 100_000,
      maxTxBytes: 1000,
      cacheSize: 1000,
      keepInvalid: false,
    });
    const running: { engine?: Engine } = {};
    const admission = new Admission({
      app,
      platform,
      mempool,
      verifier: INLINE_VERIFIER,
      maxGas: () => -1n,
      added: () => running.engine?.schedule(),
    });
    const signer = new Signer(home.folder, keyPairOf(platform, home.seed));
    const clock = new EngineClock(state.clockAheadMs);
    const all: EngineSettings = {
      interval: 10,
      emptyBlocks: true,
      emptyInterval: 0,
      recheck: true,
      recheckTimeout: 1000,
      haltHeight: 0n,
      haltTime: 0n,
      ...settings,
    };
    const rest = { mempool, admission, signer, clock, bus, log: SILENT, settings: all };
    const engine = new Engine({ ...parts, ...rest }, state);
    running.engine = engine;
    const close = async (): Promise<void> => {
      await engine.stop();
      await closeAll();
    };
    return { engine, app, blocks, indexer, mempool, admission, clock, published, close };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Waits until `done` holds; fails after twenty seconds. */
export async function until(done: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!done()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
