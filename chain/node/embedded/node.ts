// A node of the embedded engine, put together: disk, application, engine, RPC, doors.

import { setTimeout as pause } from "node:timers/promises";
import { equalBytes, toHex } from "../../base/bytes.ts";
import { formatTime } from "../../base/time.ts";
import type { Application } from "../../runtime/index.ts";
import { dataPaths, readKeys } from "../claim.ts";
import { Database } from "../db.ts";
import { openDoors, servicesOf } from "../doors.ts";
import { EventBus } from "../events.ts";
import { closeAll, loadApplication, makeVerifier, onFoundation } from "../foundation.ts";
import type { Foundation, Node, NodeOptions } from "../foundation.ts";
import { otherGenesis } from "../home.ts";
import { Indexer } from "../index/indexer.ts";
import type { Logger } from "../log.ts";
import { BLOCK_METHODS } from "../rpc/block_methods.ts";
import type { RpcParts } from "../rpc/methods.ts";
import { DEV_METHODS, NODE_METHODS } from "../rpc/node_methods.ts";
import { WorkQueue } from "../rpc/queue.ts";
import { RpcServer } from "../rpc/server.ts";
import type { RpcOptions } from "../rpc/server.ts";
import { Turns } from "../rpc/turns.ts";
import { TX_METHODS } from "../rpc/tx_methods.ts";
import { engineSettings, mempoolLimits, rpcOptionsOf } from "../settings.ts";
import type { NodeSettings } from "../settings.ts";
import type { BlockSource } from "../source.ts";
import { EmbeddedSource } from "../source_embedded.ts";
import { Admission } from "./admission.ts";
import { BlockStore } from "./blocks.ts";
import { EngineClock, toMillis } from "./clock.ts";
import { Engine } from "./engine.ts";
import { Mempool } from "./mempool.ts";
import { Signer } from "./signer.ts";
import { handshake, requireSignerFits } from "./start.ts";
import type { EngineState } from "./state.ts";

/** A running node of this engine. */
export interface EmbeddedNode extends Node {
  readonly engine: Engine;
  readonly blocks: BlockStore;
  /** Its blocks as floor-5 services see them. */
  readonly source: BlockSource;
}

/** Starts a node of this engine. Rejects with one sentence when it cannot. */
export function startEmbeddedNode(options: NodeOptions): Promise<EmbeddedNode> {
  return onFoundation(options, "embedded", assemble);
}

/** Opens what only this engine keeps: the block log, and the index when it is switched on. */
async function openDisk({ options, settings, closers }: Foundation): Promise<{
  readonly blocks: Database;
  readonly index: Database | undefined;
}> {
  const paths = dataPaths(options.home);
  const blocks = await Database.open(paths.blocks, 16);
  closers.push(() => blocks.close());
  if (settings.config.text("tx_index.indexer") !== "kv") return { blocks, index: undefined };
  const index = await Database.open(paths.index);
  closers.push(() => index.close());
  return { blocks, index };
}

async function requireSameGenesis(blocks: BlockStore, hash: Uint8Array): Promise<void> {
  const known = blocks.genesisHash();
  if (known === undefined) return blocks.saveGenesisHash(hash);
  if (equalBytes(known, hash)) return;
  throw otherGenesis(toHex(known), toHex(hash));
}

type EngineParts = Pick<
  RpcParts,
  "platform" | "engine" | "blocks" | "indexer" | "mempool" | "admission" | "bus"
>;

/** What stands between application and RPC: engine, mempool, and the way into it. */
async function makeEngine(
  found: Foundation,
  app: Application,
  database: Database,
  signer: Signer,
): Promise<EngineParts> {
  const { settings, log, platform, genesis } = found;
  const disk = await openDisk(found);
  const blocks = await BlockStore.load(disk.blocks, platform);
  await requireSameGenesis(blocks, genesis.hash);
  requireSignerFits(signer, blocks.height, genesis.input.initialHeight);
  const indexer = disk.index === undefined ? undefined : new Indexer(disk.index);
  const { reached } = found.options;
  const execution = { platform, app, blocks, database, indexer, reached };
  const state = await handshake(execution, genesis.input, log.named("handshake"));
  const verifier = makeVerifier(app, found);
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
    maxGas: () => running.engine?.maxGas ?? -1n,
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

async function assemble(found: Foundation): Promise<EmbeddedNode> {
  const { options, settings, platform, genesis, metrics } = found;
  const keys = readKeys(platform, options.home);
  const { app, database } = await loadApplication(found);
  const signer = new Signer(options.home, keys.validator, options.reached);
  const engine = await makeEngine(found, app, database, signer);
  const rpcOptions = rpcOptionsOf(settings.config, options.listen);
  const identity = {
    moniker: settings.config.text("moniker"),
    nodeId: keys.nodeId,
    chainId: genesis.input.chainId,
    rpcAddress: `tcp://${rpcOptions.host}:${rpcOptions.port}`,
    validatorKey: keys.validator.publicKey,
    validatorAddress: keys.validator.address,
  };
  metrics.gauge(
    "leasehold_mempool_transactions",
    "Transactions that wait for a block",
    () => engine.mempool.size,
  );
  metrics.gauge("leasehold_mempool_bytes", "Bytes of those", () => engine.mempool.bytes);
  const searches = new WorkQueue();
  const source = new EmbeddedSource({ ...engine, identity, searches });
  const rpcParts = {
    ...servicesOf({ app, platform, settings, source, turns: new Turns() }),
    ...engine,
    app,
    identity,
    searches,
    metrics,
    genesis: genesis.text,
    dev: settings.app.flag("dev"),
    commitTimeoutMs: settings.config.number("rpc.timeout_broadcast_tx_commit"),
  };
  return run(rpcParts, rpcOptions, found);
}

async function run(
  parts: RpcParts & { readonly app: Application },
  options: RpcOptions,
  found: Foundation,
): Promise<EmbeddedNode> {
  const { settings, log, closers } = found;
  const { engine, blocks, source, app, identity } = parts;
  const { chainId } = identity;
  const dev = parts.dev ? DEV_METHODS : [];
  const methods = [...NODE_METHODS, ...BLOCK_METHODS, ...TX_METHODS, ...dev];
  const server = await RpcServer.listen(parts, methods, options, log.named("rpc"));
  closers.push(() => server.close());
  const halted = new Promise<string>((resolve) => engine.onHalt(resolve));
  engine.start();
  closers.push(() => engine.stop());
  // Clients cannot read a status without a block: a new chain is running when it has one.
  while (engine.state.height === 0n && engine.haltReason === undefined) await pause(5);
  if (engine.state.height === 0n) throw new Error(engine.haltReason);
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const rpcUrl = `http://${host}:${server.port}`;
  const idles = !settings.config.flag("consensus.create_empty_blocks");
  const { restUrl } = await openDoors({ ...parts, settings, log, chainId, idles, rpcUrl }, closers);
  log.info("the node is running", {
    chain: chainId,
    height: engine.state.height,
    rpc: rpcUrl,
    rest: restUrl,
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await engine.stop();
      await closeAll(closers);
      log.info("the node has stopped", { height: engine.state.height });
    })());
  return { chainId, rpcUrl, restUrl, app, engine, blocks, source, halted, stop };
}
