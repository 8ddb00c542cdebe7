// Makes the chain that other benchmarks open: many accounts, and if asked orders and live leases.
//
//   node build/test/bench/fixture.js --folder DIR [--accounts 100000] [--leases 0] [--orders 0]
//
// The first accounts come with genesis, as in any chain. The rest is written through the modules' own
// genesis and collections in pieces, each a height of its own: a million accounts as one JSON text do
// not fit into a V8 string. At the end stands a snapshot, as after a normal day.

import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { accounts as authAccounts } from "../../modules/auth/index.ts";
import { nextNumber } from "../../modules/auth/state.ts";
import { balances, supply } from "../../modules/bank/index.ts";
import { addressFromBytes } from "../../chain/base/address.ts";
import { BenchChain, platform } from "./chain.ts";
import { addLeases, addOrders } from "./leases.ts";
import { KEYED, OURS, People, START_COIN } from "./load.ts";

/** Accounts of a piece: 200,000 rows. */
const PIECE = 50_000;

async function addAccounts(chain: BenchChain, people: People, from: number): Promise<void> {
  const { addresses } = chain.app.context();
  const { denom } = OURS;
  for (let at = from; at < people.count; at += PIECE) {
    const end = Math.min(at + PIECE, people.count);
    await chain.piece((ctx) => {
      let number = nextNumber.peek(ctx);
      for (let i = at; i < end; i++) {
        const address = people.address(i);
        const bytes = addressFromBytes(addresses.parse(address));
        authAccounts.set(ctx, bytes, { address, number, sequence: 0n, key: undefined });
        balances.set(ctx, [bytes, denom], START_COIN);
        number += 1n;
      }
      nextNumber.set(ctx, number);
      const sum = supply.must(ctx, denom) + START_COIN * BigInt(end - at);
      supply.set(ctx, denom, sum);
    });
  }
}

const { values: flags } = parseArgs({
  options: {
    folder: { type: "string" },
    accounts: { type: "string", default: "100000" },
    leases: { type: "string", default: "0" },
    orders: { type: "string", default: "0" },
  },
});
const { folder } = flags;
if (folder === undefined) throw new Error("usage: fixture.js --folder DIR [--accounts N]");
const [count, leases, orders] = [flags.accounts, flags.leases, flags.orders].map(Number);
const since = performance.now();
rmSync(folder, { recursive: true, force: true });
const people = new People(platform, OURS, count ?? 0);
const listed = Math.min(people.count, KEYED);
let chain = await BenchChain.create(folder, people, listed);
await addAccounts(chain, people, listed);
await chain.snapshot();
await chain.close();
// What was written past the application it does not know: it is loaded as a node loads it.
chain = await BenchChain.open(folder);
if (leases !== undefined && leases > 0) await addLeases(chain, people, leases);
if (orders !== undefined && orders > 0) await addOrders(chain, people, orders);
await chain.snapshot();
const entries = chain.app.store.names.map((name) => `${name} ${chain.entries(name)}`);
const seconds = ((performance.now() - since) / 1000).toFixed(1);
console.log(`${folder}: height ${chain.height} in ${seconds} s; entries: ${entries.join(", ")}`);
await chain.close();
