// Escrow by time: late queues, grace, budgets, warnings, payouts, deletion, queries between blocks.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AccountState,
  MsgSetPayout,
  QueryAccountRequest,
  QueryMovementsRequest,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type {
  QueryAccountResponse,
  QueryMovementsResponse,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  accountOf,
  ask,
  fromBalance,
  handlerOf,
  openAccount,
  opened,
  payee,
  RATE,
  ref,
  stored,
  TENANT,
} from "../support/escrow.ts";

const time = suite("time");

time("exhaustion after a halt of three days takes what was there and not a unit more", () => {
  const bench = opened(100n, [RATE]);
  bench.advance(259_200, 60);
  const account = stored(bench);
  assert.is(account.state, AccountState.SUSPENDED);
  assert.is(account.suspendedAt, bench.now - 259_200n + 100n);
  assert.is(account.balance, 0n);
  assert.is(account.graceUntil, bench.machine.uptime + account.graceLeft);
  assert.equal(bench.faults(), []);
});

time("a hold step in the second of exhaustion comes first and saves the account", () => {
  const bench = opened(86_400n + 100n, []);
  const { keeper } = bench;
  bench.run((ctx) => {
    const account = accountOf(1n);
    // 200 units for two days, 100 a day; the rest pays for exactly 86,300 s and 100 of the hold more.
    const perSecond = (200n * 3_600n * 1_000_000n) / 172_800n;
    keeper.createHold(ctx, { account, amount: 200n, paysOnExit: true, perSecond });
    keeper.createPayment(ctx, { ...ref(1), payee: payee(1), rate: RATE });
  });
  bench.advance(1, 1, "none");
  bench.run((ctx) => {
    keeper.startHold(ctx, accountOf(1n), 1n, ctx.now + 172_800n);
    keeper.startPayment(ctx, ref(1));
    keeper.burnFromAccount(ctx, accountOf(1n), 0n);
  });
  const start = bench.now;
  // F = 86,300: funded_until = start + 86,300; burn so that e + 1 = the step at start + 86,400.
  assert.is(stored(bench).fundedUntil, start + 86_300n);
  bench.run((ctx) => void keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(99n)]));
  assert.is(stored(bench).fundedUntil + 1n, stored(bench).nextHoldStep);
  bench.advance(86_400);
  assert.is(stored(bench).state, AccountState.OPEN, "the step of the same second frees 100 units");
  assert.is(stored(bench).fundedUntil, start + 86_499n);
  bench.advance(100);
  assert.is(stored(bench).suspendedAt, start + 86_499n);
});

time(
  "a deposit that meets an ended grace before its queue does is kept and resumes nothing",
  () => {
    const bench = opened(100n, [RATE]);
    bench.advance(200);
    const { graceUntil } = stored(bench);
    bench.advance(Number(graceUntil - bench.machine.uptime) - 1, undefined, "none");
    const early = bench.machine.look((ctx) =>
      bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(5_000n)]),
    );
    assert.ok(early.resumed, "one second before its end it resumes");
    bench.advance(1, 1, "none");
    const late = bench.run((ctx) =>
      bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(5_000n)]),
    );
    assert.not.ok(late.resumed);
    assert.is(stored(bench).state, AccountState.SUSPENDED);
    assert.is(stored(bench).balance, 5_000n);
    bench.begin();
    assert.is(stored(bench).payments, 0);
  },
);

time("grace is one budget: it shrinks with use and ten funded seconds give one back", () => {
  const bench = opened(100n, [RATE], { suspendGrace: 3_600n, resumeMinSeconds: 600n });
  bench.advance(200);
  assert.is(stored(bench).graceLeft, 3_600n);
  bench.advance(1_000);
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(1_000n)]));
  assert.is(stored(bench).graceLeft, 2_600n);
  bench.run((ctx) => bench.keeper.startPayment(ctx, ref(1)));
  bench.advance(1_001);
  assert.is(stored(bench).graceLeft, 2_700n, "1000 funded seconds gave 100 back");
});

time("a message that comes before the queue tells both transitions at once, in order", () => {
  const bench = opened(100n, [RATE]);
  bench.advance(200, 200, "none");
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(9_999n)]));
  assert.is(bench.heard.length, 1);
  assert.equal(
    bench.heard[0]?.transitions.map(({ kind }) => kind),
    ["suspended", "resumed"],
  );
});

time("a hook may close payments; the account opens again when none is left", () => {
  const bench = opened(100n, [RATE]);
  bench.onChange = (ctx) => bench.keeper.closePayment(ctx, ref(1));
  bench.advance(200);
  assert.is(stored(bench).state, AccountState.OPEN);
  assert.is(bench.heard.length, 1);
  assert.equal(bench.faults(), []);
});

