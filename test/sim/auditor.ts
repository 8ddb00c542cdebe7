// The auditor: a second, naive book of all money of the chain, kept from what is seen on the outside
// (genesis, transactions with their results, events) and compared with public queries. Written from
// the rules alone; it imports nothing from modules/, chain/app, chain/runtime or chain/store.
//
// Events tell it WHAT happened; every AMOUNT it works out itself: accrual and the second of
// exhaustion second by second, payouts and each part of the fee from totals, refunds, burns, supply.

import { MsgExec } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { MsgMultiSend, MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { MsgCreateDeployment } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { MsgDeposit } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { MsgCreateBid } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Rules } from "./auditor_account.ts";
import { Account } from "./auditor_account.ts";
import { Book } from "./auditor_book.ts";
import { bookEvent, finishCall } from "./auditor_events.ts";
import type { Answers, Seen, SeenBlock, SeenTx } from "./auditor_seen.ts";

/** What the auditor knows before the first block. */
export interface AuditStart {
  readonly time: number;
  readonly rules: Rules;
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  /** Addresses of the module accounts that coins pass through. */
  readonly modules: { readonly escrow: string; readonly fees: string; readonly insurance: string };
}

/** Seconds that closed accounts may be asked for before the chain forgets them. */
const NEVER_FORGOTTEN = 86_400;

/** Keeps the book over the blocks of one chain. */
export class Auditor {
  readonly book: Book;
  #uptime: number;

  constructor(start: AuditStart) {
    this.book = new Book(start);
    this.#uptime = start.time;
  }

  /** Takes a block into the book; gives back what does not add up. */
  block(block: SeenBlock): string[] {
    const { book } = this;
    const gap = Math.max(0, block.time - book.now);
    this.#uptime += Math.min(gap, book.rules.maxBlockGap);
    for (const account of book.accounts.values())
      if (account.state === "open") account.liveThrough(book.now + 1, block.time);
    book.now = block.time;
    book.uptime = this.#uptime;
    this.#call(block.begin, "begin");
    this.#endsOverdue();
    this.#graceOverdue();
    for (const tx of block.txs) this.#transaction(tx);
    this.#call(block.end, "end");
    this.#payoutsOverdue();
    book.closeBlock();
    return book.takeFaults();
  }

