// Transition tables of module escrow, through blocks and stores of the whole application. Rows that
// have a message send it; rows that later modules trigger run in a block by a module of the test.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  AccountState,
  PaymentState,
  QueryAccountRequest,
  QueryAccountResponse,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { bidAccount, leasePayment } from "../../modules/escrow/index.ts";
import { fromBalance } from "../support/escrow.ts";
import { DSEQ, RATE, Scene, WEALTH } from "../support/escrow_scene.ts";
import { runRows } from "../support/rows.ts";
import { paymentRows } from "./escrow_payments.ts";

const P = PaymentState;
const { OPEN, SUSPENDED, CLOSED } = AccountState;
const NAME = { gseq: 1, oseq: 1 };
const rows = new Map<string, () => void>(paymentRows);
const row = (name: string, body: () => void): void => void rows.set(name, body);

// ---- account -----------------------------------------------------------------------------------

row("none | createAccount | accepted denom, name free | account open", () => {
  const scene = new Scene().open(500n).is(OPEN);
  assert.is(scene.wealth(), WEALTH - 500n);
  assert.is(scene.account.graceLeft, 3_600n);
  scene.escrow.refused(3, (ctx, keeper) => scene.create(ctx, keeper, 500n));
  const other = new Scene();
  other.escrow.refused(7, (ctx, keeper) => other.create(ctx, keeper, 0n, "unknown"));
});

row("account open | deposit | in the account's denom | account open", () => {
  const scene = new Scene().open(100n).pay(1).start(1);
  const before = scene.account.fundedUntil;
  const { since } = scene.payment(1);
  assert.is(before, since + 100n);
  assert.is(scene.deposit(50n).code, 0);
  assert.is(scene.account.fundedUntil, before + 50n);
  assert.ok(scene.payment(1).since > since, "settled first");
  const foreign = scene.deposit(50n, scene.chain.account("bob"));
  assert.equal([foreign.codespace, foreign.code], ["escrow", 11]);
});

row("account open | T > funded_until | a payment accrues | account suspended", () => {
  const scene = new Scene().open(100n).pay(1).start(1).pay(2, 1n).start(2);
  const { fundedUntil } = scene.account;
  scene.chain.block([], { seconds: Number(fundedUntil - scene.chain.time) });
  scene.is(OPEN, [P.OPEN, P.OPEN]);
  scene.chain.block([], { seconds: 1 });
  scene.is(SUSPENDED, [P.SUSPENDED, P.SUSPENDED]);
  assert.is(scene.account.suspendedAt, fundedUntil);
  assert.is(scene.payment(1).unpaid, 100n);
  assert.equal(scene.escrow.heard.at(-1)?.transitions, [{ kind: "suspended", at: fundedUntil }]);
});

row(
  "account suspended | deposit | U < grace_until, F covers resume_min_seconds of Rc | account open",
  () => {
    const scene = new Scene().exhausted();
    assert.is(scene.deposit(600n).code, 0);
    scene.is(OPEN, [P.PENDING]);
    assert.equal(scene.escrow.heard.at(-1)?.transitions, [{ kind: "resumed" }]);
    const { unpaid } = scene.payment(1);
    scene.chain.advance(300);
    assert.is(scene.payment(1).unpaid, unpaid, "nothing accrues before the acknowledgement");
    scene.start(1).is(OPEN, [P.OPEN]);
  },
);

row("account suspended | deposit | below the resume minimum | account suspended", () => {
  const scene = new Scene().exhausted();
  assert.is(scene.deposit(599n).code, 0);
  scene.is(SUSPENDED, [P.SUSPENDED]);
  assert.is(scene.account.balance, 599n);
  assert.is(scene.deposit(1n).code, 0);
  scene.is(OPEN, [P.PENDING]);
});

