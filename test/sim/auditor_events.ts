// How each event changes the auditor's book. An event of escrow that is not known here is a fault:
// whoever adds a way for money to move teaches the auditor too.

import { Account, Stream } from "./auditor_account.ts";
import type { Book } from "./auditor_book.ts";
import type { Seen } from "./auditor_seen.ts";

type Handler = (book: Book, event: Fields) => void;

/** Typed reading of an event's attributes. */
class Fields {
  readonly type: string;
  readonly #attributes: ReadonlyMap<string, string>;

  constructor(event: Seen) {
    this.type = event.type;
    this.#attributes = event.attributes;
  }

  text(key: string): string {
    const value = this.#attributes.get(key);
    if (value === undefined) throw new Error(`${this.type} has no ${key}`);
    return value;
  }

  number(key: string): number {
    const value = Number(this.text(key));
    if (!Number.isSafeInteger(value)) throw new Error(`${this.type}: ${key} is ${value}`);
    return value;
  }

  amount(key: string): bigint {
    return BigInt(this.text(key));
  }

  /** Name of the account, as ids are told. */
  get account(): string {
    const keys = ["scope", "owner", "dseq", "gseq", "oseq", "provider"];
    return keys.map((key) => this.text(key)).join("/");
  }

  get payment(): string {
    return ["owner", "dseq", "gseq", "oseq", "provider"].map((key) => this.text(key)).join("/");
  }

  get accountOfPayment(): string {
    return `SCOPE_DEPLOYMENT/${this.text("owner")}/${this.text("dseq")}/0/0/`;
  }
}

/** The account of an event; touching one whose end of funds was not told yet is a fault. */
function touched(book: Book, name: string, what: string): Account {
  const account = book.accounts.get(name);
  if (account === undefined) throw new Error(`${what} of unknown account ${name}`);
  book.check(account.isTold, () => `${what} of ${name}, whose funds ended at ${account.endedAt}`);
  book.check(account.state !== "closed", () => `${what} of ${name}, which is closed`);
  return account;
}

function streamOf(book: Book, event: Fields, what: string): [Account, Stream] {
  const account = touched(book, event.accountOfPayment, what);
  const stream = account.streams.get(event.payment);
  if (stream === undefined) throw new Error(`${what} of unknown payment ${event.payment}`);
  return [account, stream];
}

function created(book: Book, event: Fields): void {
  const scope = event.text("scope");
  const owner = event.text(scope === "SCOPE_BID" ? "provider" : "owner");
  const known = book.accounts.get(event.account);
  book.check(known === undefined || known.state === "closed", () => `${event.account} exists`);
  const denom = event.text("denom");
  const grace = book.rules.suspendGrace;
  book.accounts.set(
    event.account,
    new Account(event.account, owner, denom, scope, book.now, grace),
  );
}

function deposited(book: Book, event: Fields): void {
  const account = touched(book, event.account, "deposit");
  const amount = event.amount("amount");
  const denom = event.text("denom");
  book.check(denom === account.denom, () => `deposit of ${denom} into ${account.name}`);
  const depositor = event.text("depositor");
  if (account.scope === "SCOPE_BID")
    book.same("deposit of a bid", BigInt(book.rules.bidDeposits.get(denom) ?? 0), amount);
  // A provider's operator pays for bids; a deployment takes deposits of its owner only.
  if (account.scope === "SCOPE_BID") account.refundTo = depositor;
  else book.check(depositor === account.owner, () => `foreign deposit: ${account.name}`);
  book.move(depositor, book.modules.escrow, denom, amount);
  book.depositedNow.set(denom, (book.depositedNow.get(denom) ?? 0n) + amount);
  account.left += Number(amount);
  if (account.state !== "suspended" || book.uptime >= account.graceUntil) return;
  const wanted = Math.ceil((account.committed * book.rules.resumeSeconds) / 3600);
  account.mustResume = account.left >= wanted;
}

function resumed(book: Book, event: Fields): void {
  const account = touched(book, event.account, "resumption");
  book.check(account.mustResume, () => `${account.name} resumed without the means for it`);
  account.mustResume = false;
  account.reopen(book.now, book.uptime);
  book.same(`${account.name}: grace left`, BigInt(account.graceLeft), event.amount("grace_left"));
}

function suspended(book: Book, event: Fields): void {
  const account = book.accounts.get(event.account);
  if (account === undefined) throw new Error(`suspension of unknown ${event.account}`);
  const isDue = account.state === "suspended" && !account.isTold;
  book.check(isDue, () => `${account.name} is ${account.state} and was told to be suspended`);
  book.same(`${account.name}: end of funds`, BigInt(account.endedAt), event.amount("at"));
  account.isTold = true;
  if (book.stage === "begin") book.endsTold += 1;
  const { suspendGrace, graceRefill } = book.rules;
  const earned = Math.floor((account.endedAt - account.openedAt) / graceRefill);
  account.graceLeft = Math.min(suspendGrace, account.graceLeft + earned);
  account.graceUntil = book.uptime + account.graceLeft;
  book.same(`${account.name}: grace`, BigInt(account.graceUntil), event.amount("grace_until"));
}

