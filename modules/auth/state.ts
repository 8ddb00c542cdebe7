// Store `acc`, byte for byte the SDK's: accounts as Any, an index by account number whose entry is
// removed and set again at each write, the next account number, the parameters.

import { utf8 } from "../../chain/base/bytes.ts";
import { BaseAccount, ModuleAccount, Params } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { Any as AnyType } from "../../chain/codec/gen/google/protobuf.ts";
import type { Any } from "../../chain/codec/index.ts";
import { CodecError } from "../../chain/codec/index.ts";
import { decodePubKey, remembered } from "../../chain/runtime/index.ts";
import { addressKey, mappedValue, protoValue, Schema, u64Key } from "../../chain/store/index.ts";
import type { Account } from "./types.ts";

/** Name of the module. */
export const AUTH = "auth";

/** Name of its store. */
export const ACC = "acc";

/** Store `acc`. */
export const schema = new Schema(ACC);

/** Parameters. */
export const params = schema.item({
  prefix: 0,
  name: "params",
  value: remembered(protoValue(Params), 1),
});

/** Accounts by address. */
export const accounts = schema.map({
  prefix: 1,
  name: "accounts",
  key: addressKey,
  value: remembered(mappedValue(protoValue(AnyType), toAny, fromAny), 12),
  indexes: {
    byNumber: {
      prefix: utf8("accountNumber"),
      key: u64Key,
      of: (_, account) => account.number,
      layout: "sdk unique",
    },
  },
});

/** The number that the next new account gets. */
export const nextNumber = schema.sequence({ prefix: 2, name: "next_number" });

/** An account in its wire form. */
export function toAny(account: Account): Any {
  const base: BaseAccount = {
    address: account.address,
    accountNumber: account.number,
    sequence: account.sequence,
    ...(account.key !== undefined && { pubKey: account.key.any }),
  };
  if (account.module === undefined)
    return { typeUrl: BaseAccount.typeUrl, value: BaseAccount.encode(base) };
  const { name, permissions } = account.module;
  const value = ModuleAccount.encode({ baseAccount: base, name, permissions });
  return { typeUrl: ModuleAccount.typeUrl, value };
}

/** An account out of its wire form. Throws: CodecError when it is none. */
export function fromAny(any: Any): Account {
  switch (any.typeUrl) {
    case BaseAccount.typeUrl:
      return fromBase(BaseAccount.decode(any.value));
    case ModuleAccount.typeUrl: {
      const { baseAccount, name, permissions } = ModuleAccount.decode(any.value);
      if (baseAccount === undefined)
        throw new CodecError(name.slice(0, 100), "a module account without a base account");
      return { ...fromBase(baseAccount), module: { name, permissions } };
    }
    default:
      throw new CodecError(any.typeUrl.slice(0, 100), "not the type of an account");
  }
}

function fromBase(base: BaseAccount): Account {
  return {
    address: base.address,
    key: base.pubKey === undefined ? undefined : decodePubKey(base.pubKey),
    number: base.accountNumber,
    sequence: base.sequence,
  };
}
