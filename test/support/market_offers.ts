// Fixtures of the transition table of offers of module market.

import * as assert from "uvu/assert";
import {
  AwardMode,
  MsgCancelOffer,
  MsgCloseLease,
  MsgPauseOffer,
  MsgResumeOffer,
  MsgUpdateOffer,
  OfferCause,
  OfferState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgPauseProvider,
  MsgUnpauseProvider,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Delivered } from "./chain.ts";
import { group, MarketScene, prices, shapes } from "./market.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

const { ACTIVE, PAUSED, DRAINING } = OfferState;
const { OWNER, STALE_HEARTBEAT, PROVIDER } = OfferCause;
const GPU = 2_000_000n;

/** A seller with one offer. */
function posted(): { readonly scene: MarketScene; readonly bob: Signer } {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  assert.is(scene.offer(bob, GPU).log, "");
  return { scene, bob };
}

type Named = typeof MsgPauseOffer | typeof MsgResumeOffer | typeof MsgCancelOffer;

function send(scene: MarketScene, by: Signer, type: Named, id = 1n): Delivered {
  return scene.chain.deliver(by, [msg(type, { operator: by.address, id })]);
}

function setPaused(scene: MarketScene, bob: Signer, paused: boolean): void {
  const { address } = bob;
  const message = paused
    ? msg(MsgPauseProvider, { signer: address, provider: address })
    : msg(MsgUnpauseProvider, { owner: address });
  scene.chain.must(bob, [message]);
}

/** Whether a new order gets a quote of the offer. */
function quotes(scene: MarketScene, bob: Signer): boolean {
  const key = scene.deploy([group("g")], { mode: AwardMode.MANUAL });
  return scene.bidOf(key, bob) !== undefined;
}