  #call(events: readonly Seen[], stage: "begin" | "tx" | "end"): void {
    this.book.stage = stage;
    for (const event of events) bookEvent(this.book, event);
    finishCall(this.book);
  }

  #transaction(tx: SeenTx): void {
    const { book } = this;
    const deposited = new Map<string, bigint>();
    if (tx.ok)
      for (const message of tx.messages.flatMap(inner)) {
        this.#send(message);
        for (const [denom, amount] of depositsOf(message))
          deposited.set(denom, (deposited.get(denom) ?? 0n) + amount);
        book.called.add(message.typeUrl);
      }
    this.#call(tx.events, "tx");
    for (const [denom, amount] of deposited)
      book.check(
        book.depositedNow.get(denom) === amount,
        () => `deposits of ${amount}${denom} were sent, ${book.depositedNow.get(denom)} came in`,
      );
    book.check(book.depositedNow.size === deposited.size, () => "deposits that nobody sent");
    book.depositedNow.clear();
    book.called.clear();
  }

  #send(message: SeenTx["messages"][number]): void {
    if (message.typeUrl === MsgSend.typeUrl) {
      const { fromAddress, toAddress, amount } = MsgSend.decode(message.value);
      for (const coin of amount)
        this.book.move(fromAddress, toAddress, coin.denom, BigInt(coin.amount));
    } else if (message.typeUrl === MsgMultiSend.typeUrl) {
      const { inputs, outputs } = MsgMultiSend.decode(message.value);
      for (const { address, coins } of inputs)
        for (const coin of coins) this.book.add(address, coin.denom, -BigInt(coin.amount));
      for (const { address, coins } of outputs)
        for (const coin of coins) this.book.add(address, coin.denom, BigInt(coin.amount));
    }
  }

  /** With room in the budget every end of funds is told in the first block after it. */
  #endsOverdue(): void {
    const { book } = this;
    const late = [...book.accounts.values()].filter(({ isTold }) => !isTold);
    if (book.endsTold + late.length > book.rules.endsPerBlock) return;
    for (const { name, endedAt } of late)
      book.fault(`funds of ${name} ended at ${endedAt} and nothing happened`);
  }

  /** With room in the budget nobody may stay suspended beyond the end of grace. */
  #graceOverdue(): void {
    const { book } = this;
    const over = [...book.accounts.values()].filter(
      (account) =>
        account.state === "suspended" && account.isTold && account.graceUntil <= book.uptime,
    );
    if (book.gracesEnded + over.length > book.rules.endsPerBlock) return;
    for (const { name } of over) book.fault(`grace of ${name} ended and nothing happened`);
  }

  /** With room in the budget every due payout is made, or was too small. */
  #payoutsOverdue(): void {
    const { book } = this;
    const due = [...book.accounts.values()]
      .flatMap((account) => account.live())
      .filter((stream) => stream.nextPayout <= book.now);
    if (book.payoutsMade + due.length > book.rules.payoutsPerBlock) {
      book.isPayoutLate = true;
      return;
    }
    for (const stream of due) {
      const { period, minimum } = book.payoutOf(stream.payee);
      book.check(
        stream.unpaid === 0 || stream.unpaid < minimum || book.isPayoutLate,
        () => `payout of ${stream.unpaid} to ${stream.payee} was due at ${stream.nextPayout}`,
      );
      book.nextPayout(stream, period);
    }
  }

  /** Compares the whole book with what the chain answers; gives back the differences. */
  compare(answers: Answers): string[] {
    const { book } = this;
    const { time, uptime } = answers.clocks();
    book.same("clock T", BigInt(book.now), time);
    book.same("clock U", BigInt(book.uptime), uptime);
    for (const [address, coins] of book.balances) {
      const told = answers.balances(address);
      for (const denom of new Set([...coins.keys(), ...told.keys()]))
        book.same(`balance of ${address}, ${denom}`, coins.get(denom) ?? 0n, told.get(denom) ?? 0n);
    }
    const supply = answers.supply();
    for (const [denom, amount] of book.supply)
      book.same(`supply of ${denom}`, amount, supply.get(denom) ?? 0n);
    for (const account of book.accounts.values()) this.#compareAccount(account, answers);
    return book.takeFaults();
  }

  #compareAccount(account: Account, answers: Answers): void {
    const { book } = this;
    const told = answers.account(account.name);
    if (told === undefined) {
      const isGone = account.state === "closed";
      const isEarly =
        account.scope === "SCOPE_DEPLOYMENT" && book.now < account.closedAt + NEVER_FORGOTTEN;
      book.check(
        isGone && !isEarly,
        () => `${account.name} is ${account.state}, the chain has none`,
      );
      if (isGone) book.accounts.delete(account.name);
      return;
    }
    const at = account.name;
    book.check(told.state === account.state, () => `${at} is ${account.state}, told ${told.state}`);
    if (account.state === "closed") return;
    const rate = account.open().reduce((sum, stream) => sum + stream.rate, 0);
    book.same(`${at}: free`, BigInt(account.left), told.free);
    book.same(`${at}: accrued`, BigInt(account.unpaid), told.accrued);
    book.same(`${at}: rate`, BigInt(rate), told.rate);
    book.same(`${at}: committed rate`, BigInt(account.committed), told.committedRate);
    this.#compareEnd(account, told.fundedUntil);
    if (account.state === "suspended" && account.isTold)
      book.same(
        `${at}: grace left`,
        BigInt(Math.max(0, account.graceUntil - book.uptime)),
        told.graceSeconds,
      );
    this.#compareStreams(account, told);
  }

  /** The announced end of funds is the last second that is still covered. */
  #compareEnd(account: Account, end: bigint): void {
    const { book } = this;
    if (account.open().length === 0 || account.state !== "open") {
      book.same(`${account.name}: funded until`, 0n, end);
      return;
    }
    const left = BigInt(account.left);
    if (end === 0n) {
      const year9999 = 253_402_300_799n;
      book.check(
        account.wantedUntil(book.now, year9999) <= left,
        () => `${account.name}: no end of funds is announced`,
      );
      return;
    }
    const [last, next] = [end, end + 1n].map((second) => account.wantedUntil(book.now, second));
    book.check(
      last !== undefined && next !== undefined && last <= left && next > left,
      () => `${account.name}: end at ${end} takes ${last}, a second more ${next}, left ${left}`,
    );
  }

  #compareStreams(account: Account, told: NonNullable<ReturnType<Answers["account"]>>): void {
    const { book } = this;
    book.same(
      `${account.name}: payments`,
      BigInt(account.live().length),
      BigInt(told.streams.size),
    );
    for (const stream of account.live()) {
      const found = told.streams.get(stream.name);
      if (found === undefined) {
        book.fault(`payment ${stream.name} is not told`);
        continue;
      }
      book.check(
        found.state === stream.state,
        () => `payment ${stream.name} is ${stream.state}, told ${found.state}`,
      );
      book.same(`payment ${stream.name}: rate`, BigInt(stream.rate), found.rate);
      book.same(`payment ${stream.name}: accrued`, BigInt(stream.unpaid), found.accrued);
      book.same(`payment ${stream.name}: paid`, BigInt(stream.paid), found.paid);
      if (!book.isPayoutLate)
        book.same(
          `payment ${stream.name}: next payout`,
          BigInt(stream.nextPayout),
          found.nextPayout,
        );
      stream.nextPayout = Number(found.nextPayout);
    }
  }
}

/** The messages that a message runs: those inside MsgExec, at any depth, or itself. */
function inner(message: SeenTx["messages"][number]): SeenTx["messages"] {
  if (message.typeUrl !== MsgExec.typeUrl) return [message];
  return MsgExec.decode(message.value).msgs.flatMap(inner);
}

/** Coins that a message puts into escrow. */
function depositsOf(message: SeenTx["messages"][number]): [denom: string, amount: bigint][] {
  const types = [MsgDeposit, MsgCreateDeployment, MsgCreateBid];
  const type = types.find((candidate) => candidate.typeUrl === message.typeUrl);
  if (type === undefined) return [];
  return type
    .decode(message.value)
    .deposits.map(({ amount }) => [amount.denom, BigInt(amount.amount)]);
}
