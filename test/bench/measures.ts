// How each benchmark is measured. What stands beside each other runs in turns, because machines are
// shared: a ratio of one run means more than figures of two.

import { figuresOf } from "./figures.ts";
import type { Figure } from "./figures.ts";
import {
  chainOf,
  labelled,
  merged,
  ours,
  peerFloor,
  peerMarket,
  peerNode,
  startUp,
  sustained,
  taken,
} from "./programs.ts";

/** What a measurement is told. */
export interface Circumstances {
  /** Whether the Go peers are there. */
  readonly peers: boolean;
  /** The rows that take an hour too. */
  readonly big: boolean;
  /** Seconds of load through RPC. */
  readonly sustain: number;
  /** What accounts, leases and orders are divided by: 1, or more to try out the programs. */
  readonly scale: number;
}

/** Leases or orders of a run on this scale. */
function sized(count: number, { scale }: Circumstances): number {
  return Math.ceil(count / scale);
}

/** Accounts of it: blocks want senders. */
function crowd(count: number, circumstances: Circumstances): number {
  return Math.max(sized(count, circumstances), LEAST);
}

/** Measures one benchmark. Throws when a program fails. */
export type Measure = (circumstances: Circumstances) => readonly Figure[];

/** Senders of two blocks. */
const LEAST = 4000;
const ROUNDS = 2;
const BLOCKS = 10;
const NODE_BLOCKS = 4;
/** Transactions a second that are signed beforehand: more than a node takes. */
const RATE = { ours: 6000, sdk: 1500 };

/** Figures of several rounds. */
function rounds(measure: (round: number) => readonly Figure[]): Figure[] {
  return merged(Array.from({ length: ROUNDS }, (_, round) => measure(round)).flat());
}

function sends(count: number, label: string): Measure {
  return (circumstances) => {
    const { peers } = circumstances;
    const accounts = crowd(count, circumstances);
    const folder = chainOf({ accounts });
    return rounds((round) => {
      console.error(`  round ${round + 1} of ${ROUNDS}`);
      const chain = `${label}=${folder}:${accounts}`;
      const figures = figuresOf(ours("blocks", ["--blocks", String(BLOCKS), chain]));
      if (!peers) return figures;
      const others = [...peerNode(accounts, NODE_BLOCKS), peerFloor(accounts)];
      return [...figures, ...labelled(others, label)];
    });
  };
}

/** On a chain of a hundred thousand accounts and as many live leases. */
const market: Measure = (circumstances) => {
  const { peers } = circumstances;
  const accounts = crowd(100_000, circumstances);
  const folder = chainOf({ accounts, leases: accounts });
  return rounds((round) => {
    const args = ["--folder", folder, "--accounts", String(accounts), "--blocks", String(BLOCKS)];
    const text = ours("market", args);
    const profile = /^profile (.*)$/m.exec(text)?.[1];
    if (profile === undefined) throw new Error(`no profile in:\n${text}`);
    // Filling the floor's trees takes longer than its blocks: it runs once, between ours.
    return [...figuresOf(text), ...(peers && round === 0 ? [peerMarket(profile)] : [])];
  });
};

const idle: Measure = (circumstances) => {
  const { big } = circumstances;
  const accounts = crowd(100_000, circumstances);
  const leases = (count: number): string =>
    chainOf({ accounts, leases: sized(count, circumstances) });
  const args = [`0=${chainOf({ accounts })}`, `10k=${leases(10_000)}`, `100k=${leases(100_000)}`];
  if (big) args.push(`1M=${leases(1_000_000)}`);
  return figuresOf(ours("idle", args, big ? 12_288 : undefined));
};

const lists: Measure = (circumstances) => {
  const accounts = 20_000;
  const small = chainOf({ accounts, orders: sized(10_000, circumstances) });
  const large = chainOf({ accounts, orders: sized(1_000_000, circumstances) });
  return figuresOf(ours("queries", [`10k=${small}`, `1M=${large}`]));
};

const growth: Measure = (circumstances) => {
  const chains = [100_000, 1_000_000].map((count) => {
    const label = count === 100_000 ? "100k" : "1M";
    const accounts = crowd(count, circumstances);
    return `${label}=${chainOf({ accounts })}:${accounts}`;
  });
  const figures = figuresOf(ours("blocks", ["--only", "seen", "--blocks", "12", ...chains]));
  return figures.flatMap((one) =>
    one.name.startsWith("send_seen_")
      ? [{ ...one, name: one.name.replace("send_seen", "growth") }]
      : [],
  );
};

const indexing: Measure = (circumstances) => {
  const accounts = crowd(100_000, circumstances);
  const args = ["--folder", chainOf({ accounts }), "--accounts", String(accounts)];
  return figuresOf(ours("indexing", args));
};

const restart: Measure = () => {
  const text = ours("restart", []);
  if (!text.includes("app hash equal")) throw new Error(`the app hash differs:\n${text}`);
  return [taken(text, /restart in/, "restart_1M", "s")];
};

const decode: Measure = () => {
  const text = ours("codec", []).replaceAll(/ us +/g, " ");
  return [taken(text, /decode whole transaction/, "decode", "us")];
};

const tree: Measure = () =>
  [100_000, 1_000_000].map((keys) => {
    const label = keys === 100_000 ? "100k" : "1M";
    const text = ours("tree", [String(keys)]);
    return taken(text, /release [0-9.]+ =/, `path_copy_${label}`, "us");
  });

function rpc(engine: string, rate: number): Measure {
  return (circumstances) => {
    const accounts = crowd(100_000, circumstances);
    return sustained(engine, { seconds: circumstances.sustain, rate, accounts });
  };
}

/** Measurements by the names of the benchmarks. */
export const MEASURES: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ["cli", startUp],
  ["decode", decode],
  ["tree", tree],
  ["restart", restart],
  ["sends_100k", sends(100_000, "100k")],
  ["market", market],
  ["idle", idle],
  ["lists", lists],
  ["index", indexing],
  ["rpc_embedded", rpc("embedded", RATE.ours)],
  ["rpc_comet", rpc("comet", RATE.ours)],
  ["rpc_sdk", rpc("sdk", RATE.sdk)],
  ["sends_1M", sends(1_000_000, "1M")],
  ["growth", growth],
]);