time("budgets: what a block does not reach keeps its due second and its amounts", () => {
  const bench = opened(100n, [RATE], { exhaustionsPerBlock: 1 });
  for (const dseq of [2n, 3n]) openAccount(bench, dseq, 100n, [RATE]);
  const end = stored(bench).fundedUntil;
  bench.advance(500);
  const suspended = () =>
    [1n, 2n, 3n].filter((dseq) => stored(bench, dseq).state === AccountState.SUSPENDED).length;
  assert.is(suspended(), 1);
  bench.advance(1);
  bench.advance(1);
  assert.is(suspended(), 3);
  for (const dseq of [1n, 2n, 3n]) assert.is(stored(bench, dseq).suspendedAt, end);
});

time("warnings: 24 h and 1 h of funds left, once each, and none after a top-up", () => {
  const bench = opened(2n * 86_400n, [RATE]);
  const warned = (seconds: number): number => {
    bench.machine.advance(seconds);
    const events = bench.events((ctx) => void bench.module.endBlock?.(ctx), "block");
    return events.filter(({ type }) => type === "leasehold.escrow.v1.EventLowFunds").length;
  };
  assert.is(warned(86_400), 0);
  assert.is(warned(1), 1);
  assert.is(warned(1_000), 0);
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(86_400n)]));
  assert.is(warned(85_400), 1, "the day's warning comes again after the top-up");
  assert.is(warned(86_400 - 3_600), 1);
  assert.is(warned(3_598), 0);
  assert.equal(bench.faults(), []);
});

time("payouts by queue: period and minimum of the payee, rhythm kept after a halt", () => {
  const bench = opened(10n ** 9n, [RATE, RATE], { payoutMin: 100_000n });
  const chosen = { payee: bench.machine.addresses.format(payee(2)), period: 3_600n, minimum: 0n };
  bench.run((ctx) => handlerOf(bench, MsgSetPayout).handle(ctx, chosen));
  bench.advance(86_400);
  assert.is(bench.balance(payee(1)), 0n, "86,400 are below the minimum");
  assert.is(bench.balance(payee(2)), 86_400n - 864n);
  bench.advance(3_600);
  assert.is(bench.balance(payee(2)), 90_000n - 900n, "from now on every hour");
  bench.advance(82_800);
  assert.is(bench.balance(payee(1)), 172_800n - 1_728n);
  const first = bench.machine.look((ctx) => bench.keeper.getPayment(ctx, ref(1)).nextPayout);
  bench.advance(3 * 86_400 + 5, 60);
  const next = bench.machine.look((ctx) => bench.keeper.getPayment(ctx, ref(1)).nextPayout);
  assert.is((next - first) % 86_400n, 0n);
  assert.ok(next > bench.now);
  assert.equal(bench.faults(), []);
});

time("a withheld payment is paid by its close only", () => {
  const bench = opened(10n ** 6n, [RATE], { payoutMin: 1n });
  bench.run((ctx) => bench.keeper.setWithheld(ctx, ref(1), true, 0n));
  bench.advance(86_400);
  assert.is(
    bench.run((ctx) => bench.keeper.payOut(ctx, ref(1))),
    0n,
  );
  assert.is(bench.balance(payee(1)), 0n);
  bench.run((ctx) => bench.keeper.closePayment(ctx, ref(1)));
  assert.is(bench.balance(payee(1)), 86_400n - 864n);
});

time("closed records and their statement go when retention ends", () => {
  const bench = opened(10n ** 6n, [RATE], { retention: 86_400n });
  bench.advance(3_600);
  bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1)]));
  const request = QueryMovementsRequest.create({
    owner: bench.machine.addresses.format(TENANT),
    dseq: 1n,
  });
  const lines = () => (ask(bench, "Movements", request) as QueryMovementsResponse).movements;
  assert.equal(
    lines().map(({ kind, amount }) => [kind, amount]),
    [
      [1, 1_000_000n],
      [3, 3_600n],
      [6, 996_400n],
    ],
  );
  bench.advance(86_399);
  assert.is(lines().length, 3);
  bench.advance(1);
  assert.is(lines().length, 0);
  bench.machine.look((ctx) => {
    assert.is(bench.keeper.findAccount(ctx, accountOf(1n)), undefined);
    assert.is(bench.keeper.findPayment(ctx, ref(1)), undefined);
  });
  assert.equal(bench.faults(), []);
});

time("a query between blocks sees what is due, and writes nothing", () => {
  const bench = opened(100n, [RATE]);
  bench.advance(200, 200, "none");
  const request = QueryAccountRequest.create({
    owner: bench.machine.addresses.format(TENANT),
    dseq: 1n,
  });
  const seen = ask(bench, "Account", request) as QueryAccountResponse;
  assert.is(seen.account.state, AccountState.SUSPENDED);
  assert.is(seen.payments[0]?.accrued, 100n);
  assert.is(seen.funds.resumeMissing, 3_600n);
  assert.is(stored(bench).state, AccountState.OPEN);
  assert.is(bench.heard.length, 0);
});

time("nextDue names the first second of each clock", () => {
  const bench = opened(100n, [RATE]);
  const due = () => bench.machine.look((ctx) => bench.module.nextDue?.(ctx));
  assert.equal(due(), { time: stored(bench).fundedUntil + 1n });
  bench.advance(101);
  assert.is(due()?.uptime, stored(bench).graceUntil);
});

time.run();
