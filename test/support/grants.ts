// Messages of modules authz and feegrant in short, and messages nested in each other.

import { concatBytes, utf8 } from "../../chain/base/bytes.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import {
  GenericAuthorization,
  MsgExec,
  MsgGrant,
  MsgRevoke,
} from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { MsgSend, SendAuthorization } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  BasicAllowance,
  MsgGrantAllowance,
  MsgRevokeAllowance,
  PeriodicAllowance,
} from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

/** A whole second as a time. */
export function at(seconds: bigint): Timestamp {
  return { seconds, nanos: 0 };
}

/** Coins of ulease. */
export function lease(amount: bigint): readonly { denom: string; amount: string }[] {
  return [{ denom: "ulease", amount: amount.toString() }];
}

/** Any message of a type. */
export function generic(typeUrl: string): Any {
  return msg(GenericAuthorization, { msg: typeUrl });
}

/** Sends up to an amount of ulease. */
export function sending(amount: bigint, allowList: readonly string[] = []): Any {
  return msg(SendAuthorization, { spendLimit: lease(amount), allowList });
}

/** MsgGrant. */
export function granting(from: Signer, to: Signer, what: Any, end?: bigint): Any {
  const grant = {
    authorization: what,
    ...(end !== undefined && { expiration: at(end) }),
  };
  return msg(MsgGrant, { granter: from.address, grantee: to.address, grant });
}

/** MsgRevoke. */
export function revoking(from: Signer, to: Signer, msgTypeUrl: string): Any {
  return msg(MsgRevoke, { granter: from.address, grantee: to.address, msgTypeUrl });
}

/** MsgExec. */
export function executing(by: Signer, msgs: readonly Any[]): Any {
  return msg(MsgExec, { grantee: by.address, msgs });
}

/** MsgSend of ulease. */
export function paying(from: Signer, to: string, amount: bigint): Any {
  return msg(MsgSend, { fromAddress: from.address, toAddress: to, amount: lease(amount) });
}

/** Pays fees up to an amount of ulease, or without limit, for good or until a second. */
export function basic(amount?: bigint, end?: bigint): Any {
  return msg(BasicAllowance, {
    ...(amount !== undefined && { spendLimit: lease(amount) }),
    ...(end !== undefined && { expiration: at(end) }),
  });
}

/** Pays up to `limit` in each period and `total` in all; the first period ends at second `reset`. */
export function periodic(limit: bigint, total: bigint, seconds: bigint, reset: bigint): Any {
  return msg(PeriodicAllowance, {
    basic: BasicAllowance.create({ spendLimit: lease(total) }),
    period: { seconds, nanos: 0 },
    periodSpendLimit: lease(limit),
    periodCanSpend: lease(limit),
    periodReset: at(reset),
  });
}

/** MsgGrantAllowance. */
export function allowing(from: Signer, to: Signer, allowance: Any): Any {
  return msg(MsgGrantAllowance, { granter: from.address, grantee: to.address, allowance });
}

/** MsgRevokeAllowance. */
export function disallowing(from: Signer, to: Signer): Any {
  return msg(MsgRevokeAllowance, { granter: from.address, grantee: to.address });
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** `depth` MsgExec in each other around a message, in time that grows with the depth only. */
export function nested(by: Signer, depth: number, inner: Any): Any {
  const grantee = utf8(by.address);
  const url = utf8(MsgExec.typeUrl);
  const heads: Uint8Array[] = [];
  let { typeUrl, value } = inner;
  let below = value.length;
  let tail = value;
  for (let level = 0; level < depth; level++) {
    const name = level === 0 ? utf8(typeUrl) : url;
    const any = concatBytes(Uint8Array.of(0x0a), varint(name.length), name);
    const content = below === 0 ? [] : [Uint8Array.of(0x12), varint(below)];
    const held = concatBytes(any, ...content);
    const length = held.length + below;
    const head = concatBytes(
      Uint8Array.of(0x0a, grantee.length),
      grantee,
      Uint8Array.of(0x12),
      varint(length),
      held,
    );
    heads.push(head);
    below += head.length;
  }
  if (depth > 0) tail = concatBytes(...heads.reverse(), value);
  typeUrl = depth > 0 ? MsgExec.typeUrl : typeUrl;
  value = tail;
  return { typeUrl, value };
}
