// One escrow account, second by second, in the plainest arithmetic there is. Written from the rules
// alone and imports nothing: the real keeper is compared with it. Amounts are numbers below 2^53.
//
// How it differs from the keeper on purpose: nothing is computed in closed form or ahead of time;
// every second each open payment earns its rate in 1/3600 units and the whole units that this
// completes are taken from the deposits; fees are floors of totals, not carries.

/** State of a payment, in words. */
export type ModelState = "pending" | "open" | "paused" | "suspended" | "closed";

/** A payment: `earned` counts 1/3600 units that were not paid for yet as whole units. */
export interface ModelPayment {
  readonly name: number;
  state: ModelState;
  rate: number;
  earned: number;
  silent: boolean;
  maintenance: boolean;
  unpaid: number;
  settled: number;
  paid: number;
  nextPayout: number;
}

/** A lien. Steps are counted from `start`; 0 = not begun or without steps. */
export interface ModelHold {
  readonly id: number;
  readonly payment: number | undefined;
  readonly perSecond: number;
  readonly paysOnExit: boolean;
  amount: number;
  start: number;
  end: number;
}

/** A deposit that is not yet spent. */
export interface ModelEntry {
  readonly id: number;
  readonly own: boolean;
  rest: number;
}

/** Numbers that the rules name. */
export interface ModelRules {
  readonly maxPayments: number;
  readonly resumeSeconds: number;
  readonly suspendGrace: number;
  readonly refill: number;
  readonly payoutPeriod: number;
  readonly payoutMin: number;
  readonly feePpm: number;
  readonly burnPpm: number;
  readonly communityPpm: number;
}

const HOUR = 3600;
const DAY = 86_400;

/** What left the account, by receiver. */
export interface ModelPurse {
  refunded: number;
  holder: number;
  burned: number;
}

/** The account. Every method that can be refused says whether it was done. */
export class EscrowModel {
  readonly rules: ModelRules;
  state: "open" | "suspended" | "closed" = "open";
  now: number;
  uptime: number;
  entries: ModelEntry[] = [];
  payments: ModelPayment[] = [];
  readonly ended: ModelPayment[] = [];
  holds: ModelHold[] = [];
  readonly purse: ModelPurse = { refunded: 0, holder: 0, burned: 0 };
  suspendedAt = 0;
  openedAt: number;
  graceLeft: number;
  graceUntil = 0;
  /** Exhausted, but no block or message has looked at it yet: grace has not begun. */
  unseen = false;
  debited = 0;
  nextEntry = 1;
  nextHold = 1;

  constructor(rules: ModelRules, now: number, uptime: number) {
    this.rules = rules;
    this.now = now;
    this.uptime = uptime;
    this.openedAt = now;
    this.graceLeft = rules.suspendGrace;
  }

  get held(): number {
    return sum(this.holds.map((hold) => hold.amount));
  }

  get balance(): number {
    return sum(this.entries.map((entry) => entry.rest));
  }

  get free(): number {
    return this.balance - this.held;
  }

  get committed(): number {
    return sum(this.payments.map((payment) => payment.rate));
  }

  find(name: number): ModelPayment | undefined {
    return this.payments.find((payment) => payment.name === name);
  }

  // ---- time --------------------------------------------------------------------------------------

  /** Lets every second up to `now` pass. */
  pass(now: number, uptime: number): void {
    while (this.now < now && this.moves()) {
      this.now += 1;
      this.second();
    }
    this.now = now;
    this.uptime = uptime;
  }

  /** Whether a second can change anything. */
  private moves(): boolean {
    if (this.holds.some((hold) => hold.start !== 0 && hold.amount > 0)) return true;
    return this.state === "open" && this.payments.some((payment) => payment.state === "open");
  }

  private second(): void {
    for (const hold of this.holds) this.step(hold);
    if (this.state !== "open") return;
    const open = this.payments.filter((payment) => payment.state === "open");
    let units = 0;
    for (const payment of open) units += Math.floor((payment.earned + payment.rate) / HOUR);
    if (units > this.free) {
      this.state = "suspended";
      this.suspendedAt = this.now - 1;
      this.unseen = true;
      for (const payment of this.payments) payment.state = "suspended";
      return;
    }
    for (const payment of open) {
      payment.earned += payment.rate;
      const whole = Math.floor(payment.earned / HOUR);
      payment.earned -= whole * HOUR;
      payment.unpaid += whole;
      payment.settled += whole;
      this.spend(whole);
    }
  }

