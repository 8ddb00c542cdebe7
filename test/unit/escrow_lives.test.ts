// Random lives of accounts: the keeper against the naive per-second model of test/sim. Blocks come
// seconds, hours or (a halt) days apart, queues run or are late, and everything must agree to the
// unit: accrual, the second of exhaustion, holds, resume, grace, payouts with their fee, refund.
// LIVES=n plays another number of lives, SEED=n only the life with that seed.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { ChainError } from "../../chain/base/errors.ts";
import { AccountState, PaymentState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { deploymentAccount, leasePayment } from "../../modules/escrow/index.ts";
import type { PaymentRef } from "../../modules/escrow/index.ts";
import { EscrowModel } from "../sim/escrow_model.ts";
import type { ModelRules } from "../sim/escrow_model.ts";
import { EscrowBench, fromBalance, moduleOf, testAddress } from "../support/escrow.ts";

const LIVES = Number(process.env["LIVES"] ?? 1_000);
const STEPS = 60;
const TENANT = testAddress(1);
const HOLDER = testAddress(2);
const WEALTH = 10n ** 15n;

const RULES: ModelRules = {
  maxPayments: 4,
  resumeSeconds: 600,
  suspendGrace: 7_200,
  refill: 10,
  payoutPeriod: 43_200,
  payoutMin: 50,
  feePpm: 30_011,
  burnPpm: 400_003,
  communityPpm: 500_009,
};

/** Mulberry32: a small seeded generator, numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a thousand lives met, so that the test shows that it tests something. */
const met = { exhausted: 0, late: 0, resumed: 0, graces: 0, halts: 0, steps: 0, refused: 0 };

class Life {
  readonly account = deploymentAccount(TENANT, 7n);
  readonly bench = new EscrowBench({
    maxPayments: RULES.maxPayments,
    resumeMinSeconds: BigInt(RULES.resumeSeconds),
    suspendGrace: BigInt(RULES.suspendGrace),
    graceRefill: BigInt(RULES.refill),
    payoutPeriod: BigInt(RULES.payoutPeriod),
    payoutMin: BigInt(RULES.payoutMin),
    feePpm: RULES.feePpm,
    burnPpm: RULES.burnPpm,
    communityOfRestPpm: RULES.communityPpm,
    // A warning is a touch that the model does not know; warnings are tested by themselves.
    lowFundsNotices: [],
  });
  readonly model: EscrowModel;
  readonly random: () => number;
  names = 0;

  constructor(seed: number) {
    this.random = generator(seed);
    const { bench } = this;
    bench.fund(TENANT, WEALTH);
    bench.fund(moduleOf("funder"), WEALTH);
    this.model = new EscrowModel(RULES, Number(bench.now), Number(bench.machine.uptime));
    const first = this.below(30_000);
    bench.run((ctx) =>
      bench.keeper.createAccount(ctx, {
        account: this.account,
        owner: TENANT,
        denom: "ulease",
        depositor: TENANT,
        deposits: [fromBalance(BigInt(first + 1))],
      }),
    );
    this.model.deposit(first + 1);
  }

  below(n: number): number {
    return Math.floor(this.random() * n);
  }

  ref(name: number): PaymentRef {
    const order = { owner: TENANT, dseq: 7n, gseq: 1, oseq: name };
    return leasePayment({ ...order, provider: testAddress(100 + name) });
  }

  /** Does the same to both; they must agree on whether it can be done. */
  both(what: string, done: boolean, act: (ctx: Context) => unknown): void {
    let refusal: ChainError | undefined;
    try {
      this.bench.run(act);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      refusal = error;
    }
    assert.is(refusal === undefined, done, `${what}: ${refusal?.message ?? "was done"}`);
    if (!done) met.refused += 1;
  }

  /** Time to the next block, and whether its queues run. */
  pass(): void {
    const kind = this.random();
    const halt = kind < 0.01;
    const seconds = halt
      ? 259_200
      : kind < 0.5
        ? 1 + this.below(20)
        : kind < 0.9
          ? 1 + this.below(4_000)
          : 1 + this.below(100_000);
    // After a halt the uptime clock has moved by one block gap only; else blocks came in between.
    const uptime = halt ? 60 : seconds;
    if (halt) met.halts += 1;
    const { bench, model } = this;
    bench.advance(seconds, uptime, "none");
    model.pass(Number(bench.now), Number(bench.machine.uptime));
    if (model.unseen) met.exhausted += 1;
    if (this.random() < 0.7) this.begin();
    else if (model.unseen) met.late += 1;
    if (this.random() < 0.6) this.end();
  }

  begin(): void {
    this.bench.begin();
    this.model.touch();
    if (this.model.state === "suspended" && this.model.uptime >= this.model.graceUntil)
      met.graces += 1;
    this.model.graceDue();
  }

  end(): void {
    this.bench.end();
    this.model.payoutsDue();
  }

  anyName(): number {
    return this.names === 0 ? 1 : 1 + this.below(this.names);
  }

  act(): void {
    const { bench, model, account } = this;
    const { keeper } = bench;
    const rescue = model.state === "suspended" && this.random() < 0.5;
    const kind = rescue ? 1 : this.below(15);
    const name = this.anyName();
    const ref = this.ref(name);
    const outcome = (["pay", "burn", "release"] as const)[this.below(3)] ?? "pay";
    if (kind <= 1) {
      const amount = 1 + this.below(kind === 0 ? 200 : 20_000);
      const before = model.state;
      this.both("deposit", model.deposit(amount), (ctx) =>
        keeper.deposit(ctx, account, TENANT, [fromBalance(BigInt(amount))]),
      );
      if (before === "suspended" && model.state === "open") met.resumed += 1;
    } else if (kind <= 3) {
      const rate = 1 + this.below(this.random() < 0.3 ? 50 : 40_000);
      const fresh = this.names + 1;
      const done = model.create(fresh, rate);
      this.both("create", done, (ctx) => {
        const made = { ...this.ref(fresh), payee: testAddress(100 + fresh), rate: BigInt(rate) };
        keeper.createPayment(ctx, made);
      });
      if (done) this.names = fresh;
    } else if (kind <= 6) {
      const waiting = model.payments.find((payment) => payment.state === "pending");
      const chosen = waiting?.name ?? name;
      this.both("start", model.start(chosen), (ctx) => keeper.startPayment(ctx, this.ref(chosen)));
    } else if (kind === 7) {
      const rate = 1 + this.below(40_000);
      this.both("rate", model.rate(name, rate), (ctx) => keeper.setRate(ctx, ref, BigInt(rate)));
    } else if (kind === 8) {
      const flag = this.random() < 0.5 ? "silent" : "maintenance";
      const on = this.random() < 0.5;
      this.both("flag", model.flag(name, flag, on), (ctx) => keeper.setFlag(ctx, ref, flag, on));
    } else if (kind <= 10) {
      this.both("payout", model.payOut(name), (ctx) => keeper.payOut(ctx, ref));
    } else if (kind === 11) {
      this.both("close", model.close([name], outcome), (ctx) =>
        keeper.closePayment(ctx, { ...ref, holds: outcome }),
      );
    } else if (kind === 12) {
      this.actHold(outcome);
    } else if (kind === 13) {
      const amount = 1 + this.below(500);
      this.both("credit", model.credit(amount), (ctx) =>
        keeper.credit(ctx, account, BigInt(amount), {
          kind: "module",
          module: "funder",
          owner: TENANT,
          denom: "ulease",
        }),
      );
    } else {
      const amount = 1 + this.below(100);
      this.both("burn", model.burn(amount), (ctx) =>
        keeper.burnFromAccount(ctx, account, BigInt(amount)),
      );
    }
  }

  actHold(outcome: "pay" | "burn" | "release"): void {
    const { bench, model, account } = this;
    const { keeper } = bench;
    const waiting = model.holds.find((hold) => hold.start === 0 && hold.perSecond > 0);
    if (waiting !== undefined && this.random() < 0.7) {
      const end = model.now + 1 + this.below(400_000);
      this.both("start hold", model.startHold(waiting.id, end), (ctx) =>
        keeper.startHold(ctx, account, BigInt(waiting.id), BigInt(end)),
      );
    } else if (model.holds.length > 0 && this.random() < 0.4) {
      const { id } = model.holds[this.below(model.holds.length)] ?? { id: 0 };
      this.both("end hold", model.endHold(id, outcome), (ctx) =>
        keeper.endHold(ctx, account, BigInt(id), outcome),
      );
    } else {
      const amount = 1 + this.below(3_000);
      const owner = this.random() < 0.6 ? model.payments[0]?.name : undefined;
      const perSecond = this.random() < 0.7 ? amount * 9_000 + this.below(9_000) : 0;
      const onExit = this.random() < 0.5;
      this.both("hold", model.hold(amount, owner, perSecond, onExit), (ctx) =>
        keeper.createHold(ctx, {
          account,
          amount: BigInt(amount),
          beneficiary: HOLDER,
          paysOnExit: onExit,
          ...(owner === undefined ? {} : { payment: this.ref(owner) }),
          ...(perSecond === 0 ? {} : { perSecond: BigInt(perSecond) }),
        }),
      );
    }
  }

  /** Both see the same account now. The keeper is looked at, not written. */
  compare(): void {
    const { bench, model, account } = this;
    bench.machine.look((ctx) => {
      const funds = bench.keeper.funds(ctx, account);
      const found = bench.keeper.getAccount(ctx, account);
      const states = { open: AccountState.OPEN, suspended: AccountState.SUSPENDED, closed: 3 };
      assert.is(found.state, states[model.state], "state");
      assert.is(found.suspendedAt, BigInt(model.suspendedAt), "second of exhaustion");
      assert.is(funds.free, BigInt(model.free), "free");
      assert.is(funds.held, BigInt(model.held), "held");
      assert.is(funds.committedRate, BigInt(model.committed), "committed rate");
      if (!model.unseen) assert.is(found.graceUntil, BigInt(model.graceUntil), "grace");
      assert.is(found.payments, model.payments.length, "payments");
      for (const payment of model.payments) {
        const ref = this.ref(payment.name);
        assert.is(
          PAYMENT_STATES[payment.state],
          bench.keeper.getPayment(ctx, ref).state,
          "payment",
        );
        assert.is(bench.keeper.accrued(ctx, ref), BigInt(payment.unpaid), "accrued");
      }
    });
  }

  /** With everything settled (on a branch that is thrown away) the entries are the same ones. */
  compareEntries(): void {
    const { bench, model, account } = this;
    bench.machine.look((ctx) => {
      for (const payment of model.payments) bench.keeper.settle(ctx, this.ref(payment.name));
      const { entries } = bench.keeper.getAccount(ctx, account);
      const found = entries.map(({ id, rest }) => [Number(id), Number(rest)]);
      assert.equal(
        found,
        model.entries.map(({ id, rest }) => [id, rest]),
        "entries",
      );
    });
  }

  finish(): void {
    const { bench, model, account } = this;
    for (const { id } of model.holds)
      this.both("last hold", model.endHold(id, "pay"), (ctx) =>
        bench.keeper.endHold(ctx, account, BigInt(id), "pay"),
      );
    const ends = model.payments.map((payment) => this.ref(payment.name));
    this.both("close account", model.closeAccount(), (ctx) =>
      bench.keeper.closeAccount(ctx, account, ends),
    );
    const totals = { burned: model.purse.burned, community: 0, insurance: 0 };
    for (const payment of model.ended) {
      const shares = model.shares(payment);
      totals.burned += shares.burned;
      totals.community += shares.community;
      totals.insurance += shares.insurance;
      assert.is(bench.balance(testAddress(100 + payment.name)), BigInt(shares.net), "net pay");
    }
    assert.is(bench.balance(moduleOf("burned")), BigInt(totals.burned), "burned");
    assert.is(bench.balance(moduleOf("fee_collector")), BigInt(totals.community), "community");
    assert.is(bench.balance(moduleOf("insurance")), BigInt(totals.insurance), "insurance");
    assert.is(bench.balance(HOLDER), BigInt(model.purse.holder), "holds paid");
    assert.is(bench.balance(moduleOf("escrow")), 0n, "left in the module account");
    const refunded = bench.machine.look((ctx) => bench.keeper.getAccount(ctx, account).refunded);
    assert.is(refunded, BigInt(model.purse.refunded), "refunded");
  }
}

const PAYMENT_STATES = {
  pending: PaymentState.PENDING,
  open: PaymentState.OPEN,
  paused: PaymentState.PAUSED,
  suspended: PaymentState.SUSPENDED,
  closed: PaymentState.CLOSED,
} as const;

function play(seed: number): void {
  const life = new Life(seed);
  for (let step = 0; step < STEPS; step++) {
    if (life.random() < 0.6) life.pass();
    else life.act();
    met.steps += 1;
    life.compare();
    life.compareEntries();
    if (step % 7 === 0) assert.equal(life.bench.faults(), [], "invariants");
  }
  life.finish();
  assert.equal(life.bench.faults(), [], "invariants at the end");
}

test(`${LIVES} random lives agree with the per-second model to the unit`, () => {
  const only = process.env["SEED"];
  for (let seed = 1; seed <= LIVES; seed++) {
    if (only !== undefined && Number(only) !== seed) continue;
    try {
      play(seed);
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  }
  if (only === undefined && LIVES >= 1_000) {
    const scarce = Object.entries(met).filter(([, count]) => count < 50);
    assert.equal(scarce, [], `what the lives met: ${JSON.stringify(met)}`);
  }
});

test.run();
