// Defects of another market's escrow, each a regression test here.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AccountState,
  MsgWithdraw,
  PaymentState,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import type { AccountKey } from "../../modules/escrow/index.ts";
import {
  accountOf,
  EscrowBench,
  handlerOf,
  moduleOf,
  openAccount,
  opened,
  payee,
  RATE,
  ref,
  refusal,
  stored,
  TENANT,
  WEALTH,
} from "../support/escrow.ts";

const defects = suite("defects seen elsewhere");

const withdrawBy = (bench: EscrowBench, ctx: Context, by: number, id: number): unknown => {
  const { addresses } = bench.machine;
  return handlerOf(bench, MsgWithdraw).handle(ctx, {
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
  assert.is(stored(bench).state, AccountState.SUSPENDED);
  assert.is(stored(bench).balance, 0n);
});

defects("E7: an account whose name begins another's has its own payments only", () => {
  const bench = opened(10_000n, [RATE], {});
  for (const dseq of [256n, 257n]) openAccount(bench, dseq, 10_000n, [RATE]);
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
  openAccount(bench, 1n, huge, [10n ** 15n]);
  bench.advance(3_600, 3_600, "none");
  bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1)]));
  assert.is(bench.balance(TENANT), huge - 10n ** 15n);
});

defects.run();
