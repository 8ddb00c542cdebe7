// Every setting of the three configuration files in one table: its key, kind, default and the
// comment that is written beside it. Files are written from the table and read against it.

import { COMET_APP, COMET_CONFIG } from "./comet_settings.ts";
import { byTable, setting } from "./setting.ts";
import type { Setting } from "./setting.ts";

export type { Setting } from "./setting.ts";

/** The names of the configuration files. */
export type ConfigFile = "config.toml" | "app.toml" | "client.toml";

const CONFIG: readonly Setting[] = [
  setting("moniker", "text", "node", "Name of this node, shown in status"),
  setting(
    "log_level",
    "text",
    "info",
    "Least grave entries that are logged: debug, info, warn, error, none",
    {
      form: {
        pattern: /^(?:(?:[\w*-]+:)?(?:debug|info|warn|error|none)(?:,|$))+$/,
        expected: "one of debug, info, warn, error, none (CometBFT also takes module:level,...)",
      },
    },
  ),
  setting("log_format", "text", "plain", "plain for people, json for machines", {
    oneOf: ["plain", "json"],
  }),
  setting("rpc.laddr", "text", "tcp://127.0.0.1:26657", "Address that RPC listens on"),
  setting("rpc.cors_allowed_origins", "list", ["*"], "Origins that browsers may call from"),
  setting("rpc.max_open_connections", "integer", 900, "Connections at one time", { min: 1 }),
  setting("rpc.max_subscription_clients", "integer", 100, "WebSocket clients that subscribe", {
    min: 0,
  }),
  setting("rpc.max_subscriptions_per_client", "integer", 5, "Subscriptions of one client", {
    min: 0,
  }),
  setting("rpc.max_subscription_buffer_bytes", "integer", 4194304, "Unsent bytes before a cut", {
    min: 65536,
    engine: "embedded",
  }),
  setting("rpc.timeout_broadcast_tx_commit", "duration", "10s", "Longest wait for a block"),
  setting("rpc.max_request_batch_size", "integer", 100, "Requests in one batch, 0 = no limit", {
    min: 0,
  }),
  setting("rpc.max_body_bytes", "integer", 2097152, "Bytes of one request body", { min: 1024 }),
  setting("rpc.max_header_bytes", "integer", 65536, "Bytes of request headers", { min: 1024 }),
  setting(
    "rpc.max_requests_per_second",
    "integer",
    2000,
    "Requests of one remote address (loopback is not counted), 0 = no limit",
    { min: 0, engine: "embedded" },
  ),
  setting(
    "rpc.timeout_request",
    "duration",
    "30s",
    "Longest time to receive and answer a request",
    { engine: "embedded" },
  ),
  // Twice CometBFT's: the transactions of a block count until it is done, and a block comes each second.
  setting("mempool.size", "integer", 10000, "Transactions that wait at one time", { min: 1 }),
  setting("mempool.max_txs_bytes", "integer", 1073741824, "Bytes that wait at one time", {
    min: 1,
  }),
  setting("mempool.cache_size", "integer", 20000, "Hashes remembered against repeats", { min: 0 }),
  setting("mempool.max_tx_bytes", "integer", 1048576, "Bytes of one transaction", { min: 1 }),
  setting("mempool.recheck", "flag", true, "Check what waits again after each block"),
  setting("mempool.recheck_timeout", "duration", "1s", "Longest time for that"),
  setting("mempool.keep-invalid-txs-in-cache", "flag", false, "Remember refused ones too"),
  setting("consensus.timeout_commit", "duration", "1s", "Time between blocks"),
  setting("consensus.create_empty_blocks", "flag", true, "Make blocks without transactions"),
  setting(
    "consensus.create_empty_blocks_interval",
    "duration",
    "0s",
    "Time between empty blocks when they are made; 0s = as between blocks",
  ),
  setting("tx_index.indexer", "text", "kv", "kv, or null for no search; psql is CometBFT's own", {
    oneOf: ["kv", "null", "psql"],
  }),
];

