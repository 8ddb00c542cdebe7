// The transaction index alone: rows, bytes and microseconds per transaction of blocks of bank sends, and
// of mixed market load, as the node writes them.
//
//   node build/test/bench/indexing.js --folder DIR --accounts N [--blocks 10]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { DatabaseWrite } from "../../chain/node/db.ts";
import { Database } from "../../chain/node/db.ts";
import { Indexer } from "../../chain/node/index/indexer.ts";
import { BenchChain, platform } from "./chain.ts";
import { figure, summary } from "./figures.ts";
import { OURS, People, SendLoad } from "./load.ts";
import { LIFE_BLOCKS, MarketLoad } from "./market_load.ts";

const TXS = 2000;
const WARMUP = 3;

const { values: flags } = parseArgs({
  options: {
    folder: { type: "string" },
    accounts: { type: "string", default: "100000" },
    blocks: { type: "string", default: "10" },
  },
});
if (flags.folder === undefined) throw new Error("usage: indexing.js --folder DIR --accounts N");
const BLOCKS = Number(flags.blocks);

/** Rows and bytes that went to the database since the last question. */
class Rows {
  #rows = 0;
  #bytes = 0;

  watch(database: Database): void {
    const write = database.write.bind(database);
    database.write = (writes: readonly DatabaseWrite[], options) => {
      this.#rows += writes.length;
      for (const [key, value] of writes) this.#bytes += key.length + (value?.length ?? 0);
      return write(writes, options);
    };
  }

  take(): { readonly rows: number; readonly bytes: number } {
    const taken = { rows: this.#rows, bytes: this.#bytes };
    [this.#rows, this.#bytes] = [0, 0];
    return taken;
  }
}

/** Runs blocks and indexes them; the figures are named after `name`. */
async function measure(
  name: string,
  warmup: number,
  block: () => readonly Uint8Array[],
): Promise<void> {
  const [times, rows, bytes]: [number[], number[], number[]] = [[], [], []];
  for (let round = -warmup; round < BLOCKS; round++) {
    const txs = block();
    const { response } = await chain.run(txs, 1n);
    const hashes = txs.map((tx) => platform.sha256(tx));
    const { txResults: results, events } = response;
    const begin = performance.now();
    await indexer.add({ height: chain.height, txs, hashes, results, events });
    const took = (performance.now() - begin) * 1000;
    const written = counted.take();
    if (round < 0) continue;
    times.push(took / txs.length);
    rows.push(written.rows / txs.length);
    bytes.push(written.bytes / txs.length);
  }
  figure(`index_${name}`, "us", summary(times));
  figure(`index_rows_${name}`, "rows", summary(rows));
  figure(`index_bytes_${name}`, "bytes", summary(bytes));
}

const folder = mkdtempSync(join(tmpdir(), "leasehold-index-"));
const chain = await BenchChain.open(flags.folder);
const database = await Database.open(folder);
const counted = new Rows();
counted.watch(database);
const indexer = new Indexer(database);
try {
  const people = new People(platform, OURS, Number(flags.accounts));
  chain.readSequences(people);
  const sends = new SendLoad(people);
  await measure("send", WARMUP, () => sends.block(TXS));
  const market = new MarketLoad(people);
  await market.prepare(chain);
  await measure("market", LIFE_BLOCKS, () => market.block());
} finally {
  await database.close();
  await chain.close();
  rmSync(folder, { recursive: true, force: true });
}
