// Store `bank`, byte for byte the SDK's. Two entries per balance: the amount under (address, denom)
// and an empty one under (denom, address), which is written again with every change of the amount.

import type { Address } from "../../chain/base/address.ts";
import { assert, must } from "../../chain/base/assert.ts";
import { EMPTY_BYTES } from "../../chain/base/bytes.ts";
import { parseUint, MAX_AMOUNT } from "../../chain/base/integers.ts";
import { Metadata, Params } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { remembered } from "../../chain/runtime/index.ts";
import {
  addressKey,
  mappedValue,
  prefixedAddressKey,
  protoValue,
  Schema,
  stringKey,
  stringValue,
  tuple,
} from "../../chain/store/index.ts";
import type { ValueCodec } from "../../chain/store/index.ts";

/** Name of the module and of its store. */
export const BANK = "bank";

/** Store `bank`. */
export const schema = new Schema(BANK);

const ZERO = "0".charCodeAt(0);
const amountText: ValueCodec<bigint> = mappedValue(
  stringValue,
  (amount) => amount.toString(),
  (text) => must(parseUint(text, MAX_AMOUNT), `stored amount ${text}`),
);
/** Digits that an exact number holds. */
const SHORT_AMOUNT = 15;

/** An amount as decimal text. A short one is read digit by digit, without text in between. */
const amountValue: ValueCodec<bigint> = {
  ...amountText,
  decode(bytes) {
    const { length } = bytes;
    if (length === 0 || length > SHORT_AMOUNT || (length > 1 && bytes[0] === ZERO))
      return amountText.decode(bytes);
    let value = 0;
    for (let i = 0; i < length; i++) {
      const digit = (bytes[i] as number) - ZERO;
      if (digit < 0 || digit > 9) return amountText.decode(bytes);
      value = value * 10 + digit;
    }
    return BigInt(value);
  },
};

/** A flag as google.protobuf.BoolValue: 08 01, or no bytes for false. */
const flagValue: ValueCodec<boolean> = {
  name: "google.protobuf.BoolValue",
  encode: (flag) => (flag ? Uint8Array.of(0x08, 0x01) : EMPTY_BYTES),
  decode(bytes) {
    assert(bytes.length === 0 || bytes.length === 2, `a flag of ${bytes.length} bytes`);
    return bytes.length === 2;
  },
};

/** Total amount of each denom, base units; no entry for zero. */
export const supply = schema.map({ prefix: 0, name: "supply", key: stringKey, value: amountValue });

/** Metadata by base denom. */
export const metadata = schema.map({
  prefix: 1,
  name: "denom_metadata",
  key: stringKey,
  value: protoValue(Metadata),
});

/** Balances, base units; no entry for zero. */
export const balances = schema.map({
  prefix: 2,
  name: "balances",
  key: tuple<readonly [Address, string]>(addressKey, stringKey),
  value: amountValue,
  indexes: {
    byDenom: {
      prefix: 3,
      key: tuple<readonly [string, Address]>(stringKey, prefixedAddressKey),
      of: ([address, denom]) => [denom, address] as const,
      layout: "sdk reverse pair",
      pair: ([address, denom]) => [denom, address] as const,
      primary: ([denom, address]) => [address, denom] as const,
    },
  },
});

/** Denoms for which sending is switched on or off by name. */
export const sendEnabled = schema.map({
  prefix: 4,
  name: "send_enabled",
  key: stringKey,
  value: flagValue,
});

/** Parameters. */
export const params = schema.item({
  prefix: 5,
  name: "params",
  value: remembered(protoValue(Params), 1),
});
