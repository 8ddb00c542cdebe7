// Test accounts and signed transactions, made with the chain's own codec and @noble's curve.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { AddressCodec, secp256k1Address } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import type { WireCoin } from "../../chain/base/coins.ts";
import { utf8 } from "../../chain/base/bytes.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import type { Any, MessageType } from "../../chain/codec/index.ts";
import { testPlatform } from "./platform.ts";

/** A key with its address. Keys are made of names: the same name is the same key everywhere. */
export interface Signer {
  readonly name: string;
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
  readonly bytes: Address;
  /** Bech32 text. */
  readonly address: string;
}

/** The signer of a name. */
export function makeSigner(name: string, prefix: string): Signer {
  const secret = testPlatform.sha256(utf8(`test key of ${name}`));
  const key = secp256k1.getPublicKey(secret, true);
  const bytes = secp256k1Address(testPlatform, key);
  return { name, secret, key, bytes, address: new AddressCodec(prefix).format(bytes) };
}

/** A message of a transaction. */
export function msg<T>(type: MessageType<T>, value: Partial<T>): Any {
  return { typeUrl: type.typeUrl, value: type.encode(type.create(value)) };
}

/** What a transaction says besides its messages. */
export interface TxOptions {
  readonly memo?: string;
  /** Gas limit; default 2,000,000. */
  readonly gas?: bigint;
  readonly fee?: readonly WireCoin[];
  /** Who is asked to pay the fee. */
  readonly granter?: string;
  readonly timeoutHeight?: bigint;
  /** Leaves the sequences that are on chain aside. */
  readonly sequences?: readonly bigint[];
}

/** Where a signer stands on chain. */
export interface SignerState {
  readonly signer: Signer;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** Signs a transaction in direct mode, by all signers in order. */
export function signTx(
  chainId: string,
  signers: readonly SignerState[],
  messages: readonly Any[],
  options: TxOptions = {},
): Uint8Array {
  const bodyBytes = TxBody.encode(
    TxBody.create({
      messages,
      memo: options.memo ?? "",
      timeoutHeight: options.timeoutHeight ?? 0n,
    }),
  );
  const authInfoBytes = AuthInfo.encode({
    signerInfos: signers.map(({ signer, sequence }) => ({
      publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: signer.key }) },
      modeInfo: { single: { mode: SignMode.DIRECT } },
      sequence,
    })),
    fee: {
      amount: options.fee ?? [],
      gasLimit: options.gas ?? 2_000_000n,
      payer: "",
      granter: options.granter ?? "",
    },
  });
  const signatures = signers.map(({ signer, accountNumber }) => {
    const doc = SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber });
    return secp256k1.sign(testPlatform.sha256(doc), signer.secret, { prehash: false, lowS: true });
  });
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures });
}
