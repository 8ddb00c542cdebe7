// What the tables of module market do not say by themselves: spam, ties, late bids, former providers,
// joint awards, scans.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  MsgCreateDeployment,
  MsgResumeDeployment,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  AwardMode,
  AwardSettings,
  LeaseEnd,
  LeaseState,
  MsgCreateBid,
  MsgMatchOrder,
  MsgPauseOffer,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { marketErrors } from "../../modules/market/index.ts";
import {
  balanceDeposit,
  group,
  MANIFEST,
  MarketScene,
  prices,
  quoteOf,
} from "../support/market.ts";
import { drained } from "../support/market_orders.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const GPU = 2_000_000n;
const MANUAL = { mode: AwardMode.MANUAL };

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

test("an any-of group is quoted by every model it names, each offer once, cheapest first", () => {
  const scene = new MarketScene();
  const [bob, carol, dave] = ["bob", "carol", "dave"].map((name) => scene.seller(name)) as [
    Signer,
    Signer,
    Signer,
  ];
  scene.own(carol, "vendor/nvidia/model/l4", "l4");
  scene.own(dave, "vendor/amd/model/mi300x", "mi300x");
  scene.offer(bob, 3n * GPU);
  scene.offer(carol, GPU, { model: { vendor: "nvidia", model: "l4", ram: "", interface: "" } });
  const mi300x = { vendor: "amd", model: "mi300x", ram: "", interface: "" };
  scene.offer(dave, 2n * GPU, { model: mi300x });
  const asks = (models: readonly (readonly [string, string])[]): readonly string[] => {
    const base = group("g", { price: 9_000_000n });
    const wishes = models.map(([vendor, model]) => ({ vendor, model, ram: "", interface: "" }));
    const units = base.units.map((unit) => ({ ...unit, gpu: { units: 1n, models: wishes } }));
    const key = scene.deploy([{ ...base, units }], MANUAL);
    const names = new Map([bob, carol, dave].map(({ address, name }) => [address, name]));
    return scene
      .bids(key)
      .toSorted((a, b) => Number(a.eff - b.eff))
      .map((bid) => names.get(bid.id.provider) ?? "");
  };
  assert.equal(asks([["nvidia", "h100"]]), ["bob"]);
  assert.equal(
    asks([
      ["nvidia", "h100"],
      ["amd", "mi300x"],
    ]),
    ["dave", "bob"],
  );
  assert.equal(
    asks([
      ["nvidia", "h100"],
      ["nvidia", ""],
    ]),
    ["carol", "bob"],
  );
  assert.equal(asks([]), ["carol", "dave", "bob"]);
  assert.equal(asks([["intel", ""]]), []);
});

test("same_provider: the least sum wins, though another is cheaper on one group", () => {
  const scene = new MarketScene();
  const [bob, carol] = ["bob", "carol"].map((name) => scene.seller(name)) as [Signer, Signer];
  const key = scene.deploy([group("a"), group("b")], { sameProvider: true });
  const second = { ...key, gseq: 2 };
  scene.bid(bob, key, 1_000_000n);
  scene.bid(bob, second, 4_000_000n);
  scene.bid(carol, key, 2_000_000n);
  scene.chain.advance(5);
  assert.is(scene.bid(carol, second, 2_000_000n).log, "");
  scene.chain.advance(5);
  assert.is(scene.order(key)?.state, OrderState.OPEN, "the late best bid moved the joint award");
  scene.chain.advance(5);
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

test("a halt of three days ends nothing that has a deadline on U, and what runs on T once", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const term = group("term", { spec: { durationS: 7200n } });
  const running = scene.running(bob);
  const ending = scene.running(bob, 100_000_000n, term);
  const exact = group("g", { price: quoteOf(GPU) });
  const dry = scene.running(bob, quoteOf(GPU) + 1000n, exact);
  const starting = scene.deploy([group("g")], { mode: AwardMode.AUTO });
  scene.chain.block([]);
  const open = scene.deploy([group("g")], MANUAL);
  scene.chain.block([], { seconds: 3 * 86_400 });
  assert.is(scene.mustLease(starting, bob).state, LeaseState.STARTING);
  assert.is(scene.order(open)?.state, OrderState.OPEN);
  assert.is(scene.mustLease(ending, bob).end, LeaseEnd.TERM);
  assert.is(scene.mustLease(dry, bob).state, LeaseState.SUSPENDED);
  assert.is(scene.mustLease(dry, bob).suspendedAt, scene.mustLease(dry, bob).startedAt + 3600n);
  assert.is(scene.mustLease(running, bob).state, LeaseState.SUSPENDED, "two days were paid for");
  assert.equal(scene.faults(), []);
  assert.is(scene.start(bob, starting).log, "");
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

test("a later scan reads behind a full book and lets a cheaper offer in", () => {
  const scene = MarketScene.withParams({ order_max_bids: 4 });
  const names = ["bob", "carol", "dave", "erin", "frank"];
  const sellers = names.map((name) => scene.seller(name));
  for (const by of sellers.slice(0, 4)) scene.offer(by, GPU);
  const key = scene.deploy([group("g")], MANUAL);
  const frank = sellers[4] as Signer;
  scene.offer(frank, GPU + 1000n, { prices: { ...prices(GPU + 1000n), cpuHour: 0n } });
  const match = msg(MsgMatchOrder, { sender: frank.address, order: scene.orderId(key) });
  scene.chain.must(frank, [match]);
  assert.is(scene.bids(key).length, 4);
  assert.is(scene.bidOf(key, frank)?.eff, quoteOf(GPU) - 3000n);
  assert.equal(scene.faults(), []);
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

test.run();
