// What sellers and tenants try against each other and against the market, through the whole
// application.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { MsgAddGroups, MsgUpdateSettings } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  AwardMode,
  AwardSettings,
  EndpointKind,
  LeaseState,
  MsgLowerBid,
  MsgRejectBid,
  MsgWithdrawBid,
  OrderEnd,
  OrderState,
  QueryEstimateRequest,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { GroupSpec } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { marketErrors } from "../../modules/market/index.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import * as state from "../../modules/market/state.ts";
import { group, H100, MarketScene, prices, quoteOf, shapes } from "../support/market.ts";
import { drained } from "../support/market_orders.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const GPU = 2_000_000n;
const AUTO = { mode: AwardMode.AUTO };
const MANUAL = { mode: AwardMode.MANUAL };

/** A group whose replicas have an endpoint, as most have. */
function withEndpoint(): GroupSpec {
  const spec = group("g");
  const endpoints = [{ kind: EndpointKind.SHARED_HTTP, sequenceNumber: 0 }];
  return { ...spec, units: spec.units.map((unit) => ({ ...unit, endpoints })) };
}

function lower(scene: MarketScene, by: Signer, key: OrderKey, price: bigint): number {
  const { address } = by;
  const revision = scene.bidOf(key, by)?.revision ?? 1;
  const amount = { denom: "ulease", amount: price.toString() };
  const fields = { operator: address, provider: address, order: scene.orderId(key) };
  return scene.chain.deliver(by, [msg(MsgLowerBid, { ...fields, price: amount, revision })]).code;
}

// ---- junk and scans ---------------------------------------------------------------------------------

test("offers that look cheap in the index and ask the ceiling cannot fill the book", () => {
  const junk = Array.from({ length: 21 }, (_, i) => `junk${i}`);
  const scene = new MarketScene({ accounts: ["alice", "bob", ...junk] });
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const trap = { ...prices(1n), endpointHour: 4_900_000n * 1_000_000n };
  for (const name of junk) assert.is(scene.offer(scene.seller(name), 1n, { prices: trap }).log, "");
  const key = scene.deploy([withEndpoint()], AUTO);
  assert.is(scene.bids(key).length, 20, "the book is full");
  assert.is(scene.bidOf(key, bob)?.eff, quoteOf(GPU));
  scene.chain.block([]);
  assert.is(scene.order(key)?.winner, bob.address);
  assert.equal(scene.faults(), []);
});

test("a row of the index that could not enter a full book costs no read", () => {
  const scene = MarketScene.withParams({ order_max_bids: 4 });
  const names = ["bob", "carol", "dave", "erin", "frank"];
  for (const [i, name] of names.entries()) scene.offer(scene.seller(name), GPU + BigInt(i));
  const key = scene.deploy([group("g")], MANUAL);
  assert.is(scene.bids(key).length, 4);
  assert.is(scene.bidOf(key, scene.chain.account("frank")), undefined);
  assert.is(scene.auction(key)?.scanned, true);
});

test("orders that name many models use up the rows of a block, found or not", () => {
  const scene = MarketScene.withParams({ offer_scan_per_block: 100 });
  const models = Array.from({ length: 30 }, (_, i) => ({ ...H100, vendor: "amd", model: `m${i}` }));
  const spec = (name: string): GroupSpec => {
    const plain = group(name);
    const units = plain.units.map((unit) => ({ ...unit, gpu: { units: 1n, models } }));
    return { ...plain, units };
  };
  const key = scene.deploy(["a", "b", "c", "d"].map(spec), MANUAL);
  const scanned = (): number =>
    [1, 2, 3, 4].filter((gseq) => scene.auction({ ...key, gseq })?.scanned).length;
  assert.is(scanned(), 3, "80 rows for first scans, 30 ranges each");
  scene.chain.block([]);
  assert.is(scanned(), 4);
  assert.equal(scene.faults(), []);
});

test("prices of 1 and of 10^15, and of more than that", () => {
  const scene = new MarketScene({ coins: [{ denom: "ulease", amount: 10n ** 20n }] });
  const bob = scene.seller("bob");
  const tiny = scene.deploy([group("g", { price: 1n })], AUTO);
  assert.is(scene.bid(bob, tiny, 0n).code, marketErrors.invalidPrice.code);
  assert.is(scene.bid(bob, tiny, 1n).log, "");
  scene.chain.advance(15);
  assert.is(scene.order(tiny)?.winner, bob.address);
  const most = 10n ** 15n;
  const huge = scene.deploy([group("g", { price: most })], MANUAL, 2n * most);
  assert.is(scene.bid(bob, huge, most + 1n).code, marketErrors.invalidPrice.code);
  assert.is(scene.bid(bob, huge, most).log, "");
  assert.throws(() => scene.deploy([group("g", { price: most + 1n })], MANUAL, 2n * most));
  const two = [group("g", { price: most, count: 2 })];
  assert.throws(() => scene.deploy(two, MANUAL, 3n * most), /10|deployment/);
  assert.equal(scene.faults(), []);
});

