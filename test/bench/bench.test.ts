// The benchmarks themselves: rows and measurements belong together, verdicts are what they should be,
// counted blocks give the profile, and chains that are made by the hundred thousand are sound.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../chain/base/bytes.ts";
import { LeaseState, OrderState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { counters, leases, orders } from "../../modules/market/state.ts";
import { BenchChain, platform } from "./chain.ts";
import { Counts } from "./counts.ts";
import type { Figure } from "./figures.ts";
import { figuresOf, quantile } from "./figures.ts";
import { addLeases, addOrders } from "./leases.ts";
import { OURS, People, SendLoad } from "./load.ts";
import { LIFE_BLOCKS, MarketLoad } from "./market_load.ts";
import { MEASURES } from "./measures.ts";
import { BENCHMARKS, ROWS } from "./rows.ts";
import { RpcSocket } from "./rpc_socket.ts";
import { table } from "./table.ts";

const test = suite("benchmarks");

test("each benchmark is measured, each row has one place, each peer is a row", () => {
  assert.equal([...MEASURES.keys()].toSorted(), BENCHMARKS.map(({ name }) => name).toSorted());
  const names = ROWS.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const { targets } of ROWS)
    for (const target of targets) {
      if ("peer" in target) assert.ok(names.includes(target.peer), target.peer);
      if ("of" in target) assert.ok(names.includes(target.of), target.of);
    }
});

function lineOf(name: string, figures: readonly Figure[]): string {
  const runs = BENCHMARKS.map((one) => ({
    name: one.name,
    when: "",
    seconds: 1,
    load: [0, 0] as const,
  }));
  const lines = table({ when: "", machine: "", versions: "", runs, figures });
  const title = ROWS.find((row) => row.name === name)?.title ?? "";
  return lines.find((line) => line.startsWith(`  ${title.padEnd(42)} `)) ?? "";
}

const of = (name: string, median: number, min = median, unit = "us"): Figure => {
  return { name, unit, median, min, max: median };
};

test("a target is met when medians and best blocks agree", () => {
  const seen = (us: number, best: number): string =>
    lineOf("market_seen", [of("market_seen", us, best), of("market_floor", 900, 800)]);
  assert.match(seen(300, 250), /3.00x the floor, best blocks 3.20x \(target 3x\): met$/);
  assert.match(seen(300, 290), /best blocks 2.76x \(target 3x\): met by medians ONLY$/);
  assert.match(seen(301, 100), /\(target 3x\): FALLS SHORT$/);
  assert.match(lineOf("market_seen", [of("market_seen", 1)]), /not measured, not met$/);
});

test("more transactions a second are better, more microseconds worse", () => {
  const rate = (tps: number): string =>
    lineOf("rpc_tps_embedded", [
      of("rpc_tps_embedded", tps, tps, "TPS"),
      of("rpc_tps_sdk", 500, 500, "TPS"),
    ]);
  assert.match(rate(5000), /10.0x the SDK node \(target 10x\): met$/);
  assert.match(rate(4900), /FALLS SHORT$/);
  const grown = (us: number): string =>
    lineOf("growth_1M", [of("growth_1M", us), of("growth_100k", 100)]);
  assert.match(grown(200), /: met$/);
  assert.match(grown(201), /: FALLS SHORT$/);
  assert.match(lineOf("list_refused", [of("list_refused", 1, 1, "filters")]), /FALLS SHORT$/);
});

test("figures are read from what a program prints", () => {
  assert.equal(figuresOf('x\nfigure {"name":"a","unit":"us","median":1,"min":1,"max":2}\n'), [
    { name: "a", unit: "us", median: 1, min: 1, max: 2 },
  ]);
  assert.is(quantile([5, 1, 4, 2, 3], 0.5), 3);
  assert.is(quantile([1, 2], 1), 2);
});

test("what reaches the trees is counted, and only while it is asked for", () => {
  const store = new TreeMultiStore(platform, ["a"]);
  const counts = new Counts();
  counts.watch(store);
  const key = (text: string): Uint8Array => utf8(text);
  const commit = (list: readonly (readonly [Uint8Array, Uint8Array | undefined])[]): void => {
    const height = store.height + 1n;
    store.stage(height, { seconds: height, nanos: 0 }, new Map([["a", list]]), new Map());
    store.promote();
  };
  commit([
    [key("k1"), key("v")],
    [key("k2"), key("v")],
    [key("k3"), key("v")],
  ]);
  counts.counting = true;
  const view = store.latest().store("a");
  view.get(key("k1"));
  view.has(key("k9"));
  assert.is([...view.iterate(key("k2"))].length, 2);
  commit([
    [key("k1"), key("four")],
    [key("k2"), undefined],
    [key("k5"), key("vv")],
  ]);
  counts.block(10);
  const { txs, verifies, stores } = counts.profile(1.1, () => 3);
  assert.equal([txs, verifies], [10, 11]);
  const written = { updates: 1, inserts: 1, deletes: 1, keyLength: 2, valueLength: 3 };
  assert.equal(stores, [{ name: "a", entries: 3, reads: 2, walks: 1, walked: 2, ...written }]);
});

test("leases and orders that are written in pieces are sound, and load runs on them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-fixture-"));
  const people = new People(platform, OURS, 300);
  let chain = await BenchChain.create(folder, people, 300);
  try {
    await addLeases(chain, people, 230);
    await chain.snapshot();
    await chain.close();
    chain = await BenchChain.open(folder);
    assert.equal(chain.app.brokenInvariants(), []);
    const states = [...leases.iterate(chain.app.context())].map(([, { state }]) => state);
    assert.is(states.filter((state) => state === LeaseState.ACTIVE).length, 231);
    assert.is(counters.get(chain.app.context(), 2), 231n);
    chain.readSequences(people);
    const load = new MarketLoad(people);
    await load.prepare(chain);
    for (let block = 0; block < LIFE_BLOCKS; block++) await chain.run(load.block(2), 1n);
    await chain.run(new SendLoad(people).block(20));
    assert.equal(chain.app.brokenInvariants(), []);
  } finally {
    await chain.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("orders that are written for lists are in all states", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-fixture-"));
  const people = new People(platform, OURS, 300);
  const chain = await BenchChain.create(folder, people, 300);
  await addOrders(chain, people, 40);
  const states = [...orders.iterate(chain.app.context())].map(([, { state }]) => state);
  const count = (wanted: OrderState): number => states.filter((state) => state === wanted).length;
  const { OPEN, MATCHED, CLOSED } = OrderState;
  assert.equal([count(OPEN), count(MATCHED), count(CLOSED)], [4, 8 + 1, 28]);
  await chain.close();
  rmSync(folder, { recursive: true, force: true });
});

test("answers that come in parts are put together", async () => {
  const answers = ['{"code":0}', '{"code":5}'];
  const server = createServer((socket) => {
    socket.on("data", () => {
      const body = answers.shift() ?? "";
      const text = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      socket.write(text.slice(0, 20));
      setTimeout(() => socket.write(text.slice(20, -3)), 5);
      setTimeout(() => socket.write(text.slice(-3)), 10);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const socket = await RpcSocket.open(new URL(`http://127.0.0.1:${port}`));
  assert.is(await socket.send("a"), '{"code":0}');
  assert.is(await socket.send("b"), '{"code":5}');
  socket.close();
  server.close();
});

test.run();
