// What the tables of module market do not say by themselves: spam, ties, late bids, former providers,
// joint awards, why nobody bids, retention, genesis.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  MsgCreateDeployment,
  MsgResumeDeployment,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  AwardMode,
  AwardSettings,
  GenesisState,
  LeaseEnd,
  LeaseState,
  MsgCreateBid,
  MsgMatchOrder,
  MsgPauseOffer,
  OrderState,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryEstimateRequest,
  QueryEstimateResponse,
  QueryLeasesRequest,
  QueryLeasesResponse,
  QueryMarketStatsRequest,
  QueryMarketStatsResponse,
  QueryOffersRequest,
  QueryOffersResponse,
  QueryOrdersRequest,
  QueryOrdersResponse,
  QueryOrderWhyRequest,
  QueryOrderWhyResponse,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { marketErrors } from "../../modules/market/index.ts";
import { marketGenesis } from "../../modules/market/genesis.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import {
  balanceDeposit,
  group,
  MANIFEST,
  MarketScene,
  prices,
  quoteOf,
  shapes,
} from "../support/market.ts";
import { drained } from "../support/market_orders.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const SERVICE = "/leasehold.market.v1.Query";
const GPU = 2_000_000n;
const MANUAL = { mode: AwardMode.MANUAL };

function why(scene: MarketScene, key: OrderKey): QueryOrderWhyResponse {
  return scene.chain.query(
    `${SERVICE}/OrderWhy`,
    QueryOrderWhyRequest,
    QueryOrderWhyResponse,
    scene.orderId(key),
  );
}

function misses(answer: QueryOrderWhyResponse): string {
  return answer.counts
    .filter((row) => row.offers > 0)
    .map((row) => `${row.reason} ${row.providers}/${row.offers}`)
    .join(", ");
}

test("order spam takes no room and no quote away", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const spam = Array.from({ length: 12 }, (_, i) => group(`g${i}`, { price: 2_500_000n }));
  scene.deploy(spam, MANUAL, 100_000_000n);
  const key = scene.deploy([group("g")], MANUAL);
  assert.is(scene.bidOf(key, bob)?.eff, quoteOf(GPU));
  assert.equal(scene.offerOf(1n)?.leases, 0);
  assert.equal(scene.faults(), []);
});

/** A market where 200 offers that can serve nobody come before bob's in the index. */
function junkMarket(rowsPerBlock: number): { readonly scene: MarketScene; readonly bob: Signer } {
  const names = Array.from({ length: 50 }, (_, i) => `junk${i}`);
  const market = { offer_scan_per_block: rowsPerBlock };
  const params = { market, provider: { heartbeat_period: "86400" } };
  const scene = new MarketScene({ accounts: ["alice", "bob", ...names], params });
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const tiny = [{ hosts: 1, cpuMilli: 1n, memoryBytes: 1n, storageBytes: 1n, gpus: 1n }];
  for (const name of names) {
    const by = scene.seller(name);
    for (let i = 0; i < 4; i++) assert.is(scene.offer(by, 1n, { shapes: tiny }).log, "");
  }
  scene.beat(bob);
  return { scene, bob };
}

test("200 junk offers that come first in the index leave the quotes as they are", () => {
  const { scene, bob } = junkMarket(5000);
  const key = scene.deploy([group("g")], { mode: AwardMode.AUTO });
  assert.equal(
    scene.bids(key).map((bid) => bid.id.provider),
    [bob.address],
  );
  scene.chain.block([]);
  assert.is(scene.mustLease(key, bob).state, LeaseState.STARTING);
});

test("a scan stops at its bound and goes on in the next block; no award before its end", () => {
  const { scene, bob } = junkMarket(100);
  const key = scene.deploy([group("g")], { mode: AwardMode.AUTO });
  for (let block = 0; block < 2; block++) {
    assert.is(scene.auction(key)?.scanned, false);
    assert.is(scene.bids(key).length, 0);
    assert.equal(scene.faults(), []);
    scene.chain.block([]);
  }
  assert.is(scene.auction(key)?.scanned, true, "200 junk rows and one more, 80 per block");
  assert.is(scene.bids(key).length, 1);
  scene.chain.block([]);
  assert.is(scene.order(key)?.winner, bob.address);
});

test("ties go to whom was least recently awarded, then to the older bid", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const carol = scene.seller("carol");
  const winners: string[] = [];
  for (let i = 0; i < 3; i++) {
    const key = scene.deploy([group("g")], { mode: AwardMode.AUTO, deadlineS: 20n });
    const bids = [scene.bidMsg(bob, key, 1_000_000n), scene.bidMsg(carol, key, 1_000_000n)];
    const [first, second] = scene.chain.block([
      scene.chain.sign(bob, bids.slice(0, 1)),
      scene.chain.sign(carol, bids.slice(1)),
    ]);
    assert.is(first?.log, "");
    assert.is(second?.log, "");
    scene.chain.advance(20);
    winners.push(scene.order(key)?.winner ?? "");
  }
  assert.equal(winners, [bob.address, carol.address, bob.address]);
});

