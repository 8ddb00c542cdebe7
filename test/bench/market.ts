// Blocks of mixed market load over a chain that `fixture.ts` made, unseen and seen in turns; and what
// state a block reads and writes, counted in warm-up blocks, so that the Go floor can do the same.
//
//   node build/test/bench/market.js --folder DIR --accounts N [--blocks 10] [--warmup 10]
//
// Prints a line `profile {...}` for `floor market`.

import { parseArgs } from "node:util";
import { BenchChain, platform } from "./chain.ts";
import { Counts } from "./counts.ts";
import { figure, summary } from "./figures.ts";
import { OURS, People } from "./load.ts";
import { LIFE_BLOCKS, LIFE_TXS, MarketLoad } from "./market_load.ts";

/** Blocks that are counted. */
const COUNTED = 2;

const { values: flags } = parseArgs({
  options: {
    folder: { type: "string" },
    accounts: { type: "string", default: "100000" },
    blocks: { type: "string", default: "10" },
    warmup: { type: "string", default: "10" },
  },
});
if (flags.folder === undefined) throw new Error("usage: market.js --folder DIR --accounts N");
const BLOCKS = Number(flags.blocks);
const WARMUP = Math.max(Number(flags.warmup), LIFE_BLOCKS + COUNTED);

const counts = new Counts();
const chain = await BenchChain.open(flags.folder);
counts.watch(chain.app.store);
const people = new People(platform, OURS, Number(flags.accounts));
chain.readSequences(people);
const load = new MarketLoad(people);
await load.prepare(chain);

const times: { readonly [kind: string]: number[] } = { unseen: [], seen: [] };
const checks: number[] = [];
for (let round = -WARMUP; round < 2 * BLOCKS; round++) {
  const txs = load.block();
  const kind = round % 2 === 0 ? "unseen" : "seen";
  const since = performance.now();
  if (kind === "seen") chain.check(txs);
  const checked = ((performance.now() - since) * 1000) / txs.length;
  counts.counting = round < 0 && round >= -COUNTED;
  const { whole } = await chain.run(txs, 1n);
  if (counts.counting) counts.block(txs.length);
  if (round < 0) continue;
  times[kind]?.push(whole / txs.length);
  if (kind === "seen") checks.push(checked);
}
for (const [kind, list] of Object.entries(times)) figure(`market_${kind}`, "us", summary(list));
figure("market_check_tx", "us", summary(checks));
// A receipt is a signature too: one more verification in the eleven transactions of a life.
const profile = counts.profile((LIFE_TXS + 1) / LIFE_TXS, (name) => chain.entries(name));
console.log(`profile ${JSON.stringify(profile)}`);
const { stores, txs } = profile;
const perTx = (pick: (one: (typeof stores)[number]) => number): number =>
  stores.reduce((sum, one) => sum + pick(one), 0) / txs;
figure("market_reads", "a tx", summary([perTx((one) => one.reads + one.walked)]));
figure("market_writes", "a tx", summary([perTx((one) => one.updates + one.inserts + one.deletes)]));
await chain.close();