test("the dearest offer of the largest class has a place in the index", () => {
  const scene = new MarketScene({
    appState: (app) => {
      const provider = app["provider"] as { params: { classes: { [field: string]: string }[] } };
      for (const row of provider.params.classes)
        row["reference_storage_bytes"] = (1n << 55n).toString();
      return app;
    },
  });
  const bob = scene.seller("bob");
  const top = 10n ** 21n;
  const dear = { ...prices(1n), gpuHour: top, storage: [{ class: "", perGibHour: top }] };
  assert.is(scene.offer(bob, 1n, { prices: dear }).log, "");
  assert.is(scene.offerOf(1n)?.referencePrice, 10n ** 15n);
  assert.equal(scene.faults(), []);
});

test("an estimate of a group with a senseless price is refused in one sentence", () => {
  const { chain } = new MarketScene();
  for (const amount of ["-5", "0"]) {
    const spec = group("g");
    const units = spec.units.map((unit) => ({ ...unit, price: { denom: "ulease", amount } }));
    const request = QueryEstimateRequest.encode(
      QueryEstimateRequest.create({ spec: { ...spec, units } }),
    );
    const answer = chain.client.query("/leasehold.market.v1.Query/Estimate", request);
    assert.is(`${answer.codespace}/${answer.code}`, "sdk/18", answer.log);
  }
});

// ---- the clock of an award --------------------------------------------------------------------------

test("an award is moved ten times at most", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = scene.deploy([group("g")], { ...AUTO, deadlineS: 30n });
  const deadline = scene.auction(key)?.deadlineUptime ?? 0n;
  scene.chain.advance(22);
  assert.is(scene.bid(bob, key, 4_000_000n).log, "", "3 s before the end");
  let moved = scene.auction(key);
  for (let price = 3_999_999n; scene.order(key)?.state === OrderState.OPEN; price -= 1n) {
    moved = scene.auction(key);
    lower(scene, bob, key, price);
  }
  assert.is(moved?.extensions, 10);
  assert.is(moved?.deadlineUptime, deadline + 50n);
  assert.is(scene.order(key)?.winner, bob.address);
});

test("a deadline as long as the life of an order leaves room for its award", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = scene.deploy([group("g")], { ...AUTO, deadlineS: 3600n });
  scene.chain.advance(3000);
  scene.beat(bob);
  assert.is(scene.bid(bob, key, 1_000_000n).log, "");
  scene.chain.advance(600, 20);
  assert.is(scene.order(key)?.winner, bob.address);
  assert.throws(() => scene.deploy([group("g")], { ...AUTO, deadlineS: 300n, orderTtlS: 300n }));
});

test("a lower price wakes an order whose award failed on funds", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = drained(scene, bob);
  assert.is(scene.auction(key)?.failedOnFunds, true);
  assert.is(lower(scene, bob, key, 1000n), 0);
  scene.chain.advance(10);
  assert.is(scene.order(key)?.winner, bob.address);
  assert.equal(scene.faults(), []);
});

// ---- joint awards -----------------------------------------------------------------------------------

test("a joint award that has no room for all of its groups takes none", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, 100_000n);
  const eight = (name: string): GroupSpec => group(name, { gpus: 8n });
  const key = scene.deploy([eight("a"), eight("b")], { allOrNothing: true });
  assert.is(scene.bids(key).length + scene.bids({ ...key, gseq: 2 }).length, 2, "each fits alone");
  scene.chain.advance(60);
  for (const gseq of [1, 2]) {
    assert.is(scene.order({ ...key, gseq })?.end, OrderEnd.JOINT);
    assert.is(scene.lease({ ...key, gseq }, bob), undefined);
  }
  assert.equal(state.capacities.get(scene.chain.ctx(), 1n)?.free[0]?.gpus, 8n);
  assert.is(scene.offerOf(1n)?.leases, 0);
  assert.equal(scene.faults(), []);
});