test("a new best bid in the last seconds moves the award by five", () => {
  const scene = new MarketScene();
  const [bob, carol] = ["bob", "carol"].map((name) => scene.seller(name)) as [Signer, Signer];
  const key = scene.deploy([group("g")], { mode: AwardMode.AUTO, deadlineS: 30n });
  const deadline = scene.auction(key)?.deadlineUptime ?? 0n;
  scene.chain.advance(20);
  scene.bid(bob, key, 1_000_000n);
  assert.is(scene.auction(key)?.deadlineUptime, deadline + 5n);
  scene.bid(carol, key, 1_500_000n);
  assert.is(scene.auction(key)?.deadlineUptime, deadline + 5n, "not the best");
  scene.chain.block([]);
  assert.is(scene.order(key)?.winner, bob.address);
});

test("deadline 0 is awarded in the block after the one that opens the order", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const key = scene.deploy([group("g")], { mode: AwardMode.AUTO });
  assert.is(scene.order(key)?.state, OrderState.OPEN);
  scene.chain.block([], { seconds: 1 });
  assert.is(scene.order(key)?.state, OrderState.MATCHED);
});

test("only the cheapest fitting offer of a provider is quoted", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, 3n * GPU);
  const cheapGpuDearCpu = { ...prices(GPU), cpuHour: 900_000n * 1_000_000n };
  scene.offer(bob, GPU, { prices: cheapGpuDearCpu });
  const key = scene.deploy([group("g", { price: 10_000_000n })], MANUAL);
  assert.is(scene.bids(key).length, 1);
  assert.is(scene.bidOf(key, bob)?.eff, 900_000n * 4n + GPU + 1700n);
});

test("same_provider: the least sum wins, though another is cheaper on one group", () => {
  const scene = new MarketScene();
  const [bob, carol] = ["bob", "carol"].map((name) => scene.seller(name)) as [Signer, Signer];
  const key = scene.deploy([group("a"), group("b")], { sameProvider: true });
  const second = { ...key, gseq: 2 };
  scene.bid(bob, key, 1_000_000n);
  scene.bid(bob, second, 4_000_000n);
  scene.bid(carol, key, 2_000_000n);
  scene.bid(carol, second, 2_000_000n);
  scene.chain.advance(30);
  assert.is(scene.order(key)?.winner, carol.address);
  assert.is(scene.order(second)?.winner, carol.address);
  assert.equal(scene.faults(), []);
});

test("when no quote holds at the award, the scan goes on behind them before the order rolls", () => {
  const scene = MarketScene.withParams({ order_max_bids: 4 });
  const sellers = ["bob", "carol", "dave", "erin", "frank"].map((name) => scene.seller(name));
  for (const [i, by] of sellers.entries()) scene.offer(by, GPU + BigInt(i) * 100_000n);
  const key = scene.deploy([group("g")], { mode: AwardMode.AUTO, deadlineS: 60n });
  assert.is(scene.bids(key).length, 4);
  for (const [i, by] of sellers.slice(0, 4).entries())
    scene.chain.must(by, [msg(MsgPauseOffer, { operator: by.address, id: BigInt(i + 1) })]);
  scene.chain.advance(45, 5);
  assert.is(scene.auction(key)?.scanned, true);
  assert.is(scene.auction(key)?.rolling, false);
  assert.equal(
    scene.bids(key).map((bid) => bid.id.provider),
    [sellers[4]?.address],
  );
  assert.equal(scene.faults(), []);
  scene.chain.block([]);
  assert.is(scene.order(key)?.winner, sellers[4]?.address);
});

test("after a pause for funds the former provider goes first, at its former price", () => {
  for (const notSticky of [false, true]) {
    const scene = new MarketScene();
    const [bob, carol] = ["bob", "carol"].map((name) => scene.seller(name)) as [Signer, Signer];
    scene.offer(bob, GPU);
    const settings = { mode: AwardMode.AUTO, notSticky };
    const key = scene.deploy([group("g", { price: quoteOf(GPU) })], settings, quoteOf(GPU) + 1000n);
    scene.chain.block([]);
    assert.is(scene.start(bob, key).log, "");
    scene.chain.advance(3700 + 86_400, 60);
    assert.is(scene.mustLease(key, bob).end, LeaseEnd.FUNDS);
    for (const by of [bob, carol]) scene.beat(by);
    scene.offer(carol, GPU - 1000n);
    scene.deposit(key, 3n * quoteOf(GPU));
    const resume = { owner: scene.tenant.address, dseq: key.dseq };
    scene.chain.must(scene.tenant, [msg(MsgResumeDeployment, resume)]);
    const next = { ...key, oseq: 2 };
    assert.is(scene.bids(next).length, 2);
    scene.chain.block([]);
    assert.is(scene.order(next)?.winner, (notSticky ? carol : bob).address);
    assert.equal(scene.faults(), []);
  }
});