/** Rows of table Offer. */
export const OFFER_ROWS: readonly (readonly [string, () => void])[] = [
  [
    "none | MsgPostOffer | provider active and fresh | active",
    () => {
      const { scene, bob } = posted();
      assert.is(scene.offerOf(1n)?.state, ACTIVE);
      assert.ok(quotes(scene, bob));
      assert.is(scene.offer(scene.chain.account("carol"), GPU).codespace, "provider");
      assert.is(scene.offer(bob, GPU, { shapes: shapes(8) }).codespace, "provider", "64 owned");
      for (let i = 0; i < 3; i++) assert.is(scene.offer(bob, GPU).log, "");
      assert.is(scene.offer(bob, GPU).code, 29, "four per model");
    },
  ],
  [
    "none | MsgPostOffer | provider not active or not fresh | paused",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      scene.chain.advance(1300);
      setPaused(scene, bob, true);
      assert.is(scene.offer(bob, GPU).log, "");
      assert.equal(scene.offerOf(1n)?.causes, [STALE_HEARTBEAT, PROVIDER]);
      assert.not.ok(quotes(scene, bob));
    },
  ],
  [
    "active | MsgPauseOffer | any | paused",
    () => {
      const { scene, bob } = posted();
      assert.is(send(scene, scene.chain.account("carol"), MsgPauseOffer).codespace, "provider");
      assert.is(send(scene, bob, MsgPauseOffer).log, "");
      assert.equal(scene.offerOf(1n)?.causes, [OWNER]);
      assert.is(scene.offerOf(1n)?.state, PAUSED);
      assert.not.ok(quotes(scene, bob));
      assert.is(send(scene, bob, MsgPauseOffer).code, 36);
    },
  ],
  [
    "active | heartbeat stale | any | paused",
    () => {
      const { scene, bob } = posted();
      scene.chain.advance(1300);
      assert.equal(scene.offerOf(1n)?.causes, [STALE_HEARTBEAT]);
      assert.not.ok(quotes(scene, bob));
      assert.equal(scene.faults(), []);
    },
  ],
  [
    "active | provider left active | any | paused",
    () => {
      const { scene, bob } = posted();
      setPaused(scene, bob, true);
      assert.equal(scene.offerOf(1n)?.causes, [PROVIDER]);
      assert.not.ok(quotes(scene, bob));
    },
  ],
  [
    "paused | cause gone | another cause left | paused",
    () => {
      const { scene, bob } = posted();
      send(scene, bob, MsgPauseOffer);
      setPaused(scene, bob, true);
      assert.equal(scene.offerOf(1n)?.causes, [OWNER, PROVIDER]);
      assert.is(send(scene, bob, MsgResumeOffer).log, "");
      assert.equal(scene.offerOf(1n)?.causes, [PROVIDER]);
      assert.is(scene.offerOf(1n)?.state, PAUSED);
    },
  ],
  [
    "paused | cause gone | last cause | active",
    () => {
      const { scene, bob } = posted();
      send(scene, bob, MsgPauseOffer);
      assert.is(send(scene, bob, MsgResumeOffer).log, "");
      assert.is(scene.offerOf(1n)?.state, ACTIVE);
      scene.chain.advance(1300);
      scene.beat(bob);
      assert.is(scene.offerOf(1n)?.state, ACTIVE);
      assert.ok(quotes(scene, bob));
      assert.is(send(scene, bob, MsgResumeOffer).code, 36);
    },
  ],
  [
    "active | MsgUpdateOffer | room for what is used | active",
    () => {
      const { scene, bob } = posted();
      const key = scene.running(bob);
      const lease = scene.mustLease(key, bob);
      const fields = { operator: bob.address, id: 1n, prices: prices(3_000_000n) };
      const small = [{ ...shapes()[0], hosts: 1, gpus: 1n, cpuMilli: 1000n }] as never;
      assert.is(
        scene.chain.deliver(bob, [msg(MsgUpdateOffer, { ...fields, shapes: small })]).code,
        30,
      );
      assert.is(scene.chain.deliver(bob, [msg(MsgUpdateOffer, fields)]).log, "");
      assert.is(scene.offerOf(1n)?.version, 2);
      assert.equal(scene.mustLease(key, bob).price, lease.price, "leases keep their price");
      assert.equal(scene.faults(), []);
    },
  ],
  [
    "active | MsgCancelOffer | leases use it | draining",
    () => {
      const { scene, bob } = posted();
      scene.running(bob);
      assert.is(send(scene, bob, MsgCancelOffer).log, "");
      assert.is(scene.offerOf(1n)?.state, DRAINING);
      assert.not.ok(quotes(scene, bob));
      assert.is(send(scene, bob, MsgPauseOffer).code, 9);
      assert.equal(scene.faults(), []);
    },
  ],
  [
    "active | MsgCancelOffer | no lease uses it | closed",
    () => {
      const { scene, bob } = posted();
      send(scene, bob, MsgCancelOffer);
      assert.is(scene.offerOf(1n), undefined);
      assert.is(send(scene, bob, MsgCancelOffer).code, 5);
      assert.equal(scene.faults(), []);
    },
  ],
  [
    "active | expires | no lease uses it | closed",
    () => {
      const scene = new MarketScene();
      const bob = scene.seller("bob");
      const early = { expiresAt: scene.chain.time };
      assert.is(scene.offer(bob, GPU, early).code, 28);
      assert.is(scene.offer(bob, GPU, { expiresAt: scene.chain.time + 100n }).log, "");
      scene.chain.advance(100);
      assert.is(scene.offerOf(1n), undefined);
    },
  ],
  [
    "paused | MsgCancelOffer | no lease uses it | closed",
    () => {
      const { scene, bob } = posted();
      send(scene, bob, MsgPauseOffer);
      send(scene, bob, MsgCancelOffer);
      assert.is(scene.offerOf(1n), undefined);
    },
  ],
  [
    "draining | last lease closed | any | closed",
    () => {
      const { scene, bob } = posted();
      const key = scene.running(bob);
      send(scene, bob, MsgCancelOffer);
      const { id } = scene.mustLease(key, bob);
      scene.chain.must(scene.tenant, [
        msg(MsgCloseLease, { owner: scene.tenant.address, lease: id }),
      ]);
      assert.is(scene.offerOf(1n), undefined);
      assert.equal(scene.faults(), []);
    },
  ],
];
