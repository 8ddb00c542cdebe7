// Rules of module market whose guards `make mutate` once switched off without a test noticing.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  AwardMode,
  LeaseEnd,
  LeaseState,
  MsgStartLease,
  MsgUpdateOffer,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { MsgResumeDeployment } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { group, MarketScene, prices } from "../support/market.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const GPU = 2_000_000n;
const AUTO = { mode: AwardMode.AUTO };

function sellers(scene: MarketScene, ...names: readonly string[]): readonly [Signer, Signer] {
  return names.map((name) => scene.seller(name)) as [Signer, Signer];
}

test("among equals the older bid wins, whatever the addresses", () => {
  for (const names of [
    ["bob", "carol"],
    ["carol", "bob"],
  ]) {
    const scene = new MarketScene();
    const [older, younger] = sellers(scene, ...names);
    const key = scene.deploy([group("g")], { ...AUTO, deadlineS: 20n });
    for (const by of [older, younger]) assert.is(scene.bid(by, key, 1_000_000n).log, "");
    scene.chain.advance(20);
    assert.is(scene.order(key)?.winner, older.address, names.join(" before "));
  }
});

test("a former provider that asks more than before does not go first", () => {
  const scene = new MarketScene();
  const [bob, carol] = sellers(scene, "bob", "carol");
  scene.offer(bob, GPU);
  const key = scene.deploy([group("g", { price: 9_000_000n })], AUTO, 9_000_000n + 1000n);
  scene.chain.block([]);
  assert.is(scene.start(bob, key).log, "");
  scene.chain.advance(20_000 + 86_400, 60);
  assert.is(scene.mustLease(key, bob).end, LeaseEnd.FUNDS);
  for (const by of [bob, carol]) scene.beat(by);
  const dearer = { operator: bob.address, id: 1n, prices: prices(GPU + 1000n), expiresAt: 0n };
  scene.chain.must(bob, [msg(MsgUpdateOffer, dearer)]);
  scene.offer(carol, GPU - 1000n);
  scene.deposit(key, 30_000_000n);
  const resume = { owner: scene.tenant.address, dseq: key.dseq };
  scene.chain.must(scene.tenant, [msg(MsgResumeDeployment, resume)]);
  const next = { ...key, oseq: 2 };
  assert.is(scene.bids(next).length, 2);
  scene.chain.block([]);
  assert.is(scene.order(next)?.winner, carol.address);
});

test("a start that is due is too late while the queue of deadlines still runs", () => {
  const scene = MarketScene.withParams({ drains_per_block: 1 });
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const [first, second] = [1, 2].map(() => scene.deploy([group("g")], AUTO));
  assert.ok(first !== undefined && second !== undefined);
  if (first === undefined || second === undefined) return;
  scene.chain.block([]);
  const lease = scene.mustLease(second, bob);
  const start = msg(MsgStartLease, {
    operator: bob.address,
    lease: lease.id,
    receipt: scene.receipt(lease),
  });
  scene.beat(bob);
  scene.chain.advance(570, 10);
  const [late] = scene.chain.block([scene.chain.sign(bob, [start])], { seconds: 60 });
  assert.is(scene.mustLease(first, bob).state, LeaseState.CLOSED);
  assert.is(`${late?.codespace}/${late?.code}`, "market/25", late?.log);
});

test.run();
