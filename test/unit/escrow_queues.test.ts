// Escrow by time and by accident: late queues, warnings, payouts, deletion, coins that cannot be
// delivered, quarantine, hooks, genesis, and the defects of another market's escrow as regressions.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressFromBytes } from "../../chain/base/address.ts";
import { ChainError, defineErrors } from "../../chain/base/errors.ts";
import {
  AccountState,
  DepositSource,
  MsgSetPayout,
  MsgWithdraw,
  MsgWithdrawUnclaimed,
  PaymentState,
  QueryAccountRequest,
  QueryMovementsRequest,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type {
  GenesisState,
  QueryAccountResponse,
  QueryMovementsResponse,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { deploymentAccount, leasePayment } from "../../modules/escrow/index.ts";
import type { AccountKey, PaymentRef } from "../../modules/escrow/index.ts";
import { EscrowBench, fromBalance, moduleOf, testAddress } from "../support/escrow.ts";

const TENANT = testAddress(1);
const RATE = 3_600n;
const WEALTH = 10n ** 12n;

const payee = (n: number) => testAddress(100 + n);
const accountOf = (dseq: bigint): AccountKey => deploymentAccount(TENANT, dseq);

function ref(n: number, dseq = 1n): PaymentRef {
  return leasePayment({ owner: TENANT, dseq, gseq: 1, oseq: n, provider: payee(n) });
}

/** A bench with one account of so much money and payments of the given rates, all open. */
function opened(
  amount: bigint,
  rates: readonly bigint[],
  params: ConstructorParameters<typeof EscrowBench>[0] = {},
): EscrowBench {
  const bench = new EscrowBench(params);
  bench.fund(TENANT, WEALTH);
  open(bench, 1n, amount, rates);
  return bench;
}

function open(bench: EscrowBench, dseq: bigint, amount: bigint, rates: readonly bigint[]): void {
  const { keeper } = bench;
  bench.run((ctx) => {
    keeper.createAccount(ctx, {
      account: accountOf(dseq),
      owner: TENANT,
      denom: "ulease",
      depositor: TENANT,
      deposits: [fromBalance(amount)],
    });
    for (const [index, rate] of rates.entries()) {
      keeper.createPayment(ctx, { ...ref(index + 1, dseq), payee: payee(index + 1), rate });
      keeper.startPayment(ctx, ref(index + 1, dseq));
    }
  });
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ChainError) return `${error.codespace}/${error.code}`;
    throw error;
  }
  return "done";
}

const handler = (bench: EscrowBench, type: { readonly name: string }) => {
  const found = bench.module.messages?.find((candidate) => candidate.type.name === type.name);
  if (found === undefined) throw new Error(`no handler of ${type.name}`);
  return found;
};

const query = (bench: EscrowBench, name: string, request: unknown): unknown => {
  const found = bench.module.queries?.find(({ path }) => path.endsWith(`/${name}`));
  return bench.machine.look((ctx) => found?.handle(ctx, request));
};

const state = (bench: EscrowBench, dseq = 1n) =>
  bench.machine.look((ctx) => bench.keeper.getAccount(ctx, accountOf(dseq)));

// ---- time --------------------------------------------------------------------------------------

const time = suite("time");

time("exhaustion after a halt of three days takes what was there and not a unit more", () => {
  const bench = opened(100n, [RATE]);
  bench.advance(259_200, 60);
  const account = state(bench);
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
  assert.is(state(bench).fundedUntil, start + 86_300n);
  bench.run((ctx) => void keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(99n)]));
  assert.is(state(bench).fundedUntil + 1n, state(bench).nextHoldStep);
  bench.advance(86_400);
  assert.is(state(bench).state, AccountState.OPEN, "the step of the same second frees 100 units");
  assert.is(state(bench).fundedUntil, start + 86_499n);
  bench.advance(100);
  assert.is(state(bench).suspendedAt, start + 86_499n);
});

time(
  "a deposit that meets an ended grace before its queue does is kept and resumes nothing",
  () => {
    const bench = opened(100n, [RATE]);
    bench.advance(200);
    const { graceUntil } = state(bench);
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
    assert.is(state(bench).state, AccountState.SUSPENDED);
    assert.is(state(bench).balance, 5_000n);
    bench.begin();
    assert.is(state(bench).payments, 0);
  },
);

