// What both engines stand on: settings, log, platform, genesis, the application with its state, and
// the thread that verifies signatures. An engine's assembly (embedded/node.ts, cometbft/node.ts) builds
// on it and opens the same doors in front.

import type { Platform } from "../base/platform.ts";

import { storeNames } from "../app/index.ts";
import type { Application, AppParts, AppSettings } from "../runtime/index.ts";
import { cometGenesis } from "../../genesis/index.ts";
import { claimedBy, claimHome, dataPaths, giveUpClaim } from "./claim.ts";
import type { EngineKind } from "./claim.ts";
import type { ConfigValues } from "./config/config.ts";
import { loadConfig } from "./config/config.ts";
import { parseGasPrices } from "./config/gas_prices.ts";
import { Database } from "./db.ts";
import { HelperThread } from "./helper/thread.ts";
import { genesisInput } from "./embedded/start.ts";
import type { GenesisInput } from "./embedded/start.ts";
import { readGenesis } from "./home.ts";
import { loadStore } from "./loading.ts";
import { createLogger, parseLogLevel } from "./log.ts";
import type { Logger } from "./log.ts";
import { MeasuredApplication, NodeMetrics } from "./metrics_node.ts";
import { fastPlatform } from "./platform.ts";
import { queryLimit } from "./settings.ts";
import type { NodeSettings } from "./settings.ts";
import type { StepHook } from "./steps.ts";
import { INLINE_VERIFIER, WorkerVerifier } from "./verify/verifier.ts";
import type { Verifier } from "./verify/verifier.ts";

/** The program of the threads beside the main one. */
const SIGNATURE_WORKER = new URL("./signature_worker.js", import.meta.url);

/** What a node is started with. */
export interface NodeOptions {
  readonly home: string;
  /** The application's modules, wired: chain/app's composition, or a test's. */
  readonly compose: (platform: Platform) => AppParts;
  /** Where log lines go; by default what config.toml says, on standard error. */
  readonly log?: Logger | undefined;
  /** RPC address instead of the configured one: `tcp://127.0.0.1:0` takes a free port. */
  readonly listen?: string | undefined;
  /** Told of each step on a block's way to the disk: a test's fault point. */
  readonly reached?: StepHook | undefined;
}

/** A running node, whatever makes its blocks. */
export interface Node {
  readonly chainId: string;
  /** Where its RPC is. */
  readonly rpcUrl: string;
  /** Where its REST is; undefined when it is switched off. */
  readonly restUrl: string | undefined;
  readonly app: Application;
  /** Resolves with a sentence when the node halts by itself. */
  readonly halted: Promise<string>;
  /** Finishes the block that is under way and releases everything. */
  stop(): Promise<void>;
}

/** A genesis in the forms that a node needs. */
export interface NodeGenesis {
  readonly input: GenesisInput;
  /** CometBFT's form, for RPC. */
  readonly text: string;
  /** SHA-256 of the file. */
  readonly hash: Uint8Array;
}

/** What an assembly starts from. */
export interface Foundation {
  readonly options: NodeOptions;
  readonly settings: NodeSettings;
  readonly log: Logger;
  readonly platform: Platform;
  readonly genesis: NodeGenesis;
  /** What the node counts about itself. */
  readonly metrics: NodeMetrics;
  /** What is to be closed, in the order of opening. */
  readonly closers: (() => Promise<void>)[];
}

/** Values of the two configuration files, and sentences about keys that mean nothing. */
export function readSettings(
  home: string,
): NodeSettings & { readonly warnings: readonly string[] } {
  const [config, app] = [loadConfig(home, "config.toml"), loadConfig(home, "app.toml")];
  return {
    config: config.values,
    app: app.values,
    warnings: [...config.warnings, ...app.warnings],
  };
}

/**
 * Claims the home for an engine and lays the foundation, then has `assemble` build on it. When that
 * fails everything that was opened is closed again. Throws: Error with one sentence.
 */
export async function onFoundation<T>(
  options: NodeOptions,
  engine: EngineKind,
  assemble: (found: Foundation) => Promise<T>,
): Promise<T> {
  const { warnings, ...settings } = readSettings(options.home);
  const log = options.log ?? loggerOf(settings.config);
  for (const warning of warnings) log.warn(warning);
  const alone = fastPlatform((sentence) => log.warn(sentence));
  const genesis = loadGenesis(alone, options.home);
  const isFirst = claimedBy(options.home) === undefined;
  claimHome(options.home, engine);
  const metrics = new NodeMetrics();
  const closers: (() => Promise<void>)[] = [];
  try {
    const platform = helped(alone, settings.app, closers);
    return await assemble({ options, settings, log, platform, genesis, metrics, closers });
  } catch (error) {
    // Why it did not start is told, not what went wrong in clearing up.
    await closeAll(closers).catch((failure: unknown) => log.warn(String(failure)));
    if (isFirst) giveUpClaim(options.home);
    throw error;
  }
}

/** The platform with a thread that helps with blocks, unless the settings want no threads. */
function helped(platform: Platform, app: ConfigValues, closers: (() => Promise<void>)[]): Platform {
  if (app.number("engine.signature-workers") === 0) return platform;
  const helper = new HelperThread(platform.verifySecp256k1, SIGNATURE_WORKER);
  closers.push(() => helper.close());
  return { ...platform, helper };
}

/** Closes all in the reverse order of opening. Throws the first failure, when the rest is closed. */
export async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The application with the state that lies on disk, and the disk. */
export async function loadApplication(
  found: Foundation,
): Promise<{ readonly app: Application; readonly database: Database }> {
  const { options, settings, log, platform, metrics, closers } = found;
  const database = await Database.open(dataPaths(options.home).application);
  closers.push(() => database.close());
  database.onSynced = (ms) => metrics.databaseWrite.observe(ms / 1000);
  const parts = options.compose(platform);
  const names = storeNames(parts);
  const store = await loadStore(platform, names, database, settings, (sentence) =>
    log.warn(sentence),
  );
  const appSettings = {
    store,
    platform,
    minGasPrices: parseGasPrices(settings.app.text("minimum-gas-prices")),
    ...queryLimit(settings.app),
    minRetainBlocks: BigInt(settings.app.number("min-retain-blocks")),
    reportBug: (error: unknown, where: string) =>
      log.error("a bug was contained", {
        where,
        error: error instanceof Error ? error.stack : String(error),
      }),
  } satisfies AppSettings;
  return { app: new MeasuredApplication(parts, appSettings, metrics), database };
}

/** The thread that verifies signatures ahead of the application, or its plain twin. */
export function makeVerifier(app: Application, { settings, log, closers }: Foundation): Verifier {
  const threads = settings.app.number("engine.signature-workers");
  if (threads === 0) return INLINE_VERIFIER;
  const learn = app.learnVerdict.bind(app);
  const verifier = new WorkerVerifier(learn, threads, SIGNATURE_WORKER, log);
  closers.push(() => verifier.close());
  return verifier;
}

function loggerOf(config: ConfigValues): Logger {
  return createLogger({
    level: parseLogLevel(config.text("log_level")),
    format: config.text("log_format") as "plain" | "json",
  });
}

/** The genesis of a home as the engines and RPC need it. Throws what readGenesis throws. */
function loadGenesis(platform: Platform, home: string): NodeGenesis {
  const { document, bytes } = readGenesis(home);
  return {
    input: genesisInput(document),
    text: JSON.stringify(cometGenesis(platform, document)),
    hash: platform.sha256(bytes),
  };
}