row("account suspended | deposit | U >= grace_until | account suspended", () => {
  // Two graces end in one second and a block ends one: the deposit meets the other before its queue.
  const scene = new Scene({ exhaustions_per_block: 1 }).open(100n).pay(1).start(1);
  const owner = scene.tenant.bytes;
  const other = leasePayment({ ...NAME, owner, dseq: DSEQ - 1n, provider: owner });
  scene.escrow.must((ctx, keeper) => {
    const money = { depositor: owner, deposits: [fromBalance(10n)] };
    keeper.createAccount(ctx, { account: other.account, owner, denom: "ulease", ...money });
    keeper.createPayment(ctx, { ...other, payee: owner, rate: RATE });
    keeper.startPayment(ctx, other);
  });
  const left = Number(scene.account.fundedUntil - scene.chain.time);
  scene.escrow.must((ctx, keeper) => keeper.catchUp(ctx, scene.key), left + 1);
  const { graceUntil } = scene.account;
  const twin = scene.escrow.keeper.getAccount(scene.chain.ctx(), other.account);
  assert.is(twin.graceUntil, graceUntil, "both end in one second");
  scene.chain.advance(Number(graceUntil - scene.chain.ctx().uptime) - 5);
  scene.is(SUSPENDED);
  assert.is(scene.deposit(5_000n).code, 0);
  scene.is(SUSPENDED, [P.SUSPENDED]);
  assert.is(scene.account.balance, 5_000n, "kept");
  scene.chain.block([]);
  scene.is(OPEN, [P.CLOSED]);
  assert.is(scene.account.balance, 5_000n);
});

row("account suspended | last payment closed | - | account open", () => {
  const scene = new Scene().exhausted().close(1).is(OPEN, [P.CLOSED]);
  const { graceLeft } = scene.account;
  assert.ok(graceLeft > 0n && graceLeft < 3_600n, `grace left ${graceLeft}`);
});

row("account suspended | U >= grace_until | queue | account open", () => {
  const scene = new Scene().open(700n).pay(1).start(1);
  const hold = (paysOnExit: boolean): void =>
    scene.escrow.must((ctx, keeper) => {
      keeper.createHold(ctx, { ...holdOf(scene, 200n), paysOnExit });
    });
  hold(true);
  hold(false);
  scene.chain.advance(360);
  scene.is(SUSPENDED, [P.SUSPENDED]);
  scene.chain.advance(3_700);
  scene.is(OPEN, [P.CLOSED]);
  assert.is(scene.account.graceLeft, 0n);
  assert.is(scene.account.holdsPaid, 200n);
  assert.is(scene.account.balance, 200n);
  assert.equal(scene.escrow.heard.at(-1)?.transitions, [{ kind: "grace_ended" }]);
});

row("account open | closeAccount | no payment or hold would be left | account closed", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1);
  scene.escrow.refused(6, (ctx, keeper) => keeper.closeAccount(ctx, scene.key));
  scene.escrow.must((ctx, keeper) => {
    keeper.createHold(ctx, holdOf(scene, 10n));
  });
  scene.escrow.refused(6, (ctx, keeper) => keeper.closeAccount(ctx, scene.key, [scene.ref(1)]));
  scene.escrow.must((ctx, keeper) => keeper.endHold(ctx, scene.key, 1n, "release"));
  const { startedAt } = scene.payment(1);
  scene.escrow.must((ctx, keeper) => keeper.closeAccount(ctx, scene.key, [scene.ref(1)]));
  scene.is(CLOSED, [P.CLOSED]);
  assert.is(scene.wealth(), WEALTH - (scene.chain.time - startedAt));
  scene.escrow.refused(4, (ctx, keeper) => keeper.closeAccount(ctx, scene.key));
  assert.is(scene.deposit(1n).code, 4);
  const bid = bidAccount(
    { owner: scene.tenant.bytes, dseq: DSEQ, gseq: 1, oseq: 1 },
    scene.chain.account("bob").bytes,
  );
  const bidder = scene.chain.account("bob").bytes;
  scene.escrow.must((ctx, keeper) =>
    keeper.createAccount(ctx, {
      account: bid,
      owner: bidder,
      denom: "ulease",
      depositor: bidder,
      deposits: [fromBalance(500_000n)],
    }),
  );
  const held = scene.chain.balance(bidder);
  scene.escrow.must((ctx, keeper) => keeper.closeAccount(ctx, bid));
  assert.is(scene.escrow.keeper.findAccount(scene.chain.ctx(), bid), undefined);
  assert.is(scene.chain.balance(bidder), held + 500_000n);
});

row("account suspended | closeAccount | no payment or hold would be left | account closed", () => {
  const scene = new Scene().exhausted();
  scene.escrow.must((ctx, keeper) => keeper.closeAccount(ctx, scene.key, [scene.ref(1)]));
  scene.is(CLOSED, [P.CLOSED]);
  assert.is(scene.wealth(), WEALTH - 100n);
});

// ---- hold --------------------------------------------------------------------------------------

function holdOf(scene: Scene, amount: bigint, perSecond?: bigint) {
  const beneficiary = scene.chain.account("frank").bytes;
  const base = { account: scene.key, amount, beneficiary, paysOnExit: true };
  return perSecond === undefined ? base : { ...base, perSecond };
}

