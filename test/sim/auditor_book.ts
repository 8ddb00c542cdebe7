// The auditor's book: balances, supply, accounts, and the faults found while it is kept.

import type { Account, Rules, Stream } from "./auditor_account.ts";
import type { AuditStart } from "./auditor.ts";

type Coins = Map<string, bigint>;

/** How a payee is paid by the queue. */
export interface PayoutChoice {
  readonly period: number;
  readonly minimum: number;
}

/** Everything the auditor holds. */
export class Book {
  readonly rules: Rules;
  readonly modules: AuditStart["modules"];
  readonly balances = new Map<string, Coins>();
  readonly supply: Coins = new Map();
  readonly accounts = new Map<string, Account>();
  readonly payoutAddress = new Map<string, string>();
  readonly payouts = new Map<string, PayoutChoice>();
  /** Sums over events of the block that must come to 0: one kind counts up, another down. */
  readonly pairs = new Map<string, number>();
  /** Deposits that came in during the current transaction, by denom. */
  readonly depositedNow: Coins = new Map();
  /** Types of messages of the current transaction. */
  readonly called = new Set<string>();
  now: number;
  uptime: number;
  stage: "begin" | "tx" | "end" = "begin";
  gracesEnded = 0;
  endsTold = 0;
  payoutsMade = 0;
  /** Whether the queue of payouts did not get through in this or an earlier block. */
  isPayoutLate = false;
  #faults: string[] = [];

  constructor(start: AuditStart) {
    this.rules = start.rules;
    this.modules = start.modules;
    this.now = start.time;
    this.uptime = start.time;
    for (const [address, coins] of start.balances)
      for (const [denom, amount] of coins) {
        this.add(address, denom, amount);
        this.supply.set(denom, (this.supply.get(denom) ?? 0n) + amount);
      }
    for (const address of Object.values(start.modules)) this.#coins(address);
  }

  #coins(address: string): Coins {
    let coins = this.balances.get(address);
    if (coins === undefined) {
      coins = new Map();
      this.balances.set(address, coins);
    }
    return coins;
  }

  // ---- faults --------------------------------------------------------------------------------------

  fault(text: string): void {
    this.#faults.push(text);
  }

  check(holds: boolean, text: () => string): void {
    if (!holds) this.fault(text());
  }

  same(what: string, own: bigint, told: bigint): void {
    if (own !== told) this.fault(`${what}: recount ${own}, chain ${told} (${told - own})`);
  }

  takeFaults(): string[] {
    const found = this.#faults;
    this.#faults = [];
    return found;
  }

  /** Faults of what must balance within a block; clears what counts per block. */
  closeBlock(): void {
    for (const [name, count] of this.pairs)
      if (count !== 0) this.fault(`${name}: ${count} left over`);
    this.pairs.clear();
    this.gracesEnded = 0;
    this.endsTold = 0;
    this.payoutsMade = 0;
  }

  /** One side of what must come to 0 by the end of the block. */
  pair(name: string, side: number): void {
    this.pairs.set(name, (this.pairs.get(name) ?? 0) + side);
  }

  // ---- coins ---------------------------------------------------------------------------------------

  add(address: string, denom: string, amount: bigint): void {
    const coins = this.#coins(address);
    coins.set(denom, (coins.get(denom) ?? 0n) + amount);
  }

  move(from: string, to: string, denom: string, amount: bigint): void {
    this.add(from, denom, -amount);
    this.add(to, denom, amount);
  }

  burn(from: string, denom: string, amount: bigint): void {
    this.add(from, denom, -amount);
    this.supply.set(denom, (this.supply.get(denom) ?? 0n) - amount);
  }

  // ---- payouts -------------------------------------------------------------------------------------

  payoutOf(payee: string): PayoutChoice {
    const { payoutPeriod: period, payoutMin: minimum } = this.rules;
    return this.payouts.get(payee) ?? { period, minimum };
  }

  /** Moves a stream's next payout on, keeping the rhythm of the first. */
  nextPayout(stream: Stream, period: number): void {
    while (stream.nextPayout <= this.now) stream.nextPayout += period;
  }
}
