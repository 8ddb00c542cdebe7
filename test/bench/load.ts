// The accounts of the benchmarks and signed bank sends between them. The Go peers have the same ones:
// the first 20,000 with keys, the others hashes that nobody has a key to. Signing is done with the
// native library, outside of what is timed.

import { createRequire } from "node:module";
import { AddressCodec, addressFromBytes, secp256k1Address } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { utf8 } from "../../chain/base/bytes.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";

/** The part of the native binding that makes keys and signatures. */
interface Signing {
  publicKeyCreate(secret: Uint8Array, compressed: boolean): Uint8Array;
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { readonly signature: Uint8Array };
}

const signing = createRequire(import.meta.url)("secp256k1") as Signing;

/** Accounts below this index have a private key. */
export const KEYED = 20_000;
/** As the peer's: nearly three times what a send uses. */
const SEND_GAS = 200_000n;
const FEE = "1000";

/** What tells the chains apart that have these accounts. */
export interface Currency {
  readonly chainId: string;
  readonly prefix: string;
  /** Denom that is sent and that fees are paid in. */
  readonly denom: string;
}

/** Our chain. */
export const OURS: Currency = { chainId: "bench-1", prefix: "lease", denom: "ulease" };
/** The SDK's chain of `go/node`. */
export const SDK: Currency = { chainId: "gonode-1", prefix: "cosmos", denom: "stake" };
/** What each account has at genesis. */
export const START_COIN = 1_000_000_000_000n;

/** An account with a key. Its index is its account number too. */
export interface Keyed {
  readonly index: number;
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
  readonly keyAny: Any;
  readonly bytes: Address;
  readonly address: string;
  /** Of the next transaction: it counts on each one being delivered. */
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

/** The accounts of one chain. */
export class People {
  readonly count: number;
  readonly keyed: readonly Keyed[];
  readonly currency: Currency;
  readonly #platform: Platform;
  readonly #codec: AddressCodec;

  constructor(platform: Platform, currency: Currency, count: number) {
    this.count = count;
    this.currency = currency;
    this.#platform = platform;
    this.#codec = new AddressCodec(currency.prefix);
    this.keyed = Array.from({ length: Math.min(KEYED, count) }, (_, index) => this.#keyed(index));
  }

  #keyed(index: number): Keyed {
    const secret = this.#platform.sha256(utf8(`gonode/key/${index}`));
    const key = signing.publicKeyCreate(secret, true);
    const keyAny = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) };
    const bytes = secp256k1Address(this.#platform, key);
    const address = this.#codec.format(bytes);
    return { index, secret, key, keyAny, bytes, address, sequence: 0n };
  }

  /** Address number `index` as bech32 text. */
  address(index: number): string {
    const keyed = this.keyed[index];
    if (keyed !== undefined) return keyed.address;
    const hash = this.#platform.sha256(utf8(`gonode/address/${index}`));
    return this.#codec.format(addressFromBytes(hash.slice(0, 20)));
  }

  /** Signs what SHA-256 of `bytes` is. */
  signBytes(by: Keyed, bytes: Uint8Array): Uint8Array {
    return signing.ecdsaSign(this.#platform.sha256(bytes), by.secret).signature;
  }

  /** Signs the next transaction of an account. */
  sign(by: Keyed, messages: readonly Any[], gasLimit: bigint): Uint8Array {
    const { chainId, denom } = this.currency;
    const bodyBytes = TxBody.encode(TxBody.create({ messages }));
    const authInfoBytes = AuthInfo.encode({
      signerInfos: [
        {
          publicKey: by.keyAny,
          modeInfo: { single: { mode: SignMode.DIRECT } },
          sequence: by.sequence,
        },
      ],
      fee: { amount: [{ denom, amount: FEE }], gasLimit, payer: "", granter: "" },
    });
    by.sequence += 1n;
    const accountNumber = BigInt(by.index);
    const doc = SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber });
    return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [this.signBytes(by, doc)] });
  }
}

/** Bank sends of keyed accounts to any account. */
export class SendLoad {
  readonly #people: People;
  readonly #senders: Keyed[];
  readonly #next: () => number;
  #turn = 0;

  constructor(people: People, seed = 7) {
    this.#people = people;
    this.#senders = [...people.keyed];
    this.#next = numbers(seed);
  }

  /** `count` transactions of as many different senders, drawn anew each time. */
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

  /** One transaction of the next sender, all in turn: those of one account are far apart. */
  next(): Uint8Array {
    const sender = this.#senders[this.#turn % this.#senders.length];
    if (sender === undefined) throw new Error("no sender");
    this.#turn += 1;
    return this.#send(sender);
  }

  #send(sender: Keyed): Uint8Array {
    const { count, currency } = this.#people;
    const amount = String(1 + (this.#next() % 1000));
    const message = MsgSend.create({
      fromAddress: sender.address,
      toAddress: this.#people.address(this.#next() % count),
      amount: [{ denom: currency.denom, amount }],
    });
    const any = { typeUrl: MsgSend.typeUrl, value: MsgSend.encode(message) };
    return this.#people.sign(sender, [any], SEND_GAS);
  }
}
