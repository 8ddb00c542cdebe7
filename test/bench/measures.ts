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
}

/** Measures one benchmark. Throws when a program fails. */
export type Measure = (circumstances: Circumstances) => readonly Figure[];

const ROUNDS = 2;
const BLOCKS = 10;
const NODE_BLOCKS = 4;
/** Transactions a second that are signed beforehand: more than a node takes. */
const RATE = { ours: 6000, sdk: 1500 };

/** Figures of several rounds. */
function rounds(measure: (round: number) => readonly Figure[]): Figure[] {
  return merged(Array.from({ length: ROUNDS }, (_, round) => measure(round)).flat());
}

function sends(accounts: number, label: string): Measure {
  return ({ peers }) => {
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
const market: Measure = ({ peers }) => {
  const accounts = 100_000;
  const folder = chainOf({ accounts, leases: 100_000 });
  return rounds((round) => {
    const args = ["--folder", folder, "--accounts", String(accounts), "--blocks", String(BLOCKS)];
    const text = ours("market", args);
    const profile = /^profile (.*)$/m.exec(text)?.[1];
    if (profile === undefined) throw new Error(`no profile in:\n${text}`);
    // Filling the floor's trees takes longer than its blocks: it runs once, between ours.
    return [...figuresOf(text), ...(peers && round === 0 ? [peerMarket(profile)] : [])];
  });
};

const idle: Measure = ({ big }) => {
  const accounts = 100_000;
  const args = [
    `0=${chainOf({ accounts })}`,
    `10k=${chainOf({ accounts, leases: 10_000 })}`,
    `100k=${chainOf({ accounts, leases: 100_000 })}`,
  ];
  if (big) args.push(`1M=${chainOf({ accounts, leases: 1_000_000 })}`);
  return figuresOf(ours("idle", args, big ? 12_288 : undefined));
};

const lists: Measure = () => {
  const accounts = 20_000;
  const small = chainOf({ accounts, orders: 10_000 });
  const large = chainOf({ accounts, orders: 1_000_000 });
  return figuresOf(ours("queries", [`10k=${small}`, `1M=${large}`]));
};

const growth: Measure = () => {
  const chains = [100_000, 1_000_000].map((accounts) => {
    const label = accounts === 100_000 ? "100k" : "1M";
    return `${label}=${chainOf({ accounts })}:${accounts}`;
  });
  const figures = figuresOf(ours("blocks", ["--only", "seen", "--blocks", "12", ...chains]));
  return figures.flatMap((one) =>
    one.name.startsWith("send_seen_")
      ? [{ ...one, name: one.name.replace("send_seen", "growth") }]
      : [],
  );
};

const indexing: Measure = () => {
  const accounts = 100_000;
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
  ["rpc_embedded", ({ sustain }) => sustained("embedded", sustain, RATE.ours)],
  ["rpc_comet", ({ sustain }) => sustained("comet", sustain, RATE.ours)],
  ["rpc_sdk", ({ sustain }) => sustained("sdk", sustain, RATE.sdk)],
  ["sends_1M", sends(1_000_000, "1M")],
  ["growth", growth],
]);