const APP: readonly Setting[] = [
  setting("minimum-gas-prices", "text", "", "Least gas prices, such as 0.0025ulease"),
  setting("query-gas-limit", "integer", 0, "Gas of one query, 0 = the built-in limit", { min: 0 }),
  setting("pruning", "text", "default", "Heights kept: default 256, everything 2, nothing all", {
    oneOf: ["default", "nothing", "everything", "custom"],
  }),
  setting("pruning-keep-recent", "integer", 0, "Heights kept with custom, at least 2", {
    min: 0,
  }),
  setting("pruning-interval", "integer", 0, "Blocks between prunings with custom, at least 10", {
    min: 0,
  }),
  setting("halt-height", "integer", 0, "Stop after this height, 0 = never", { min: 0 }),
  setting("halt-time", "integer", 0, "Stop at this Unix second, 0 = never", { min: 0 }),
  setting(
    "min-retain-blocks",
    "integer",
    0,
    "Least blocks kept in the block store, 0 = all; evidence and snapshots keep more",
    { min: 0 },
  ),
  setting("snapshot-blocks", "integer", 1000, "Blocks between tree snapshots, for fast restarts", {
    min: 1,
  }),
  setting("dev", "flag", false, "Local chains only: dev advance, dev halt and a test clock"),
  setting("engine.kind", "text", "embedded", "What makes the blocks", {
    oneOf: ["embedded", "comet"],
  }),
  setting("engine.signature-workers", "integer", 1, "Threads that verify signatures, 0 = none", {
    min: 0,
  }),
  setting("api.enable", "flag", false, "Serve REST"),
  setting("api.address", "text", "tcp://127.0.0.1:1317", "Address that REST listens on"),
  setting("api.max-open-connections", "integer", 1000, "Connections at one time", { min: 1 }),
  setting("api.rpc-read-timeout", "integer", 10, "Seconds to receive a request", { min: 1 }),
  setting("api.rpc-write-timeout", "integer", 60, "Seconds to take an answer", { min: 1 }),
  setting("api.rpc-max-body-bytes", "integer", 2097152, "Bytes of one request body", { min: 1024 }),
  setting("api.max-running-requests", "integer", 512, "Requests that are answered at one time", {
    min: 1,
  }),
  setting(
    "api.max-requests-per-second",
    "integer",
    2000,
    "Requests of one remote address (loopback is not counted), 0 = no limit",
    { min: 0 },
  ),
  setting("api.enabled-unsafe-cors", "flag", true, "Let pages of any origin call"),
  setting("api.public-rpc", "text", "", "RPC as wallets reach it; empty = the host they called"),
  setting("api.public-rest", "text", "", "REST as wallets reach it; empty = the host they called"),
  setting(
    "api.max-block-age",
    "duration",
    "60s",
    "Age of the last block at which /health says no; 0s = never",
  ),
  setting("telemetry.enabled", "flag", true, "Serve Prometheus metrics at REST's /metrics"),
];

const CLIENT: readonly Setting[] = [
  setting("chain-id", "text", "", "Chain that commands talk to"),
  setting("keyring-backend", "text", "file", "Where keys lie", { oneOf: ["file", "test"] }),
  setting("output", "text", "text", "Form of answers", { oneOf: ["text", "json"] }),
  setting("node", "text", "tcp://localhost:26657", "RPC address"),
  setting(
    "broadcast-mode",
    "text",
    "commit",
    "How transactions are sent; commit waits for the block",
    {
      oneOf: ["sync", "async", "commit"],
    },
  ),
  setting("prefix", "text", "lease", "Bech32 prefix of addresses, as genesis has it"),
];

/** The table of each file. */
export const SETTINGS: Readonly<Record<ConfigFile, readonly Setting[]>> = {
  "config.toml": byTable(CONFIG, COMET_CONFIG),
  "app.toml": byTable(APP, COMET_APP),
  "client.toml": CLIENT,
};
