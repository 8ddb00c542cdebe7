// Receipts: the tenant's signature that a provider has its manifest and services answer. The signed
// text is the chain's; an ADR-036 document wraps it, so that single keys, multisigs and hardware
// wallets can sign it with what CosmJS offers.

import type {
  MultisigThresholdPubkey,
  OfflineAminoSigner,
  Pubkey,
  StdSignDoc,
} from "@cosmjs/amino";
import { pubkeyToAddress, serializeSignDoc } from "@cosmjs/amino";
import { encodePubkey } from "@cosmjs/proto-signing";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes, fromBase64, toBase64 } from "../chain/base/bytes.ts";
import { MultiSignature } from "../chain/codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import { Any } from "../chain/codec/gen/google/protobuf.ts";
import type { LeaseId, Receipt } from "../chain/codec/gen/leasehold/market/v1.ts";
import { receiptText } from "../modules/market/types.ts";

/** What a receipt is about. */
export interface ReceiptTerms {
  readonly chainId: string;
  readonly lease: LeaseId;
  /** SHA-256 of the canonical manifest, 32 bytes. */
  readonly manifestHash: Uint8Array;
}

/** The ADR-036 document that the owner of the lease (or each member of a multisig owner) signs. */
export function receiptDocument({ chainId, lease, manifestHash }: ReceiptTerms): StdSignDoc {
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

/** One key's signature of a receipt. */
export interface ReceiptSignature {
  readonly publicKey: Pubkey;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Has one key sign a receipt; `address` is the key's own, which for a multisig is a member's. */
export async function signReceiptPart(
  signer: OfflineAminoSigner,
  address: string,
  terms: ReceiptTerms,
): Promise<ReceiptSignature> {
  const { signature } = await signer.signAmino(address, receiptDocument(terms));
  const bytes = fromBase64(signature.signature);
  if (bytes === undefined) throw new Error("the wallet gave a signature that is not base64");
  return { publicKey: signature.pub_key, signature: bytes };
}

/** Signs a receipt with the key that owns the lease. */
export async function signReceipt(
  signer: OfflineAminoSigner,
  terms: ReceiptTerms,
): Promise<Receipt> {
  const part = await signReceiptPart(signer, terms.lease.owner, terms);
  return {
    manifestHash: terms.manifestHash,
    publicKey: encodeKey(part.publicKey),
    signature: part.signature,
  };
}

/** Joins signatures of members of the multisig that owns the lease; at least its threshold. */
export function joinReceipt(
  owner: MultisigThresholdPubkey,
  terms: ReceiptTerms,
  parts: readonly ReceiptSignature[],
): Receipt {
  const place = (part: ReceiptSignature): number =>
    owner.value.pubkeys.findIndex((key) => sameKey(key, part.publicKey));
  const strangers = parts.filter((part) => place(part) < 0).length;
  if (strangers > 0) throw new Error(`${strangers} signatures are not by members of the multisig`);
  const threshold = Number(owner.value.threshold);
  if (parts.length < threshold) {
    throw new Error(`${parts.length} signatures, the multisig needs ${threshold}`);
  }
  const ordered = parts.toSorted((a, b) => place(a) - place(b));
  return {
    manifestHash: terms.manifestHash,
    publicKey: encodeKey(owner),
    signature: MultiSignature.encode({ signatures: ordered.map(({ signature }) => signature) }),
  };
}

/** Whether a single key's signature of a receipt is good: for providers, before they post it. */
export function verifyReceiptPart(
  terms: ReceiptTerms,
  { publicKey, signature }: ReceiptSignature,
  prefix: string,
): boolean {
  const key = fromBase64(String(publicKey.value));
  if (publicKey.type !== "tendermint/PubKeySecp256k1" || key?.length !== 33) return false;
  if (pubkeyToAddress(publicKey, prefix) !== terms.lease.owner || signature.length !== 64)
    return false;
  const digest = sha256(serializeSignDoc(receiptDocument(terms)));
  return secp256k1.verify(signature, digest, key, { prehash: false });
}

function encodeKey(key: Pubkey): Uint8Array {
  const { typeUrl, value } = encodePubkey(key);
  return Any.encode({ typeUrl, value });
}

function sameKey(a: Pubkey, b: Pubkey): boolean {
  return equalBytes(encodeKey(a), encodeKey(b));
}