  /** A hold is worth what its schedule says at whole days; it never grows. */
  private step(hold: ModelHold): void {
    const age = this.now - hold.start;
    if (hold.start === 0 || age <= 0 || age % DAY !== 0) return;
    const left = Math.max(0, hold.end - this.now);
    hold.amount = Math.min(hold.amount, Math.ceil((hold.perSecond * left) / (HOUR * 1_000_000)));
  }

  private spend(amount: number): void {
    let left = amount;
    for (const entry of this.entries) {
      const taken = Math.min(left, entry.rest);
      if (taken === 0) continue;
      entry.rest -= taken;
      left -= taken;
      this.debited = entry.id;
    }
    if (left !== 0) throw new Error(`model: short of ${left}`);
    this.entries = this.entries.filter((entry) => entry.rest > 0);
  }

  /** A block or a message looks at the account: grace of an exhaustion begins only now. */
  touch(): void {
    if (!this.unseen) return;
    this.unseen = false;
    const earned = Math.floor((this.suspendedAt - this.openedAt) / this.rules.refill);
    this.graceLeft = Math.min(this.rules.suspendGrace, this.graceLeft + earned);
    this.graceUntil = this.uptime + this.graceLeft;
  }

  private reopen(): void {
    this.state = "open";
    this.openedAt = this.now;
    this.suspendedAt = 0;
    this.graceLeft = Math.max(0, this.graceUntil - this.uptime);
    this.graceUntil = 0;
  }

  // ---- deposits ----------------------------------------------------------------------------------

  deposit(amount: number): boolean {
    if (this.state === "closed") return false;
    this.touch();
    const last = this.entries.at(-1);
    if (last?.own === true) last.rest += amount;
    else this.entries.push({ id: this.nextEntry++, own: true, rest: amount });
    const wanted = Math.ceil((this.committed * this.rules.resumeSeconds) / HOUR);
    if (this.state === "suspended" && this.uptime < this.graceUntil && this.free >= wanted) {
      this.reopen();
      for (const payment of this.payments) payment.state = "pending";
    }
    return true;
  }

  /** A correction by the chain: where the account was debited last, else the owner's last entry. */
  credit(amount: number): boolean {
    if (this.state === "closed") return false;
    this.touch();
    const entry =
      this.entries.find(({ id }) => id === this.debited) ?? this.entries.findLast(({ own }) => own);
    if (entry !== undefined) entry.rest += amount;
    else this.entries.push({ id: this.nextEntry++, own: false, rest: amount });
    return true;
  }

  burn(amount: number): boolean {
    if (this.state !== "open" || this.free < amount) return false;
    this.touch();
    this.spend(amount);
    this.purse.burned += amount;
    return true;
  }

  // ---- payments ----------------------------------------------------------------------------------

  create(name: number, rate: number): boolean {
    if (this.state !== "open" || this.payments.length >= this.rules.maxPayments) return false;
    this.touch();
    const nextPayout = this.now + this.rules.payoutPeriod;
    const money = { earned: 0, unpaid: 0, settled: 0, paid: 0, nextPayout };
    this.payments.push({
      name,
      state: "pending",
      rate,
      silent: false,
      maintenance: false,
      ...money,
    });
    return true;
  }

  start(name: number): boolean {
    const payment = this.find(name);
    if (payment?.state !== "pending") return false;
    this.touch();
    payment.state = payment.silent || payment.maintenance ? "paused" : "open";
    return true;
  }

  rate(name: number, rate: number): boolean {
    const payment = this.find(name);
    if (payment?.state !== "open" && payment?.state !== "paused") return false;
    this.touch();
    payment.rate = rate;
    return true;
  }

  flag(name: number, flag: "silent" | "maintenance", on: boolean): boolean {
    const payment = this.find(name);
    if (payment === undefined) return false;
    this.touch();
    payment[flag] = on;
    const stopped = payment.silent || payment.maintenance;
    if (payment.state === "open" && stopped) payment.state = "paused";
    else if (payment.state === "paused" && !stopped) payment.state = "open";
    return true;
  }

