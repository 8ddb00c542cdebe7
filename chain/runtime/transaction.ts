// A transaction taken apart once: strict TxRaw, body, auth info, messages, keys and signers. All
// later stages (checks, sign bytes, gas, routing) work on this value and decode nothing again.

import type { Address, AddressCodec } from "../base/address.ts";
import { equalBytes, toHex, utf8 } from "../base/bytes.ts";
import { sdkErrors } from "../base/errors.ts";
import type { ChainError } from "../base/errors.ts";
import { parseInteger } from "../base/integers.ts";
import type { Platform } from "../base/platform.ts";
import { AuthInfo, TxBody, TxRaw } from "../codec/gen/cosmos/tx/v1beta1.ts";
import type { Fee, SignerInfo, Tip } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { checkAnys, CodecError, messageToText, nameInAny, stripUnknown } from "../codec/index.ts";
import type { Any, Json, TypeRegistry } from "../codec/index.ts";
import { undefinedError } from "./failure.ts";
import { parseAddress } from "./handlers.ts";
import { addressOfKey, decodePubKey, isEmptyKey } from "./pubkeys.ts";
import type { PubKey } from "./pubkeys.ts";
import type { MsgRoute, MsgRouter } from "./router.ts";
import { checkId } from "./signatures.ts";
import type { AnteTrace } from "./trace.ts";
import type { SignatureCheck } from "./signatures.ts";

/** One message of a transaction. */
export class TxMessage {
  readonly route: MsgRoute;
  readonly value: unknown;
  readonly #bytes: Uint8Array;

  constructor(route: MsgRoute, any: Any) {
    this.route = route;
    this.value = route.handler.type.decode(any.value);
    this.#bytes = any.value;
  }

  /** Addresses that must sign, as the message writes them. */
  signers(): readonly string[] {
    return this.route.signersOf(this.value);
  }

  /** Whether its bytes, and those of all messages in it, are the only way to write them. */
  isCanonical(registry: TypeRegistry): boolean {
    const { type } = this.route.handler;
    let canonical = equalBytes(type.encode(this.value as never), this.#bytes);
    checkAnys(type, this.value, registry, (any, inner, content) => {
      canonical &&= equalBytes(inner.encode(content), any.value);
    });
    return canonical;
  }

  /** One line that says what it is, for the sentence about its failure. */
  toText(): string {
    return messageToText(this.route.handler.type, this.value);
  }

  /** Its form in an amino sign document. */
  toAmino(registry: TypeRegistry): Json {
    const { type } = this.route.handler;
    const body = type.toAmino(this.value as never, registry);
    return type.table.aminoName === undefined ? { type: nameInAny(type), value: body } : body;
  }
}

/** A coin of a fee as it stands in the transaction: not yet known to be sorted or positive. */
export interface FeeCoin {
  readonly denom: string;
  readonly amount: bigint;
}

/** What a decoded transaction consists of. */
interface TransactionParts {
  /** Length of the whole transaction, bytes. */
  readonly size: number;
  readonly bodyBytes: Uint8Array;
  readonly authInfoBytes: Uint8Array;
  readonly body: TxBody;
  readonly messages: readonly TxMessage[];
  /** Whether the body has fields that we do not know and may ignore. */
  readonly hasUnknownFields: boolean;
  readonly fee: Fee | undefined;
  readonly feeCoins: readonly FeeCoin[];
  /** Ignored, but some signers sign it. */
  readonly tip: Tip | undefined;
  readonly signerInfos: readonly SignerInfo[];
  /** Key of each signer info; undefined where it is left out. */
  readonly keys: readonly (PubKey | undefined)[];
  readonly signatures: readonly Uint8Array[];
}

/** Who signs, on which chain. */
export interface SignerFacts {
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** Key of the account. */
  readonly key: Any;
}

/** The digest of a sign document made before. */
interface SignedDigest {
  readonly mode: number;
  readonly facts: SignerFacts;
  readonly digest: Uint8Array;
}

/** A check with the name under which a memo keeps it. */
interface NamedCheck {
  readonly check: SignatureCheck;
  readonly id: string;
}

/** A decoded transaction. */
export class Transaction implements TransactionParts {
  readonly size: number;
  readonly bodyBytes: Uint8Array;
  readonly authInfoBytes: Uint8Array;
  readonly body: TxBody;
  readonly messages: readonly TxMessage[];
  readonly hasUnknownFields: boolean;
  readonly fee: Fee | undefined;
  readonly feeCoins: readonly FeeCoin[];
  /** Ignored, but some signers sign it. */
  readonly tip: Tip | undefined;
  readonly signerInfos: readonly SignerInfo[];
  readonly keys: readonly (PubKey | undefined)[];
  readonly signatures: readonly Uint8Array[];
  /** Length of the memo in UTF-8, bytes. */
  readonly memoBytes: number;
  /** Set once its signatures were checked: a hint that verdicts are remembered, nothing more. */
  wasVerified = false;
  /** What the ante chain made of it when it was last checked. */
  trace: AnteTrace | undefined;
  readonly #digests: SignedDigest[] = [];
  readonly #keyAddresses: (Address | undefined)[] = [];
  readonly #checks: NamedCheck[] = [];
  #signers: readonly Address[] | undefined;

