// Orders and leases at the edges: several messages in one transaction, providers that come and go,
// clocks at their last second, retention.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  MsgCloseDeployment,
  MsgPauseDeployment,
  MsgResumeDeployment,
  MsgStartGroup,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  AwardMode,
  LeaseEnd,
  LeaseState,
  MsgAcceptBid,
  MsgAckResume,
  MsgCloseLease,
  MsgLeaveLease,
  MsgUpdateOffer,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { MsgPauseProvider } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { marketErrors } from "../../modules/market/index.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import * as state from "../../modules/market/state.ts";
import { balanceDeposit, group, MarketScene, prices, quoteOf } from "../support/market.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const GPU = 2_000_000n;
const AUTO = { mode: AwardMode.AUTO };
const MANUAL = { mode: AwardMode.MANUAL };

/** A seller with a standing offer. */
function market(): { readonly scene: MarketScene; readonly bob: Signer } {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  return { scene, bob };
}

/** Lets time pass with a heartbeat of each seller every ten minutes. */
function pass(scene: MarketScene, sellers: readonly Signer[], seconds: number): void {
  for (let left = seconds; left > 0; left -= 600) {
    scene.chain.advance(Math.min(left, 600) - 5 * sellers.length);
    for (const by of sellers) scene.beat(by);
  }
}

function pauseProvider(scene: MarketScene, by: Signer): void {
  const { address } = by;
  scene.chain.must(by, [msg(MsgPauseProvider, { signer: address, provider: address })]);
}

// ---- several messages at once -----------------------------------------------------------------------

test("accepting a bid and closing its lease in one transaction leaves nothing behind", () => {
  const { scene, bob } = market();
  const carol = scene.seller("carol");
  const key = scene.deploy([group("g")], MANUAL);
  const before = scene.chain.balance(carol.bytes);
  assert.is(scene.bid(carol, key, 1_000_000n).log, "");
  const owner = scene.tenant.address;
  const order = scene.orderId(key);
  const price = { denom: "ulease", amount: "1000000" };
  const accept = msg(MsgAcceptBid, { owner, order, provider: carol.address, price, revision: 1 });
  const lease = { ...order, provider: carol.address };
  const close = msg(MsgCloseLease, { owner, lease });
  assert.is(scene.chain.deliver(scene.tenant, [accept, close]).log, "");
  assert.is(scene.order(key)?.state, OrderState.CLOSED);
  assert.is(scene.bids(key).length, 0, "the quote that stood by is gone too");
  assert.is(scene.bidOf(key, bob), undefined);
  assert.is(scene.chain.balance(carol.bytes), before, "nothing paid, deposit back");
  assert.is(scene.chain.deliver(scene.tenant, [close]).code, marketErrors.leaseState.code);
  assert.equal(scene.faults(), []);
});

test("pause, resume, pause and close of a deployment in one transaction", () => {
  const { scene } = market();
  const key = scene.deploy([group("a"), group("b")], AUTO);
  const at = { owner: scene.tenant.address, dseq: key.dseq };
  const pause = msg(MsgPauseDeployment, at);
  const all = [pause, msg(MsgResumeDeployment, at), pause, msg(MsgCloseDeployment, at)];
  assert.is(scene.chain.deliver(scene.tenant, all).log, "");
  assert.is(scene.order({ ...key, oseq: 2 })?.state, OrderState.CLOSED);
  scene.chain.advance(120);
  assert.equal(scene.faults(), []);
});

// ---- quotes and prices ------------------------------------------------------------------------------

test("a new price of an offer changes no quote already given", () => {
  const { scene, bob } = market();
  const key = scene.deploy([group("g")], { ...AUTO, deadlineS: 30n });
  const update = { operator: bob.address, id: 1n, prices: prices(GPU + 1_000_000n) };
  scene.chain.must(bob, [msg(MsgUpdateOffer, update)]);
  assert.is(scene.bidOf(key, bob)?.price.amount, quoteOf(GPU).toString());
  const next = scene.deploy([group("g")], MANUAL);
  assert.is(scene.bidOf(next, bob)?.price.amount, quoteOf(GPU + 1_000_000n).toString());
  scene.chain.advance(30);
  assert.is(scene.mustLease(key, bob).price.amount, quoteOf(GPU).toString());
});