test("a deposit wakes an order whose award failed on funds", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = drained(scene, bob);
  assert.is(scene.auction(key)?.deadlineUptime, 0n);
  scene.deposit(key, 10_000_000n);
  scene.chain.advance(10);
  assert.is(scene.order(key)?.winner, bob.address);
  assert.equal(scene.faults(), []);
});

test("MatchOrder has effect once per 60 s; new offers are found", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = scene.deploy([group("g")], MANUAL);
  scene.offer(bob, GPU);
  assert.is(scene.bidOf(key, bob), undefined);
  const match = msg(MsgMatchOrder, { sender: bob.address, order: scene.orderId(key) });
  assert.is(scene.chain.deliver(bob, [match]).log, "");
  assert.is(scene.bidOf(key, bob)?.eff, quoteOf(GPU));
  assert.is(scene.chain.deliver(bob, [match]).code, marketErrors.tooEarly.code);
  scene.chain.advance(60);
  assert.is(scene.chain.deliver(bob, [match]).log, "");
});

test("a group is matched again by itself after rematch_s", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const key = scene.deploy([group("g")], { mode: AwardMode.AUTO });
  scene.offer(bob, GPU);
  scene.chain.advance(300);
  scene.beat(bob);
  scene.chain.advance(330);
  assert.is(scene.order(key)?.winner, bob.address);
});

test("order why counts the first point on which each offer fails", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const carol = scene.seller("carol", [{ key: "region", value: "eu" }]);
  scene.offer(bob, GPU);
  scene.offer(carol, 10n * GPU);
  scene.offer(carol, GPU, {
    model: { vendor: "amd", model: "mi300x", ram: "", interface: "" },
    shapes: [],
  });
  const requirements = {
    attributes: [{ key: "region", value: "eu" }],
    signedBy: { allOf: [], anyOf: [] },
    preferred: [],
  };
  const key = scene.deploy([group("g", { spec: { requirements } })], MANUAL);
  const answer = why(scene, key);
  assert.is(misses(answer), "attributes 1/1, price 1/1");
  assert.match(
    answer.counts.find((row) => row.reason === "price")?.nearest ?? "",
    /asks 20005700ulease/,
  );
  const big = scene.deploy([group("g", { gpus: 16n, spec: { requirements } })], MANUAL);
  assert.is(misses(why(scene, big)), "attributes 1/1, shape 1/1");
  scene.chain.advance(1300);
  assert.is(misses(why(scene, scene.deploy([group("g")], MANUAL))), "price 1/1, heartbeat 1/1");
});

test("an order that names auditors says that nobody can meet it yet", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const requirements = {
    attributes: [],
    signedBy: { allOf: [], anyOf: [bob.address] },
    preferred: [],
  };
  const key = scene.deploy([group("g", { spec: { requirements } })], MANUAL);
  const answer = why(scene, key);
  assert.is(misses(answer), "auditors 1/1");
  assert.match(answer.note, /not served yet/);
  assert.is(scene.bids(key).length, 0);
  assert.is(scene.bid(bob, key, 1_000_000n).code, marketErrors.notEligible.code);
});

test("queries filter, and say what a group would cost", () => {
  const scene = new MarketScene();
  const [bob, carol] = ["bob", "carol"].map((name) => scene.seller(name)) as [Signer, Signer];
  scene.offer(bob, GPU);
  scene.offer(carol, GPU + 1n);
  const key = scene.running(bob);
  const open = scene.deploy([group("g")], MANUAL);
  const { query } = {
    query: scene.chain.query.bind(scene.chain) as typeof scene.chain.query,
  };
  const owner = scene.tenant.address;
  const orders = (fields: Partial<QueryOrdersRequest>): readonly bigint[] =>
    query(`${SERVICE}/Orders`, QueryOrdersRequest, QueryOrdersResponse, fields).orders.map(
      ({ id }) => id.dseq,
    );
  assert.equal(orders({}), [key.dseq, open.dseq]);
  assert.equal(orders({ state: OrderState.OPEN }), [open.dseq]);
  assert.equal(orders({ owner, state: OrderState.MATCHED }), [key.dseq]);
  assert.equal(orders({ owner, dseq: open.dseq, model: "vendor/nvidia/model/h100" }), [open.dseq]);
  assert.equal(orders({ model: "vendor/nvidia/model/l4" }), []);
  const bids = query(`${SERVICE}/Bids`, QueryBidsRequest, QueryBidsResponse, scene.orderId(open));
  assert.equal(
    bids.bids.map((bid) => bid.id.provider),
    [bob.address, carol.address],
  );
  const leases = (fields: Partial<QueryLeasesRequest>): number =>
    query(`${SERVICE}/Leases`, QueryLeasesRequest, QueryLeasesResponse, fields).leases.length;
  assert.equal(
    [{ provider: bob.address }, { provider: carol.address }, { state: LeaseState.ACTIVE }].map(
      leases,
    ),
    [1, 0, 1],
  );
  const offers = { provider: carol.address };
  assert.is(
    query(`${SERVICE}/Offers`, QueryOffersRequest, QueryOffersResponse, offers).offers.length,
    1,
  );
  const estimate = query(`${SERVICE}/Estimate`, QueryEstimateRequest, QueryEstimateResponse, {
    spec: group("g", { price: GPU }),
  });
  assert.is(estimate.counts.find((row) => row.reason === "price")?.offers, 2);
  const stats = query(`${SERVICE}/MarketStats`, QueryMarketStatsRequest, QueryMarketStatsResponse, {
    denom: "ulease",
  });
  assert.equal([stats.openOrders, stats.liveLeases, stats.activeOffers], [1n, 1n, 2n]);
  assert.is(stats.models[0]?.liveLeases, 1);
});

