// Signatures of people over plain text: ADR-036 documents, which single keys, multisigs and hardware
// wallets can all make.

import { equalBytes, toBase64 } from "../../chain/base/bytes.ts";
import type { Params } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { MultiSignature } from "../../chain/codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import { Any as AnyType } from "../../chain/codec/gen/google/protobuf.ts";
import { sortedJsonBytes } from "../../chain/codec/index.ts";
import { addressOfKey, countKeys, decodePubKey, tryDecode } from "../../chain/runtime/index.ts";
import type { Context, PubKey } from "../../chain/runtime/index.ts";
import type { SignedText } from "./types.ts";

/** SHA-256 of the ADR-036 sign document of `text` by `signer` (bech32). */
function documentDigest(ctx: Context, signer: string, text: Uint8Array): Uint8Array {
  const document = {
    account_number: "0",
    chain_id: "",
    fee: { amount: [], gas: "0" },
    memo: "",
    msgs: [{ type: "sign/MsgSignData", value: { data: toBase64(text), signer } }],
    sequence: "0",
  };
  return ctx.platform.sha256(sortedJsonBytes(document));
}

/** See AuthKeeper.verifyOwnerSignature. */
export function verifySignedText(ctx: Context, params: Params, signed: SignedText): boolean {
  const key = tryDecode(() => decodePubKey(AnyType.decode(signed.publicKey)));
  if (key === undefined || BigInt(countKeys(key)) > params.txSigLimit) return false;
  if (!equalBytes(addressOfKey(ctx.platform, key), signed.signer)) return false;
  const digest = documentDigest(ctx, ctx.addresses.format(signed.signer), signed.text);
  const cost = Number(params.sigVerifyCostSecp256k1);
  const verify = (member: PubKey, signature: Uint8Array): boolean => {
    if (member.kind !== "secp256k1") return false;
    ctx.gas.consume(cost, "verify signed text");
    return ctx.platform.verifySecp256k1(member.key, digest, signature);
  };
  return key.kind === "multisig"
    ? verifyMembers(key, signed.signature, verify)
    : verify(key, signed.signature);
}

/** At least `threshold` signatures, in order of members; members without one are passed over. */
function verifyMembers(
  key: PubKey & { readonly kind: "multisig" },
  bytes: Uint8Array,
  verify: (member: PubKey, signature: Uint8Array) => boolean,
): boolean {
  const signatures = tryDecode(() => MultiSignature.decode(bytes))?.signatures ?? [];
  if (key.threshold < 1 || signatures.length < key.threshold) return false;
  let next = 0;
  for (const signature of signatures) {
    const at = key.keys.findIndex((member, i) => i >= next && verify(member, signature));
    if (at < 0) return false;
    next = at + 1;
  }
  return true;
}