test("offers and bids in another denom than the order's do not meet it", () => {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, 1n, { denom: "uusd" });
  const key = scene.deploy([group("g")], MANUAL);
  assert.is(scene.bids(key).length, 0);
  const price = { denom: "uusd", amount: "1" };
  assert.is(scene.bid(bob, key, 1n, { price }).code, marketErrors.invalidPrice.code);
  const deposits = [balanceDeposit(500_000n, "uusd")];
  assert.is(scene.bid(bob, key, 1n, { deposits }).code, marketErrors.invalidDeposit.code);
  assert.is(scene.offer(bob, 1n, { denom: "unone" }).codespace, "escrow");
  assert.equal(scene.faults(), []);
});

test("the former provider goes first for 600 s, not longer", () => {
  for (const [deadlineS, sticky] of [
    [570n, true],
    [600n, false],
  ] as const) {
    const { scene, bob } = market();
    const carol = scene.seller("carol");
    const spec = group("g", { price: quoteOf(GPU) });
    const settings = { ...AUTO, deadlineS };
    const key = scene.deploy([spec], settings, quoteOf(GPU) + 1000n);
    pass(scene, [bob, carol], 600);
    scene.chain.advance(30);
    assert.is(scene.start(bob, key).log, "");
    scene.chain.advance(3700 + 86_400, 60);
    assert.is(scene.mustLease(key, bob).end, LeaseEnd.FUNDS);
    for (const by of [bob, carol]) scene.beat(by);
    scene.offer(carol, GPU - 1000n);
    scene.deposit(key, 3n * quoteOf(GPU));
    const resume = { owner: scene.tenant.address, dseq: key.dseq };
    scene.chain.must(scene.tenant, [msg(MsgResumeDeployment, resume)]);
    scene.chain.advance(Number(deadlineS), 30);
    const next = { ...key, oseq: 2 };
    assert.is(scene.order(next)?.winner, (sticky ? bob : carol).address, `deadline ${deadlineS} s`);
  }
});

// ---- providers that come and go ---------------------------------------------------------------------

test("who left a lease is kept out of the group for 24 hours of U", () => {
  const { scene, bob } = market();
  const key = scene.running(bob);
  const { id } = scene.mustLease(key, bob);
  const leave = { operator: bob.address, lease: id, reason: LeaseEnd.UNSTABLE };
  scene.chain.must(bob, [msg(MsgLeaveLease, leave)]);
  assert.is(scene.order({ ...key, oseq: 2 })?.state, OrderState.OPEN, "offered again");
  pass(scene, [bob], 86_400 - 1200);
  const again = { owner: scene.tenant.address, dseq: key.dseq, gseq: 1 };
  scene.chain.must(scene.tenant, [msg(MsgStartGroup, again)]);
  assert.is(scene.bids({ ...key, oseq: 3 }).length, 0, "in the last minutes");
  pass(scene, [bob], 1800);
  assert.is(scene.order({ ...key, oseq: 3 })?.winner, bob.address, "matched again by itself");
  assert.is([...state.exclusions.iterate(scene.chain.ctx())].length, 0);
  assert.equal(scene.faults(), []);
});

test("a group that lost its lease is offered again on funds for its last price, not its ceiling", () => {
  const { scene, bob } = market();
  const carol = scene.seller("carol");
  const key = scene.running(bob, 5_000_000n + 1000n);
  const { id } = scene.mustLease(key, bob);
  scene.chain.advance(600);
  for (const by of [bob, carol]) scene.beat(by);
  const leave = { operator: bob.address, lease: id, reason: LeaseEnd.HARDWARE };
  scene.chain.must(bob, [msg(MsgLeaveLease, leave)]);
  const next = { ...key, oseq: 2 };
  assert.is(scene.order(next)?.state, OrderState.OPEN, "less than an hour of the ceiling is left");
  assert.is(scene.bid(carol, next, 5_000_000n).log, "");
  scene.chain.advance(15);
  assert.is(scene.auction(next)?.failedOnFunds, true, "the award checks the real price");
  assert.equal(scene.faults(), []);
});

