// The tenant's receipt: an ADR-036 signature, so that every wallet that signs amino JSON can give it.

import type { OfflineAminoSigner, Pubkey, StdSignDoc } from "@cosmjs/amino";
import { encodePubkey } from "@cosmjs/proto-signing";
import { toBase64 } from "../chain/base/bytes.ts";
import type { LeaseId, Receipt } from "../chain/codec/gen/leasehold/market/v1.ts";
import { Any } from "../chain/codec/gen/google/protobuf.ts";
import { receiptText } from "../modules/market/types.ts";

/** The ADR-036 document that the owner of a lease signs: no chain id, no fee, account 0. */
export function receiptDocument(
  chainId: string,
  lease: LeaseId,
  manifestHash: Uint8Array,
): StdSignDoc {
  const data = toBase64(receiptText(chainId, lease, manifestHash));
  return {
    chain_id: "",
    account_number: "0",
    sequence: "0",
    fee: { gas: "0", amount: [] },
    msgs: [{ type: "sign/MsgSignData", value: { signer: lease.owner, data } }],
    memo: "",
  };
}

/** Signs the receipt of a lease with its owner's key. Says that the provider has the manifest and that services answer. */
export async function signReceipt(
  signer: OfflineAminoSigner,
  chainId: string,
  lease: LeaseId,
  manifestHash: Uint8Array,
): Promise<Receipt> {
  const document = receiptDocument(chainId, lease, manifestHash);
  const { signature } = await signer.signAmino(lease.owner, document);
  const key = encodePubkey(signature.pub_key as Pubkey);
  return {
    manifestHash,
    publicKey: Any.encode({ typeUrl: key.typeUrl, value: key.value }),
    signature: Uint8Array.from(atob(signature.signature), (char) => char.charCodeAt(0)),
  };
}
