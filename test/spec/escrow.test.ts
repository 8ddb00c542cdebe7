// Transition tables of module escrow, through blocks and stores of the whole application. Rows that
// have a message send it; rows that later modules trigger run in a block by a module of the test.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Account, Hold, Payment } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AccountState,
  DepositSource,
  MsgDeposit,
  MsgWithdraw,
  PaymentState,
  QueryAccountRequest,
  QueryAccountResponse,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { bidAccount, deploymentAccount, leasePayment } from "../../modules/escrow/index.ts";
import type { EscrowKeeper, PaymentFlag, PaymentRef } from "../../modules/escrow/index.ts";
import type { Delivered } from "../support/chain.ts";
import { EscrowChain } from "../support/escrow_chain.ts";
import { fromBalance } from "../support/escrow.ts";
import { runRows } from "../support/rows.ts";
import { msg } from "../support/signing.ts";

/** One base unit a second. */
const RATE = 3_600n;
const DSEQ = 7n;
const { OPEN, SUSPENDED, CLOSED } = AccountState;

/** A chain with tenant alice and payees bob (payment 1), carol (2), and so on. */
class Scene {
  readonly escrow = new EscrowChain({
    params: { escrow: { suspend_grace: "3600", resume_min_seconds: "600", max_payments: 4 } },
  });
  readonly chain = this.escrow.chain;
  readonly tenant = this.chain.account("alice");
  readonly key = deploymentAccount(this.tenant.bytes, DSEQ);

  ref(n: number): PaymentRef {
    const names = ["bob", "carol", "dave", "erin", "frank"];
    const provider = this.chain.account(names[n - 1] ?? "bob").bytes;
    return leasePayment({ owner: this.tenant.bytes, dseq: DSEQ, gseq: 1, oseq: n, provider });
  }

  open(amount: bigint): this {
    this.escrow.must((ctx, keeper) => this.create(ctx, keeper, amount));
    return this;
  }

  create(ctx: Context, keeper: EscrowKeeper, amount: bigint, denom = "ulease"): void {
    keeper.createAccount(ctx, {
      account: this.key,
      owner: this.tenant.bytes,
      denom,
      depositor: this.tenant.bytes,
      deposits: amount === 0n ? [] : [fromBalance(amount, denom)],
    });
  }

  pay(n: number, rate = RATE): this {
    const payee = this.chain.account(["bob", "carol", "dave", "erin"][n - 1] ?? "bob").bytes;
    this.escrow.must((ctx, keeper) => keeper.createPayment(ctx, { ...this.ref(n), payee, rate }));
    return this;
  }

  start(n: number): this {
    this.escrow.must((ctx, keeper) => keeper.startPayment(ctx, this.ref(n)));
    return this;
  }

  flag(n: number, flag: PaymentFlag, on: boolean): this {
    this.escrow.must((ctx, keeper) => keeper.setFlag(ctx, this.ref(n), flag, on));
    return this;
  }

  close(n: number): this {
    this.escrow.must((ctx, keeper) => keeper.closePayment(ctx, this.ref(n)));
    return this;
  }

  /** Account with 100 s of funds, payment 1 open, run to exhaustion. */
  exhausted(): this {
    this.open(100n).pay(1).start(1);
    this.chain.advance(120);
    return this;
  }

  deposit(amount: bigint, by = this.tenant): Delivered {
    return this.chain.deliver(by, [
      msg(MsgDeposit, {
        depositor: by.address,
        account: {
          scope: Scope.DEPLOYMENT,
          owner: this.tenant.address,
          dseq: DSEQ,
          gseq: 0,
          oseq: 0,
          provider: "",
        },
        deposits: [
          {
            source: DepositSource.BALANCE,
            granter: "",
            nonce: 0n,
            amount: { denom: "ulease", amount: amount.toString() },
          },
        ],
      }),
    ]);
  }

  get account(): Account {
    return this.escrow.keeper.getAccount(this.chain.ctx(), this.key);
  }

  payment(n: number): Payment {
    return this.escrow.keeper.getPayment(this.chain.ctx(), this.ref(n));
  }

  holds(): readonly Hold[] {
    return this.escrow.keeper.listHolds(this.chain.ctx(), this.key);
  }

  /** What the tenant has. */
  wealth(): bigint {
    return this.chain.balance(this.tenant.bytes);
  }

  is(state: AccountState, payments: readonly PaymentState[] = []): this {
    assert.is(this.account.state, state, "account state");
    for (const [index, expected] of payments.entries())
      assert.is(this.payment(index + 1).state, expected, `payment ${index + 1}`);
    return this;
  }
}

