// A node of the embedded engine, put together: configuration, disk, application, engine, RPC; and taken
// apart again. Commands and tests use nothing else of this floor to run a chain.

import { setTimeout as pause } from "node:timers/promises";
import { equalBytes, toHex, utf8 } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { formatTime } from "../base/time.ts";
import { storeNames } from "../app/index.ts";
import { Application } from "../runtime/index.ts";
import type { AppParts } from "../runtime/index.ts";
import { DamagedState, StateLoader } from "../store/index.ts";
import type { TreeMultiStore } from "../store/index.ts";
import { cometGenesis } from "../../genesis/index.ts";
import type { ConfigValues } from "./config/config.ts";
import { loadConfig } from "./config/config.ts";
import { parseGasPrices } from "./config/gas_prices.ts";
import { Database } from "./db.ts";
import { Admission } from "./embedded/admission.ts";
import { BlockStore } from "./embedded/blocks.ts";
import { EngineClock, toMillis } from "./embedded/clock.ts";
import { Engine } from "./embedded/engine.ts";
import { Mempool } from "./embedded/mempool.ts";
import { Signer } from "./embedded/signer.ts";
import type { EngineState } from "./embedded/state.ts";
import { handshake, requireSignerFits } from "./embedded/start.ts";
import type { GenesisInput } from "./embedded/start.ts";
import { EventBus } from "./events.ts";
import { claimForEmbedded, dataPaths, readKeys } from "./claim.ts";
import { readGenesis } from "./home.ts";
import { Indexer } from "./index/indexer.ts";
import { createLogger } from "./log.ts";
import type { Logger, LogLevel } from "./log.ts";
import { fastPlatform } from "./platform.ts";
import { BLOCK_METHODS } from "./rpc/block_methods.ts";
import type { RpcParts } from "./rpc/methods.ts";
import { DEV_METHODS, NODE_METHODS } from "./rpc/node_methods.ts";
import { RpcServer } from "./rpc/server.ts";
import type { RpcOptions } from "./rpc/server.ts";
import { WorkQueue } from "./rpc/queue.ts";
import { Turns } from "./rpc/turns.ts";
import { TX_METHODS } from "./rpc/tx_methods.ts";
import {
  engineSettings,
  keptHeights,
  mempoolLimits,
  queryLimit,
  rpcOptionsOf,
  toldConfig,
} from "./settings.ts";
import type { NodeSettings } from "./settings.ts";
import { INLINE_VERIFIER, WorkerVerifier } from "./verify/verifier.ts";
import type { Verifier } from "./verify/verifier.ts";

/** What a node is started with. */
export interface NodeOptions {
  readonly home: string;
  /** The application's modules, wired: chain/app's composition, or a test's. */
  readonly compose: (platform: Platform) => AppParts;
  /** Where log lines go; by default what config.toml says, on standard error. */
  readonly log?: Logger;
  /** RPC address instead of the configured one: `tcp://127.0.0.1:0` takes a free port. */
  readonly listen?: string;
}

/** A running node. */
export interface Node {
  readonly chainId: string;
  readonly rpcUrl: string;
  readonly app: Application;
  readonly engine: Engine;
  readonly blocks: BlockStore;
  /** Resolves with a sentence when the engine halts by itself. */
  readonly halted: Promise<string>;
  /** Finishes the block that is being made and releases everything. */
  stop(): Promise<void>;
}

/** Disk of a node. */
interface Disk {
  readonly application: Database;
  readonly blocks: Database;
  readonly index: Database | undefined;
}

/** Starts a node. Rejects with one sentence when it cannot; what was opened is closed again. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { home } = options;
  const [config, app] = [loadConfig(home, "config.toml"), loadConfig(home, "app.toml")];
  const settings = { config: config.values, app: app.values };
  const log = options.log ?? loggerOf(settings.config);
  for (const warning of [...config.warnings, ...app.warnings]) log.warn(warning);
  const platform = fastPlatform((sentence) => log.warn(sentence));
  const genesis = loadGenesis(platform, home);
  claimForEmbedded(home);
  const disk = await openDisk(home, settings);
  const closers: (() => Promise<void>)[] = [() => closeDisk(disk)];
  try {
    return await assembleNode(options, { settings, log, platform, genesis, disk, closers });
  } catch (error) {
    for (const close of closers.reverse()) await close();
    throw error;
  }
}

interface Foundation {
  readonly settings: NodeSettings;
  readonly log: Logger;
  readonly platform: Platform;
  readonly genesis: Genesis;
  readonly disk: Disk;
  /** What is to be closed, in the order of opening. */
  readonly closers: (() => Promise<void>)[];
}

