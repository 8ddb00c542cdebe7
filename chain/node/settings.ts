// From the values of configuration files to what the parts of a node take.

import type { ConfigResponse } from "../codec/gen/cosmos/base/node/v1beta1.ts";
import type { ArchiveOptions, MultiStoreOptions } from "../store/index.ts";
import type { ConfigValues } from "./config/config.ts";
import type { EngineSettings } from "./embedded/engine.ts";
import type { MempoolLimits } from "./embedded/mempool.ts";
import type { RestOptions } from "./rest/server.ts";
import type { RpcOptions } from "./rpc/server.ts";

/** Values of the two files that a node reads. */
export interface NodeSettings {
  readonly config: ConfigValues;
  readonly app: ConfigValues;
}

/** Heights that `custom` may ask for without an archive on disk. */
const MEMORY_HEIGHTS = 256;
/** Least values of the SDK for `custom`. */
const LEAST_KEPT = 2;
const LEAST_INTERVAL = 10;

/** Which heights stay readable and provable. */
export interface Pruning {
  /** Heights kept in memory, and after a restart as far as the snapshots lead; undefined = default. */
  readonly memory: number | undefined;
  /** Heights kept on disk: a number, all, or none. */
  readonly disk: number | "all" | undefined;
  /** Blocks between two prunings of the disk. */
  readonly interval: number;
}

/** Reads the settings of pruning. Throws: Error with a sentence when `custom` lacks its numbers. */
export function pruningOf(app: ConfigValues): Pruning {
  const plain = { memory: undefined, disk: undefined, interval: LEAST_INTERVAL };
  switch (app.text("pruning")) {
    case "everything":
      return { ...plain, memory: LEAST_KEPT };
    case "nothing":
      return { ...plain, disk: "all" };
    case "custom": {
      const heights = atLeast(app, "pruning-keep-recent", LEAST_KEPT);
      const interval = atLeast(app, "pruning-interval", LEAST_INTERVAL);
      if (heights <= MEMORY_HEIGHTS) return { memory: heights, disk: undefined, interval };
      return { memory: undefined, disk: heights, interval };
    }
    default:
      return plain;
  }
}

function atLeast(app: ConfigValues, key: string, least: number): number {
  const value = app.number(key);
  if (value >= least) return value;
  throw new Error(`app.toml: ${key} must be at least ${least} with pruning = "custom"`);
}

/** How the store is to keep heights and write snapshots; `read` is the disk's synchronous read. */
export function storeOptions(app: ConfigValues, read: ArchiveOptions["read"]): MultiStoreOptions {
  const { memory, disk, interval } = pruningOf(app);
  const heights = disk === "all" ? undefined : disk;
  return {
    ...(memory === undefined ? {} : { provableHeights: memory }),
    ...(disk === undefined ? {} : { archive: { read, heights, interval } }),
    snapshots: { blocks: app.number("snapshot-blocks") },
  };
}

/** What the node service tells of the settings. */
export function toldConfig(app: ConfigValues): ConfigResponse {
  return {
    minimumGasPrice: app.text("minimum-gas-prices"),
    pruningKeepRecent: app.number("pruning-keep-recent").toString(),
    pruningInterval: app.number("pruning-interval").toString(),
    haltHeight: BigInt(app.number("halt-height")),
  };
}

/** Most gas of one query, where a limit is set. */
export function queryLimit(app: ConfigValues): { readonly queryGasLimit?: bigint } {
  const limit = app.number("query-gas-limit");
  return limit === 0 ? {} : { queryGasLimit: BigInt(limit) };
}

/** Bounds of the mempool. */
export function mempoolLimits(config: ConfigValues): MempoolLimits {
  return {
    size: config.number("mempool.size"),
    maxTxsBytes: config.number("mempool.max_txs_bytes"),
    maxTxBytes: config.number("mempool.max_tx_bytes"),
    cacheSize: config.number("mempool.cache_size"),
    keepInvalid: config.flag("mempool.keep-invalid-txs-in-cache"),
  };
}

/** How the engine works. */
export function engineSettings({ config, app }: NodeSettings): EngineSettings {
  return {
    interval: config.number("consensus.timeout_commit"),
    emptyBlocks: config.flag("consensus.create_empty_blocks"),
    emptyInterval: config.number("consensus.create_empty_blocks_interval"),
    recheck: config.flag("mempool.recheck"),
    recheckTimeout: config.number("mempool.recheck_timeout"),
    haltHeight: BigInt(app.number("halt-height")),
    haltTime: BigInt(app.number("halt-time")),
  };
}

/** Host and port of an address such as `tcp://127.0.0.1:26657`. Throws: Error. */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? "NaN");
  if (match === null || port > 65535)
    throw new Error(`${JSON.stringify(text)} is not an address like tcp://127.0.0.1:26657`);
  const host = (match[1] ?? "").replace(/^\[|\]$/g, "");
  return { host: host === "" ? "0.0.0.0" : host, port };
}

/** Where RPC listens, and its bounds; `listen` stands in for the configured address. */
export function rpcOptionsOf(config: ConfigValues, listen: string | undefined): RpcOptions {
  return {
    ...parseListen(listen ?? config.text("rpc.laddr")),
    corsOrigins: config.list("rpc.cors_allowed_origins"),
    limits: {
      maxConnections: config.number("rpc.max_open_connections"),
      maxBodyBytes: config.number("rpc.max_body_bytes"),
      maxHeaderBytes: config.number("rpc.max_header_bytes"),
      maxBatch: config.number("rpc.max_request_batch_size"),
      maxRequestsPerSecond: config.number("rpc.max_requests_per_second"),
      requestTimeout: config.number("rpc.timeout_request"),
      maxSubscriptionClients: config.number("rpc.max_subscription_clients"),
      maxSubscriptionsPerClient: config.number("rpc.max_subscriptions_per_client"),
      maxUnsentBytes: config.number("rpc.max_subscription_buffer_bytes"),
    },
  };
}

/** Where REST listens, and its bounds. */
export function restOptionsOf(app: ConfigValues): RestOptions {
  return {
    ...parseListen(app.text("api.address")),
    cors: app.flag("api.enabled-unsafe-cors"),
    limits: {
      maxConnections: app.number("api.max-open-connections"),
      maxBodyBytes: app.number("api.rpc-max-body-bytes"),
      maxRequestsPerSecond: app.number("api.max-requests-per-second"),
      maxRunning: app.number("api.max-running-requests"),
      readTimeout: app.number("api.rpc-read-timeout") * 1000,
      writeTimeout: app.number("api.rpc-write-timeout") * 1000,
    },
  };
}
