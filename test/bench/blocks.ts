// Execution of blocks of bank sends: FinalizeBlock, the atomic fsynced LevelDB batch, Commit; through
// the application in this process, over a database in a temporary folder.
//
//   node build/test/bench/blocks.js [--accounts 100000] [--blocks 12] [--txs 2000] [--warmup 4]
//
// Each round is a block whose signatures nobody has looked at, then one that CheckTx has seen, so that
// both have the same neighbours on a busy machine.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { utf8 } from "../../chain/base/bytes.ts";
import { defaultAppState, leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import { Database } from "../../chain/node/db.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { buildGenesis, preset } from "../../genesis/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { DENOM, SendLoad, START_COIN } from "./load.ts";
import { figure, summary } from "./figures.ts";

const CHAIN_ID = "bench-1";
const GENESIS_SECONDS = 1_800_000_000n;

const { values: flags } = parseArgs({
  options: {
    accounts: { type: "string", default: "100000" },
    blocks: { type: "string", default: "12" },
    txs: { type: "string", default: "2000" },
    warmup: { type: "string", default: "4" },
    only: { type: "string", default: "" },
  },
});
const ACCOUNTS = Number(flags.accounts);
const BLOCKS = Number(flags.blocks);
const TXS = Number(flags.txs);
const WARMUP = Number(flags.warmup);

const platform = fastPlatform(console.log);

class Chain {
  readonly app: Application;
  readonly #database: Database;
  #height = 0n;

  constructor(database: Database) {
    const parts = leaseholdParts(platform, "bench");
    const store = new TreeMultiStore(platform, storeNames(parts));
    this.app = new Application(parts, { store, platform });
    this.#database = database;
  }

  init(prefix: string, addresses: readonly string[]): void {
    const coins = [{ denom: DENOM, amount: START_COIN }];
    const spec = {
      chainId: CHAIN_ID,
      genesisTime: { seconds: GENESIS_SECONDS, nanos: 0 },
      prefix,
      denoms: preset("local").denoms,
      accounts: addresses.map((address) => ({ address, coins })),
      validators: [],
      params: {},
    };
    const { appState } = buildGenesis(spec, defaultAppState(this.app.parts));
    this.app.initChain(
      RequestInitChain.create({
        time: spec.genesisTime,
        chainId: CHAIN_ID,
        initialHeight: 1n,
        consensusParams: defaultConsensusParams(),
        validators: [{ pubKey: { ed25519: new Uint8Array(32).fill(7) }, power: 1n }],
        appStateBytes: utf8(JSON.stringify(appState)),
      }),
    );
  }

  check(txs: readonly Uint8Array[]): void {
    for (const tx of txs) {
      const { code, log } = this.app.checkTx({ tx, type: 0 });
      if (code !== 0) throw new Error(`CheckTx: code ${code} ${log}`);
    }
  }

  /** Microseconds from FinalizeBlock to the end of Commit, and of FinalizeBlock alone. */
  async run(txs: readonly Uint8Array[]): Promise<readonly [whole: number, finalize: number]> {
    this.#height += 1n;
    const time = { seconds: GENESIS_SECONDS + this.#height * 5n, nanos: 0 };
    const request = RequestFinalizeBlock.create({ txs, height: this.#height, time });
    const begin = performance.now();
    const response = this.app.finalizeBlock(request);
    const finalized = performance.now();
    await this.#database.write(this.app.commitBatch().writes, { sync: true });
    this.app.commit();
    const end = performance.now();
    for (const { code, log } of response.txResults)
      if (code !== 0) throw new Error(`block ${this.#height}: code ${code} ${log}`);
    return [(end - begin) * 1000, (finalized - begin) * 1000];
  }
}

async function bench(folder: string): Promise<void> {
  const { prefix } = preset("local");
  let since = performance.now();
  const load = new SendLoad(platform, CHAIN_ID, prefix, ACCOUNTS);
  const database = await Database.open(folder);
  const chain = new Chain(database);
  chain.init(prefix, load.addresses);
  await chain.run([]);
  const ready = ((performance.now() - since) / 1000).toFixed(1);
  console.log(`${ACCOUNTS} accounts, blocks of ${TXS}; genesis and block 1 in ${ready} s`);
  const kinds = ["unseen", "seen"].filter((kind) => flags.only === "" || flags.only === kind);
  const whole = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
  const parts: number[] = [];
  const checks: number[] = [];
  for (let round = -WARMUP; round < BLOCKS; round++) {
    for (const kind of kinds) {
      const txs = load.block(TXS);
      since = performance.now();
      if (kind === "seen") chain.check(txs);
      const checked = ((performance.now() - since) * 1000) / TXS;
      const [total, finalize] = await chain.run(txs);
      if (round < 0) continue;
      whole.get(kind)?.push(total / TXS);
      if (kind === "unseen") continue;
      checks.push(checked);
      parts.push(finalize / TXS);
    }
  }
  for (const [kind, times] of whole) figure(`send_${kind}`, "us", summary(times));
  if (checks.length > 0) {
    figure("check_tx", "us", summary(checks));
    figure("finalize_seen", "us", summary(parts));
  }
  figure("memory", "MB", summary([process.memoryUsage().rss / 2 ** 20]));
  await database.close();
}

const folder = mkdtempSync(join(tmpdir(), "leasehold-blocks-"));
try {
  await bench(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
