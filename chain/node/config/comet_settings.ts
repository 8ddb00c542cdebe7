// What only CometBFT reads in config.toml, with its own keys and defaults, so that one file serves both
// processes of a node; and what only the comet engine reads in app.toml.
// Source of keys and defaults: CometBFT v0.38.25 config/config.go, config/toml.go.

import { setting } from "./setting.ts";
import type { Setting } from "./setting.ts";

type Row = readonly [key: string, kind: Setting["kind"], value: Setting["value"], comment: string];

const ROWS: readonly Row[] = [
  ["version", "text", "0.38.25", "CometBFT that this file is written for"],
  ["proxy_app", "text", "tcp://127.0.0.1:26658", "Where the application listens for CometBFT"],
  ["db_backend", "text", "goleveldb", "Database of CometBFT"],
  ["db_dir", "text", "data", "Folder of CometBFT's databases"],
  ["genesis_file", "text", "config/genesis.json", "Genesis in CometBFT's own form"],
  ["priv_validator_key_file", "text", "config/priv_validator_key.json", "Key of the validator"],
  ["priv_validator_state_file", "text", "data/priv_validator_state.json", "What it signed last"],
  ["priv_validator_laddr", "text", "", "Address for a remote signer; empty = none"],
  ["node_key_file", "text", "config/node_key.json", "Key of the node among its peers"],
  ["abci", "text", "socket", "How CometBFT speaks to the application; only socket is served"],
  ["filter_peers", "flag", false, "Ask the application about each peer"],
  ["event_bus_buffer_capacity", "integer", 0, "Events kept for slow subscribers"],
  ["rpc.cors_allowed_methods", "list", ["HEAD", "GET", "POST"], "Methods for browsers"],
  [
    "rpc.cors_allowed_headers",
    "list",
    ["Origin", "Accept", "Content-Type", "X-Requested-With", "X-Server-Time"],
    "Headers for browsers",
  ],
  ["rpc.grpc_laddr", "text", "", "Address of CometBFT's gRPC; empty = none"],
  ["rpc.grpc_max_open_connections", "integer", 900, "Its connections at one time"],
  ["rpc.unsafe", "flag", false, "Serve unsafe methods such as dial_seeds"],
  ["rpc.experimental_subscription_buffer_size", "integer", 200, "Events kept per subscription"],
  ["rpc.experimental_websocket_write_buffer_size", "integer", 200, "Answers kept per socket"],
  ["rpc.experimental_close_on_slow_client", "flag", false, "Cut off who reads too slowly"],
  ["rpc.tls_cert_file", "text", "", "Certificate for HTTPS; empty = HTTP"],
  ["rpc.tls_key_file", "text", "", "Key of the certificate"],
  ["rpc.pprof_laddr", "text", "", "Address of Go's profiler; empty = none"],
  ["p2p.laddr", "text", "tcp://0.0.0.0:26656", "Address for peers"],
  ["p2p.external_address", "text", "", "Address told to peers; empty = found out"],
  ["p2p.seeds", "text", "", "Nodes to ask for peers: ID@HOST:PORT,..."],
  ["p2p.persistent_peers", "text", "", "Peers to stay connected to: ID@HOST:PORT,..."],
  ["p2p.addr_book_file", "text", "config/addrbook.json", "Known addresses of peers"],
  ["p2p.addr_book_strict", "flag", true, "Only addresses that the internet routes"],
  ["p2p.max_num_inbound_peers", "integer", 40, "Peers that came to us"],
  ["p2p.max_num_outbound_peers", "integer", 10, "Peers that we went to"],
  ["p2p.unconditional_peer_ids", "text", "", "Peers beyond these limits"],
  ["p2p.persistent_peers_max_dial_period", "duration", "0s", "Longest pause between dials"],
  ["p2p.flush_throttle_timeout", "duration", "100ms", "Time to gather messages"],
  ["p2p.max_packet_msg_payload_size", "integer", 1024, "Bytes of one packet"],
  ["p2p.send_rate", "integer", 5120000, "Bytes sent per second"],
  ["p2p.recv_rate", "integer", 5120000, "Bytes received per second"],
  ["p2p.pex", "flag", true, "Exchange addresses of peers"],
  ["p2p.seed_mode", "flag", false, "Only crawl and hand out addresses"],
  ["p2p.private_peer_ids", "text", "", "Peers that are told to nobody"],
  ["p2p.allow_duplicate_ip", "flag", false, "Several peers from one host"],
  ["p2p.handshake_timeout", "duration", "20s", "Longest handshake"],
  ["p2p.dial_timeout", "duration", "3s", "Longest dial"],
  ["mempool.type", "text", "flood", "Leasehold has no mempool of its own: flood"],
  ["mempool.broadcast", "flag", true, "Pass transactions on to peers"],
  ["mempool.wal_dir", "text", "", "Log of the mempool; empty = none"],
  ["mempool.max_batch_bytes", "integer", 0, "Not used by CometBFT"],
  [
    "mempool.experimental_max_gossip_connections_to_persistent_peers",
    "integer",
    0,
    "Persistent peers that transactions go to, 0 = all",
  ],
  [
    "mempool.experimental_max_gossip_connections_to_non_persistent_peers",
    "integer",
    0,
    "Other peers that transactions go to, 0 = all",
  ],
  ["statesync.enable", "flag", false, "Begin from a snapshot of a peer; not offered yet"],
  ["statesync.rpc_servers", "text", "", "RPC of two nodes to verify against"],
  ["statesync.trust_height", "integer", 0, "A height to trust"],
  ["statesync.trust_hash", "text", "", "The hash of its header"],
  ["statesync.trust_period", "duration", "168h0m0s", "Age of a header that is trusted"],
  ["statesync.discovery_time", "duration", "15s", "Time to look for snapshots"],
  ["statesync.temp_dir", "text", "", "Folder of chunks; empty = the system's"],
  ["statesync.chunk_request_timeout", "duration", "10s", "Longest wait for a chunk"],
  ["statesync.chunk_fetchers", "text", "4", "Chunks fetched at one time"],
  ["statesync.max_snapshot_chunks", "integer", 100000, "Most chunks of a snapshot"],
  ["blocksync.version", "text", "v0", "How blocks are fetched"],
  ["consensus.wal_file", "text", "data/cs.wal/wal", "Log of consensus"],
  ["consensus.timeout_propose", "duration", "3s", "Wait for a proposal"],
  ["consensus.timeout_propose_delta", "duration", "500ms", "More per round"],
  ["consensus.timeout_prevote", "duration", "1s", "Wait for prevotes"],
  ["consensus.timeout_prevote_delta", "duration", "500ms", "More per round"],
  ["consensus.timeout_precommit", "duration", "1s", "Wait for precommits"],
  ["consensus.timeout_precommit_delta", "duration", "500ms", "More per round"],
  ["consensus.double_sign_check_height", "integer", 0, "Blocks searched for own votes at start"],
  ["consensus.skip_timeout_commit", "flag", false, "Go on as soon as all precommits are there"],
  ["consensus.peer_gossip_sleep_duration", "duration", "100ms", "Pause between gossip"],
  ["consensus.peer_query_maj23_sleep_duration", "duration", "2s", "Pause between asking peers"],
  ["consensus.block_time_tolerance", "duration", "1m0s", "How far a proposal's time may be ahead"],
  ["storage.discard_abci_responses", "flag", false, "Keep no answers; block_results needs them"],
  ["tx_index.psql-conn", "text", "", "PostgreSQL for indexer = psql"],
  ["instrumentation.prometheus", "flag", false, "Serve CometBFT's metrics"],
  ["instrumentation.prometheus_listen_addr", "text", ":26660", "Their address"],
  ["instrumentation.max_open_connections", "integer", 3, "Readers at one time"],
  ["instrumentation.namespace", "text", "cometbft", "Prefix of their names"],
];

/** Keys of config.toml that only CometBFT reads. */
export const COMET_CONFIG: readonly Setting[] = ROWS.map(([key, kind, value, comment]) =>
  setting(key, kind, value, comment, { engine: "comet" }),
);

/** Keys of app.toml that only this engine reads. */
export const COMET_APP: readonly Setting[] = [
  setting(
    "abci.laddr",
    "text",
    "",
    "Address of the ABCI socket; empty = proxy_app of config.toml",
    {
      engine: "comet",
    },
  ),
  setting("abci.allowed", "list", [], "Other machines that may connect: their addresses", {
    engine: "comet",
  }),
  setting("abci.max-connections", "integer", 16, "Connections at one time; CometBFT takes four", {
    engine: "comet",
    min: 4,
  }),
  setting("abci.max-frame-bytes", "integer", 268435456, "Bytes of one message, genesis included", {
    engine: "comet",
    min: 1048576,
  }),
  setting("comet.supervise", "flag", false, "Start cometbft as a child, end it with the node", {
    engine: "comet",
  }),
  setting("comet.binary", "text", "", "Path of cometbft; empty = PATH, then make tools' folder", {
    engine: "comet",
  }),
];
