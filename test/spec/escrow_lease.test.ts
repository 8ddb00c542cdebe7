// The money of two real leases of one deployment, through messages alone: accrual, exhaustion at the
// announced second, resume with acknowledgement, a halt of three days, close and refund, recounted
// second by second by the naive model of test/sim.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MsgCloseDeployment } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  MsgWithdraw,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryMovementsRequest,
  QueryMovementsResponse,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { GroupSpec, LeaseState, MsgAckResume } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { moduleAddress } from "../../chain/base/address.ts";
import { EscrowModel } from "../sim/escrow_model.ts";
import { testPlatform } from "../support/platform.ts";
import { plainGroup, Scene } from "../support/scene.ts";
import { msg } from "../support/signing.ts";

const DEPOSIT = 2_600_000;
const ORDER_FEE = 1_000;
const SERVICE = "/leasehold.escrow.v1.Query";

const RULES = {
  maxPayments: 16,
  resumeSeconds: 3_600,
  suspendGrace: 86_400,
  refill: 10,
  payoutPeriod: 86_400,
  payoutMin: 100_000,
  feePpm: 10_000,
  burnPpm: 400_000,
  communityPpm: 500_000,
};

/** A group whose price is not a whole number of units per second. */
function group(name: string, cpuMilli: bigint, ceiling: bigint): GroupSpec {
  const spec = plainGroup(name, ceiling);
  const units = spec.units.map((unit) => ({ ...unit, cpu: { ...unit.cpu, milli: cpuMilli } }));
  return GroupSpec.create({ ...spec, units });
}

/** The chain and the model side by side. */
class Books {
  readonly scene = Scene.withOffer();
  readonly chain = this.scene.chain;
  readonly model: EscrowModel;

  constructor() {
    const groups = [group("web", 1_237n, 1_300_000n), group("db", 771n, 800_000n)];
    const result = this.scene.deploy({ groups }, BigInt(DEPOSIT));
    assert.is(result.code, 0, result.log);
    const now = Number(this.chain.time);
    this.model = new EscrowModel(RULES, now, now);
    this.model.deposit(DEPOSIT);
    this.model.burn(2 * ORDER_FEE);
    this.chain.advance(15, 5);
    this.pass();
    for (const gseq of [1, 2]) {
      const lease = this.scene.lease(gseq);
      this.model.create(gseq, Number(lease.price.amount));
    }
  }

  /** The model catches up with the chain's last block; its begin block handled what was due. */
  pass(): void {
    this.model.pass(Number(this.chain.time), Number(this.chain.ctx().uptime));
    this.model.touch();
    this.model.payoutsDue();
  }

  block(seconds: number): void {
    this.chain.block([], { seconds });
    this.pass();
  }

  start(gseq: number): void {
    this.scene.start(gseq);
    this.pass();
    assert.ok(this.model.start(gseq));
  }

  acknowledge(gseq: number): void {
    const { operator } = this.scene;
    const lease = this.scene.must(LeaseState.RESUMING, gseq).id;
    this.chain.must(operator, [msg(MsgAckResume, { operator: operator.address, lease })]);
    this.pass();
    assert.ok(this.model.start(gseq));
  }

  deposit(amount: number): void {
    const result = this.scene.deposit(BigInt(amount));
    assert.is(result.code, 0, result.log);
    this.pass();
    assert.ok(this.model.deposit(amount));
  }

  withdraw(gseq: number): void {
    const { operator, chain } = this.scene;
    const payments = [this.scene.lease(gseq).id];
    chain.must(operator, [msg(MsgWithdraw, { signer: operator.address, payments })]);
    this.pass();
    assert.ok(this.model.payOut(gseq));
  }

  answer(): QueryAccountResponse {
    const request = { owner: this.scene.tenant.address, dseq: 1n };
    const path = `${SERVICE}/Account`;
    return this.chain.query(path, QueryAccountRequest, QueryAccountResponse, request);
  }

  /** Chain and model show the same money. */
  compare(): QueryAccountResponse {
    const answer = this.answer();
    assert.is(answer.funds.free, BigInt(this.model.free), "free");
    assert.is(answer.funds.committedRate, BigInt(this.model.committed), "committed rate");
    assert.equal(
      answer.payments.map(({ accrued }) => accrued),
      this.model.payments.map(({ unpaid }) => BigInt(unpaid)),
      "accrued",
    );
    assert.is(answer.account.suspendedAt, BigInt(this.model.suspendedAt), "exhaustion");
    assert.is(answer.account.graceUntil, BigInt(this.model.graceUntil), "grace");
    return answer;
  }

