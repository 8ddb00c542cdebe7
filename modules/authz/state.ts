// Store `authz`, byte for byte the SDK's: grants, and the queue of those that end. By grantee they
// are listed from the side store, which the SDK does by walking over all grants.

import type { Address } from "../../chain/base/address.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import { Grant, GrantQueueItem } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import {
  addressKey,
  prefixedAddressKey,
  protoValue,
  Schema,
  sdkTimeKey,
  stringKey,
  tuple,
} from "../../chain/store/index.ts";

/** Name of the module and of its store. */
export const AUTHZ = "authz";

/** Store `authz`. */
export const authzSchema = new Schema(AUTHZ);

/** Who grants, to whom, messages of which type. */
export type GrantKey = readonly [granter: Address, grantee: Address, msgTypeUrl: string];

/** Grants. */
export const grants = authzSchema.map({
  prefix: 1,
  name: "grants",
  key: tuple<GrantKey>(addressKey, addressKey, stringKey),
  value: protoValue(Grant),
  side: {
    byGrantee: {
      prefix: 0x41,
      key: tuple<GrantKey>(addressKey, addressKey, stringKey),
      of: ([granter, grantee, msgTypeUrl]): GrantKey => [grantee, granter, msgTypeUrl],
      layout: "sdk reverse pair",
      pair: ([granter, grantee, msgTypeUrl]): GrantKey => [grantee, granter, msgTypeUrl],
      primary: ([grantee, granter, msgTypeUrl]): GrantKey => [granter, grantee, msgTypeUrl],
    },
  },
});

/** When grants end, and whose. */
export type QueueKey = readonly [end: Timestamp, granter: Address, grantee: Address];

/**
 * Message types of the grants that end at a time. An entry whose grants were all revoked or given
 * another end stays, without bytes, until that time.
 */
export const ending = authzSchema.map({
  prefix: 2,
  name: "grant_queue",
  key: tuple<QueueKey>(sdkTimeKey, addressKey, prefixedAddressKey),
  value: protoValue(GrantQueueItem),
});
