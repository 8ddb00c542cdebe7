// The disk and the index over it: batches, scans, a lock that names its holder, postings and searches.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import type { Event } from "../../chain/codec/gen/tendermint/abci.ts";
import { Database } from "../../chain/node/db.ts";
import { Indexer } from "../../chain/node/index/indexer.ts";
import { parseQuery } from "../../chain/node/index/query.ts";
import { fastPlatform } from "../../chain/node/platform.ts";

const platform = fastPlatform(() => undefined);
const test = suite<{ folder: string; database: Database }>("disk and index");

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "leasehold-disk-"));
  context.database = await Database.open(join(context.folder, "a.db"), 1);
});
test.after.each(async ({ folder, database }) => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

test("batches, reads, scans and clears", async ({ database }) => {
  await database.write(
    Array.from({ length: 2500 }, (_, i) => [Uint8Array.of(i >> 8, i & 255), utf8(`${i}`)] as const),
    { sync: true },
  );
  await database.write([[Uint8Array.of(0, 1), undefined]], { sync: false });
  assert.is(database.get(Uint8Array.of(0, 1)), undefined);
  assert.equal(database.get(Uint8Array.of(1, 0)), utf8("256"));
  let rows = 0;
  await database.scan({}, () => void rows++);
  assert.is(rows, 2499);
  const seen: string[] = [];
  const range = { gte: Uint8Array.of(2), lt: Uint8Array.of(3), reverse: true };
  await database.scan(range, (key) => {
    seen.push(toHex(key));
    return seen.length < 2;
  });
  assert.equal(seen, ["02ff", "02fe"]);
  await database.clear({ lt: Uint8Array.of(10) });
  rows = 0;
  await database.scan({}, () => void rows++);
  assert.is(rows, 0);
});

test("a locked database says who holds it", async ({ database }) => {
  let sentence = "";
  await Database.open(database.path).catch((error: Error) => (sentence = error.message));
  assert.match(sentence, new RegExp(`in use by process ${process.pid} `));
});

function event(type: string, pairs: Record<string, string>): Event {
  const attributes = Object.entries(pairs).map(([key, value]) => ({ key, value, index: true }));
  return { type, attributes };
}

/** A block with one transaction per list of events. */
async function index(
  indexer: Indexer,
  height: bigint,
  txs: readonly { readonly name: string; readonly code?: number; readonly events: Event[] }[],
  events: Event[] = [],
): Promise<void> {
  const bytes = txs.map((tx) => utf8(tx.name));
  await indexer.add({
    height,
    txs: bytes,
    hashes: bytes.map((tx) => platform.sha256(tx)),
    results: txs.map((tx) => ExecTxResult.create({ code: tx.code ?? 0, events: tx.events })),
    events,
  });
}

async function search(indexer: Indexer, query: string): Promise<string> {
  const bounds = { from: 1n, to: 99n };
  const places = await indexer.searchTxs(parseQuery(query), bounds);
  return places.map((place) => `${place.height}/${place.index}`).join(" ");
}

test("transactions are found by their events", async ({ database }) => {
  const indexer = new Indexer(database);
  const transfer = (to: string, amount: string): Event => event("transfer", { to, amount });
  await index(indexer, 1n, [
    { name: "a", events: [transfer("x", "5u"), transfer("y", "50u")] },
    { name: "b", code: 7, events: [transfer("x", "50u")] },
  ]);
  await index(indexer, 2n, []);
  await index(indexer, 3n, [{ name: "c", events: [transfer("y", "5u")] }]);
  assert.is(indexer.height, 3n);
  assert.is(await search(indexer, "transfer.to='x'"), "1/0 1/1");
  assert.is(await search(indexer, "transfer.to='x' AND transfer.amount='50u'"), "1/1");
  assert.is(await search(indexer, "transfer.amount > 10"), "1/0 1/1");
  assert.is(await search(indexer, "transfer.to EXISTS AND tx.height>1"), "3/0");
  assert.is(await search(indexer, "tx.height < 3"), "1/0 1/1");
  assert.is(await search(indexer, "tx.height = 2"), "");
  assert.is(await search(indexer, "transfer.to CONTAINS 'y'"), "1/0 3/0");
  assert.is(await search(indexer, "transfer.to='xy'"), "");
  const hash = toHex(platform.sha256(utf8("b"))).toUpperCase();
  assert.is(await search(indexer, `tx.hash='${hash}'`), "1/1");
  assert.is(indexer.find(platform.sha256(utf8("b")))?.result.code, 7);
});

test("a failed repeat does not hide the success before it", async ({ database }) => {
  const indexer = new Indexer(database);
  await index(indexer, 1n, [{ name: "a", code: 3, events: [] }]);
  await index(indexer, 2n, [{ name: "a", events: [] }]);
  await index(indexer, 3n, [{ name: "a", code: 4, events: [] }]);
  const found = indexer.find(platform.sha256(utf8("a")));
  assert.equal([found?.height, found?.result.code], [2n, 0]);
});

test("blocks are found by their own events", async ({ database }) => {
  const indexer = new Indexer(database);
  await index(indexer, 1n, [], [event("award", { gseq: "1" })]);
  await index(indexer, 2n, [{ name: "a", events: [event("award", { gseq: "1" })] }]);
  const bounds = { from: 1n, to: 2n };
  assert.equal(await indexer.searchBlocks(parseQuery("award.gseq=1"), bounds), [1n]);
  assert.equal(await indexer.searchBlocks(parseQuery("block.height>=1"), bounds), [1n, 2n]);
});

test.run();