  states(): readonly number[] {
    return [1, 2].map((gseq) => this.scene.lease(gseq).state);
  }
}

const lease = suite("money of leases");

lease("a whole life agrees with the recount to the unit", () => {
  const books = new Books();
  const { ACTIVE, SUSPENDED, RESUMING } = LeaseState;
  books.start(1);
  books.block(7);
  books.start(2);
  for (const gap of [1, 2, 3, 59, 600, 1_000]) {
    books.block(gap);
    books.compare();
  }
  books.withdraw(2);

  // Exhaustion comes at the announced second: one second before, all is well.
  const { exhaustedAt } = books.compare().funds;
  books.block(Number(exhaustedAt - books.chain.time) - 1);
  assert.equal(books.states(), [ACTIVE, ACTIVE]);
  books.compare();
  books.block(1);
  assert.equal(books.states(), [SUSPENDED, SUSPENDED]);
  assert.is(books.compare().account.suspendedAt, exhaustedAt - 1n);

  // A deposit below the resume minimum is kept, the missing unit resumes, nothing accrues yet.
  books.block(500);
  const missing = Number(books.compare().funds.resumeMissing);
  books.deposit(missing - 1);
  assert.equal(books.states(), [SUSPENDED, SUSPENDED]);
  assert.is(books.compare().funds.resumeMissing, 1n);
  books.deposit(1);
  assert.equal(books.states(), [RESUMING, RESUMING]);
  books.block(120);
  books.compare();
  books.acknowledge(1);
  books.block(33);
  books.acknowledge(2);
  assert.equal(books.states(), [ACTIVE, ACTIVE]);
  books.block(45);
  books.compare();

  // A halt of three days: the money that was there is spent, not a unit more, grace begins after it.
  books.block(259_200);
  assert.equal(books.states(), [SUSPENDED, SUSPENDED]);
  books.compare();
  books.deposit(5_000_000);
  assert.equal(books.states(), [RESUMING, RESUMING]);
  books.acknowledge(2);
  books.acknowledge(1);
  books.block(1_801);
  books.compare();
  assert.equal(books.scene.faults(), []);

  // The tenant closes: everything accrued is paid, every unit of the rest comes back.
  const { chain, tenant, provider } = books.scene;
  const before = { tenant: chain.balance(tenant.bytes), provider: chain.balance(provider.bytes) };
  const paid = books.model.payments.map((payment) => books.model.shares(payment).net);
  chain.must(tenant, [msg(MsgCloseDeployment, { owner: tenant.address, dseq: 1n })]);
  books.pass();
  assert.ok(books.model.closeAccount());
  const net = books.model.ended.map((payment) => books.model.shares(payment).net);
  const last = net.reduce((sum, amount) => sum + amount, 0) - paid.reduce((sum, x) => sum + x, 0);
  assert.is(chain.balance(tenant.bytes) - before.tenant, BigInt(books.model.purse.refunded));
  assert.is(chain.balance(provider.bytes) - before.provider, BigInt(last), "last pay");
  const { account } = books.answer();
  const gross = books.model.ended.reduce((sum, payment) => sum + payment.paid, 0);
  assert.is(account.paid, BigInt(gross), "gross");
  assert.is(account.refunded, BigInt(books.model.purse.refunded), "refund");
  assert.is(account.deposited, account.paid + account.burned + account.refunded);
  const escrow = moduleAddress(testPlatform, "escrow");
  assert.is(chain.balance(escrow), 0n, "nothing is left in the module account");
  assert.equal(books.scene.faults(), []);
});

lease("the statement of an account adds up to nothing", () => {
  const books = new Books();
  books.start(1);
  books.block(1_000);
  books.withdraw(1);
  const { chain, tenant } = books.scene;
  chain.must(tenant, [msg(MsgCloseDeployment, { owner: tenant.address, dseq: 1n })]);
  const request = { owner: tenant.address, dseq: 1n };
  const path = `${SERVICE}/Movements`;
  const { movements } = chain.query(path, QueryMovementsRequest, QueryMovementsResponse, request);
  let balance = 0n;
  for (const { kind, amount } of movements) balance += kind <= 2 ? amount : -amount;
  assert.is(balance, 0n);
  assert.equal(
    movements.map(({ kind }) => kind),
    [1, 5, 3, 3, 6],
  );
});

lease.run();
