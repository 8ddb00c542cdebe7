// Fixtures of the transition table of leases of module market.

import * as assert from "uvu/assert";
import { GroupState } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { AccountState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AwardMode,
  LeaseEnd,
  LeaseState,
  MsgAckResume,
  MsgCloseLease,
  MsgLeaveLease,
  MsgRefuseResume,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import { groups } from "../../modules/deployment/state.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import type { Delivered } from "./chain.ts";
import { group, MarketScene, quoteOf } from "./market.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

const { STARTING, ACTIVE, SUSPENDED, RESUMING, CLOSED } = LeaseState;
const GPU = 2_000_000n;
/** Base units per hour of the lease of a scene. */
const RATE = quoteOf(GPU);
/** Burned when the order opens, ulease. */
const ORDER_FEE = 1000n;

interface Running {
  readonly scene: MarketScene;
  readonly bob: Signer;
  readonly key: OrderKey;
}

function awarded(deposit?: bigint, duration = 0n): Running {
  const scene = new MarketScene();
  const bob = scene.seller("bob");
  scene.offer(bob, GPU);
  const spec = group("g", { price: RATE, spec: { durationS: duration } });
  const key = scene.deploy([spec], { mode: AwardMode.AUTO }, deposit);
  scene.chain.block([]);
  return { scene, bob, key };
}

function running(deposit?: bigint, duration?: bigint): Running {
  const all = awarded(deposit, duration);
  assert.is(all.scene.start(all.bob, all.key).log, "");
  return all;
}

/** A lease whose funds have ended: one hour was deposited. */
function suspended(duration?: bigint): Running {
  const all = running(RATE + ORDER_FEE, duration);
  all.scene.chain.advance(3601, 600);
  assert.is(all.scene.mustLease(all.key, all.bob).state, SUSPENDED);
  all.scene.beat(all.bob);
  return all;
}

function resuming(duration?: bigint): Running {
  const all = suspended(duration);
  all.scene.deposit(all.key, RATE);
  assert.is(all.scene.mustLease(all.key, all.bob).state, RESUMING);
  return all;
}

interface OfLease {
  readonly operator: string;
  readonly lease: { readonly dseq: bigint };
}

function byOperator<T extends OfLease>(
  { scene, bob, key }: Running,
  type: MessageType<T>,
  fields: Partial<T> = {},
): Delivered {
  const lease = scene.mustLease(key, bob).id;
  const base = { operator: bob.address, lease } as unknown as Partial<T>;
  return scene.chain.deliver(bob, [msg(type, { ...base, ...fields })]);
}

function close({ scene, bob, key }: Running, reopen = false): Delivered {
  const fields = { owner: scene.tenant.address, lease: scene.mustLease(key, bob).id, reopen };
  return scene.chain.deliver(scene.tenant, [msg(MsgCloseLease, fields)]);
}

/** The lease is closed for a reason, nothing contradicts it, and a second end is refused. */
function isClosed(all: Running, end: LeaseEnd): void {
  const lease = all.scene.mustLease(all.key, all.bob);
  assert.is(lease.state, CLOSED);
  assert.is(lease.end, end);
  assert.equal(all.scene.faults(), []);
  for (const refused of [close(all), byOperator(all, MsgLeaveLease, { reason: LeaseEnd.HARDWARE })])
    assert.is(`${refused.codespace}/${refused.code}`, "market/8");
}

function groupState({ scene, key }: Running): GroupState | undefined {
  return groups.get(scene.chain.ctx(), [key.owner, key.dseq, key.gseq])?.state;
}

/** Rows of table Lease that begin before the lease runs. */
const START_ROWS: readonly (readonly [string, () => void])[] = [
  [
    "none | award | room, funds, eligibility | starting",
    () => {
      const all = awarded();
      const { scene, bob, key } = all;
      const lease = scene.mustLease(key, bob);
      assert.is(lease.state, STARTING);
      assert.equal(lease.placements, [{ unit: 1, host: 0, replicas: 1 }]);
      assert.is(lease.basis, 2_200_000n, "the reference price of an H100 is above the price");
      scene.chain.advance(120);
      assert.is(scene.account(key)?.rate, 0n, "nothing accrues");
      for (const type of [MsgAckResume, MsgRefuseResume])
        assert.is(byOperator(all, type as typeof MsgAckResume).code, 8);
      assert.is(byOperator(all, MsgLeaveLease, { reason: LeaseEnd.HARDWARE }).code, 8);
    },
  ],
  [
    "starting | MsgStartLease | receipt by the owner, in time | active",
    () => {
      const { scene, bob, key } = awarded();
      const lease = scene.mustLease(key, bob);
      const forged = { ...scene.receipt(lease), signature: new Uint8Array(64).fill(1) };
      assert.is(scene.start(bob, key, { receipt: forged }).code, 32);
      assert.is(scene.start(bob, key, { receipt: scene.receipt(lease, bob) }).code, 32);
      const other = { ...scene.receipt(lease), manifestHash: new Uint8Array(32) };
      assert.is(scene.start(bob, key, { receipt: other }).code, 32);
      assert.is(scene.start(bob, key).log, "");
      assert.is(scene.mustLease(key, bob).state, ACTIVE);
      assert.is(scene.account(key)?.rate, RATE);
      assert.is(scene.start(bob, key).code, 8);
      assert.equal(scene.faults(), []);
    },
  ],
  [
    "starting | start deadline | U >= deadline | closed (no_start)",
    () => {
      const all = awarded();
      const { scene, bob, key } = all;
      const before = scene.chain.balance(bob.bytes);
      scene.chain.advance(600);
      isClosed(all, LeaseEnd.NO_START);
      assert.is(scene.chain.balance(bob.bytes), before);
      assert.is(groupState(all), GroupState.OPEN, "offered again");
      const next = { ...key, oseq: 2 };
      assert.is(scene.order(next)?.state, OrderState.OPEN);
      scene.beat(bob);
      assert.is(scene.bid(bob, next, 1000n).code, 21);
      scene.chain.advance(60);
      assert.is(scene.bidOf(next, bob), undefined, "no quote of the excluded");
    },
  ],
  [
    "starting | exhaustion | another lease used the funds | closed (funds)",
    () => {
      const params = {
        market: { start_deadline_s: "3600" },
        escrow: { min_funded_seconds: "600" },
      };
      const scene = new MarketScene({ params });
      const bob = scene.seller("bob");
      scene.offer(bob, GPU);
      const two = ["a", "b"].map((name) => group(name, { price: RATE }));
      const key = scene.deploy(two, { mode: AwardMode.AUTO }, RATE / 3n + 2n * ORDER_FEE + 1n);
      const second = { ...key, gseq: 2 };
      scene.chain.block([]);
      assert.is(scene.start(bob, key).log, "");
      assert.is(scene.mustLease(second, bob).state, STARTING);
      scene.chain.advance(1260);
      assert.is(scene.mustLease(key, bob).state, SUSPENDED);
      isClosed({ scene, bob, key: second }, LeaseEnd.FUNDS);
    },
  ],
  [
    "starting | MsgCloseLease | any | closed (owner)",
    () => {
      const all = awarded();
      assert.is(close(all).log, "");
      isClosed(all, LeaseEnd.OWNER);
      assert.is(groupState(all), GroupState.PAUSED);
      const again = awarded();
      assert.is(close(again, true).log, "");
      assert.is(groupState(again), GroupState.OPEN);
    },
  ],
];

/** Rows of table Lease from active on. */
const ACTIVE_ROWS: readonly (readonly [string, () => void])[] = [
  [
    "active | exhaustion | now > funded_until | suspended",
    () => {
      const all = running(RATE + ORDER_FEE);
      const { scene, bob, key } = all;
      const until = scene.account(key)?.fundedUntil ?? 0n;
      assert.is(until, scene.chain.time + 3600n);
      scene.chain.advance(3600, 600);
      assert.is(scene.mustLease(key, bob).state, ACTIVE);
      scene.chain.advance(1);
      assert.is(scene.mustLease(key, bob).state, SUSPENDED);
      assert.is(scene.mustLease(key, bob).suspendedAt, until);
      assert.is(scene.account(key)?.state, AccountState.SUSPENDED);
      for (const type of [MsgAckResume, MsgRefuseResume])
        assert.is(byOperator(all, type as typeof MsgAckResume).code, 8);
    },
  ],
  [
    "active | MsgCloseLease | any | closed (owner)",
    () => {
      const all = running();
      const { scene, bob } = all;
      const before = scene.chain.balance(bob.bytes);
      assert.is(byOperator(all, MsgAckResume).code, 8);
      scene.chain.advance(3590, 600);
      assert.is(close(all).log, "");
      isClosed(all, LeaseEnd.OWNER);
      const fee = (RATE * 10_000n) / 1_000_000n;
      assert.is(scene.chain.balance(bob.bytes) - before, RATE - fee, "one hour, less the fee");
    },
  ],
  [
    "active | MsgLeaveLease | typed reason | closed (reason)",
    () => {
      const all = running();
      assert.is(byOperator(all, MsgLeaveLease, { reason: LeaseEnd.OWNER }).code, 34);
      assert.is(byOperator(all, MsgLeaveLease, { reason: LeaseEnd.HARDWARE }).log, "");
      isClosed(all, LeaseEnd.HARDWARE);
      assert.is(groupState(all), GroupState.OPEN);
    },
  ],
  [
    "active | term | T >= start + duration | closed (term)",
    () => {
      const all = running(undefined, 1000n);
      all.scene.chain.advance(999);
      assert.is(all.scene.mustLease(all.key, all.bob).state, ACTIVE);
      all.scene.chain.advance(1);
      isClosed(all, LeaseEnd.TERM);
      assert.is(groupState(all), GroupState.PAUSED);
    },
  ],
  [
    "suspended | resume minimum reached | deposit | resuming",
    () => {
      const all = suspended();
      const { scene, bob, key } = all;
      scene.deposit(key, 1n);
      assert.is(scene.mustLease(key, bob).state, SUSPENDED, "a small deposit starts nothing");
      scene.deposit(key, RATE);
      assert.is(scene.mustLease(key, bob).state, RESUMING);
      assert.is(scene.account(key)?.rate, 0n);
      scene.chain.advance(120);
      assert.is(scene.account(key)?.balance, RATE + 1n, "nothing accrues");
    },
  ],
  [
    "suspended | grace end | U >= grace_until | closed (funds)",
    () => {
      const all = suspended();
      all.scene.chain.advance(86_400, 60);
      isClosed(all, LeaseEnd.FUNDS);
      assert.is(groupState(all), GroupState.PAUSED);
    },
  ],
  [
    "suspended | MsgCloseLease | any | closed (owner)",
    () => {
      const all = suspended();
      assert.is(close(all).log, "");
      isClosed(all, LeaseEnd.OWNER);
    },
  ],
  [
    "suspended | MsgLeaveLease | typed reason | closed (reason)",
    () => {
      const all = suspended();
      assert.is(byOperator(all, MsgLeaveLease, { reason: LeaseEnd.DECOMMISSION }).log, "");
      isClosed(all, LeaseEnd.DECOMMISSION);
    },
  ],
  [
    "suspended | term | T >= start + duration | closed (term)",
    () => {
      const all = suspended(4000n);
      all.scene.chain.advance(400);
      isClosed(all, LeaseEnd.TERM);
    },
  ],
];

/** Rows of table Lease from resuming on. */
const RESUME_ROWS: readonly (readonly [string, () => void])[] = [
  [
    "resuming | MsgAckResume | in time | active",
    () => {
      const all = resuming();
      assert.is(byOperator(all, MsgLeaveLease, { reason: LeaseEnd.HARDWARE }).code, 8);
      assert.is(byOperator(all, MsgAckResume).log, "");
      assert.is(all.scene.mustLease(all.key, all.bob).state, ACTIVE);
      assert.is(all.scene.account(all.key)?.rate, RATE);
      assert.equal(all.scene.faults(), []);
    },
  ],
  [
    "resuming | MsgRefuseResume | any | closed (not_resumed)",
    () => {
      const all = resuming();
      assert.is(byOperator(all, MsgRefuseResume, { reason: "host gone" }).log, "");
      isClosed(all, LeaseEnd.NOT_RESUMED);
    },
  ],
  [
    "resuming | acknowledgement deadline | U >= deadline | closed (not_resumed)",
    () => {
      const all = resuming();
      all.scene.chain.advance(600);
      isClosed(all, LeaseEnd.NOT_RESUMED);
    },
  ],
  [
    "resuming | exhaustion | by another lease of the account | suspended",
    () => {
      const scene = new MarketScene({ params: { market: { start_deadline_s: "3600" } } });
      const bob = scene.seller("bob");
      scene.offer(bob, GPU);
      const two = ["a", "b"].map((name) => group(name, { price: RATE }));
      const key = scene.deploy(two, { mode: AwardMode.AUTO }, 2n * (RATE + ORDER_FEE));
      const second = { ...key, gseq: 2 };
      scene.chain.block([]);
      for (const order of [key, second]) assert.is(scene.start(bob, order).log, "");
      scene.chain.advance(3700, 600);
      scene.deposit(key, 2n * RATE);
      scene.beat(bob);
      assert.is(byOperator({ scene, bob, key }, MsgAckResume).log, "");
      withdraw(scene, bob, key, second);
    },
  ],
  [
    "resuming | MsgCloseLease | any | closed (owner)",
    () => {
      const all = resuming();
      assert.is(close(all).log, "");
      isClosed(all, LeaseEnd.OWNER);
    },
  ],
  [
    "resuming | term | T >= start + duration | closed (term)",
    () => {
      const all = resuming(4000n);
      all.scene.chain.advance(400);
      isClosed(all, LeaseEnd.TERM);
    },
  ],
];

/** The second lease resumes for so long that the first one uses the funds of both up. */
function withdraw(scene: MarketScene, bob: Signer, key: OrderKey, second: OrderKey): void {
  const until = scene.account(key)?.fundedUntil ?? 0n;
  assert.is(scene.mustLease(second, bob).state, RESUMING);
  scene.chain.advance(Number(until - scene.chain.time) + 1, 600);
  assert.is(scene.mustLease(key, bob).state, SUSPENDED);
  assert.is(scene.mustLease(second, bob).state, SUSPENDED);
  assert.equal(scene.faults(), []);
}

/** Rows of table Lease. */
export const LEASE_ROWS = [...START_ROWS, ...ACTIVE_ROWS, ...RESUME_ROWS] as const;