function graceEnded(book: Book, event: Fields): void {
  const account = touched(book, event.account, "end of grace");
  book.check(book.stage === "begin", () => `grace of ${account.name} ended in a transaction`);
  book.check(account.live().length === 0, () => `grace of ${account.name} left payments`);
  book.check(account.graceLeft === 0, () => `grace of ${account.name}: ${account.graceLeft} left`);
  book.gracesEnded += 1;
}

function refunded(book: Book, event: Fields): void {
  const account = touched(book, event.account, "refund");
  const amount = event.amount("amount");
  book.check(
    event.text("recipient") === account.refundTo,
    () => `${account.name}: refund to other`,
  );
  book.move(book.modules.escrow, account.refundTo, account.denom, amount);
  account.refunded += Number(amount);
}

function closed(book: Book, event: Fields): void {
  const account = touched(book, event.account, "close");
  book.check(account.live().length === 0, () => `${account.name} closed with payments`);
  book.same(`${account.name}: refund`, BigInt(account.left), BigInt(account.refunded));
  account.left = 0;
  account.state = "closed";
  account.closedAt = book.now;
}

function feeBurned(book: Book, event: Fields): void {
  const account = touched(book, event.account, "fee");
  const amount = event.amount("amount");
  book.burn(book.modules.escrow, account.denom, amount);
  account.left -= Number(amount);
  book.check(account.left >= 0, () => `${account.name}: fee without funds`);
  book.pair(`order fees of ${account.owner}/${event.text("dseq")}`, -Number(amount));
}

function orderOpened(book: Book, event: Fields): void {
  const fee = book.rules.orderFees.get(event.text("denom")) ?? 0;
  book.pair(`order fees of ${event.text("owner")}/${event.text("dseq")}`, fee);
}

function paymentCreated(book: Book, event: Fields): void {
  const account = touched(book, event.accountOfPayment, "payment");
  book.check(account.state === "open", () => `payment in suspended ${account.name}`);
  const payee = event.text("payee");
  const next = book.now + book.payoutOf(payee).period;
  book.check(!account.streams.has(event.payment), () => `payment ${event.payment} exists`);
  const stream = new Stream(event.payment, payee, event.number("rate"), next);
  account.streams.set(stream.name, stream);
  book.pair(`lease ${event.payment} at ${stream.rate}${account.denom}`, -1);
}

function stateChanged(book: Book, event: Fields): void {
  const to = stateName(event.text("to"));
  const from = stateName(event.text("from"));
  const at = event.number("at");
  if (to === "suspended") return suspendedStream(book, event, from, at);
  const [account, stream] = streamOf(book, event, `payment to ${to}`);
  book.check(stream.state === from, () => `${stream.name} is ${stream.state}, told ${from}`);
  book.check(at === book.now, () => `${stream.name}: ${to} at ${at}, now ${book.now}`);
  if (to === "pending") {
    book.check(account.mustResume, () => `${stream.name} resumed without the means for it`);
  } else {
    const asked = ["StartLease", "AckResume"].map((name) => `/leasehold.market.v1.Msg${name}`);
    const isAsked = asked.some((type) => book.called.has(type));
    book.check(to === "open" && isAsked, () => `${stream.name} to ${to} by itself`);
    book.check(account.state === "open", () => `${stream.name} runs in ${account.state} account`);
    book.pair(`start of ${stream.name}`, -1);
  }
  stream.state = to;
}

function suspendedStream(book: Book, event: Fields, from: string, at: number): void {
  const account = book.accounts.get(event.accountOfPayment);
  const stream = account?.streams.get(event.payment);
  if (account === undefined || stream === undefined)
    throw new Error(`suspension of unknown ${event.payment}`);
  const isDue = stream.state === "suspended" && !account.isTold;
  book.check(isDue, () => `${stream.name} is ${stream.state} and was told to be suspended`);
  book.check(stream.before === from, () => `${stream.name} was ${stream.before}, told ${from}`);
  book.same(`${stream.name}: stopped`, BigInt(account.endedAt), BigInt(at));
}

function paymentClosed(book: Book, event: Fields): void {
  const [account, stream] = streamOf(book, event, "end of payment");
  book.check(stream.unpaid === 0, () => `${stream.name} ended with ${stream.unpaid} unpaid`);
  book.same(`${stream.name}: whole life`, BigInt(stream.settled), event.amount("settled"));
  stream.state = "closed";
  book.pair(`end of ${stream.name}`, -1);
  if (account.state === "suspended" && account.live().length === 0)
    account.reopen(book.now, book.uptime);
}

function paidOut(book: Book, event: Fields): void {
  const [account, stream] = streamOf(book, event, "payout");
  const parts = stream.pay(book.rules);
  for (const [key, amount] of Object.entries(parts))
    book.same(`payout of ${stream.name}: ${key}`, BigInt(amount), event.amount(key));
  book.same("debts and bond", 0n, event.amount("debts") + event.amount("bond"));
  const { denom } = account;
  const { escrow, fees, insurance } = book.modules;
  book.burn(escrow, denom, BigInt(parts.burned));
  book.move(escrow, fees, denom, BigInt(parts.community));
  book.move(escrow, insurance, denom, BigInt(parts.insurance));
  const to = book.payoutAddress.get(stream.payee) ?? stream.payee;
  book.move(escrow, to, denom, BigInt(parts.net));
  if (book.stage === "end") byQueue(book, stream, parts.gross);
}