const P = PaymentState;
const WEALTH = 1_000_000_000_000n;
const rows = new Map<string, () => void>();
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
  const scene = new Scene().exhausted();
  const { graceUntil } = scene.account;
  // The queue handles the end of grace in begin block, so a deposit can only meet an ended grace
  // when the queue is late: played on the keeper's own clock comparison, without its block.
  scene.chain.advance(Number(graceUntil - scene.chain.time) - 1);
  scene.is(SUSPENDED);
  assert.is(scene.deposit(5_000n).code, 0);
  scene.is(OPEN);
  assert.is(scene.account.payments, 0, "grace ended in begin block, the deposit is kept");
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
  const { since } = scene.payment(1);
  scene.escrow.must((ctx, keeper) => keeper.closeAccount(ctx, scene.key, [scene.ref(1)]));
  scene.is(CLOSED, [P.CLOSED]);
  assert.is(scene.wealth(), WEALTH - (scene.chain.time - since));
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

// ---- payment -----------------------------------------------------------------------------------

row("none | createPayment | account open, room, rate 1..10^15, name never used | pending", () => {
  const scene = new Scene().open(10_000n).pay(1).is(OPEN, [P.PENDING]);
  const made = { ...scene.ref(2), payee: scene.chain.account("carol").bytes };
  const { escrow } = scene;
  for (const rate of [0n, 10n ** 15n + 1n])
    escrow.refused(19, (ctx, keeper) => keeper.createPayment(ctx, { ...made, rate }));
  escrow.refused(15, (ctx, keeper) =>
    keeper.createPayment(ctx, { ...made, ...scene.ref(1), rate: 1n }),
  );
  scene.close(1);
  escrow.refused(15, (ctx, keeper) =>
    keeper.createPayment(ctx, { ...made, ...scene.ref(1), rate: 1n }),
  );
  for (const n of [2, 3, 4]) scene.pay(n);
  scene.escrow.must((ctx, keeper) =>
    keeper.createPayment(ctx, { ...made, ...scene.ref(5), rate: 1n }),
  );
  const sixth = leasePayment({
    owner: scene.tenant.bytes,
    dseq: DSEQ,
    gseq: 2,
    oseq: 6,
    provider: made.payee,
  });
  escrow.refused(18, (ctx, keeper) => keeper.createPayment(ctx, { ...made, ...sixth, rate: 1n }));
  const suspended = new Scene().exhausted();
  suspended.escrow.refused(5, (ctx, keeper) =>
    keeper.createPayment(ctx, { ...suspended.ref(2), payee: made.payee, rate: 1n }),
  );
});

row("pending | startPayment | no flag | open", () => {
  const scene = new Scene().open(1_000n).pay(1);
  scene.chain.advance(50);
  scene.start(1).is(OPEN, [P.OPEN]);
  assert.is(scene.payment(1).since, scene.chain.time, "accrues from the start only");
  scene.escrow.refused(17, (ctx, keeper) => keeper.startPayment(ctx, scene.ref(1)));
});

row("pending | startPayment | a flag is set | paused", () => {
  const scene = new Scene().open(1_000n).pay(1).flag(1, "silent", true).start(1);
  scene.is(OPEN, [P.PAUSED]);
  assert.is(scene.account.rate, 0n);
});

row("open | setFlag on | - | paused", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1);
  const { since } = scene.payment(1);
  scene.flag(1, "maintenance", true).is(OPEN, [P.PAUSED]);
  const { unpaid } = scene.payment(1);
  assert.is(unpaid, scene.chain.time - since);
  scene.chain.advance(100);
  assert.is(scene.account.fundedUntil, 0n);
  scene.escrow.refused(17, (ctx, keeper) => keeper.startPayment(ctx, scene.ref(1)));
});

row("paused | setFlag off | last flag | open", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1).flag(1, "silent", true);
  const { unpaid } = scene.payment(1);
  scene.chain.advance(60);
  scene.flag(1, "silent", false).is(OPEN, [P.OPEN]);
  assert.is(scene.payment(1).unpaid, unpaid);
  assert.is(scene.payment(1).runSince, scene.chain.time);
});

row("paused | setFlag off | another flag left | paused", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1);
  scene.flag(1, "silent", true).flag(1, "maintenance", true);
  scene.flag(1, "silent", false).is(OPEN, [P.PAUSED]);
});

row("paused | setFlag on | - | paused", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1);
  scene.flag(1, "silent", true).flag(1, "maintenance", true).is(OPEN, [P.PAUSED]);
  assert.ok(scene.payment(1).silent && scene.payment(1).maintenance);
});

row("pending | setFlag on or off | - | pending", () => {
  const scene = new Scene().open(1_000n).pay(1).flag(1, "silent", true).is(OPEN, [P.PENDING]);
  scene.flag(1, "silent", false).is(OPEN, [P.PENDING]);
});

row("suspended | setFlag on or off | - | suspended", () => {
  const scene = new Scene().exhausted().flag(1, "silent", true).is(SUSPENDED, [P.SUSPENDED]);
  scene.flag(1, "silent", false).is(SUSPENDED, [P.SUSPENDED]);
});

row("open | exhaustion | - | suspended", () => {
  const scene = new Scene().exhausted().is(SUSPENDED, [P.SUSPENDED]);
  const { since, unpaid, startedAt } = scene.payment(1);
  assert.is(unpaid, 100n);
  assert.is(since, startedAt + 100n, "settled at funded_until");
});

