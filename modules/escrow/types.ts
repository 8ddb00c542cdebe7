// Names and pure money rules of escrow. The keeper treats the names as opaque bytes: only the two
// functions at the end of the first part read what is inside, for events and queries.

import type { Address, AddressCodec } from "../../chain/base/address.ts";
import { addressFromBytes } from "../../chain/base/address.ts";
import { assert } from "../../chain/base/assert.ts";
import type { Brand } from "../../chain/base/brand.ts";
import { concatBytes, readU64BigEndian, u64BigEndian } from "../../chain/base/bytes.ts";
import { ceilDiv, floorDiv } from "../../chain/base/integers.ts";
import type { AccountId, PaymentId } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";

/** Name of an account as state keys hold it: one byte of scope, then bytes that mean nothing here. */
export type AccountKey = Brand<Uint8Array, "EscrowAccountKey">;

/** Name of a payment inside its account; opaque. */
export type PaymentKey = Brand<Uint8Array, "EscrowPaymentKey">;

/** A payment and the account it is paid from. */
export interface PaymentRef {
  readonly account: AccountKey;
  readonly payment: PaymentKey;
}

/** What names an order: gseq and oseq count from 1. */
export interface OrderName {
  readonly owner: Address;
  readonly dseq: bigint;
  readonly gseq: number;
  readonly oseq: number;
}

/** What names a lease: its order and the provider's owner address. */
export interface LeaseName extends OrderName {
  readonly provider: Address;
}

/** Account of a tenant's deployment. */
export function deploymentAccount(owner: Address, dseq: bigint): AccountKey {
  return concatBytes(
    Uint8Array.of(Scope.DEPLOYMENT, owner.length),
    owner,
    u64BigEndian(dseq),
  ) as AccountKey;
}

/** Account of the deposit that goes with a bid of `provider` on an order. */
export function bidAccount(order: OrderName, provider: Address): AccountKey {
  return concatBytes(
    Uint8Array.of(Scope.BID, order.owner.length),
    order.owner,
    u64BigEndian(order.dseq),
    u32(order.gseq),
    u32(order.oseq),
    provider,
  ) as AccountKey;
}

/** Payment for a lease; it lies in the account of the lease's deployment. */
export function leasePayment(lease: LeaseName): PaymentRef {
  return {
    account: deploymentAccount(lease.owner, lease.dseq),
    payment: concatBytes(u32(lease.gseq), u32(lease.oseq), lease.provider) as PaymentKey,
  };
}

/** What an account is kept for. */
export function scopeOf(account: AccountKey): Scope {
  return account[0] ?? Scope.UNSPECIFIED;
}

function u32(value: number): Uint8Array {
  assert(Number.isInteger(value) && value >= 0 && value < 2 ** 32, `u32 out of range: ${value}`);
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

function readU32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0);
}

/** Opens an account's name for people: events, queries and stored values carry this form. */
export function accountIdOf(account: AccountKey, addresses: AddressCodec): AccountId {
  const scope = scopeOf(account);
  const length = account[1] ?? 0;
  const after = 2 + length;
  const id = {
    scope,
    owner: addresses.format(account.subarray(2, after)),
    dseq: readU64BigEndian(account, after),
  };
  if (scope === Scope.DEPLOYMENT) return { ...id, gseq: 0, oseq: 0, provider: "" };
  return {
    ...id,
    gseq: readU32(account, after + 8),
    oseq: readU32(account, after + 12),
    provider: addresses.format(account.subarray(after + 16)),
  };
}

/** Opens a payment's name for people. */
export function paymentIdOf(ref: PaymentRef, addresses: AddressCodec): PaymentId {
  const { owner, dseq } = accountIdOf(ref.account, addresses);
  return {
    owner,
    dseq,
    gseq: readU32(ref.payment, 0),
    oseq: readU32(ref.payment, 4),
    provider: addresses.format(ref.payment.subarray(8)),
  };
}

/** State key of an account named in a message or query. Throws: sdk/7 on a bad address. */
export function accountKeyOf(id: AccountId, addresses: AddressCodec): AccountKey {
  const owner = addresses.parse(id.owner);
  if (id.scope !== Scope.BID) return deploymentAccount(owner, id.dseq);
  const order = { owner, dseq: id.dseq, gseq: id.gseq, oseq: id.oseq };
  return bidAccount(order, addresses.parse(id.provider));
}

/** State key of a payment named in a message or query. Throws: sdk/7 on a bad address. */
export function paymentRefOf(id: PaymentId, addresses: AddressCodec): PaymentRef {
  return leasePayment({
    owner: addresses.parse(id.owner),
    dseq: id.dseq,
    gseq: id.gseq,
    oseq: id.oseq,
    provider: addresses.parse(id.provider),
  });
}

/** Queue and hook form of a payment: length-prefixed account, then the payment's name. */
export function paymentRefBytes(ref: PaymentRef): Uint8Array {
  return concatBytes(Uint8Array.of(ref.account.length), ref.account, ref.payment);
}