time("grace is one budget: it shrinks with use and ten funded seconds give one back", () => {
  const bench = opened(100n, [RATE], { suspendGrace: 3_600n, resumeMinSeconds: 600n });
  bench.advance(200);
  assert.is(state(bench).graceLeft, 3_600n);
  bench.advance(1_000);
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(1_000n)]));
  assert.is(state(bench).graceLeft, 2_600n);
  bench.run((ctx) => bench.keeper.startPayment(ctx, ref(1)));
  bench.advance(1_001);
  assert.is(state(bench).graceLeft, 2_700n, "1000 funded seconds gave 100 back");
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
  assert.is(state(bench).state, AccountState.OPEN);
  assert.is(bench.heard.length, 1);
  assert.equal(bench.faults(), []);
});

time("budgets: what a block does not reach keeps its due second and its amounts", () => {
  const bench = opened(100n, [RATE], { exhaustionsPerBlock: 1 });
  for (const dseq of [2n, 3n]) open(bench, dseq, 100n, [RATE]);
  const end = state(bench).fundedUntil;
  bench.advance(500);
  const suspended = () =>
    [1n, 2n, 3n].filter((dseq) => state(bench, dseq).state === AccountState.SUSPENDED).length;
  assert.is(suspended(), 1);
  bench.advance(1);
  bench.advance(1);
  assert.is(suspended(), 3);
  for (const dseq of [1n, 2n, 3n]) assert.is(state(bench, dseq).suspendedAt, end);
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
  bench.run((ctx) => handler(bench, MsgSetPayout).handle(ctx, chosen));
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
  const bench = opened(10n ** 6n, [RATE]);
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
  const lines = () => (query(bench, "Movements", request) as QueryMovementsResponse).movements;
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
  const seen = query(bench, "Account", request) as QueryAccountResponse;
  assert.is(seen.account.state, AccountState.SUSPENDED);
  assert.is(seen.payments[0]?.accrued, 100n);
  assert.is(seen.funds.resumeMissing, 3_600n);
  assert.is(state(bench).state, AccountState.OPEN);
  assert.is(bench.heard.length, 0);
});

time("nextDue names the first second of each clock", () => {
  const bench = opened(100n, [RATE]);
  const due = () => bench.machine.look((ctx) => bench.module.nextDue?.(ctx));
  assert.equal(due(), { time: state(bench).fundedUntil + 1n });
  bench.advance(101);
  assert.is(due()?.uptime, state(bench).graceUntil);
});

time.run();

// ---- accidents -----------------------------------------------------------------------------------

const accidents = suite("accidents");
const broken = defineErrors("test", { broken: [2, "broken on purpose"] });

accidents("coins that cannot be delivered wait for their owner, and nothing fails", () => {
  const bench = opened(1_000n, [RATE]);
  bench.bank.refuses = payee(1);
  bench.advance(500);
  bench.run((ctx) => bench.keeper.closePayment(ctx, ref(1)));
  assert.is(bench.balance(payee(1)), 0n);
  assert.equal(bench.faults(), []);
  const address = bench.machine.addresses.format(payee(1));
  const fetch = () =>
    bench.run((ctx) => handler(bench, MsgWithdrawUnclaimed).handle(ctx, { address }));
  assert.is(refusal(fetch), "sdk/4", "still refused");
  bench.bank.refuses = undefined;
  fetch();
  assert.is(bench.balance(payee(1)), 495n);
  assert.is(refusal(fetch), "escrow/24");
  assert.equal(bench.faults(), []);
});

accidents("pay sent to the module account itself stays owed to its address", () => {
  const bench = opened(1_000n, []);
  const self = addressFromBytes(moduleOf("escrow"));
  const own = leasePayment({ owner: TENANT, dseq: 1n, gseq: 1, oseq: 9, provider: self });
  bench.run((ctx) => {
    bench.keeper.createPayment(ctx, { ...own, payee: self, rate: RATE });
    bench.keeper.startPayment(ctx, own);
  });
  bench.advance(100, 100, "none");
  bench.run((ctx) => bench.keeper.closePayment(ctx, own));
  assert.equal(bench.faults(), []);
});