  /** Everything unpaid goes out. */
  payOut(name: number): boolean {
    const payment = this.find(name);
    if (payment === undefined) return false;
    this.touch();
    payment.paid += payment.unpaid;
    payment.unpaid = 0;
    return true;
  }

  close(names: readonly number[], outcome: "pay" | "burn" | "release"): boolean {
    const closing = names.map((name) => this.find(name));
    if (closing.includes(undefined)) return false;
    this.touch();
    const mine = this.holds.filter(
      ({ payment }) => payment !== undefined && names.includes(payment),
    );
    for (const hold of mine) this.settleHold(hold, outcome);
    for (const name of names) this.end(name);
    if (this.state === "suspended" && this.payments.length === 0) this.reopen();
    return true;
  }

  private end(name: number): void {
    this.payOut(name);
    const payment = this.find(name);
    if (payment === undefined) return;
    payment.state = "closed";
    this.ended.push(payment);
    this.payments = this.payments.filter((other) => other !== payment);
  }

  // ---- holds -------------------------------------------------------------------------------------

  hold(
    amount: number,
    payment: number | undefined,
    perSecond: number,
    paysOnExit: boolean,
  ): boolean {
    if (this.state !== "open" || amount > this.free) return false;
    if (payment !== undefined && this.find(payment) === undefined) return false;
    this.touch();
    const id = this.nextHold++;
    this.holds.push({ id, payment, perSecond, paysOnExit, amount, start: 0, end: 0 });
    return true;
  }

  startHold(id: number, end: number): boolean {
    const hold = this.holds.find((other) => other.id === id);
    if (hold === undefined || hold.perSecond === 0 || hold.start !== 0) return false;
    this.touch();
    hold.start = this.now;
    hold.end = end;
    return true;
  }

  endHold(id: number, outcome: "pay" | "burn" | "release"): boolean {
    const hold = this.holds.find((other) => other.id === id);
    if (hold === undefined) return false;
    this.touch();
    this.settleHold(hold, outcome);
    return true;
  }

  private settleHold(hold: ModelHold, outcome: "pay" | "burn" | "release"): void {
    this.holds = this.holds.filter((other) => other !== hold);
    if (outcome === "release") return;
    this.spend(hold.amount);
    if (outcome === "pay") this.purse.holder += hold.amount;
    else this.purse.burned += hold.amount;
  }

  // ---- queues ------------------------------------------------------------------------------------

  /** The block runs the queue of ends of grace. */
  graceDue(): void {
    if (this.state !== "suspended" || this.unseen || this.uptime < this.graceUntil) return;
    for (const hold of this.holds) this.settleHold(hold, hold.paysOnExit ? "pay" : "release");
    for (const { name } of this.payments) this.end(name);
    this.reopen();
  }

  /** The block runs the queue of payouts. */
  payoutsDue(): void {
    for (const payment of this.payments) {
      if (payment.nextPayout > this.now) continue;
      while (payment.nextPayout <= this.now) payment.nextPayout += this.rules.payoutPeriod;
      this.touch();
      if (payment.unpaid >= this.rules.payoutMin) this.payOut(payment.name);
    }
  }

  /** Ends everything: payments, then the account; every rest goes back. */
  closeAccount(): boolean {
    if (this.state === "closed") return false;
    const names = this.payments.map((payment) => payment.name);
    this.close(names, "release");
    if (this.holds.length > 0) return false;
    this.purse.refunded += this.balance;
    this.entries = [];
    this.state = "closed";
    return true;
  }

  /** What the payee, the community and the insurance must have got of an ended payment, and the burn. */
  shares(payment: ModelPayment): Record<"net" | "burned" | "community" | "insurance", number> {
    const { feePpm, burnPpm, communityPpm } = this.rules;
    const fee = Math.floor((payment.paid * feePpm) / 1_000_000);
    const burned = Math.floor((fee * burnPpm) / 1_000_000);
    const community = Math.floor(((fee - burned) * communityPpm) / 1_000_000);
    return { net: payment.paid - fee, burned, community, insurance: fee - burned - community };
  }
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