/** Reads what paymentRefBytes wrote. */
export function paymentRefFromBytes(bytes: Uint8Array): PaymentRef {
  const length = bytes[0] ?? 0;
  assert(bytes.length > 1 + length, `payment reference of ${bytes.length} bytes`);
  return {
    account: addressFromBytes(bytes.slice(1, 1 + length)) as Uint8Array as AccountKey,
    payment: bytes.slice(1 + length) as PaymentKey,
  };
}

// ---- money ------------------------------------------------------------------------------------

/** Seconds in an hour: rates are per hour, accrual is per second. */
export const SECONDS_PER_HOUR = 3600n;
/** Millionths in one. */
export const PPM = 1_000_000n;
/** Largest rate, base units per hour; with 64 payments a sum stays far below 256 bits. */
export const MAX_RATE = 10n ** 15n;
/** 9999-12-31T23:59:59Z in seconds since 1970: later ends of funds are not queued. */
export const LAST_SECOND = 253_402_300_799n;

/** A stream that accrues: base units per hour from `since` on, `carry` 1/3600 units already earned. */
export interface Stream {
  readonly rate: bigint;
  readonly since: bigint;
  readonly carry: bigint;
}

/** Whole base units accrued up to T = `at` and the part that stays, in 1/3600 (3a-1). */
export function accrue(stream: Stream, at: bigint): { owed: bigint; carry: bigint } {
  const total = stream.rate * (at - stream.since) + stream.carry;
  const owed = floorDiv(total, SECONDS_PER_HOUR);
  return { owed, carry: total - owed * SECONDS_PER_HOUR };
}

/** S(t): whole base units that all streams have accrued up to T = `at`. */
export function accruedBy(streams: Iterable<Stream>, at: bigint): bigint {
  let sum = 0n;
  for (const stream of streams) sum += accrue(stream, at).owed;
  return sum;
}

/**
 * The largest T at which `funds` cover everything accrued (3a-1), or undefined when nothing
 * accrues. The closed bounds hold for any number of streams; the rest is found by bisection.
 */
export function fundedUntil(funds: bigint, streams: readonly Stream[]): bigint | undefined {
  let rate = 0n;
  let offset = 0n;
  for (const stream of streams) {
    rate += stream.rate;
    offset += stream.carry - stream.rate * stream.since;
  }
  if (rate === 0n) return undefined;
  const key = SECONDS_PER_HOUR * funds - offset;
  let low = floorDiv(key + SECONDS_PER_HOUR - 1n, rate);
  let high = floorDiv(key + (SECONDS_PER_HOUR - 1n) * BigInt(streams.length), rate);
  while (low < high) {
    const middle = floorDiv(low + high + 1n, 2n);
    if (accruedBy(streams, middle) <= funds) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** Funds that cover `rate` per hour for so many seconds, rounded up. */
export function fundsFor(rate: bigint, seconds: bigint): bigint {
  return ceilDiv(rate * seconds, SECONDS_PER_HOUR);
}

/** `amount` in millionths with what was left before: the whole part and what is left now. */
export function takePpm(
  amount: bigint,
  ppm: number,
  carry: number,
): { part: bigint; carry: number } {
  const total = amount * BigInt(ppm) + BigInt(carry);
  const part = floorDiv(total, PPM);
  return { part, carry: Number(total - part * PPM) };
}

// ---- what the keeper tells and is told ----------------------------------------------------------

/** One step of an account, in the order in which it happened. */
export type Transition =
  /** Funds ran out: all its payments stopped at T = `at`, which may lie before the current block. */
  | { readonly kind: "suspended"; readonly at: bigint }
  /** A deposit reached the resume minimum: suspended payments are pending again. */
  | { readonly kind: "resumed" }
  /** A deposit went into an open account: what waits for funds may be tried again. */
  | { readonly kind: "deposited" }
  /** Grace is over: all its payments were closed and paid out; the account is open and empty of them. */
  | { readonly kind: "grace_ended" };

/** What one call did to an account, told once after everything was written. */
export interface AccountChange {
  readonly account: AccountKey;
  readonly transitions: readonly Transition[];
}

/** What pauses a payment; independent of each other. */
export type PaymentFlag = "silent" | "maintenance";

/** How a hold ends: paid to its beneficiary (burned when it has none), burned, or set free. */
export type HoldOutcome = "pay" | "burn" | "release";

/** Money of an account at one T, everything due applied. Amounts in base units, rates per hour. */
export interface AccountFunds {
  /** F - S(now): what payments may still spend. */
  readonly free: bigint;
  /** Accrued and not yet settled, over all payments. */
  readonly unsettled: bigint;
  readonly held: bigint;
  /** R: rates of payments that accrue. */
  readonly rate: bigint;
  /** Rc: rates of all payments that are not closed. */
  readonly committedRate: bigint;
  /** Last T that the funds cover; undefined while nothing accrues. */
  readonly fundedUntil: bigint | undefined;
  /** fundedUntil - now; undefined while nothing accrues. */
  readonly secondsLeft: bigint | undefined;
}