accidents("a poisoned account is set aside, others go on, and a retry takes it up again", () => {
  const bench = opened(100n, [RATE]);
  open(bench, 2n, 100n, [RATE]);
  const end = state(bench).fundedUntil;
  bench.onChange = (_ctx, change) => {
    if (change.account.join() === accountOf(1n).join()) throw broken.broken.error();
  };
  bench.advance(200);
  assert.is(bench.machine.quarantined.length, 1);
  assert.ok(state(bench).quarantined);
  assert.is(state(bench, 2n).state, AccountState.SUSPENDED);
  assert.equal(bench.faults(), []);
  // Touches skip the due step and settle at most to funded_until.
  bench.run((ctx) => bench.keeper.payOut(ctx, ref(1)));
  assert.is(bench.balance(payee(1)), 99n);
  assert.is(state(bench).state, AccountState.OPEN);
  bench.onChange = undefined;
  const [item] = bench.machine.quarantined;
  if (item === undefined) throw new Error("nothing was set aside");
  bench.run((ctx) => {
    const timers = bench.module.queues?.find(({ queue }) => queue.place.name === item.queue);
    timers?.retry?.(ctx, item);
    timers?.queue.insert(ctx, item.second, item.kind, item.id);
  }, "block");
  bench.advance(10);
  assert.is(state(bench).state, AccountState.SUSPENDED);
  assert.is(state(bench).suspendedAt, end);
  assert.equal(bench.faults(), []);
});

accidents("debts that a sink keeps are credited to whom they are owed", () => {
  const bench = new EscrowBench(
    {},
    {
      place: (_ctx, recipient, net) => ({
        debts: [{ account: accountOf(1n), owner: TENANT, amount: 40n }],
        bond: 0n,
        payee: net.amount - 40n,
        recipient,
      }),
    },
  );
  bench.fund(TENANT, WEALTH);
  open(bench, 1n, 1_000n, [RATE]);
  bench.advance(500, 500, "none");
  bench.run((ctx) => bench.keeper.payOut(ctx, ref(1)));
  assert.is(bench.balance(payee(1)), 455n);
  assert.is(state(bench).credited, 40n);
  assert.is(state(bench).balance, 540n);
  assert.equal(bench.faults(), []);
});

accidents("genesis: export and import give the same objects and the same queues", () => {
  const bench = opened(10n ** 6n, [RATE, 77n]);
  open(bench, 2n, 100n, [RATE]);
  bench.advance(500);
  bench.run((ctx) => bench.keeper.closePayment(ctx, ref(2)));
  bench.run((ctx) => {
    const account = accountOf(1n);
    bench.keeper.createHold(ctx, { account, amount: 5n, paysOnExit: true, perSecond: 9n });
  });
  const part = bench.module.genesis;
  const exported = bench.machine.look((ctx) => part?.export(ctx)) as GenesisState;
  const twin = new EscrowBench();
  part?.validate(exported, { addresses: bench.machine.addresses });
  twin.machine.advance(500);
  twin.run((ctx) => void twin.module.genesis?.init(ctx, exported), "genesis");
  twin.fund(moduleOf("escrow"), bench.balance(moduleOf("escrow")));
  assert.equal(twin.faults(), []);
  assert.equal(
    twin.machine.look((ctx) => twin.module.genesis?.export(ctx)),
    exported,
  );
});

accidents.run();

// ---- defects of another market, each a regression here ---------------------------------------------

const defects = suite("defects seen elsewhere");

const withdrawBy = (bench: EscrowBench, ctx: Context, by: number, id: number): unknown => {
  const { addresses } = bench.machine;
  return handler(bench, MsgWithdraw).handle(ctx, {
    signer: addresses.format(payee(by)),
    payments: [bench.keeper.getPayment(ctx, ref(id)).id],
  });
};

