// Module escrow on stores in memory, with a plain bank: for tests of the keeper without the
// application.

import { moduleAddress, addressFromBytes } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { ChainError, sdkErrors } from "../../chain/base/errors.ts";
import { fromUtf8, utf8, concatBytes } from "../../chain/base/bytes.ts";
import type { Account, Deposit } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { DepositSource } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { HookList } from "../../chain/runtime/index.ts";
import type { AppModule, Context, Event, Mode, MsgHandler } from "../../chain/runtime/index.ts";
import {
  createEscrowModule,
  defaultDenom,
  defaultParams,
  deploymentAccount,
  leasePayment,
} from "../../modules/escrow/index.ts";
import type {
  AccountChange,
  AccountKey,
  EscrowHooks,
  EscrowKeeper,
  EscrowNeeds,
  PaymentRef,
} from "../../modules/escrow/index.ts";
import { TestMachine } from "./context.ts";
import { testPlatform } from "./platform.ts";

/** Denom of test accounts. */
export const DENOM = "ulease";

type Coins = readonly { denom: string; amount: bigint }[];

/** Address number `n` of a test. */
export function testAddress(n: number): Address {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setUint32(0, n);
  return addressFromBytes(bytes);
}

/** Address of a module account. */
export function moduleOf(name: string): Address {
  return moduleAddress(testPlatform, name);
}

/** A bank in store `bank`: one text amount per address and denom. `refuses` fails for that address. */
export class PlainBank {
  refuses: Address | undefined;
  burned = 0n;

  balance(ctx: Context, address: Address, denom: string): bigint {
    const stored = ctx.store("bank").get(concatBytes(address, utf8(denom)));
    return stored === undefined ? 0n : BigInt(fromUtf8(stored) ?? "0");
  }

  add(ctx: Context, address: Address, denom: string, amount: bigint): void {
    const after = this.balance(ctx, address, denom) + amount;
    if (after < 0n) throw sdkErrors.insufficientFunds.with(`${after}${denom}`);
    ctx.store("bank").set(concatBytes(address, utf8(denom)), utf8(after.toString()));
  }

  move(ctx: Context, from: Address, to: Address, coins: Coins): void {
    if (this.refuses !== undefined && to.join() === this.refuses.join())
      throw sdkErrors.unauthorized.with("the receiver refuses");
    for (const { denom, amount } of coins) {
      this.add(ctx, from, denom, -amount);
      this.add(ctx, to, denom, amount);
    }
  }

  sendToModule(ctx: Context, from: Address, module: string, coins: Coins): void {
    this.move(ctx, from, moduleOf(module), coins);
  }

  sendFromModule(ctx: Context, module: string, to: Address, coins: Coins): void {
    this.move(ctx, moduleOf(module), to, coins);
  }

  sendBetweenModules(ctx: Context, from: string, to: string, coins: Coins): void {
    this.move(ctx, moduleOf(from), moduleOf(to), coins);
  }

  burn(ctx: Context, module: string, coins: Coins): void {
    this.move(ctx, moduleOf(module), moduleOf("burned"), coins);
  }
}

/** A keeper, its module and what its hooks heard. */
export class EscrowBench {
  readonly machine: TestMachine;
  readonly bank = new PlainBank();
  readonly keeper: EscrowKeeper;
  readonly module: AppModule;
  /** Every change told to hooks, in order. */
  readonly heard: AccountChange[] = [];
  /** Runs within the hook; may open or close payments. */
  onChange: ((ctx: Context, change: AccountChange) => void) | undefined;

  constructor(
    params: Partial<ReturnType<typeof defaultParams>> = {},
    sink?: EscrowNeeds["sink"],
    machine = new TestMachine(),
  ) {
    this.machine = machine;
    const hooks = new HookList<EscrowHooks>("escrow");
    hooks.register("test", {
      afterAccountChanged: (ctx, change) => {
        this.heard.push(change);
        this.onChange?.(ctx, change);
      },
    });
    const { keeper, module } = createEscrowModule({
      bank: this.bank,
      payees: {
        payoutAddress: (_ctx, owner) => owner,
        mayAct: (_ctx, owner, signer) => owner.join() === signer.join(),
      },
      hooks: hooks.seal(),
      ...(sink === undefined ? {} : { sink }),
    });
    this.keeper = keeper;
    this.module = module;
    this.run((ctx) => {
      const denoms = [defaultDenom(DENOM, 1_000_000n)];
      module.genesis?.init(ctx, {
        ...(module.genesis.defaults() as object),
        params: { ...defaultParams(denoms), ...params },
      });
    }, "genesis");
  }