/** A payout in end block: by the queue, or because a lease ended there (the pair tells later). */
function byQueue(book: Book, stream: Stream, gross: number): void {
  if (stream.nextPayout > book.now) return;
  const { period, minimum } = book.payoutOf(stream.payee);
  book.payoutsMade += 1;
  if (gross >= minimum) book.nextPayout(stream, period);
}

function payoutSet(book: Book, event: Fields): void {
  const choice = { period: event.number("period"), minimum: event.number("minimum") };
  book.payouts.set(event.text("payee"), choice);
}

function unclaimed(book: Book, event: Fields, sign: bigint): void {
  const amount = event.amount("amount") * sign;
  book.move(event.text("address"), book.modules.escrow, event.text("denom"), amount);
}

function registered(book: Book, event: Fields): void {
  const { registrationFee, baseDenom } = book.rules;
  book.same("registration fee", BigInt(registrationFee), event.amount("fee"));
  book.burn(event.text("provider"), baseDenom, event.amount("fee"));
}

function transactionFee(book: Book, event: Seen): void {
  const payer = event.attributes.get("fee_payer");
  if (payer === undefined) return;
  for (const coin of (event.attributes.get("fee") ?? "").split(",")) {
    const [, amount, denom] = /^(\d+)([a-z]\w*)$/.exec(coin) ?? [];
    if (amount !== undefined && denom !== undefined)
      book.move(payer, book.modules.fees, denom, BigInt(amount));
  }
}

/** An item that was set aside took its place in the budget of its queue. */
function setAside(book: Book, event: Fields): void {
  const collection = event.text("collection");
  if (collection === "escrow/timers") book.endsTold += 1;
  if (collection === "escrow/graces") book.gracesEnded += 1;
  if (collection === "escrow/payout_queue") book.payoutsMade += 1;
}

function stateName(text: string): Stream["state"] {
  return text.replace("PAYMENT_STATE_", "").toLowerCase() as Stream["state"];
}

const ESCROW: Readonly<Record<string, Handler>> = {
  EventAccountCreated: created,
  EventDeposited: deposited,
  EventAccountResumed: resumed,
  EventAccountSuspended: suspended,
  EventGraceEnded: graceEnded,
  EventRefunded: refunded,
  EventAccountClosed: closed,
  EventFeeBurned: feeBurned,
  EventPaymentCreated: paymentCreated,
  EventPaymentStateChanged: stateChanged,
  EventPaymentClosed: paymentClosed,
  EventPaidOut: paidOut,
  EventPayoutSet: payoutSet,
  EventUnclaimed: (book, event) => unclaimed(book, event, 1n),
  EventUnclaimedWithdrawn: (book, event) => unclaimed(book, event, -1n),
  EventLowFunds: (book, event) => void touched(book, event.account, "warning"),
  // The simulator's authority sets escrow's parameters to what they are.
  EventParamsUpdated: () => undefined,
};

const OTHERS: Readonly<Record<string, Handler>> = {
  "leasehold.chain.v1.EventQuarantined": setAside,
  "leasehold.provider.v1.EventProviderRegistered": registered,
  "leasehold.provider.v1.EventProviderKeysSet": (book, event) =>
    void book.payoutAddress.set(event.text("provider"), event.text("payout")),
  "leasehold.market.v1.EventOrderOpened": orderOpened,
  "leasehold.market.v1.EventLeaseCreated": (book, event) =>
    book.pair(`lease ${event.payment} at ${event.text("price")}${event.text("denom")}`, 1),
  "leasehold.market.v1.EventLeaseStarted": (book, event) =>
    book.pair(`start of ${event.payment}`, 1),
  "leasehold.market.v1.EventLeaseResumed": (book, event) =>
    book.pair(`start of ${event.payment}`, 1),
  "leasehold.market.v1.EventLeaseClosed": (book, event) => book.pair(`end of ${event.payment}`, 1),
};

const ESCROW_EVENTS = "leasehold.escrow.v1.";

/** Takes one event into the book. */
export function bookEvent(book: Book, event: Seen): void {
  if (event.type === "tx") return transactionFee(book, event);
  const isEscrow = event.type.startsWith(ESCROW_EVENTS);
  const handler = isEscrow ? ESCROW[event.type.slice(ESCROW_EVENTS.length)] : OTHERS[event.type];
  if (isEscrow && handler === undefined) book.fault(`${event.type} is not expected`);
  handler?.(book, new Fields(event));
}

/** At the end of a transaction or stage: what a call promised must have happened in it. */
export function finishCall(book: Book): void {
  for (const account of book.accounts.values()) {
    if (!account.mustResume) continue;
    book.fault(`${account.name} should have resumed`);
    account.mustResume = false;
  }
}
