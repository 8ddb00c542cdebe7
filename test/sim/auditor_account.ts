// One escrow account as the auditor sees it: it earns second by second, in the plainest arithmetic
// there is. Nothing is computed ahead of time and nothing is settled lazily. Amounts are numbers
// below 2^53, seconds are numbers too. Imports nothing.

/** Figures that the genesis fixes. Seconds, base units, millionths. */
export interface Rules {
  readonly resumeSeconds: number;
  readonly suspendGrace: number;
  readonly graceRefill: number;
  readonly payoutPeriod: number;
  readonly payoutMin: number;
  readonly payoutsPerBlock: number;
  /** Ends of funds, and of grace, that one block handles. */
  readonly endsPerBlock: number;
  readonly feePpm: number;
  readonly burnPpm: number;
  readonly communityPpm: number;
  readonly maxBlockGap: number;
  readonly registrationFee: number;
  readonly baseDenom: string;
  readonly orderFees: ReadonlyMap<string, number>;
  readonly bidDeposits: ReadonlyMap<string, number>;
}

/** State of a stream of money. */
export type StreamState = "pending" | "open" | "suspended" | "closed";

/** What one payout divides into. */
export interface Parts {
  readonly gross: number;
  readonly fee: number;
  readonly burned: number;
  readonly community: number;
  readonly insurance: number;
  readonly net: number;
}

function share(total: number, ppm: number): number {
  return Number((BigInt(total) * BigInt(ppm)) / 1_000_000n);
}

/** A payment: `earned` counts 3600ths of a base unit that are no whole unit yet. */
export class Stream {
  readonly name: string;
  readonly payee: string;
  readonly rate: number;
  state: StreamState = "pending";
  /** State before the last suspension, as events tell it afterwards. */
  before: StreamState = "pending";
  earned = 0;
  unpaid = 0;
  settled = 0;
  paid = 0;
  fees = 0;
  burned = 0;
  community = 0;
  nextPayout: number;
  /** Units that the next second completes; only used inside a step. */
  gain = 0;

  constructor(name: string, payee: string, rate: number, nextPayout: number) {
    this.name = name;
    this.payee = payee;
    this.rate = rate;
    this.nextPayout = nextPayout;
  }

  /** Pays out everything unpaid; each part is the floor of its total over the whole life. */
  pay(rules: Rules): Parts {
    const gross = this.unpaid;
    this.unpaid = 0;
    this.paid += gross;
    const fee = share(this.paid, rules.feePpm) - this.fees;
    this.fees += fee;
    const burned = share(this.fees, rules.burnPpm) - this.burned;
    this.burned += burned;
    const community = share(this.fees - this.burned, rules.communityPpm) - this.community;
    this.community += community;
    return { gross, fee, burned, community, insurance: fee - burned - community, net: gross - fee };
  }
}

/** An account with its streams. `left` is what the streams may still spend. */
export class Account {
  readonly name: string;
  readonly owner: string;
  readonly denom: string;
  readonly scope: string;
  /** Who deposited, and gets back what is left. */
  refundTo: string;
  readonly streams = new Map<string, Stream>();
  state: "open" | "suspended" | "closed" = "open";
  left = 0;
  /** Given back since the account last had money, base units. */
  refunded = 0;
  openedAt: number;
  graceLeft: number;
  graceUntil = 0;
  /** Last second that was paid for before the funds ended. */
  endedAt = 0;
  /** Whether the chain has told of the suspension. */
  isTold = true;
  /** Whether a deposit must resume the account in this very call. */
  mustResume = false;
  closedAt = 0;

  constructor(
    name: string,
    owner: string,
    denom: string,
    scope: string,
    now: number,
    grace: number,
  ) {
    this.name = name;
    this.owner = owner;
    this.refundTo = owner;
    this.denom = denom;
    this.scope = scope;
    this.openedAt = now;
    this.graceLeft = grace;
  }

  live(): Stream[] {
    return [...this.streams.values()].filter((stream) => stream.state !== "closed");
  }

  open(): Stream[] {
    return [...this.streams.values()].filter((stream) => stream.state === "open");
  }

  /** Rates of all payments that are not closed. */
  get committed(): number {
    return this.live().reduce((sum, stream) => sum + stream.rate, 0);
  }

  /** Unpaid over all streams. */
  get unpaid(): number {
    return this.live().reduce((sum, stream) => sum + stream.unpaid, 0);
  }

  /** Lives through the seconds from..to, one by one; stops where the funds end. */
  liveThrough(from: number, to: number): void {
    const open = this.open();
    if (open.length === 0) return;
    for (let second = from; second <= to; second++) {
      let wanted = 0;
      for (const stream of open) {
        const earned = stream.earned + stream.rate;
        stream.gain = (earned - (earned % 3600)) / 3600;
        wanted += stream.gain;
      }
      if (wanted > this.left) {
        this.#exhaust(second - 1);
        return;
      }
      this.left -= wanted;
      for (const stream of open) {
        stream.earned = (stream.earned + stream.rate) % 3600;
        stream.unpaid += stream.gain;
        stream.settled += stream.gain;
      }
    }
  }

  #exhaust(at: number): void {
    this.state = "suspended";
    this.endedAt = at;
    this.isTold = false;
    for (const stream of this.live()) {
      stream.before = stream.state;
      stream.state = "suspended";
    }
  }

  /** Suspended to open again, whatever the reason. */
  reopen(now: number, uptime: number): void {
    this.state = "open";
    this.openedAt = now;
    this.graceLeft = Math.max(0, this.graceUntil - uptime);
    this.graceUntil = 0;
  }

  /** What all open streams would take from now until `second`, in closed form. */
  wantedUntil(now: number, second: bigint): bigint {
    const seconds = second - BigInt(now);
    return this.open().reduce(
      (sum, { rate, earned }) => sum + (BigInt(rate) * seconds + BigInt(earned)) / 3600n,
      0n,
    );
  }
}