function held(amount: bigint, perSecond?: bigint): Scene {
  const scene = new Scene().open(1_000n);
  scene.escrow.must((ctx, keeper) => {
    keeper.createHold(ctx, holdOf(scene, amount, perSecond));
  });
  return scene;
}

row("none | createHold | account open, amount free | live", () => {
  const scene = held(400n);
  assert.is(scene.account.held, 400n);
  scene.escrow.refused(13, (ctx, keeper) => {
    keeper.createHold(ctx, holdOf(scene, 601n));
  });
  scene.pay(1).start(1);
  assert.is(scene.account.fundedUntil, scene.payment(1).since + 600n, "payments cannot spend it");
  scene.escrow.refused(13, (ctx, keeper) => {
    keeper.createHold(ctx, holdOf(scene, 600n));
  });
  const suspended = new Scene().exhausted();
  suspended.escrow.refused(5, (ctx, keeper) => {
    keeper.createHold(ctx, holdOf(suspended, 1n));
  });
});

row("live | whole day of age | schedule begun | live (smaller)", () => {
  // 300 units for three days: 100 a day, at 10^6 * 3600 * 100 / 86400 per second.
  const scene = held(300n, (3_600n * 1_000_000n * 100n) / 86_400n);
  scene.escrow.must((ctx, keeper) => keeper.startHold(ctx, scene.key, 1n, ctx.now + 259_200n));
  scene.chain.block([], { seconds: 86_399 });
  assert.is(scene.account.held, 300n);
  scene.chain.block([], { seconds: 1 });
  assert.is(scene.account.held, 200n);
  scene.chain.block([], { seconds: 200_000 });
  assert.is(scene.account.held, 0n);
  assert.is(scene.holds().length, 1, "it lives until it is ended");
});

row("live | endHold pay | - | paid", () => {
  const scene = held(400n);
  scene.escrow.must((ctx, keeper) => keeper.endHold(ctx, scene.key, 1n, "pay"));
  assert.is(scene.chain.balance(scene.chain.account("frank").bytes), WEALTH + 400n);
  assert.is(scene.account.balance, 600n);
  scene.escrow.refused(20, (ctx, keeper) => keeper.endHold(ctx, scene.key, 1n, "pay"));
});

row("live | endHold burn | - | burned", () => {
  const scene = held(400n);
  scene.escrow.must((ctx, keeper) => keeper.endHold(ctx, scene.key, 1n, "burn"));
  assert.is(scene.chain.balance(scene.chain.account("frank").bytes), WEALTH);
  assert.is(scene.account.balance, 600n);
  assert.is(scene.account.holdsPaid, 400n);
});

row("live | endHold release | - | released", () => {
  const scene = held(400n);
  scene.escrow.must((ctx, keeper) => keeper.endHold(ctx, scene.key, 1n, "release"));
  assert.is(scene.account.balance, 1_000n);
  assert.is(scene.account.held, 0n);
});

for (const [guard, to, kept] of [
  ["pays on exit", "paid", 0n],
  ["does not pay on exit", "released", 900n],
] as const) {
  row(`live | grace ended | ${guard} | ${to}`, () => {
    const scene = new Scene().open(1_000n);
    scene.escrow.must((ctx, keeper) => {
      keeper.createHold(ctx, { ...holdOf(scene, 900n), paysOnExit: to === "paid" });
    });
    scene.pay(1).start(1);
    scene.chain.advance(3_900);
    assert.is(scene.account.held, 0n);
    assert.is(scene.account.balance, kept);
  });
}

runRows("escrow", rows);

test("every invariant of the application holds after a life, and a query tells the second", () => {
  const scene = new Scene().open(100n).pay(1).start(1);
  const answer = scene.chain.query(
    "/leasehold.escrow.v1.Query/Account",
    QueryAccountRequest,
    QueryAccountResponse,
    { owner: scene.tenant.address, dseq: DSEQ },
  );
  const { fundedUntil, secondsLeft, exhaustedAt, time, free } = answer.funds;
  assert.is(fundedUntil, scene.payment(1).since + 100n);
  assert.is(secondsLeft, fundedUntil - time);
  assert.is(exhaustedAt, fundedUntil + 1n);
  assert.is(free, 100n - (time - scene.payment(1).since));
  scene.chain.advance(120);
  const ctx = scene.chain.ctx();
  const { modules } = scene.chain.client.app.parts;
  for (const module of modules)
    for (const { name, check } of module.invariants ?? []) assert.equal(check(ctx), [], name);
});

test.run();