test("a tenant cannot open more than max_open_orders", () => {
  const scene = MarketScene.withParams({ max_open_orders: 3 });
  scene.deploy([group("a"), group("b"), group("c")], MANUAL);
  assert.throws(() => scene.deploy([group("a")], MANUAL), /market\/13/);
});

test("many groups on one hour's deposit are refused", () => {
  const scene = new MarketScene();
  const groups = Array.from({ length: 16 }, (_, i) => group(`g${i}`));
  assert.throws(() => scene.deploy(groups, MANUAL, 5_100_000n), /market\/14/);
});

test("a provider cannot bid on its own order, nor with less than asked", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  const own = { owner: bob.bytes, dseq: 1n, gseq: 1, oseq: 1 };
  scene.chain.must(bob, [
    msg(MsgCreateDeployment, {
      owner: bob.address,
      groups: [group("g")],
      manifestHash: MANIFEST,
      settings: AwardSettings.create(MANUAL),
      deposits: [balanceDeposit(100_000_000n)],
    }),
  ]);
  assert.is(scene.bid(bob, own, 1_000_000n).code, marketErrors.ownOrder.code);
  const key = scene.deploy([group("g")], MANUAL);
  const units = MsgCreateBid.decode(scene.bidMsg(bob, key, 1n).value).units;
  const less = units.map((unit) => ({ ...unit, cpuMilli: 3999n }));
  assert.is(scene.bid(bob, key, 1_000_000n, { units: less }).code, marketErrors.notEligible.code);
  assert.is(scene.bid(bob, key, 1_000_000n, { units: [] }).log, "", "exactly what is asked");
});

test("prices of another denom make no quote", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, 1n, { denom: "uusd" });
  const key = scene.deploy([group("g")], MANUAL);
  assert.is(scene.bids(key).length, 0);
  assert.is(misses(why(scene, key)), "price 1/1");
});

test("ended orders and leases are deleted after retention", () => {
  const scene = MarketScene.withParams({ retention_s: "3600" });
  const bob = scene.seller("bob");
  scene.offer(bob, GPU, { shapes: shapes() });
  const key = scene.deploy([group("g")], {
    mode: AwardMode.AUTO,
    orderTtlS: 300n,
    notSticky: true,
  });
  scene.chain.block([]);
  scene.chain.advance(600);
  assert.is(scene.lease(key, bob)?.state, LeaseState.CLOSED);
  scene.chain.advance(3600);
  assert.is(scene.lease(key, bob), undefined);
  assert.is(scene.order(key), undefined);
  assert.equal(scene.faults(), []);
});

test("genesis: export, import, export gives the same", () => {
  const scene = new MarketScene();
  const [bob, carol] = ["bob", "carol"].map((name) => scene.seller(name)) as [Signer, Signer];
  scene.offer(bob, GPU);
  const key = scene.running(bob);
  scene.deploy([group("a"), group("b")], { sameProvider: true });
  const open = scene.deploy([group("g")], MANUAL);
  scene.bid(carol, open, 1_000_000n);
  const genesis = marketGenesis();
  const before = genesis.export(scene.chain.ctx());
  genesis.validate(before, { addresses: scene.chain.ctx().addresses });
  assert.ok(before.leases.some((lease) => lease.id.dseq === key.dseq));
  const other = new MarketScene();
  const ctx = other.chain.ctx();
  genesis.init(ctx, before);
  assert.equal(GenesisState.encode(genesis.export(ctx)), GenesisState.encode(before));
});

test.run();