/** The application with the state that lies on disk. */
async function loadApplication(options: NodeOptions, found: Foundation): Promise<Application> {
  const { settings, log, platform, disk } = found;
  const parts = options.compose(platform);
  const names = storeNames(parts);
  const store = await loadStore(platform, names, disk.application, settings, (sentence) =>
    log.warn(sentence),
  );
  return new Application(parts, {
    store,
    platform,
    minGasPrices: parseGasPrices(settings.app.text("minimum-gas-prices")),
    ...queryLimit(settings.app),
    reportBug: (error, where) =>
      log.error("a bug was contained", {
        where,
        error: error instanceof Error ? error.stack : String(error),
      }),
  });
}

type EngineParts = Pick<
  RpcParts,
  "platform" | "engine" | "blocks" | "indexer" | "mempool" | "admission" | "bus"
>;

/** What stands between application and RPC: engine, mempool, and the way into it. */
async function makeEngine(
  found: Foundation,
  app: Application,
  signer: Signer,
): Promise<EngineParts> {
  const { settings, log, platform, genesis, disk, closers } = found;
  const blocks = await BlockStore.load(disk.blocks, platform);
  await requireSameGenesis(blocks, genesis.hash);
  requireSignerFits(signer, blocks.height, genesis.input.initialHeight);
  const indexer = disk.index === undefined ? undefined : new Indexer(disk.index);
  const execution = { platform, app, blocks, database: disk.application, indexer };
  const state = await handshake(execution, genesis.input, log.named("handshake"));
  const verifier = makeVerifier(app, settings, log);
  closers.push(() => verifier.close());
  const bus = new EventBus((error) =>
    log.error("a listener of blocks failed", { error: String(error) }),
  );
  const mempool = new Mempool(mempoolLimits(settings.config));
  const running: { engine?: Engine } = {};
  const admission = new Admission({
    app,
    platform,
    mempool,
    verifier,
    maxGas: () => running.engine?.state.params.block?.maxGas ?? -1n,
    added: () => running.engine?.schedule(),
  });
  const parts = { ...execution, mempool, admission, signer, bus };
  const clock = new EngineClock(clockAhead(state, settings, log));
  const engineParts = { ...parts, clock, log: log.named("engine") };
  const engine = new Engine({ ...engineParts, settings: engineSettings(settings) }, state);
  running.engine = engine;
  return { platform, engine, blocks, indexer, mempool, admission, bus };
}

/**
 * Milliseconds by which the engine's clock leads. A genesis of later than now is waited for; on a local
 * chain, whose clock is ours, the clock goes there: it may be the export of a chain that was advanced.
 */
function clockAhead(state: EngineState, settings: NodeSettings, log: Logger): number {
  const lead = state.height === 0n ? toMillis(state.blockTime) - Date.now() : 0;
  if (lead <= 0) return state.clockAheadMs;
  if (settings.app.flag("dev")) return lead;
  log.warn(`the first block waits for the time of the genesis, ${formatTime(state.blockTime)}`);
  return 0;
}

async function assembleNode(options: NodeOptions, found: Foundation): Promise<Node> {
  const { settings, log, platform, genesis, closers } = found;
  const keys = readKeys(platform, options.home);
  const app = await loadApplication(options, found);
  const engine = await makeEngine(found, app, new Signer(options.home, keys.validator));
  const rpcOptions = rpcOptionsOf(settings.config, options.listen);
  const rpcParts = {
    ...engine,
    app,
    identity: {
      moniker: settings.config.text("moniker"),
      nodeId: keys.nodeId,
      chainId: genesis.input.chainId,
      rpcAddress: `tcp://${rpcOptions.host}:${rpcOptions.port}`,
      validatorKey: keys.validator.publicKey,
      validatorAddress: keys.validator.address,
    },
    turns: new Turns(),
    searches: new WorkQueue(),
    prefix: () => app.context().addresses.prefix,
    oldestState: () => app.store.oldestHeight,
    config: toldConfig(settings.app),
    genesis: genesis.text,
    dev: settings.app.flag("dev"),
    commitTimeoutMs: settings.config.number("rpc.timeout_broadcast_tx_commit"),
  };
  return run(rpcParts, rpcOptions, log, closers);
}