  get now(): bigint {
    return this.machine.time.seconds;
  }

  /** Runs as a transaction; kept when it returns. */
  run<T>(body: (ctx: Context) => T, mode: Mode = "deliver"): T {
    return this.machine.run(body, mode).value;
  }

  events(body: (ctx: Context) => void, mode: Mode = "deliver"): Event[] {
    return this.machine.run(body, mode).events;
  }

  /** Time passes, and the block that comes runs its queues (both, unless told otherwise). */
  advance(seconds: number, uptime: number = seconds, queues: "all" | "none" = "all"): void {
    this.machine.advance(seconds, uptime);
    if (queues === "none") return;
    this.begin();
    this.end();
  }

  begin(): void {
    this.run((ctx) => this.module.beginBlock?.(ctx), "block");
  }

  end(): void {
    this.run((ctx) => void this.module.endBlock?.(ctx), "block");
  }

  fund(address: Address, amount: bigint, denom = DENOM): void {
    this.run((ctx) => this.bank.add(ctx, address, denom, amount));
  }

  balance(address: Address, denom = DENOM): bigint {
    return this.machine.look((ctx) => this.bank.balance(ctx, address, denom));
  }

  /** Sentences of all invariants that do not hold. */
  faults(): string[] {
    return this.machine.look((ctx) =>
      (this.module.invariants ?? []).flatMap(({ name, check }) =>
        check(ctx).map((text) => `${name}: ${text}`),
      ),
    );
  }
}

/** A deposit from the depositor's balance. */
export function fromBalance(amount: bigint, denom = DENOM): Deposit {
  return {
    source: DepositSource.BALANCE,
    granter: "",
    nonce: 0n,
    amount: { denom, amount: amount.toString() },
  };
}

/** The tenant of the ready-made accounts. */
export const TENANT = testAddress(1);
/** What the tenant begins with, base units. */
export const WEALTH = 10n ** 12n;
/** One base unit a second. */
export const RATE = 3_600n;

/** Payee of payment `n`. */
export const payee = (n: number): Address => testAddress(100 + n);
/** The tenant's account of a deployment. */
export const accountOf = (dseq: bigint): AccountKey => deploymentAccount(TENANT, dseq);

/** Payment `n` of a deployment. */
export function ref(n: number, dseq = 1n): PaymentRef {
  return leasePayment({ owner: TENANT, dseq, gseq: 1, oseq: n, provider: payee(n) });
}

/** A bench with one account of so much money and payments of the given rates, all open. */
export function opened(
  amount: bigint,
  rates: readonly bigint[],
  params: ConstructorParameters<typeof EscrowBench>[0] = {},
): EscrowBench {
  const bench = new EscrowBench(params);
  bench.fund(TENANT, WEALTH);
  openAccount(bench, 1n, amount, rates);
  return bench;
}

/** One more account, of another deployment. */
export function openAccount(
  bench: EscrowBench,
  dseq: bigint,
  amount: bigint,
  rates: readonly bigint[],
): void {
  const { keeper } = bench;
  bench.run((ctx) => {
    keeper.createAccount(ctx, {
      account: accountOf(dseq),
      owner: TENANT,
      denom: DENOM,
      depositor: TENANT,
      deposits: [fromBalance(amount)],
    });
    for (const [index, rate] of rates.entries()) {
      keeper.createPayment(ctx, { ...ref(index + 1, dseq), payee: payee(index + 1), rate });
      keeper.startPayment(ctx, ref(index + 1, dseq));
    }
  });
}

/** Code of the refusal, or `done`. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ChainError) return `${error.codespace}/${error.code}`;
    throw error;
  }
  return "done";
}

/** The account as stored. */
export function stored(bench: EscrowBench, dseq = 1n): Account {
  return bench.machine.look((ctx) => bench.keeper.getAccount(ctx, accountOf(dseq)));
}

/** Handler of a message. */
export function handlerOf(bench: EscrowBench, type: { readonly name: string }): MsgHandler {
  const found = bench.module.messages?.find((candidate) => candidate.type.name === type.name);
  if (found === undefined) throw new Error(`no handler of ${type.name}`);
  return found;
}

/** Asks a query by its method. */
export function ask(bench: EscrowBench, method: string, request: unknown): unknown {
  const found = bench.module.queries?.find(({ path }) => path.endsWith(`/${method}`));
  return bench.machine.look((ctx) => found?.handle(ctx, request));
}
