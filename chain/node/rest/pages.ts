// Pages of the node's own beside the queries: an index, health, metrics, what wallets ask to know.

import { utf8 } from "../../base/bytes.ts";
import type { NodeMetrics } from "../metrics_node.ts";
import type { BlockSource } from "../source.ts";
import { SourceError } from "../source.ts";
import { chainInfo } from "./keplr.ts";
import type { KeplrParts } from "./keplr.ts";
import { openApi } from "./openapi.ts";
import type { Route } from "./routes.ts";

/** An answer that is no query's. */
export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** What the pages are made from. */
export interface PageParts extends KeplrParts {
  readonly source: BlockSource;
  readonly metrics: NodeMetrics;
  readonly routes: readonly Route[];
  readonly version: string;
  /** Age of the last block at which a node counts as stalled, milliseconds; 0 = never. */
  readonly maxBlockAge: number;
  /** Whether /metrics is served. */
  readonly metricsOn: boolean;
}

const JSON_TYPE = "application/json";
/** Source: Prometheus exposition formats. */
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** How a node is. */
export interface Health {
  readonly healthy: boolean;
  readonly catchingUp: boolean;
  readonly height: bigint;
  /** Number of peers; undefined when the engine cannot be asked. */
  readonly peers: number | undefined;
  /** Seconds since this process committed a block; undefined before the first. */
  readonly age: number | undefined;
  readonly sentence: string;
}

/** Judges a node: blocks must advance, or it must be catching up. */
export async function judgeHealth(parts: PageParts): Promise<Health> {
  const { source, metrics, maxBlockAge } = parts;
  const last = metrics.lastCommit;
  const ageMs = Date.now() - (last?.at ?? metrics.startedAt);
  const base = {
    catchingUp: false,
    height: last?.height ?? 0n,
    peers: undefined,
    age: last === undefined ? undefined : ageMs / 1000,
  };
  const ill = (sentence: string): Health => ({ ...base, healthy: false, sentence });
  try {
    const { catchingUp, halted, height } = await source.status();
    const known = { height, catchingUp, peers: await source.peers() };
    if (halted !== undefined) return { ...ill(`the node has halted: ${halted}`), ...known };
    if (catchingUp) return { ...base, ...known, healthy: true, sentence: "catching up" };
    if (maxBlockAge > 0 && ageMs > maxBlockAge)
      return { ...ill(`no block for ${Math.round(ageMs / 1000)} seconds`), ...known };
    return { ...base, ...known, healthy: true, sentence: "blocks advance" };
  } catch (error) {
    if (error instanceof SourceError) return ill(error.message);
    throw error;
  }
}

function healthPage(health: Health, good: boolean): Page {
  const { catchingUp, height, peers, age, sentence } = health;
  const body = JSON.stringify({
    healthy: good,
    sentence,
    height: height.toString(),
    catching_up: catchingUp,
    peers: peers ?? null,
    last_block_age_seconds: age ?? null,
  });
  return { status: good ? 200 : 503, type: JSON_TYPE, body };
}

/** Whether the node can serve current state. */
function ready(health: Health): boolean {
  return health.healthy && !health.catchingUp && health.height > 0n;
}

function indexPage(parts: PageParts, paths: readonly string[]): Page {
  const queries = parts.routes.map(({ verb, path }) => `${verb} ${path}`).sort();
  const body = JSON.stringify({ chain_id: parts.chainId, pages: paths, queries }, undefined, 2);
  return { status: 200, type: JSON_TYPE, body: `${body}\n` };
}

/** The pages by path; `host` is what the caller called this node. */
export function makePages(parts: PageParts): ReadonlyMap<string, (host: string) => Promise<Page>> {
  let document: Uint8Array | undefined;
  const json = (body: string | Uint8Array): Page => ({ status: 200, type: JSON_TYPE, body });
  const pages = new Map<string, (host: string) => Promise<Page>>([
    [
      "/health",
      async () => {
        const health = await judgeHealth(parts);
        return healthPage(health, health.healthy);
      },
    ],
    [
      "/ready",
      async () => {
        const health = await judgeHealth(parts);
        return healthPage(health, ready(health));
      },
    ],
    ["/chain-info/keplr", async (host) => json(JSON.stringify(await chainInfo(parts, host)))],
    [
      "/openapi.json",
      async () => json((document ??= utf8(JSON.stringify(openApi(parts.routes, parts.version))))),
    ],
  ]);
  if (parts.metricsOn)
    pages.set("/metrics", async () => ({
      status: 200,
      type: METRICS_TYPE,
      body: parts.metrics.text(),
    }));
  const paths = [...pages.keys()];
  pages.set("/", async () => indexPage(parts, paths));
  return pages;
}