async function run(
  parts: RpcParts & { readonly app: Application },
  options: RpcOptions,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<Node> {
  const { engine, blocks, app, identity } = parts;
  const dev = parts.dev ? DEV_METHODS : [];
  const methods = [...NODE_METHODS, ...BLOCK_METHODS, ...TX_METHODS, ...dev];
  const server = await RpcServer.listen(parts, methods, options, log.named("rpc"));
  closers.push(() => server.close());
  const halted = new Promise<string>((resolve) => engine.onHalt(resolve));
  engine.start();
  // Clients cannot read a status without a block: a new chain is running when it has one.
  while (engine.state.height === 0n && engine.haltReason === undefined) await pause(5);
  if (engine.state.height === 0n) throw new Error(engine.haltReason);
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const rpcUrl = `http://${host}:${server.port}`;
  log.info("the node is running", {
    chain: identity.chainId,
    height: engine.state.height,
    rpc: rpcUrl,
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await engine.stop();
      for (const close of closers.reverse()) await close();
      log.info("the node has stopped", { height: engine.state.height });
    })());
  return { chainId: identity.chainId, rpcUrl, app, engine, blocks, halted, stop };
}

function loggerOf(config: ConfigValues): Logger {
  return createLogger({
    level: config.text("log_level") as LogLevel | "none",
    format: config.text("log_format") as "plain" | "json",
  });
}

interface Genesis {
  readonly input: GenesisInput;
  /** CometBFT's form, for RPC. */
  readonly text: string;
  /** SHA-256 of the file. */
  readonly hash: Uint8Array;
}

/** The genesis of a home as the engine and RPC need it. Throws what readGenesis throws. */
function loadGenesis(platform: Platform, home: string): Genesis {
  const { document, bytes } = readGenesis(home);
  return {
    input: {
      chainId: document.chainId,
      time: document.genesisTime,
      initialHeight: document.initialHeight,
      params: document.consensusParams,
      validators: document.validators,
      appHash: document.appHash,
      appState: utf8(JSON.stringify(document.appState)),
    },
    text: JSON.stringify(cometGenesis(platform, document)),
    hash: platform.sha256(bytes),
  };
}

async function requireSameGenesis(blocks: BlockStore, hash: Uint8Array): Promise<void> {
  const known = blocks.genesisHash();
  if (known === undefined) return blocks.saveGenesisHash(hash);
  if (equalBytes(known, hash)) return;
  throw new Error(
    `config/genesis.json (SHA-256 ${toHex(hash).slice(0, 16)}) is not the one that this chain began ` +
      `with (${toHex(known).slice(0, 16)}); put the old one back, or remove the data folder`,
  );
}

async function openDisk(home: string, settings: NodeSettings): Promise<Disk> {
  const paths = dataPaths(home);
  const application = await Database.open(paths.application);
  let blocks: Database | undefined;
  try {
    blocks = await Database.open(paths.blocks, 16);
    const indexed = settings.config.text("tx_index.indexer") === "kv";
    return { application, blocks, index: indexed ? await Database.open(paths.index) : undefined };
  } catch (error) {
    await blocks?.close();
    await application.close();
    throw error;
  }
}

async function closeDisk(disk: Disk): Promise<void> {
  await disk.index?.close();
  await disk.blocks.close();
  await disk.application.close();
}

/**
 * Loads the application's committed state. When a snapshot on disk is damaged the one before it and
 * the change sets after that give the same state; `warn` hears of it.
 * Throws: DamagedState with a sentence when nothing leads to the committed state.
 */
export async function loadStore(
  platform: Platform,
  names: readonly string[],
  database: Database,
  settings: Pick<NodeSettings, "app">,
  warn: (sentence: string) => void,
): Promise<TreeMultiStore> {
  const kept = keptHeights(settings.app);
  let first: DamagedState | undefined;
  for (let newest: bigint | undefined; ;) {
    const options = newest === undefined ? kept : { ...kept, newest };
    const loader = new StateLoader(platform, names, options);
    try {
      const store = await pushAll(loader, database);
      for (const range of store.snapshots.stale()) await database.clear(range);
      return store;
    } catch (error) {
      if (!(error instanceof DamagedState)) throw error;
      first ??= error;
      if (loader.snapshot === undefined) throw first;
      warn(`${error.message}; trying the snapshot before height ${loader.snapshot}`);
      newest = loader.snapshot - 1n;
    }
  }
}

async function pushAll(loader: StateLoader, database: Database): Promise<TreeMultiStore> {
  for (let range = loader.next(); range !== undefined; range = loader.next())
    await database.scan(range, (key, value) => loader.push(key, value));
  return loader.finish();
}

function makeVerifier(app: Application, settings: NodeSettings, log: Logger): Verifier {
  const threads = settings.app.number("engine.signature-workers");
  const script = new URL("./signature_worker.js", import.meta.url);
  if (threads === 0) return INLINE_VERIFIER;
  return new WorkerVerifier((job, verdict) => app.learnVerdict(job, verdict), threads, script, log);
}
