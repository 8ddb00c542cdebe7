// Fixtures of the transition table of bids of module market.

import * as assert from "uvu/assert";
import { MsgPauseGroup } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  BidState,
  LeaseState,
  MsgLowerBid,
  MsgPauseOffer,
  MsgRejectBid,
  MsgWithdrawBid,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { eventOf } from "./chain.ts";
import type { Delivered } from "./chain.ts";
import { MarketScene, quoteOf } from "./market.ts";
import {
  accept,
  auto,
  ended,
  EVENTS,
  fiveBids,
  GPU,
  manual,
  sameBalance,
  sellers,
} from "./market_books.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

/** Deposit of a bid by hand in ulease. */
const BID_DEPOSIT = 500_000n;

/** Rows of table Bid. */
export const BID_ROWS: readonly (readonly [string, () => void])[] = [
  [
    "none | MsgCreateBid | eligible, within ceiling, room in the book | open",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = manual(scene);
      const before = scene.chain.balance(bob.bytes);
      assert.is(scene.bid(bob, key, 5_000_001n).code, 16);
      assert.is(scene.bid(bob, key, 1_000_000n, { deposits: [] }).code, 23);
      assert.is(scene.bid(scene.chain.account("carol"), key, 1_000_000n).codespace, "provider");
      assert.is(scene.bid(bob, key, 1_000_000n).log, "");
      assert.is(scene.bidOf(key, bob)?.state, BidState.OPEN);
      assert.is(scene.chain.balance(bob.bytes), before - BID_DEPOSIT);
      assert.is(scene.bid(bob, key, 900_000n).code, 18);
    },
  ],
  [
    "none | offer scan | offer fits | open",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const before = scene.chain.balance(bob.bytes);
      scene.offer(bob, GPU);
      const key = manual(scene);
      const bid = scene.bidOf(key, bob);
      assert.is(bid?.offer, 1n);
      assert.is(bid?.eff, quoteOf(GPU));
      sameBalance(scene, bob, before);
    },
  ],
  [
    "open | MsgLowerBid | revision named, price and eff lower | open",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = manual(scene);
      scene.bid(bob, key, 1_000_000n);
      const lower = (amount: string, revision: number): Delivered =>
        scene.chain.deliver(bob, [
          msg(MsgLowerBid, {
            operator: bob.address,
            provider: bob.address,
            order: scene.orderId(key),
            revision,
            price: { denom: "ulease", amount },
          }),
        ]);
      assert.is(lower("1000000", 1).code, 17);
      assert.is(lower("900000", 2).code, 27);
      assert.is(lower("900000", 1).log, "");
      assert.is(scene.bidOf(key, bob)?.revision, 2);
      assert.is(scene.bidOf(key, bob)?.eff, 900_000n);
    },
  ],
  [
    "open | award | least eff | won",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const bob = scene.chain.account("bob");
      const before = scene.chain.balance(bob.bytes);
      const key = auto(scene);
      fiveBids(scene, key);
      scene.chain.advance(30);
      assert.is(scene.order(key)?.winner, bob.address);
      assert.is(scene.bidOf(key, bob), undefined);
      sameBalance(scene, bob, before);
    },
  ],
  [
    "open | another won | among the best three | standby",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const key = manual(scene);
      const [bob, carol, , erin, frank] = fiveBids(scene, key) as Signer[];
      accept(scene, key, bob as Signer);
      assert.is(scene.bidOf(key, carol as Signer)?.state, BidState.STANDBY);
      assert.is(scene.bidOf(key, erin as Signer)?.state, BidState.STANDBY);
      assert.is(scene.bidOf(key, frank as Signer), undefined);
      scene.chain.advance(599);
      assert.is(scene.bidOf(key, carol as Signer)?.state, BidState.STANDBY, "its ttl stopped");
    },
  ],
  [
    "open | another won | not among the best three | lost (outbid)",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const frank = scene.chain.account("frank");
      const before = scene.chain.balance(frank.bytes);
      const key = manual(scene);
      const [bob] = fiveBids(scene, key) as [Signer];
      accept(scene, key, bob);
      assert.is(ended(scene)?.get("end"), "BID_END_OUTBID");
      sameBalance(scene, frank, before);
    },
  ],
  [
    "open | better bid | book full | lost (evicted)",
    () => {
      const scene = MarketScene.withParams({ order_max_bids: 4 });
      sellers(scene);
      const key = manual(scene);
      const names = ["bob", "carol", "dave", "erin"].map((name) => scene.chain.account(name));
      for (const [i, by] of names.entries()) scene.bid(by, key, 1_000_000n + BigInt(i) * 10_000n);
      const frank = scene.chain.account("frank");
      assert.is(scene.bid(frank, key, 1_029_000n).code, 22, "not better by the step");
      assert.is(scene.bid(frank, key, 1_020_000n).log, "");
      assert.is(scene.bidOf(key, names[3] as Signer), undefined);
      assert.is(scene.bids(key).length, 4);
    },
  ],
  [
    "open | MsgRejectBid | any | lost (rejected)",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const before = scene.chain.balance(bob.bytes);
      const key = manual(scene);
      scene.bid(bob, key, 1_000_000n);
      const fields = { owner: scene.tenant.address, order: scene.orderId(key) };
      scene.chain.must(scene.tenant, [msg(MsgRejectBid, { ...fields, provider: bob.address })]);
      sameBalance(scene, bob, before);
      assert.is(scene.bid(bob, key, 1n).code, 20);
    },
  ],
  [
    "open | award | no longer eligible | lost (ineligible)",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const carol = scene.seller("carol");
      scene.offer(bob, GPU);
      scene.offer(carol, 2n * GPU);
      const key = auto(scene);
      const pause = msg(MsgPauseOffer, { operator: bob.address, id: 1n });
      scene.chain.must(bob, [pause]);
      scene.chain.advance(25, 25);
      assert.is(scene.order(key)?.winner, carol.address);
      assert.is(ended(scene)?.get("end"), "BID_END_INELIGIBLE");
      assert.is(eventOf(scene.chain.blockEvents, `${EVENTS}.EventAwardFailed`)?.get("code"), "9");
    },
  ],
  [
    "open | order ended | any | lost (order_ended)",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const before = scene.chain.balance(bob.bytes);
      const key = manual(scene);
      scene.bid(bob, key, 1_000_000n);
      const fields = { owner: scene.tenant.address, dseq: key.dseq, gseq: 1 };
      scene.chain.must(scene.tenant, [msg(MsgPauseGroup, fields)]);
      assert.is(ended(scene)?.get("end"), "BID_END_ORDER_ENDED");
      sameBalance(scene, bob, before);
    },
  ],
  [
    "open | MsgWithdrawBid | manual, by hand, bound for 300 s | withdrawn",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const key = manual(scene);
      scene.bid(bob, key, 1_000_000n);
      const withdraw = msg(MsgWithdrawBid, {
        operator: bob.address,
        provider: bob.address,
        order: scene.orderId(key),
      });
      assert.is(scene.chain.deliver(bob, [withdraw]).code, 24);
      scene.chain.advance(300);
      assert.is(scene.chain.deliver(bob, [withdraw]).log, "");
      assert.is(scene.bid(bob, key, 1_000_000n).code, 20);
      assert.is(scene.bid(bob, key, 999_999n).log, "");
    },
  ],
  [
    "open | bid_ttl | manual, by hand | expired",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const before = scene.chain.balance(bob.bytes);
      const key = manual(scene);
      scene.bid(bob, key, 1_000_000n);
      scene.chain.advance(600);
      sameBalance(scene, bob, before);
      assert.is(scene.bid(bob, key, 2_000_000n).log, "");
    },
  ],
  [
    "standby | winner did not start | eligible | won",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const key = manual(scene);
      const [bob, carol] = fiveBids(scene, key) as [Signer, Signer];
      accept(scene, key, bob);
      scene.chain.advance(600);
      assert.is(scene.bidOf(key, carol), undefined);
      assert.is(scene.mustLease(key, carol).state, LeaseState.STARTING);
      assert.equal(scene.faults(), []);
    },
  ],
  [
    "standby | lease active | any | lost (order_ended)",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const key = manual(scene);
      const [bob] = fiveBids(scene, key) as [Signer];
      accept(scene, key, bob);
      assert.is(scene.bids(key).length, 3);
      assert.is(scene.start(bob, key).log, "");
      assert.is(scene.bids(key).length, 0);
    },
  ],
  [
    "standby | order closed | any | lost (order_ended)",
    () => {
      const scene = new MarketScene();
      sellers(scene);
      const key = manual(scene);
      const [bob] = fiveBids(scene, key) as [Signer];
      accept(scene, key, bob);
      const fields = { owner: scene.tenant.address, dseq: key.dseq, gseq: 1 };
      scene.chain.must(scene.tenant, [msg(MsgPauseGroup, fields)]);
      assert.is(scene.bids(key).length, 0);
      assert.is(ended(scene)?.get("end"), "BID_END_ORDER_ENDED");
    },
  ],
];
