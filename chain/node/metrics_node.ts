// What a node counts about itself, and the application that reports to it: the same on both engines,
// because both drive the application through the same calls.

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { IntervalHistogram } from "node:perf_hooks";
import { EventQuarantined } from "../codec/gen/leasehold/chain/v1.ts";
import type {
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestQuery,
  ResponseCheckTx,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseQuery,
} from "../codec/gen/tendermint/abci.ts";
import { Application } from "../runtime/index.ts";
import type { AppParts, AppSettings } from "../runtime/index.ts";
import type { Labels } from "./metrics.ts";
import { Counter, Gauge, Histogram, metricsText } from "./metrics.ts";

const BLOCK_SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60];
const WORK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Time between two looks at the event loop, milliseconds. */
const LAG_TICK_MS = 20;

/** Counts of one node. */
export class NodeMetrics {
  readonly blockInterval = new Histogram(
    "leasehold_block_interval_seconds",
    "Time between the headers of consecutive blocks",
    BLOCK_SECONDS,
  );
  readonly blockExecution = new Histogram(
    "leasehold_block_execution_seconds",
    "Time that FinalizeBlock took",
    WORK_SECONDS,
  );
  readonly databaseWrite = new Histogram(
    "leasehold_database_write_seconds",
    "Time of the fsynced write of a block's state",
    WORK_SECONDS,
  );
  readonly queryTime = new Histogram(
    "leasehold_query_seconds",
    "Time that the application took for a query",
    WORK_SECONDS,
  );
  readonly transactions = new Counter(
    "leasehold_transactions_total",
    "Transactions of blocks by result",
  );
  readonly checks = new Counter("leasehold_checked_total", "Transactions checked, by kind, result");
  readonly queries = new Counter("leasehold_queries_total", "Queries of the application, by code");
  readonly quarantined = new Counter(
    "leasehold_quarantined_total",
    "Due items that failed and were set aside",
  );
  readonly requests = new Counter(
    "leasehold_requests_total",
    "HTTP requests by door and HTTP status",
  );
  readonly calls = new Counter("leasehold_rpc_calls_total", "RPC calls by method and outcome");
  readonly refusals = new Counter(
    "leasehold_refused_requests_total",
    "Requests refused by a limit, by door and limit",
  );
  /** Height and host time (milliseconds) of the last commit of this process. */
  lastCommit: { readonly height: bigint; readonly at: number } | undefined;
  readonly startedAt = Date.now();
  readonly #gauges: Gauge[] = [];
  #lag: IntervalHistogram | undefined;

  constructor() {
    this.transactions.add({ codespace: "", code: "0" }, 0);
    this.quarantined.add({}, 0);
    for (const door of ["rpc", "rest"])
      for (const limit of ["rate", "busy"]) this.refusals.add({ door, limit }, 0);
    this.gauge("leasehold_uptime_seconds", "Time since the start", () => seconds(this.startedAt));
    this.gauge("leasehold_memory_bytes", "Memory of the process by kind", memory);
    this.gauge(
      "leasehold_event_loop_lag_seconds",
      "Delay of the event loop since the last reading, by quantile",
      () => this.#readLag(),
    );
  }

  /** Adds a number that is read when metrics are asked for. */
  gauge(
    name: string,
    help: string,
    read: () => number | readonly (readonly [Labels, number])[],
    type: "gauge" | "counter" = "gauge",
  ): void {
    this.#gauges.push(new Gauge(name, help, read, type));
  }

  /** Begins to watch the event loop. */
  start(): void {
    this.#lag ??= monitorEventLoopDelay({ resolution: LAG_TICK_MS });
    this.#lag.enable();
  }

  /** Ends what runs beside. */
  close(): void {
    this.#lag?.disable();
  }

  /** Prometheus' text. */
  text(): string {
    return metricsText([
      ...this.#gauges,
      this.blockInterval,
      this.blockExecution,
      this.databaseWrite,
      this.queryTime,
      this.transactions,
      this.checks,
      this.queries,
      this.quarantined,
      this.requests,
      this.calls,
      this.refusals,
    ]);
  }

  #readLag(): readonly (readonly [Labels, number])[] {
    const lag = this.#lag;
    if (lag === undefined || lag.count === 0) return [];
    // The host measures from tick to tick: what is beyond the time between two is delay.
    const read = [0.5, 0.99, 1].map((quantile) => {
      const beyond = lag.percentile(quantile * 100) / 1e9 - LAG_TICK_MS / 1000;
      return [{ quantile: String(quantile) }, Math.max(0, beyond)] as const;
    });
    lag.reset();
    return read;
  }
}

function seconds(since: number): number {
  return (Date.now() - since) / 1000;
}

function memory(): readonly (readonly [Labels, number])[] {
  const usage = process.memoryUsage();
  const kinds = ["rss", "heapUsed", "heapTotal", "external", "arrayBuffers"] as const;
  return kinds.map((kind) => [{ kind }, usage[kind]]);
}

/** An application that counts what it does. Results are those of the application it is. */
export class MeasuredApplication extends Application {
  readonly #metrics: NodeMetrics;
  #lastHeaderMs: number | undefined;

  constructor(parts: AppParts, settings: AppSettings, metrics: NodeMetrics) {
    super(parts, settings);
    this.#metrics = metrics;
    metrics.gauge("leasehold_height", "Height of the last commit", () => Number(this.store.height));
    const memo = (): readonly (readonly [Labels, number])[] => [
      [{ result: "hit" }, this.memo.hits],
      [{ result: "miss" }, this.memo.misses],
    ];
    metrics.gauge(
      "leasehold_signature_memo_total",
      "Verdicts on signatures looked for in the memo",
      memo,
      "counter",
    );
  }

  override finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock {
    const began = performance.now();
    const response = super.finalizeBlock(request);
    const metrics = this.#metrics;
    metrics.blockExecution.observe((performance.now() - began) / 1000);
    const header = Number(request.time.seconds) * 1000 + request.time.nanos / 1e6;
    if (this.#lastHeaderMs !== undefined)
      metrics.blockInterval.observe((header - this.#lastHeaderMs) / 1000);
    this.#lastHeaderMs = header;
    for (const { code, codespace } of response.txResults)
      metrics.transactions.add({ codespace, code: String(code) });
    for (const { type } of response.events)
      if (type === EventQuarantined.name) metrics.quarantined.add();
    return response;
  }

  override commit(): ResponseCommit {
    const response = super.commit();
    this.#metrics.lastCommit = { height: this.store.height, at: Date.now() };
    return response;
  }

  override checkTx(request: RequestCheckTx): ResponseCheckTx {
    const response = super.checkTx(request);
    const kind = request.type === 1 ? "recheck" : "new";
    this.#metrics.checks.add({ kind, result: response.code === 0 ? "ok" : "refused" });
    return response;
  }

  override query(request: RequestQuery): ResponseQuery {
    const began = performance.now();
    const response = super.query(request);
    this.#metrics.queryTime.observe((performance.now() - began) / 1000);
    const { codespace, code } = response;
    this.#metrics.queries.add({ codespace, code: String(code) });
    return response;
  }
}
