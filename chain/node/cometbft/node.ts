// A node behind CometBFT, put together: application, ABCI socket, doors, and CometBFT itself as a child
// where that is asked for. Consensus, peers, mempool, block store and RPC are CometBFT's.

import { resolve } from "node:path";
import { AbciCalls } from "../abci/calls.ts";
import { parseAbciAddress } from "../abci/address.ts";
import { Recorder } from "../abci/recorder.ts";
import { AbciServer } from "../abci/server.ts";
import type { AbciServerOptions } from "../abci/server.ts";
import type { Database } from "../db.ts";
import { openDoors, servicesOf } from "../doors.ts";
import { closeAll, loadApplication, makeVerifier, onFoundation } from "../foundation.ts";
import type { Foundation, Node, NodeOptions } from "../foundation.ts";
import { answerQuery } from "../rpc/served.ts";
import type { ServiceParts } from "../rpc/services.ts";
import { Turns } from "../rpc/turns.ts";
import { parseListen } from "../settings.ts";
import type { NodeSettings } from "../settings.ts";
import { CometSource } from "../source_comet.ts";
import type { Application } from "../../runtime/index.ts";
import { findCometbft } from "./binary.ts";
import { keepGenesis, requireReadableGenesis } from "./files.ts";
import { endLeftover, forgetChild, noteChild } from "./leftover.ts";
import { mendIndex } from "./mend.ts";
import { CometProcess } from "./process.ts";

/** What a node behind CometBFT is started with. */
export interface CometNodeOptions extends NodeOptions {
  /** Start CometBFT as a child; default: comet.supervise of app.toml. */
  readonly supervise?: boolean | undefined;
  /** Path of cometbft; default: comet.binary of app.toml. */
  readonly cometbft?: string | undefined;
  /** Add every InitChain, FinalizeBlock and Commit with its answer to this file. */
  readonly record?: string | undefined;
}

/** A running node behind CometBFT. */
export interface CometNode extends Node {
  /** Port of the ABCI socket; 0 for a unix socket. */
  readonly abciPort: number;
  /** Process id of the child, where there is one. */
  readonly cometPid: number | undefined;
}

/** Starts a node behind CometBFT. Rejects with one sentence when it cannot. */
export function startCometNode(options: CometNodeOptions): Promise<CometNode> {
  return onFoundation(options, "comet", (found) => assemble(options, found));
}

async function assemble(options: CometNodeOptions, found: Foundation): Promise<CometNode> {
  const { settings, log, platform, metrics, genesis, closers } = found;
  const { chainId } = genesis.input;
  const supervised = options.supervise ?? settings.app.flag("comet.supervise");
  const given = options.cometbft ?? settings.app.text("comet.binary");
  const binary = supervised ? findCometbft(given) : undefined;
  requireReadableGenesis(options.home, settings.config);
  const { app, database } = await loadApplication(found);
  keepGenesis(options.home, settings.config, genesis, app.store.height);
  const rpcUrl = rpcUrlOf(settings);
  const source = new CometSource(rpcUrl);
  const doors = { app, platform, settings, log, metrics, source, turns: new Turns(), chainId };
  const calls = makeCalls(found, app, database, servicesOf(doors));
  const server = await listen(options, found, calls);
  // Module chain writes its clocks in each block, and CometBFT makes one more after each such block.
  const { restUrl } = await openDoors({ ...doors, idles: false, rpcUrl }, closers);
  const child = binary === undefined ? undefined : await startChild(binary.path, found, app);
  const halted = haltOf(calls, child);
  log.info("the application is ready for CometBFT", {
    chain: chainId,
    height: app.info().lastBlockHeight,
    abci: addressOf(settings),
    rest: restUrl,
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= closeAll(closers).then(() =>
      log.info("the node has stopped", { height: app.info().lastBlockHeight }),
    ));
  const told = { abciPort: server.port, cometPid: child?.pid };
  return { chainId, rpcUrl, restUrl, app, halted, stop, ...told };
}

function makeCalls(
  found: Foundation,
  app: Application,
  database: Database,
  services: ServiceParts,
): AbciCalls {
  const { settings, log, platform, genesis } = found;
  return new AbciCalls({
    platform,
    app,
    database,
    verifier: makeVerifier(app, found),
    query: (request) => answerQuery(services, request),
    chainId: genesis.input.chainId,
    haltHeight: BigInt(settings.app.number("halt-height")),
    haltTime: BigInt(settings.app.number("halt-time")),
    log: log.named("abci"),
    reached: found.options.reached,
  });
}

async function listen(
  options: CometNodeOptions,
  { settings, log, closers }: Foundation,
  calls: AbciCalls,
): Promise<AbciServer> {
  const recorder = options.record === undefined ? undefined : new Recorder(options.record);
  if (recorder !== undefined) closers.push(async () => recorder.close());
  const server = await AbciServer.listen(calls, abciOptions(settings), recorder, log.named("abci"));
  closers.push(() => server.close());
  return server;
}

async function startChild(
  binary: string,
  { options, settings, log, closers, genesis }: Foundation,
  app: Application,
): Promise<CometProcess> {
  const home = resolve(options.home);
  await endLeftover(home, log);
  if (settings.config.text("tx_index.indexer") === "kv") {
    const { initialHeight } = genesis.input;
    const told = await mendIndex({ binary, home, height: app.store.height, initialHeight });
    if (told !== undefined) log.warn(told);
  }
  const logLevel = cometLevel(settings);
  const child = new CometProcess({ binary, home, logLevel }, log.named("cometbft"));
  if (child.pid !== undefined) noteChild(home, child.pid);
  closers.push(async () => {
    await child.stop();
    forgetChild(home);
  });
  return child;
}

/** Where CometBFT finds the application. */
function addressOf({ config, app }: NodeSettings): string {
  const own = app.text("abci.laddr");
  return own === "" ? config.text("proxy_app") : own;
}

function abciOptions(settings: NodeSettings): AbciServerOptions {
  const { app } = settings;
  return {
    address: parseAbciAddress(addressOf(settings)),
    allowed: app.list("abci.allowed"),
    maxConnections: app.number("abci.max-connections"),
    maxFrameBytes: app.number("abci.max-frame-bytes"),
  };
}

/** Where CometBFT serves RPC, as a process of the same machine reaches it. */
function rpcUrlOf({ config }: NodeSettings): string {
  const { host, port } = parseListen(config.text("rpc.laddr"));
  const reached = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** CometBFT knows no level warn. */
function cometLevel({ config }: NodeSettings): string {
  const level = config.text("log_level");
  return level === "warn" ? "error" : level;
}

/** Whichever comes first: the application goes no further, or CometBFT has ended. */
function haltOf(calls: AbciCalls, child: CometProcess | undefined): Promise<string> {
  const halted = new Promise<string>((resolve) => calls.onHalt(resolve));
  return child === undefined ? halted : Promise.race([halted, child.ended]);
}