test("a joint award that the funds do not cover takes none, and pauses its groups for funds", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const key = scene.deploy([group("a", { price: quoteOf(GPU) })], AUTO, 2_500_000n);
  scene.chain.block([]);
  assert.is(scene.start(bob, key).log, "");
  const at = { owner: scene.tenant.address, dseq: key.dseq };
  const settings = AwardSettings.create({ ...AUTO, deadlineS: 1100n, allOrNothing: true });
  const groups = ["b", "c"].map((name) => group(name, { price: 100_000n }));
  scene.chain.must(scene.tenant, [
    msg(MsgUpdateSettings, { ...at, settings }),
    msg(MsgAddGroups, { ...at, groups }),
  ]);
  const both = [2, 3].map((gseq) => ({ ...key, gseq }));
  for (const order of both) assert.is(scene.bid(bob, order, 1000n).log, "");
  scene.chain.advance(1100);
  for (const order of both) {
    assert.is(scene.order(order)?.end, OrderEnd.FUNDS);
    assert.is(scene.lease(order, bob), undefined);
    assert.is(scene.bidOf(order, bob), undefined);
  }
  assert.is(scene.mustLease(key, bob).state, LeaseState.ACTIVE);
  assert.equal(scene.faults(), []);
});

test("sixteen groups are awarded together, seventeen are refused", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, 1000n, { shapes: shapes(3) });
  const many = (n: number): GroupSpec[] =>
    Array.from({ length: n }, (_, i) => group(`g${i}`, { price: 50_000n }));
  assert.throws(() => scene.deploy(many(17), { allOrNothing: true }));
  const key = scene.deploy(many(16), { allOrNothing: true });
  scene.chain.advance(60);
  for (let gseq = 1; gseq <= 16; gseq++)
    assert.is(scene.order({ ...key, gseq })?.winner, bob.address, `group ${gseq}`);
  assert.equal(scene.faults(), []);
});

// ---- bids -------------------------------------------------------------------------------------------

test("who was rejected stays out of that order, by hand and by offer", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const key = scene.deploy([group("g")], MANUAL);
  const { address: owner } = scene.tenant;
  const fields = { owner, order: scene.orderId(key), provider: bob.address };
  scene.chain.must(scene.tenant, [msg(MsgRejectBid, fields)]);
  assert.is(scene.bid(bob, key, 1n).code, marketErrors.barred.code);
  scene.chain.advance(590);
  scene.beat(bob);
  scene.chain.advance(60);
  assert.is(scene.bidOf(key, bob), undefined, "nor after the later scan");
});

test("who withdrew comes back below its last price only, in the same transaction too", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = scene.deploy([group("g")], MANUAL);
  assert.is(scene.bid(bob, key, 1_000_000n).log, "");
  const { address } = bob;
  const fields = { operator: address, provider: address, order: scene.orderId(key) };
  const withdraw = msg(MsgWithdrawBid, fields);
  scene.chain.advance(290);
  assert.is(scene.chain.deliver(bob, [withdraw]).code, marketErrors.tooEarly.code, "299 s or less");
  scene.chain.advance(5);
  const before = scene.chain.balance(bob.bytes);
  const same = scene.chain.deliver(bob, [withdraw, scene.bidMsg(bob, key, 1_000_000n)]);
  assert.is(same.code, marketErrors.barred.code);
  assert.ok(scene.bidOf(key, bob) !== undefined, "all or nothing");
  const less = scene.chain.deliver(bob, [withdraw, scene.bidMsg(bob, key, 999_999n)]);
  assert.is(less.log, "");
  assert.is(scene.chain.balance(bob.bytes), before, "one deposit back, one given");
  assert.equal(scene.faults(), []);
});

test("an offer ends within 365 days, and has something to sell", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const year = 365n * 86_400n;
  const at = (life: bigint): number =>
    scene.offer(bob, GPU, { expiresAt: scene.chain.time + 5n + life }).code;
  assert.is(at(year + 1n), marketErrors.invalidOffer.code);
  assert.is(at(0n), marketErrors.invalidOffer.code);
  assert.is(at(year), 0);
  const [shape] = shapes();
  for (const bad of [
    [],
    [{ ...shape, hosts: 0 }],
    [{ ...shape, hosts: 65 }],
    [{ ...shape, gpus: 0n }],
  ])
    assert.is(
      scene.offer(bob, GPU, { shapes: bad as ReturnType<typeof shapes> }).code,
      marketErrors.invalidOffer.code,
    );
  const free = { ...prices(0n), cpuHour: 0n, memoryGibHour: 0n, storage: [] };
  assert.is(scene.offer(bob, 0n, { prices: free }).code, marketErrors.invalidOffer.code);
  const model = { ...H100, model: "H100" };
  assert.is(scene.offer(bob, GPU, { model }).code, marketErrors.invalidOffer.code);
});

test.run();
