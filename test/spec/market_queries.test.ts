// Queries of module market, retention and genesis.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { must } from "../../chain/base/assert.ts";
import {
  AwardMode,
  GenesisState,
  Lease,
  LeaseState,
  MsgCloseLease,
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
import { params, retentionQueue } from "../../modules/market/state.ts";
import type { Json } from "../../chain/codec/index.ts";
import { eventOf } from "../support/chain.ts";
import { group, MarketScene, shapes } from "../support/market.ts";
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

test("a poisoned queue item is set aside, and the block and its other items go on", () => {
  const donor = new MarketScene();
  const seller = donor.seller("bob");
  donor.offer(seller, GPU);
  const key = donor.deploy([group("g")], { mode: AwardMode.AUTO });
  donor.chain.block([]);
  const found = donor.mustLease(key, seller);
  const id = { ...found.id, dseq: 99n };
  const orphan = { ...found, id, deadlineUptime: donor.chain.time + 100n };
  const lease = Lease.toJson({ ...orphan, offer: 0n, placements: [] }, { find: () => undefined });
  const scene = new MarketScene({
    genesisTime: donor.chain.time,
    appState: (app) => {
      const market = app["market"] as { readonly [name: string]: Json };
      return { ...app, market: { ...market, leases: [lease] } };
    },
  });
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const other = scene.deploy([group("g")], { mode: AwardMode.AUTO });
  const events = scene.chain.advance(120, 10);
  const aside = eventOf(events, "leasehold.chain.v1.EventQuarantined");
  assert.is(aside?.get("collection"), "market/starts");
  assert.match(aside?.get("reason") ?? "", /market\/2/);
  const second = scene.order(other)?.winner ?? "";
  assert.is(second, bob.address);
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

test("genesis: what ended before a change of retention is deleted when it was to be", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const key = scene.running(bob);
  const close = { owner: scene.tenant.address, lease: scene.mustLease(key, bob).id, reopen: false };
  scene.chain.must(scene.tenant, [msg(MsgCloseLease, close)]);
  const ctx = scene.chain.ctx();
  const queued = [...retentionQueue.iterate(ctx)];
  assert.is(queued.length, 2);
  params.set(ctx, { ...must(params.get(ctx), "parameters"), retentionS: 7200n });
  const genesis = marketGenesis();
  const exported = genesis.export(ctx);
  assert.is(exported.kept.length, 2);
  genesis.validate(exported, { addresses: ctx.addresses });
  const other = new MarketScene().chain.ctx();
  genesis.init(other, exported);
  assert.equal([...retentionQueue.iterate(other)], queued);
  assert.equal(GenesisState.encode(genesis.export(other)), GenesisState.encode(exported));
  const twice = { ...exported, kept: [...exported.kept, ...exported.kept] };
  assert.throws(() => genesis.validate(twice, { addresses: ctx.addresses }), /kept\[2\]/);
});

test.run();
