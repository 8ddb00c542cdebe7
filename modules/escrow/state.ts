// What the module keeps. Account names are opaque bytes with a length before them, so that no name
// is a prefix of another in a scan.

import type { Address } from "../../chain/base/address.ts";
import { decodeBech32 } from "../../chain/base/address.ts";
import { must } from "../../chain/base/assert.ts";
import {
  Account,
  Hold,
  Movement,
  Params,
  Payment,
  PayoutSettings,
  Unclaimed,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { KeyCodec, StoreSource } from "../../chain/store/index.ts";
import {
  addressKey,
  bytesKey,
  protoValue,
  Schema,
  stringKey,
  tuple,
  u64Key,
} from "../../chain/store/index.ts";
import { defaultParams } from "./params.ts";
import type { AccountKey, PaymentKey } from "./types.ts";

/** Name of the module, its store and its module account. */
export const ESCROW = "escrow";

/** Everything in store `escrow`. */
export const schema = new Schema(ESCROW);

const accountKey = bytesKey as unknown as KeyCodec<AccountKey>;
const paymentKey = bytesKey as unknown as KeyCodec<PaymentKey>;

/** Parameters. */
export const params = schema.item({
  prefix: 0,
  name: "params",
  value: protoValue(Params),
  default: () => defaultParams([]),
});

/** Accounts by name; closed ones until their retention ends. */
export const accounts = schema.map({
  prefix: 1,
  name: "accounts",
  key: accountKey,
  value: protoValue(Account),
  side: {
    byOwner: {
      prefix: 0x21,
      key: addressKey,
      of: (_key: AccountKey, account: Account) => addressOf(account.owner),
    },
  },
});

/** Payments that are not closed, by account and name. */
export const payments = schema.map({
  prefix: 2,
  name: "payments",
  key: tuple(accountKey, paymentKey),
  value: protoValue(Payment),
  side: {
    byPayee: {
      prefix: 0x22,
      key: addressKey,
      of: (_key: readonly [AccountKey, PaymentKey], payment: Payment) => addressOf(payment.payee),
    },
  },
});

/** Closed payments until their retention ends: their names stay taken. */
export const closedPayments = schema.map({
  prefix: 3,
  name: "closed_payments",
  key: tuple(accountKey, paymentKey),
  value: protoValue(Payment),
});

/** Live holds by account and number. */
export const holds = schema.map({
  prefix: 4,
  name: "holds",
  key: tuple(accountKey, u64Key),
  value: protoValue(Hold),
});

/** Coins that could not be delivered, by address and denom. */
export const unclaimed = schema.map({
  prefix: 5,
  name: "unclaimed",
  key: tuple(addressKey, stringKey),
  value: protoValue(Unclaimed),
});

/** Payees that chose how they are paid. */
export const payouts = schema.map({
  prefix: 6,
  name: "payouts",
  key: addressKey,
  value: protoValue(PayoutSettings),
});

/** Hold steps (kind 1) and exhaustion at funded_until + 1 (kind 2), id = account. */
export const timers = schema.queue({ prefix: 0x10, name: "timers", clock: "time" });
/** Ends of grace, id = account. */
export const graces = schema.queue({ prefix: 0x11, name: "graces", clock: "uptime" });
/** Low-funds warnings, id = account. */
export const notices = schema.queue({ prefix: 0x12, name: "notices", clock: "time" });
/** Payouts, id = payment reference. */
export const payoutQueue = schema.queue({ prefix: 0x13, name: "payout_queue", clock: "time" });
/** Deletion of closed accounts (kind 1, id = account) and payments (kind 2, id = reference). */
export const drains = schema.queue({ prefix: 0x14, name: "drains", clock: "time" });

/** Kinds of queue entries; a smaller one comes first in the same second. */
export const Timer = { HOLD_STEP: 1, EXHAUSTION: 2 } as const;
/** The only kind of the queues graces, notices and payout_queue. */
export const ONLY = 1;
/** Kinds of the queue drains. */
export const Drain = { ACCOUNT: 1, PAYMENT: 2 } as const;

const statement = new Schema(ESCROW);

/** Movements by account and number. Lives in the side store: reach it through `sideOf`. */
export const movements = statement.map({
  prefix: 0x40,
  name: "movements",
  key: tuple(accountKey, u64Key),
  value: protoValue(Movement),
});

/** The side store in the place of the hashed one, for `movements`. */
export function sideOf(source: StoreSource): StoreSource {
  return { store: (name) => source.side(name), side: (name) => source.side(name) };
}

/** Bytes of an address that this chain formatted itself. */
export function addressOf(text: string): Address {
  return must(decodeBech32(text), `stored address ${text}`).bytes;
}