row("pending | exhaustion | of another payment's account | suspended", () => {
  const scene = new Scene().open(100n).pay(2).pay(1).start(1);
  scene.chain.advance(120);
  scene.is(SUSPENDED, [P.SUSPENDED, P.SUSPENDED]);
  assert.is(scene.payment(2).unpaid, 0n);
});

row("paused | exhaustion | of another payment's account | suspended", () => {
  const scene = new Scene().open(100n).pay(2).start(2).flag(2, "silent", true).pay(1).start(1);
  scene.chain.advance(120);
  scene.is(SUSPENDED, [P.SUSPENDED, P.SUSPENDED]);
  assert.ok(scene.payment(2).silent, "flags are kept");
});

row("suspended | resume | - | pending", () => {
  // 1 unit in 7 s: the carry of a rate that does not divide the hour is kept.
  const scene = new Scene().open(7n).pay(1, 514n).start(1);
  scene.chain.advance(120);
  scene.flag(1, "silent", true);
  const { carry } = scene.payment(1);
  assert.ok(carry > 0n);
  assert.is(scene.deposit(10_000n).code, 0);
  scene.is(OPEN, [P.PENDING]);
  assert.is(scene.payment(1).carry, carry);
  assert.ok(scene.payment(1).silent);
  scene.start(1).is(OPEN, [P.PAUSED]);
});

row("open | setRate | rate 1..10^15 | open", () => {
  const scene = new Scene().open(10_000n).pay(1, 1_801n).start(1);
  const { since } = scene.payment(1);
  scene.escrow.must((ctx, keeper) => keeper.setRate(ctx, scene.ref(1), 7_200n));
  const after = scene.payment(1);
  const total = 1_801n * (scene.chain.time - since);
  assert.is(3_600n * after.settled + after.carry, total, "settled at the old rate, carry kept");
  assert.is(scene.account.rate, 7_200n);
  assert.is(after.runSince, scene.chain.time);
  scene.escrow.refused(19, (ctx, keeper) => keeper.setRate(ctx, scene.ref(1), 0n));
});

row("paused | setRate | rate 1..10^15 | paused", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1).flag(1, "silent", true);
  scene.escrow.must((ctx, keeper) => keeper.setRate(ctx, scene.ref(1), 60n));
  scene.is(OPEN, [P.PAUSED]);
  assert.is(scene.account.committedRate, 60n);
  scene.flag(1, "silent", false);
  assert.is(scene.account.rate, 60n);
});

row("pending | closePayment | - | closed", () => {
  const scene = new Scene().open(1_000n).pay(1);
  scene.escrow.refused(17, (ctx, keeper) => keeper.setRate(ctx, scene.ref(1), 5n));
  scene.close(1).is(OPEN, [P.CLOSED]);
  assert.is(scene.payment(1).settled, 0n);
  assert.is(scene.account.committedRate, 0n);
});

row("open | closePayment | - | closed", () => {
  const scene = new Scene().open(1_000_000n).pay(1, 3_600_001n).start(1);
  const bob = scene.chain.account("bob").bytes;
  const { since } = scene.payment(1);
  scene.close(1).is(OPEN, [P.CLOSED]);
  const gross = (3_600_001n * (scene.chain.time - since)) / 3_600n;
  const fee = (gross * 10_000n) / 1_000_000n;
  assert.is(scene.chain.balance(bob), WEALTH + gross - fee);
  assert.is(scene.account.balance, 1_000_000n - gross);
  assert.is(scene.payment(1).carry, 0n);
  for (const act of ["closePayment", "startPayment", "settle"] as const)
    scene.escrow.refused(16, (ctx, keeper) => keeper[act](ctx, scene.ref(1)));
  scene.escrow.refused(16, (ctx, keeper) => keeper.setFlag(ctx, scene.ref(1), "silent", true));
  const [late] = scene.chain.block([
    scene.chain.sign(scene.chain.account("bob"), [
      msg(MsgWithdraw, {
        signer: scene.chain.account("bob").address,
        payments: [scene.payment(1).id],
      }),
    ]),
  ]);
  assert.equal([late?.codespace, late?.code], ["escrow", 16]);
});

row("paused | closePayment | - | closed", () => {
  const scene = new Scene().open(1_000n).pay(1).start(1).flag(1, "silent", true);
  scene.close(1).is(OPEN, [P.CLOSED]);
  assert.is(scene.payment(1).unpaid, 0n);
});

row("suspended | closePayment | - | closed", () => {
  const scene = new Scene().exhausted();
  scene.escrow.refused(17, (ctx, keeper) => keeper.startPayment(ctx, scene.ref(1)));
  scene.escrow.refused(17, (ctx, keeper) => keeper.setRate(ctx, scene.ref(1), 5n));
  scene.close(1);
  assert.is(scene.payment(1).state, P.CLOSED);
  assert.is(scene.payment(1).paid, 100n);
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
