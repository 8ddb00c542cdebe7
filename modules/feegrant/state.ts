// Store `feegrant`, byte for byte the SDK's: allowances, and the queue of those that end. By granter
// they are listed from the side store, which the SDK does by walking over all allowances.

import type { Address } from "../../chain/base/address.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import { Grant } from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import {
  addressKey,
  emptyValue,
  prefixedAddressKey,
  protoValue,
  Schema,
  sdkTimeKey,
  tuple,
} from "../../chain/store/index.ts";

/** Name of the module and of its store. */
export const FEEGRANT = "feegrant";

/** Store `feegrant`. */
export const feegrantSchema = new Schema(FEEGRANT);

/** Whose fees are paid, and by whom. */
export type AllowanceKey = readonly [grantee: Address, granter: Address];

/** Allowances. */
export const allowances = feegrantSchema.map({
  prefix: 0,
  name: "allowances",
  key: tuple<AllowanceKey>(addressKey, prefixedAddressKey),
  value: protoValue(Grant),
  side: {
    byGranter: {
      prefix: 0x41,
      key: tuple<AllowanceKey>(addressKey, prefixedAddressKey),
      of: ([grantee, granter]): AllowanceKey => [granter, grantee],
      layout: "sdk reverse pair",
      pair: ([grantee, granter]): AllowanceKey => [granter, grantee],
      primary: ([granter, grantee]): AllowanceKey => [grantee, granter],
    },
  },
});

/** When an allowance ends, and whose it is. */
export type QueueKey = readonly [end: Timestamp, grantee: Address, granter: Address];

/**
 * Allowances that end. An entry stays until its time whatever becomes of the allowance, and then
 * takes with it the one that its pair has by then, as in the SDK.
 */
export const ending = feegrantSchema.set({
  prefix: 1,
  name: "allowance_queue",
  key: tuple<QueueKey>(sdkTimeKey, addressKey, prefixedAddressKey),
  value: emptyValue,
});
