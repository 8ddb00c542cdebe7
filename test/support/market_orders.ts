// Fixtures of the transition table of orders of module market.

import * as assert from "uvu/assert";
import { MsgCloseGroup, MsgPauseGroup } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  LeaseEnd,
  LeaseState,
  MsgAcceptBid,
  OrderEnd,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import { group, MarketScene } from "./market.ts";
import { accept, auto, fiveBids, GPU, manual, orderState, sellers } from "./market_books.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

const { OPEN, MATCHED, EXPIRED, CLOSED } = OrderState;

/** Rows of table Order. */
export const ORDER_ROWS: readonly (readonly [string, () => void])[] = [
  [
    "none | createOrders | account open and funded | open",
    () => {
      const scene = new MarketScene();
      const key = scene.deploy();
      assert.is(orderState(scene, key), OPEN);
      assert.is(scene.account(key)?.burned, 1000n);
      assert.throws(() => scene.deploy([group("g")], {}, 1_000_000n), /market\/14/);
    },
  ],
  [
    "open | award deadline | a bid can be awarded | matched",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      scene.offer(bob, GPU);
      const key = auto(scene);
      scene.chain.advance(29);
      assert.is(orderState(scene, key), OPEN);
      scene.chain.advance(1);
      assert.is(orderState(scene, key), MATCHED);
      assert.is(scene.mustLease(key, bob).state, LeaseState.STARTING);
    },
  ],
  [
    "open | MsgAcceptBid | manual, bid as named | matched",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = manual(scene);
      scene.bid(bob, key, 1_000_000n);
      const wrong = scene.chain.deliver(scene.tenant, [
        msg(MsgAcceptBid, {
          owner: scene.tenant.address,
          order: scene.orderId(key),
          provider: bob.address,
          price: { denom: "ulease", amount: "999999" },
          revision: 1,
        }),
      ]);
      assert.is(wrong.code, 27);
      assert.is(accept(scene, key, bob).log, "");
      assert.is(orderState(scene, key), MATCHED);
    },
  ],
  [
    "open | award deadline | no bid can be awarded | open (rolling)",
    () => {
      const scene = new MarketScene();
      const key = auto(scene);
      scene.chain.advance(60);
      assert.is(orderState(scene, key), OPEN);
      assert.is(scene.auction(key)?.rolling, true);
    },
  ],
  [
    "open | award deadline | funds do not suffice | open (rolling)",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = drained(scene, bob);
      assert.is(orderState(scene, key), OPEN);
      assert.is(scene.auction(key)?.failedOnFunds, true);
      assert.is(scene.auction(key)?.rolling, true);
    },
  ],
  [
    "open | window of a rolling order | a bid can be awarded | matched",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = auto(scene);
      scene.chain.advance(60);
      assert.is(scene.bid(bob, key, 1_000_000n).log, "");
      scene.chain.advance(9, 9);
      assert.is(orderState(scene, key), OPEN);
      scene.chain.advance(1);
      assert.is(orderState(scene, key), MATCHED);
    },
  ],
  [
    "open | end of life | last award did not fail on funds | expired",
    () => {
      const scene = new MarketScene();
      const key = auto(scene);
      scene.chain.advance(3600);
      assert.is(orderState(scene, key), EXPIRED);
      assert.is(scene.order(key)?.end, OrderEnd.NO_BIDS);
    },
  ],
  [
    "open | end of life | last award failed on funds | closed",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = drained(scene, bob);
      scene.chain.advance(1300);
      assert.is(orderState(scene, key), CLOSED);
      assert.is(scene.order(key)?.end, OrderEnd.FUNDS);
    },
  ],
  [
    "open | joint award | every group has a winner | matched",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      scene.offer(bob, GPU);
      const key = scene.deploy([group("a"), group("b")], { allOrNothing: true });
      scene.chain.advance(60);
      assert.is(orderState(scene, key), MATCHED);
      assert.is(orderState(scene, { ...key, gseq: 2 }), MATCHED);
    },
  ],
  [
    "open | joint award | one group has none | expired",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      scene.offer(bob, GPU);
      const dear = group("b", { price: 10n });
      const key = scene.deploy([group("a"), dear], { allOrNothing: true });
      scene.chain.advance(60);
      assert.is(orderState(scene, key), EXPIRED);
      assert.is(orderState(scene, { ...key, gseq: 2 }), EXPIRED);
      assert.is(scene.order(key)?.end, OrderEnd.JOINT);
      assert.is(scene.lease(key, bob), undefined);
    },
  ],
  [
    "open | group paused or closed | any | closed",
    () => {
      const scene = new MarketScene();
      for (const type of [MsgPauseGroup, MsgCloseGroup]) {
        const key = manual(scene);
        const { address } = scene.tenant;
        scene.chain.must(scene.tenant, [msg(type, { owner: address, dseq: key.dseq, gseq: 1 })]);
        assert.is(orderState(scene, key), CLOSED);
        assert.is(scene.order(key)?.end, OrderEnd.GROUP);
      }
    },
  ],
  [
    "matched | start deadline | a standby is eligible | matched",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const key = manual(scene);
      const [bob, carol] = fiveBids(scene, key) as [Signer, Signer];
      accept(scene, key, bob);
      scene.chain.advance(600);
      assert.is(orderState(scene, key), MATCHED);
      assert.is(scene.mustLease(key, bob).end, LeaseEnd.NO_START);
      assert.is(scene.mustLease(key, carol).state, LeaseState.STARTING);
      assert.is(scene.order(key)?.winner, carol.address);
    },
  ],
  [
    "matched | lease closed | no standby promoted | closed",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      scene.offer(bob, GPU);
      const key = auto(scene, 0n);
      scene.chain.block([]);
      scene.chain.advance(600);
      assert.is(orderState(scene, key), CLOSED);
      assert.is(scene.order(key)?.end, OrderEnd.LEASE);
    },
  ],
];

/** An order that opens funded, and whose account another lease empties before its award. */
export function drained(scene: MarketScene, bob: Signer): OrderKey {
  scene.offer(bob, GPU);
  const dear = group("a", { price: 3_000_000n });
  const key = scene.deploy([dear, group("b", { price: 900_000n })], {}, 4_000_000n);
  const second = { ...key, gseq: 2 };
  scene.chain.advance(30);
  assert.is(scene.start(bob, key).log, "");
  for (const seconds of [1200, 1140]) {
    scene.chain.advance(seconds);
    scene.beat(bob);
  }
  assert.is(scene.bid(bob, second, 900_000n).log, "");
  scene.chain.advance(15);
  return second;
}