  constructor(parts: TransactionParts) {
    this.size = parts.size;
    this.bodyBytes = parts.bodyBytes;
    this.authInfoBytes = parts.authInfoBytes;
    this.body = parts.body;
    this.messages = parts.messages;
    this.hasUnknownFields = parts.hasUnknownFields;
    this.fee = parts.fee;
    this.feeCoins = parts.feeCoins;
    this.tip = parts.tip;
    this.signerInfos = parts.signerInfos;
    this.keys = parts.keys;
    this.signatures = parts.signatures;
    this.memoBytes = parts.body.memo === "" ? 0 : utf8(parts.body.memo).length;
  }

  /** Whether the clocks have no say in its ante chain, so that a trace of that may be kept. */
  get isTraceable(): boolean {
    const { timeoutHeight, timeoutTimestamp, unordered } = this.body;
    const isTimed = timeoutHeight > 0n || timeoutTimestamp !== undefined || unordered;
    return !isTimed && this.fee?.granter === "";
  }

  /** Who must sign: the signers of the messages, then the fee payer; each once. Throws: undefined/1. */
  signers(addresses: AddressCodec): readonly Address[] {
    this.#signers ??= findSigners(this, addresses);
    return this.#signers;
  }

  /** Address of the key that signer info `index` gives; undefined where it gives none. */
  keyAddress(platform: Platform, index: number): Address | undefined {
    const key = this.keys[index];
    if (key === undefined) return undefined;
    return (this.#keyAddresses[index] ??= addressOfKey(platform, key));
  }

  /** `checkId` of one of its checks, made once. */
  checkId(platform: Platform, check: SignatureCheck): string {
    for (const known of this.#checks)
      if (
        known.check.signature === check.signature &&
        known.check.digest === check.digest &&
        equalBytes(known.check.key, check.key)
      )
        return known.id;
    const id = checkId(platform, check);
    this.#checks.push({ check, id });
    return id;
  }

  /** Digest of the sign document in a mode; made once, undefined when `make` gives none. */
  digest(
    mode: number,
    facts: SignerFacts,
    make: () => Uint8Array | undefined,
  ): Uint8Array | undefined {
    for (const known of this.#digests)
      if (
        known.mode === mode &&
        known.facts.sequence === facts.sequence &&
        known.facts.accountNumber === facts.accountNumber &&
        known.facts.chainId === facts.chainId
      )
        return known.digest;
    const digest = make();
    if (digest !== undefined) this.#digests.push({ mode, facts, digest });
    return digest;
  }
}

/**
 * Takes transaction bytes apart; gives sdk/2 with the reason in front when that is not possible. In a
 * simulation an empty secp256k1 key stands for one that is not known: the SDK's command line sends it.
 */
export function decodeTransaction(
  bytes: Uint8Array,
  router: MsgRouter,
  registry: TypeRegistry,
  isSimulated = false,
): Transaction | ChainError {
  try {
    const tx = takeApart(bytes, router, isSimulated ? isEmptyKey : () => false);
    for (const { route, value } of tx.messages) checkAnys(route.handler.type, value, registry);
    return tx;
  } catch (error) {
    if (error instanceof CodecError) return sdkErrors.txDecode.with(error.message);
    throw error;
  }
}

function takeApart(
  bytes: Uint8Array,
  router: MsgRouter,
  isUnknown: (key: Any) => boolean,
): Transaction {
  const raw = TxRaw.decode(bytes);
  const { body, hasUnknownFields } = decodeBody(raw.bodyBytes);
  const authInfo = AuthInfo.decode(raw.authInfoBytes);
  const options = body.extensionOptions.length + body.nonCriticalExtensionOptions.length;
  if (options > 0) throw new CodecError("body", "extension options of an unknown type");
  return new Transaction({
    size: bytes.length,
    bodyBytes: raw.bodyBytes,
    authInfoBytes: raw.authInfoBytes,
    body,
    messages: body.messages.map((any) => new TxMessage(router.find(any.typeUrl), any)),
    hasUnknownFields,
    fee: authInfo.fee,
    feeCoins: (authInfo.fee?.amount ?? []).map(({ denom, amount }) => ({
      denom,
      amount: amountOf(amount),
    })),
    tip: authInfo.tip,
    signerInfos: authInfo.signerInfos,
    keys: authInfo.signerInfos.map(({ publicKey }) =>
      publicKey === undefined || isUnknown(publicKey) ? undefined : decodePubKey(publicKey),
    ),
    signatures: raw.signatures,
  });
}

/** The common body decodes as it is; only one with unknown fields takes the detour. */
function decodeBody(bytes: Uint8Array): { body: TxBody; hasUnknownFields: boolean } {
  const known = stripUnknown(TxBody, bytes, "noncritical");
  return { body: TxBody.decode(known.bytes), hasUnknownFields: known.found };
}

function amountOf(text: string): bigint {
  const amount = parseInteger(text === "" ? "0" : text);
  if (amount === undefined) throw new CodecError("fee.amount", "not an integer");
  return amount;
}

function findSigners(tx: Transaction, addresses: AddressCodec): readonly Address[] {
  const signers = new Map<string, Address>();
  const add = (text: string): void => {
    // The SDK's signer lookup fails with an error that no module registered.
    const address = parseAddress(addresses, text, undefinedError);
    const id = toHex(address);
    if (!signers.has(id)) signers.set(id, address);
  };
  for (const message of tx.messages) for (const text of message.signers()) add(text);
  if (tx.fee !== undefined && tx.fee.payer !== "") add(tx.fee.payer);
  return [...signers.values()];
}