defects("E1: withdrawing twice in one block succeeds, the second time with nothing", () => {
  const bench = opened(10_000n, [RATE]);
  bench.advance(100, 100, "none");
  bench.run((ctx) => {
    assert.equal(withdrawBy(bench, ctx, 1, 1), { amount: [{ denom: "ulease", amount: "99" }] });
    assert.equal(withdrawBy(bench, ctx, 1, 1), { amount: [] });
  });
  assert.is(bench.balance(payee(1)), 99n);
  assert.is(
    refusal(() => bench.run((ctx) => withdrawBy(bench, ctx, 2, 1))),
    "sdk/4",
  );
});

defects(
  "E2: a close in the block of a withdrawal really closes, and nothing accrues after it",
  () => {
    const bench = opened(10_000n, [RATE]);
    bench.advance(100, 100, "none");
    bench.run((ctx) => withdrawBy(bench, ctx, 1, 1));
    bench.run((ctx) => bench.keeper.closePayment(ctx, ref(1)));
    bench.advance(1_000, 1_000, "none");
    const found = bench.machine.look((ctx) => bench.keeper.getPayment(ctx, ref(1)));
    assert.is(found.state, PaymentState.CLOSED);
    assert.is(found.settled, 100n);
    assert.is(
      refusal(() => bench.run((ctx) => withdrawBy(bench, ctx, 1, 1))),
      "escrow/16",
    );
  },
);

defects(
  "E3: an account closed in the block of a settlement pays everybody and refunds the rest",
  () => {
    const bench = opened(10_000n, [RATE, 2n * RATE]);
    bench.advance(100, 100, "none");
    bench.run((ctx) => bench.keeper.settle(ctx, ref(1)));
    bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1), ref(2)]));
    assert.is(bench.balance(payee(1)), 99n);
    assert.is(bench.balance(payee(2)), 198n);
    assert.is(bench.balance(TENANT), WEALTH - 300n);
    assert.is(bench.balance(moduleOf("escrow")), 0n);
  },
);

defects("E4: a new payment keeps what the others have accrued", () => {
  const bench = opened(10_000n, [RATE]);
  bench.advance(100, 100, "none");
  bench.run((ctx) => bench.keeper.createPayment(ctx, { ...ref(2), payee: payee(2), rate: RATE }));
  bench.machine.look((ctx) => assert.is(bench.keeper.accrued(ctx, ref(1)), 100n));
});

defects("E5: settling every second pays as much as settling once", () => {
  const bench = opened(10_000n, [1_000n]);
  for (let second = 0; second < 3_600; second++) {
    bench.machine.advance(1);
    bench.run((ctx) => bench.keeper.settle(ctx, ref(1)));
  }
  bench.machine.look((ctx) => assert.is(bench.keeper.accrued(ctx, ref(1)), 1_000n));
});

defects("E6: when funds run out nobody is short-paid, whatever the order of names", () => {
  const bench = opened(100n, [10n * RATE, 10n * RATE]);
  bench.advance(6);
  for (const n of [1, 2])
    bench.machine.look((ctx) => assert.is(bench.keeper.accrued(ctx, ref(n)), 50n));
  assert.is(state(bench).state, AccountState.SUSPENDED);
  assert.is(state(bench).balance, 0n);
});

defects("E7: an account whose name begins another's has its own payments only", () => {
  const bench = opened(10_000n, [RATE], {});
  for (const dseq of [256n, 257n]) open(bench, dseq, 10_000n, [RATE]);
  const longer = accountOf(1n);
  bench.machine.look((ctx) => {
    assert.is(bench.keeper.listPayments(ctx, longer).length, 1);
    // A name that is a prefix of another name, as hand-picked bytes could be.
    const prefix = longer.subarray(0, longer.length - 1) as AccountKey;
    assert.is(bench.keeper.listPayments(ctx, prefix).length, 0);
  });
});

defects("E8: the module account equals the objects to the unit, in every denom", () => {
  const bench = opened(10_001n, [7n, 11n, 13n]);
  for (let day = 0; day < 20; day++) {
    bench.advance(86_400);
    assert.equal(bench.faults(), []);
  }
});

defects("E9: the fraction of a unit at close stays the tenant's", () => {
  const bench = opened(10n, [3_599n]);
  bench.advance(1, 1, "none");
  bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1)]));
  assert.is(bench.balance(TENANT), WEALTH);
});