test("a provider that pauses keeps its leases in every state, and wins nothing", () => {
  const { scene, bob } = market();
  const active = scene.running(bob);
  const exact = group("g", { price: quoteOf(GPU) });
  const dry = scene.running(bob, quoteOf(GPU) + 1000n, exact);
  pass(scene, [bob], 3700);
  assert.is(scene.mustLease(dry, bob).state, LeaseState.SUSPENDED);
  const starting = scene.deploy([group("g")], AUTO);
  scene.chain.block([]);
  const open = scene.deploy([group("g")], { ...AUTO, deadlineS: 30n });
  assert.is(scene.bids(open).length, 1);
  pauseProvider(scene, bob);
  scene.chain.advance(30);
  assert.is(scene.order(open)?.state, OrderState.OPEN, "its quote does not hold");
  assert.is(scene.bids(open).length, 0);
  assert.is(scene.start(bob, starting).log, "");
  scene.deposit(dry, 10_000_000n);
  const lease = scene.mustLease(dry, bob).id;
  scene.chain.must(bob, [msg(MsgAckResume, { operator: bob.address, lease })]);
  for (const key of [active, dry, starting])
    assert.is(scene.mustLease(key, bob).state, LeaseState.ACTIVE);
  assert.equal(scene.faults(), []);
});

test("a standby that is gone is passed over, the next one starts, in one block", () => {
  const scene = new MarketScene();
  const names = ["bob", "carol", "dave", "erin"];
  const sellers = names.map((name) => scene.seller(name));
  const [bob, carol, dave, erin] = sellers as [Signer, Signer, Signer, Signer];
  const before = sellers.map((by) => scene.chain.balance(by.bytes));
  const key: OrderKey = scene.deploy([group("g")], { ...AUTO, deadlineS: 30n });
  for (const [i, by] of sellers.entries())
    assert.is(scene.bid(by, key, 1_000_000n + BigInt(i)).log, "");
  scene.chain.advance(30);
  assert.is(scene.order(key)?.winner, bob.address);
  pauseProvider(scene, carol);
  for (const by of [bob, dave, erin]) scene.beat(by);
  scene.chain.advance(600);
  assert.is(scene.order(key)?.winner, dave.address);
  assert.is(scene.bidOf(key, carol), undefined);
  assert.ok(scene.bidOf(key, erin) !== undefined, "still on standby");
  assert.is(scene.start(dave, key).log, "");
  scene.chain.block([]);
  for (const [i, by] of sellers.entries())
    assert.is(scene.chain.balance(by.bytes), before[i], `deposit of ${by.name}`);
  assert.equal(scene.faults(), []);
});

// ---- retention --------------------------------------------------------------------------------------

test("retention deletes orders and leases; numbers go on, nothing is used twice", () => {
  const params = { market: { retention_s: "3600" }, deployment: { retention_s: "3600" } };
  const scene = new MarketScene({ params });
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const key = scene.running(bob);
  const at = { owner: scene.tenant.address, dseq: key.dseq };
  scene.chain.must(scene.tenant, [msg(MsgCloseDeployment, at)]);
  pass(scene, [bob], 4200);
  assert.is(scene.order(key), undefined);
  assert.is(scene.lease(key, bob), undefined);
  const next = scene.deploy([group("g")], AUTO);
  assert.is(next.dseq, key.dseq + 1n);
  scene.chain.block([]);
  assert.is(scene.order(next)?.winner, bob.address);
  assert.equal(scene.faults(), []);
});

test.run();
