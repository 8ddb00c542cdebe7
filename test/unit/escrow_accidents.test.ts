// Escrow by accident: coins that cannot be delivered, poisoned items, debts, genesis; and deposits
// that are refused.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressFromBytes } from "../../chain/base/address.ts";
import { defineErrors } from "../../chain/base/errors.ts";
import {
  AccountState,
  DepositSource,
  MsgWithdrawUnclaimed,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { GenesisState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { leasePayment } from "../../modules/escrow/index.ts";
import {
  accountOf,
  EscrowBench,
  fromBalance,
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
    bench.run((ctx) => handlerOf(bench, MsgWithdrawUnclaimed).handle(ctx, { address }));
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
  openAccount(bench, 2n, 100n, [RATE]);
  const end = stored(bench).fundedUntil;
  bench.onChange = (_ctx, change) => {
    const isEnd = change.transitions.some(({ kind }) => kind === "suspended");
    if (isEnd && change.account.join() === accountOf(1n).join()) throw broken.broken.error();
  };
  bench.advance(200);
  assert.is(bench.machine.quarantined.length, 1);
  assert.ok(stored(bench).quarantined);
  assert.is(stored(bench, 2n).state, AccountState.SUSPENDED);
  assert.equal(bench.faults(), []);
  // Touches skip the due step and settle at most to funded_until.
  bench.run((ctx) => bench.keeper.payOut(ctx, ref(1)));
  assert.is(bench.balance(payee(1)), 99n);
  assert.is(stored(bench).state, AccountState.OPEN);
  // A change of its funds makes no queue entries either.
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(1n)]));
  assert.equal(bench.faults(), []);
  bench.onChange = undefined;
  const [item] = bench.machine.quarantined;
  if (item === undefined) throw new Error("nothing was set aside");
  bench.run((ctx) => {
    const timers = bench.module.queues?.find(({ queue }) => queue.place.name === item.queue);
    timers?.retry?.(ctx, item);
    timers?.queue.insert(ctx, item.second, item.kind, item.id);
  }, "block");
  bench.advance(10);
  assert.is(stored(bench).state, AccountState.SUSPENDED);
  assert.is(stored(bench).suspendedAt, end + 1n, "the unit that came in while it was set aside");
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
  openAccount(bench, 1n, 1_000n, [RATE]);
  bench.advance(500, 500, "none");
  bench.run((ctx) => bench.keeper.payOut(ctx, ref(1)));
  assert.is(bench.balance(payee(1)), 455n);
  assert.is(stored(bench).credited, 40n);
  assert.is(stored(bench).balance, 540n);
  assert.equal(bench.faults(), []);
});

accidents("genesis: export and import give the same objects and the same queues", () => {
  const bench = opened(10n ** 6n, [RATE, 77n]);
  openAccount(bench, 2n, 100n, [RATE]);
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

accidents("genesis: what is wrong is named by its path before anything is written", () => {
  const bench = opened(10n ** 6n, [RATE]);
  const part = bench.module.genesis;
  const good = bench.machine.look((ctx) => part?.export(ctx)) as GenesisState;
  const { addresses } = bench.machine;
  const wrong = (change: Partial<GenesisState>): string => {
    try {
      part?.validate({ ...good, ...change }, { addresses });
    } catch (error) {
      return String(error);
    }
    return "accepted";
  };
  const [account] = good.accounts;
  const [payment] = good.payments;
  if (account === undefined || payment === undefined) throw new Error("nothing exported");
  assert.is(wrong({}), "accepted");
  assert.match(wrong({ accounts: [account, account] }), /accounts\[1\]: stands there twice/);
  assert.match(wrong({ accounts: [{ ...account, balance: 1n }] }), /accounts\[0\]: balance 1/);
  assert.match(wrong({ accounts: [{ ...account, owner: "x" }] }), /accounts\[0\]\.owner/);
  assert.match(wrong({ payments: [payment, payment] }), /payments\[1\]: stands there twice/);
  assert.match(wrong({ payments: [{ ...payment, payee: "x" }] }), /payments\[0\]\.payee/);
  assert.match(wrong({ params: { ...good.params, feePpm: 50_001 } }), /params: feePpm 50001/);
});

accidents.run();

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
  const { entries, state: found } = stored(bench);
  assert.is(found, AccountState.SUSPENDED);
  assert.equal(
    entries.map(({ id, source, rest }) => [id, source, rest]),
    [[2n, DepositSource.CREDIT, 9_000n]],
  );
  bench.run((ctx) => bench.keeper.closeAccount(ctx, accountOf(1n), [ref(1)]));
  bench.run((ctx) => bench.keeper.credit(ctx, accountOf(1n), 1_000n, from));
  assert.is(bench.balance(TENANT), WEALTH - 100n + 10_000n, "a closed account: to the owner");
});

deposits("a credit finds the entry debited last before the owner's own", () => {
  const bench = opened(100n, [RATE]);
  bench.fund(moduleOf("mint"), 10_000n);
  const from = { kind: "module", module: "mint", owner: TENANT, denom: "ulease" } as const;
  const credit = (amount: bigint) =>
    bench.run((ctx) => bench.keeper.credit(ctx, accountOf(1n), amount, from));
  bench.advance(200);
  credit(4_000n);
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(50n)]));
  bench.run((ctx) => bench.keeper.startPayment(ctx, ref(1)));
  bench.advance(10);
  credit(7n);
  const { entries } = stored(bench);
  assert.equal(
    entries.map(({ id, rest }) => [id, rest]),
    [
      [2n, 3_997n],
      [3n, 50n],
    ],
  );
});

deposits("full slots never lock the owner out", () => {
  const bench = opened(100n, [RATE], { maxDepositEntries: 1, maxForeignEntries: 0 });
  bench.run((ctx) => void bench.keeper.deposit(ctx, accountOf(1n), TENANT, [fromBalance(50n)]));
  assert.is(stored(bench).entries.length, 1);
  assert.is(stored(bench).entries[0]?.rest, 150n);
});

deposits.run();
