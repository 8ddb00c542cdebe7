// What the fixtures of orders and bids share.

import * as assert from "uvu/assert";
import { AwardMode, MsgAcceptBid } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { OrderState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import { eventOf } from "./chain.ts";
import type { Delivered } from "./chain.ts";
import { group } from "./market.ts";
import type { MarketScene } from "./market.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

/** Package of the events. */
export const EVENTS = "leasehold.market.v1";
/** Price of a GPU in the offers of the fixtures, base units per hour. */
export const GPU = 2_000_000n;

/** State of an order. */
export function orderState(scene: MarketScene, key: OrderKey): OrderState | undefined {
  return scene.order(key)?.state;
}

/** Accepts the bid of a provider as it stands. */
export function accept(scene: MarketScene, key: OrderKey, by: Signer): Delivered {
  const bid = scene.bidOf(key, by);
  return scene.chain.deliver(scene.tenant, [
    msg(MsgAcceptBid, {
      owner: scene.tenant.address,
      order: scene.orderId(key),
      provider: by.address,
      price: bid?.price ?? { denom: "ulease", amount: "1" },
      revision: bid?.revision ?? 1,
    }),
  ]);
}

/** Balance of a seller before and after its bid has ended: the deposit came back. */
export function sameBalance(scene: MarketScene, by: Signer, before: bigint): void {
  assert.is(scene.chain.balance(by.bytes), before, `deposit of ${by.name}`);
}

/** An order that its tenant awards. */
export function manual(scene: MarketScene): OrderKey {
  return scene.deploy([group("g")], { mode: AwardMode.MANUAL });
}

/** An order that the chain awards after some seconds. */
export function auto(scene: MarketScene, deadlineS = 30n): OrderKey {
  return scene.deploy([group("g")], { mode: AwardMode.AUTO, deadlineS });
}

/** The first end of a bid in the last block. */
export function ended(scene: MarketScene): ReadonlyMap<string, string> | undefined {
  return eventOf(scene.chain.blockEvents, `${EVENTS}.EventBidEnded`);
}

/** Five sellers bid by hand on an order, cheapest first. */
export function fiveBids(scene: MarketScene, key: OrderKey): readonly Signer[] {
  const sellers = ["bob", "carol", "dave", "erin", "frank"].map((name) =>
    scene.chain.account(name),
  );
  for (const [index, by] of sellers.entries())
    assert.is(scene.bid(by, key, 1_000_000n + BigInt(index)).log, "");
  return sellers;
}

/** Five sellers without offers. */
export function sellers(scene: MarketScene): void {
  for (const name of ["bob", "carol", "dave", "erin", "frank"]) scene.seller(name);
}
