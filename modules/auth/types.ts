import type { Address } from "../../chain/base/address.ts";
import type { PubKey } from "../../chain/runtime/index.ts";

/** An account as module auth keeps it. */
export interface Account {
  /** Bech32 text, as the stored value holds it. */
  readonly address: string;
  /** Undefined until the first transaction names it. */
  readonly key: PubKey | undefined;
  readonly number: bigint;
  readonly sequence: bigint;
  /** Set in module accounts only. */
  readonly module?: { readonly name: string; readonly permissions: readonly string[] };
}

/** What module accounts may do besides holding coins. */
export type Permission = "minter" | "burner" | "staking";

/** Permissions of every module account, by name. A module account that is not listed is a bug. */
export type ModuleAccounts = ReadonlyMap<string, readonly Permission[]>;

/** Signed text of a person, in the ADR-036 form that wallets offer. */
export interface SignedText {
  /** Whose key must have signed. */
  readonly signer: Address;
  /** The signed bytes: an ADR-036 document wraps them as its `data`. */
  readonly text: Uint8Array;
  /** Public key as an encoded google.protobuf.Any: secp256k1 or multisig. */
  readonly publicKey: Uint8Array;
  /** 64 bytes r||s, or an encoded cosmos.crypto.multisig.v1beta1.MultiSignature in order of members. */
  readonly signature: Uint8Array;
}
