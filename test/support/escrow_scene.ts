// A tenant's account with payments in the whole application, as the tables of module escrow need it.

import * as assert from "uvu/assert";
import type { Account, Hold, Payment } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { AccountState, PaymentState } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { DepositSource, MsgDeposit, Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { deploymentAccount, leasePayment } from "../../modules/escrow/index.ts";
import type {
  AccountKey,
  EscrowKeeper,
  PaymentFlag,
  PaymentRef,
} from "../../modules/escrow/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import type { Delivered, TestChain } from "./chain.ts";
import { EscrowChain } from "./escrow_chain.ts";
import { fromBalance } from "./escrow.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

/** One base unit a second. */
export const RATE = 3_600n;
/** Deployment of the scene's account. */
export const DSEQ = 7n;

/** A chain with tenant alice and payees bob (payment 1), carol (2), and so on. */
export class Scene {
  readonly escrow: EscrowChain;
  readonly chain: TestChain;
  readonly tenant: Signer;
  readonly key: AccountKey;

  constructor(params: JsonObject = {}) {
    const short = { suspend_grace: "3600", resume_min_seconds: "600", max_payments: 4 };
    this.escrow = new EscrowChain({ params: { escrow: { ...short, ...params } } });
    this.chain = this.escrow.chain;
    this.tenant = this.chain.account("alice");
    this.key = deploymentAccount(this.tenant.bytes, DSEQ);
  }

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

/** What funded accounts of a test chain begin with, base units. */
export const WEALTH = 1_000_000_000_000n;
