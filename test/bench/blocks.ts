// Execution of blocks of bank sends: FinalizeBlock, the atomic fsynced LevelDB batch, Commit; through
// the application in this process, over chains that `fixture.ts` made.
//
//   node build/test/bench/blocks.js [--blocks 12] [--txs 2000] [--warmup 4] LABEL=DIR:ACCOUNTS ...
//
// Each round is a block whose signatures nobody has looked at, then one that CheckTx has seen, on each
// chain, so that all have the same neighbours on a busy machine. Chains go on where they stopped.

import { parseArgs } from "node:util";
import { BenchChain, platform } from "./chain.ts";
import { figure, summary } from "./figures.ts";
import { OURS, People, SendLoad } from "./load.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    blocks: { type: "string", default: "12" },
    txs: { type: "string", default: "2000" },
    warmup: { type: "string", default: "4" },
    only: { type: "string", default: "" },
  },
});
const BLOCKS = Number(flags.blocks);
const TXS = Number(flags.txs);
const WARMUP = Number(flags.warmup);
const KINDS = ["unseen", "seen"].filter((kind) => flags.only === "" || flags.only === kind);

/** A chain with the times that were taken on it, us per transaction. */
class Subject {
  readonly label: string;
  readonly chain: BenchChain;
  readonly load: SendLoad;
  readonly whole = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  readonly finalize: number[] = [];
  readonly checks: number[] = [];

  constructor(label: string, chain: BenchChain, accounts: number) {
    this.label = label;
    this.chain = chain;
    const people = new People(platform, OURS, accounts);
    chain.readSequences(people);
    this.load = new SendLoad(people);
  }

  async round(kind: string, measured: boolean): Promise<void> {
    const txs = this.load.block(TXS);
    const since = performance.now();
    if (kind === "seen") this.chain.check(txs);
    const checked = ((performance.now() - since) * 1000) / TXS;
    const block = await this.chain.run(txs);
    if (!measured) return;
    this.whole.get(kind)?.push(block.whole / TXS);
    if (kind === "unseen") return;
    this.checks.push(checked);
    this.finalize.push(block.finalize / TXS);
  }

  report(): void {
    const { label, checks, finalize } = this;
    for (const [kind, times] of this.whole) figure(`send_${kind}_${label}`, "us", summary(times));
    if (checks.length === 0) return;
    figure(`check_tx_${label}`, "us", summary(checks));
    figure(`finalize_seen_${label}`, "us", summary(finalize));
  }
}

const subjects: Subject[] = [];
for (const text of positionals) {
  const [, label, folder, accounts] = /^(\w+)=(.+):(\d+)$/.exec(text) ?? [];
  if (label === undefined || folder === undefined)
    throw new Error("usage: blocks.js LABEL=DIR:ACCOUNTS ...");
  const since = performance.now();
  const chain = await BenchChain.open(folder);
  figure(`reopen_${label}`, "s", summary([(performance.now() - since) / 1000]));
  subjects.push(new Subject(label, chain, Number(accounts)));
}
for (let round = -WARMUP; round < BLOCKS; round++)
  for (const kind of KINDS) for (const subject of subjects) await subject.round(kind, round >= 0);
for (const subject of subjects) subject.report();
const [only, ...others] = subjects;
if (only !== undefined && others.length === 0)
  figure(`memory_${only.label}`, "MB", summary([process.memoryUsage().rss / 2 ** 20]));
for (const { chain } of subjects) await chain.close();
