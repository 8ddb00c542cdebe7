// Rows of the table Payment of module escrow.

import * as assert from "uvu/assert";
import {
  AccountState,
  MsgWithdraw,
  PaymentState,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { leasePayment } from "../../modules/escrow/index.ts";
import { DSEQ, Scene, WEALTH } from "../support/escrow_scene.ts";
import { msg } from "../support/signing.ts";

const { OPEN, SUSPENDED } = AccountState;
const P = PaymentState;

/** Fixtures by row name. */
export const paymentRows = new Map<string, () => void>();
const row = (name: string, body: () => void): void => void paymentRows.set(name, body);

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
