// What module market asks of earlier modules.

import type { Address } from "../../chain/base/address.ts";
import type { Context, HookList } from "../../chain/runtime/index.ts";
import type { EscrowKeeper } from "../escrow/index.ts";
import type { ProviderKeeper } from "../provider/index.ts";
import type { MarketHooks } from "./hooks.ts";

/** A signature over an ADR-036 sign document and the key that made it. */
export interface SignedText {
  /** Who must have signed: the account whose key it is. */
  readonly signer: Address;
  /** The signed bytes: an ADR-036 document wraps them as its `data`. */
  readonly text: Uint8Array;
  /** Public key as an encoded google.protobuf.Any: secp256k1 or multisig. */
  readonly publicKey: Uint8Array;
  /** 64 bytes r||s, or an encoded cosmos.crypto.multisig.v1beta1.MultiSignature. */
  readonly signature: Uint8Array;
}

/** What auth does for the market. */
export interface OwnerSignatures {
  /**
   * Whether `signed.signature` is the signer's over the ADR-036 (amino JSON, msg type
   * `sign/MsgSignData`) document of `signed.text`, and the key belongs to the signer's address.
   * Charges gas per signature. False, never an error, when anything is malformed.
   */
  verifyOwnerSignature(ctx: Context, signed: SignedText): boolean;
}

/** Everything that the application hands to createMarketModule. */
export interface MarketNeeds {
  readonly escrow: Pick<
    EscrowKeeper,
    | "params"
    | "denom"
    | "catchUp"
    | "findAccount"
    | "findPayment"
    | "missing"
    | "createAccount"
    | "closeAccount"
    | "burnFromAccount"
    | "createPayment"
    | "startPayment"
    | "closePayment"
  >;
  readonly provider: Pick<
    ProviderKeeper,
    | "find"
    | "get"
    | "class"
    | "classOf"
    | "isFresh"
    | "isAwardable"
    | "requireOperator"
    | "requireAwardable"
    | "standing"
    | "promiseDevices"
    | "releaseDevices"
    | "leaseAwarded"
    | "leaseClosed"
  >;
  readonly auth: OwnerSignatures;
  /** Who is told of ended leases and orders; sealed by the application. */
  readonly hooks: HookList<MarketHooks>;
}
