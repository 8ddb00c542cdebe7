// The load of the block benchmark: the accounts that the Go peer has too (the first 20,000 with keys,
// the others hashes that nobody has a key to), and signed bank sends between them. Signing is done
// with the native library, outside of what is timed.

import { createRequire } from "node:module";
import { AddressCodec, addressFromBytes, secp256k1Address } from "../../chain/base/address.ts";
import { utf8 } from "../../chain/base/bytes.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";

/** The part of the native binding that makes keys and signatures. */
interface Signing {
  publicKeyCreate(secret: Uint8Array, compressed: boolean): Uint8Array;
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { readonly signature: Uint8Array };
}

/** Accounts below this index have a private key. */
const KEYED = 20_000;
/** As the peer's: nearly three times what a send uses. */
const GAS_LIMIT = 200_000n;
const FEE = "1000";

/** Denom that is sent and that fees are paid in. */
export const DENOM = "ulease";
/** What each account has at genesis. */
export const START_COIN = 1_000_000_000_000n;

interface Sender {
  readonly index: number;
  readonly secret: Uint8Array;
  readonly keyAny: { readonly typeUrl: string; readonly value: Uint8Array };
  sequence: bigint;
}

/** A repeatable source of numbers 0..2^32-1 (xorshift). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Bank sends of keyed accounts to any account; sequences assume that each one is delivered. */
export class SendLoad {
  /** Bech32 addresses by index, which is also the account number. */
  readonly addresses: readonly string[];
  readonly #senders: Sender[] = [];
  readonly #next = numbers(7);
  readonly #platform: Platform;
  readonly #chainId: string;
  readonly #signing = createRequire(import.meta.url)("secp256k1") as Signing;

  constructor(platform: Platform, chainId: string, prefix: string, count: number) {
    this.#platform = platform;
    this.#chainId = chainId;
    const codec = new AddressCodec(prefix);
    this.addresses = Array.from({ length: count }, (_, index) => {
      const secret = platform.sha256(utf8(`bench account ${index}`));
      if (index >= KEYED) return codec.format(addressFromBytes(secret.slice(0, 20)));
      const key = this.#signing.publicKeyCreate(secret, true);
      const keyAny = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) };
      this.#senders.push({ index, secret, keyAny, sequence: 0n });
      return codec.format(secp256k1Address(platform, key));
    });
  }

  /** `count` transactions of as many different senders. */
  block(count: number): Uint8Array[] {
    const { length } = this.#senders;
    if (count > length) throw new Error(`${count} transactions of ${length} accounts with keys`);
    for (let i = 0; i < count; i++) {
      const other = i + (this.#next() % (length - i));
      const [a, b] = [this.#senders[i], this.#senders[other]];
      if (a === undefined || b === undefined) throw new Error("no sender");
      this.#senders[i] = b;
      this.#senders[other] = a;
    }
    return this.#senders.slice(0, count).map((sender) => this.#send(sender));
  }

  #send(sender: Sender): Uint8Array {
    const message = MsgSend.create({
      fromAddress: this.addresses[sender.index] ?? "",
      toAddress: this.addresses[this.#next() % this.addresses.length] ?? "",
      amount: [{ denom: DENOM, amount: String(1 + (this.#next() % 1000)) }],
    });
    const messages = [{ typeUrl: MsgSend.typeUrl, value: MsgSend.encode(message) }];
    const bodyBytes = TxBody.encode(TxBody.create({ messages }));
    const authInfoBytes = AuthInfo.encode({
      signerInfos: [
        {
          publicKey: sender.keyAny,
          modeInfo: { single: { mode: SignMode.DIRECT } },
          sequence: sender.sequence,
        },
      ],
      fee: {
        amount: [{ denom: DENOM, amount: FEE }],
        gasLimit: GAS_LIMIT,
        payer: "",
        granter: "",
      },
    });
    sender.sequence += 1n;
    const accountNumber = BigInt(sender.index);
    const doc = SignDoc.encode({
      bodyBytes,
      authInfoBytes,
      chainId: this.#chainId,
      accountNumber,
    });
    const { signature } = this.#signing.ecdsaSign(this.#platform.sha256(doc), sender.secret);
    return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [signature] });
  }
}
