// The rows of the benchmark table, under the benchmark that measures them: what, against what, and the
// ratio or limit aimed at.

/** A target. */
export type Target =
  /** At least so many times as good as a peer. */
  | { readonly peer: string; readonly atLeast: number }
  /** At most so much of the row's own unit. */
  | { readonly atMost: number }
  /** At most so many times another row of ours. */
  | { readonly of: string; readonly times: number };

/** One row. `name` is the figure that a benchmark program prints. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly targets: readonly Target[];
}

/** A benchmark: measured together, selected by its name or by one of its rows. */
export interface Benchmark {
  readonly name: string;
  readonly rows: readonly Row[];
}

const against = (peer: string, atLeast: number): Target => ({ peer, atLeast });
const within = (of: string, times: number): Target => ({ of, times });
const row = (name: string, title: string, ...targets: readonly Target[]): Row => ({
  name,
  title,
  targets,
});

function sends(accounts: string, unseen: readonly Target[], seen: readonly Target[]): Benchmark {
  const title = `${accounts} accounts`;
  return {
    name: `sends_${accounts}`,
    rows: [
      row(`send_unseen_${accounts}`, `bank send, unseen, ${title}`, ...unseen),
      row(`send_seen_${accounts}`, `bank send, seen, ${title}`, ...seen),
      row(`check_tx_${accounts}`, `CheckTx of a bank send, ${title}`),
      row(`node_unseen_${accounts}`, `  SDK node, unseen, ${title}`),
      row(`node_seen_${accounts}`, `  SDK node, seen, ${title}`),
      row(`floor_${accounts}`, `  floor, ${title}`),
      row(`reopen_${accounts}`, `restart with ${title}`),
      row(`memory_${accounts}`, `memory with ${title}`, ...memoryOf(accounts)),
    ],
  };
}

function memoryOf(accounts: string): readonly Target[] {
  return accounts === "1M" ? [{ atMost: 2048 }] : [];
}

function sustained(engine: string, title: string, ...targets: readonly Target[]): Row[] {
  return [
    row(`rpc_tps_${engine}`, `sends through RPC, ${title}`, ...targets),
    row(`rpc_block_p50_${engine}`, `  block interval, median`),
    row(`rpc_block_p95_${engine}`, `  block interval, 95 of 100`),
    row(`rpc_check_p50_${engine}`, `  broadcast to answer, median`),
    row(`rpc_check_p95_${engine}`, `  broadcast to answer, 95 of 100`),
    row(`rpc_commit_p50_${engine}`, `  broadcast to commit, median`),
    row(`rpc_commit_p95_${engine}`, `  broadcast to commit, 95 of 100`),
    row(`rpc_refused_${engine}`, `  refused, but for want of room`, { atMost: 0 }),
    row(`rpc_lost_${engine}`, `  accepted and in no block, of 5000`, { atMost: 0 }),
    row(`rpc_cpu_${engine}`, `  processor of the node`),
    row(`rpc_memory_begin_${engine}`, `  memory, begin`),
    row(`rpc_memory_half_${engine}`, `  memory, half time`),
    row(`rpc_memory_end_${engine}`, `  memory, end`),
  ];
}

/** Most that leases which are not due may add to a block without transactions: what noise is. */
const UNNOTICED = 1.25;

const LISTS = ["none", "owner", "owner_closed", "open", "matched", "closed", "model", "open_model"];

function filterName(filter: string): string {
  return filter === "no_model" ? "a model of none" : filter.replace("_", " and ");
}

function lists(): Row[] {
  return [
    row("list_worst", "page of 100 orders, 1M against 10k, worst", { atMost: 2 }),
    row("list_refused", "filters answered at 10k, refused at 1M", { atMost: 0 }),
    ...[...LISTS, "no_model"].flatMap((filter) =>
      ["10k", "1M"].map((size) =>
        row(`list_${filter}_${size}`, `  filter ${filterName(filter)}, ${size} orders`),
      ),
    ),
  ];
}

/** All benchmarks in the order in which they run and stand in the table. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: "cli",
    rows: [row("cli_start", "leasehold version, over node -e 0"), row("node_start", "  node -e 0")],
  },
  { name: "decode", rows: [row("decode", "decode a whole bank send", { atMost: 5 })] },
  {
    name: "tree",
    rows: [
      row("path_copy_100k", "path copy, a key, 1000 a block, 100k keys"),
      row("path_copy_1M", "path copy, a key, 1000 a block, 1M keys"),
    ],
  },
  {
    name: "restart",
    rows: [row("restart_1M", "restart with 1M keys, 20 blocks replayed", { atMost: 8 })],
  },
  sends(
    "100k",
    [against("node_unseen_100k", 7), against("floor_100k", 2)],
    [against("node_seen_100k", 15), against("floor_100k", 4)],
  ),
  {
    name: "idle",
    rows: [
      row("idle_0", "empty block, no leases"),
      row("idle_10k", "  10k live leases, nothing due", within("idle_0", UNNOTICED)),
      row("idle_100k", "  100k live leases, nothing due", within("idle_0", UNNOTICED)),
      row("idle_1M", "  1M live leases, nothing due", within("idle_0", UNNOTICED)),
      row("due_10k", "a payout that is due, 10k live leases"),
      row("due_100k", "  100k live leases", within("due_10k", 2)),
      row("due_1M", "  1M live leases", within("due_10k", 2)),
    ],
  },
  {
    name: "market",
    rows: [
      row("market_unseen", "mixed market load, unseen", against("market_floor", 3)),
      row("market_seen", "mixed market load, seen", against("market_floor", 3)),
      row("market_check_tx", "  CheckTx of it"),
      row("market_floor", "  floor, same reads and writes"),
      row("market_reads", "  entries read from the trees"),
      row("market_writes", "  entries written to the trees"),
    ],
  },
  { name: "lists", rows: lists() },
  {
    name: "index",
    rows: [
      row("index_send", "index of a bank send"),
      row("index_rows_send", "  rows", { atMost: 40 }),
      row("index_bytes_send", "  bytes"),
      row("index_market", "index of a market transaction"),
      row("index_rows_market", "  rows", { atMost: 40 }),
      row("index_bytes_market", "  bytes"),
    ],
  },
  {
    name: "rpc_embedded",
    rows: sustained("embedded", "embedded engine", against("rpc_tps_sdk", 10)),
  },
  { name: "rpc_comet", rows: sustained("comet", "cometbft", against("rpc_tps_sdk", 3)) },
  { name: "rpc_sdk", rows: sustained("sdk", "SDK node") },
  sends("1M", [], [against("node_seen_1M", 15), against("floor_1M", 9)]),
  {
    name: "growth",
    rows: [
      row("growth_100k", "bank send, seen, in turns: 100k accounts"),
      row("growth_1M", "  1M accounts", within("growth_100k", 2)),
    ],
  },
];

/** All rows. A row that was not measured is left out of the table. */
export const ROWS: readonly Row[] = BENCHMARKS.flatMap(({ rows }) => rows);
