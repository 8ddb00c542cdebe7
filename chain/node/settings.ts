// From the values of configuration files to what the parts of a node take.

import type { ConfigResponse } from "../codec/gen/cosmos/base/node/v1beta1.ts";
import type { ConfigValues } from "./config/config.ts";
import type { EngineSettings } from "./embedded/engine.ts";
import type { MempoolLimits } from "./embedded/mempool.ts";
import type { RpcOptions } from "./rpc/server.ts";

/** Values of the two files that a node reads. */
export interface NodeSettings {
  readonly config: ConfigValues;
  readonly app: ConfigValues;
}

/** How many heights stay readable; `default` leaves it to the store. */
export function keptHeights(app: ConfigValues): { readonly provableHeights?: number } {
  switch (app.text("pruning")) {
    case "everything":
      return { provableHeights: 2 };
    case "custom":
      return { provableHeights: Math.max(2, app.number("pruning-keep-recent")) };
    case "nothing":
      return { provableHeights: Number.MAX_SAFE_INTEGER };
    default:
      return {};
  }
}

/** What the node service tells of the settings. */
export function toldConfig(app: ConfigValues): ConfigResponse {
  const { provableHeights } = keptHeights(app);
  return {
    minimumGasPrice: app.text("minimum-gas-prices"),
    pruningKeepRecent: provableHeights?.toString() ?? "",
    pruningInterval: "",
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
    retainBlocks: BigInt(app.number("min-retain-blocks")),
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