defects("E10: amounts beyond 64 bits are kept, spent and refunded whole", () => {
  const bench = new EscrowBench();
  const huge = 2n ** 200n + 7n;
  bench.fund(TENANT, huge);
  open(bench, 1n, huge, [10n ** 15n]);
  bench.advance(3_600, 3_600, "none");
  bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1)]));
  assert.is(bench.balance(TENANT), huge - 10n ** 15n);
});

defects.run();

// ---- deposits --------------------------------------------------------------------------------------

const deposits = suite("deposits");

deposits("what is not served or not meant is refused with a code", () => {
  const bench = opened(1_000n, []);
  const { keeper } = bench;
  const put = (source: number, denom: string, amount: string, by = TENANT) =>
    refusal(() =>
      bench.run((ctx) =>
        keeper.deposit(ctx, accountOf(1n), by, [
          { source, granter: "", nonce: 0n, amount: { denom, amount } },
        ]),
      ),
    );
  assert.is(put(DepositSource.GRANT, "ulease", "1"), "escrow/10");
  assert.is(put(DepositSource.CREDIT, "ulease", "1"), "escrow/10");
  assert.is(put(DepositSource.BALANCE, "uusd", "1"), "escrow/8");
  assert.is(put(DepositSource.BALANCE, "ulease", "0"), "escrow/9");
  assert.is(put(DepositSource.BALANCE, "ulease", "-5"), "escrow/9");
  assert.is(put(DepositSource.BALANCE, "ulease", "99999999999999999"), "sdk/5");
  assert.is(put(DepositSource.BALANCE, "ulease", "1", payee(1)), "escrow/11");
  assert.is(put(DepositSource.BALANCE, "ulease", "1"), "done");
});

deposits("MsgDeposit checks its form before any state", () => {
  const bench = opened(1_000n, []);
  const { addresses } = bench.machine;
  const deposit = bench.module.messages?.find(({ type }) => type.name.endsWith(".MsgDeposit"));
  const account = {
    scope: Scope.DEPLOYMENT,
    owner: addresses.format(TENANT),
    dseq: 1n,
    gseq: 0,
    oseq: 0,
    provider: "",
  };
  const part = fromBalance(5n);
  const check = (change: object) =>
    refusal(() =>
      deposit?.validateBasic?.(
        { depositor: addresses.format(TENANT), account, deposits: [part], ...change },
        { addresses },
      ),
    );
  assert.is(check({}), "done");
  assert.is(check({ depositor: "cosmos1" }), "sdk/7");
  assert.is(check({ account: { ...account, scope: Scope.BID } }), "escrow/22");
  assert.is(check({ deposits: [] }), "escrow/9");
  assert.is(check({ deposits: Array.from({ length: 17 }, () => part) }), "escrow/9");
  assert.is(check({ deposits: [{ ...part, nonce: 1n }] }), "escrow/9");
});

deposits("a credit goes where the account was debited last, and never resumes", () => {
  const bench = opened(100n, [RATE]);
  bench.fund(moduleOf("mint"), 10_000n);
  bench.advance(200);
  const from = { kind: "module", module: "mint", owner: TENANT, denom: "ulease" } as const;
  bench.run((ctx) => bench.keeper.credit(ctx, accountOf(1n), 9_000n, from));
  const { entries, state: found } = state(bench);
  assert.is(found, AccountState.SUSPENDED);
  assert.equal(
    entries.map(({ id, source, rest }) => [id, source, rest]),
    [[2n, DepositSource.CREDIT, 9_000n]],
  );
  bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1)]));
  bench.run((ctx) => bench.keeper.credit(ctx, accountOf(1n), 1_000n, from));
  assert.is(bench.balance(TENANT), WEALTH - 100n + 10_000n, "a closed account: to the owner");
});

deposits("full slots never lock the owner out", () => {
  const bench = opened(100n, [RATE], { maxDepositEntries: 1, maxForeignEntries: 0 });
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(50n)]));
  assert.is(state(bench).entries.length, 1);
  assert.is(state(bench).entries[0]?.rest, 150n);
});

deposits.run();
