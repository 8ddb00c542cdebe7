// What the ante chain needs of modules and of its node, and small things that its parts share.

import type { Address } from "../base/address.ts";
import { sdkErrors } from "../base/errors.ts";
import type { ChainError } from "../base/errors.ts";
import type { TypeRegistry } from "../codec/index.ts";
import { secp256k1Key } from "./pubkeys.ts";
import type { PubKey } from "./pubkeys.ts";
import { isRefusal } from "./failure.ts";
import type { VerdictMemo } from "./signatures.ts";
import type { Pots } from "./trace.ts";
import type { FeeCoin } from "./transaction.ts";
import type { Context } from "./types.ts";

/** Parameters of module auth that the ante chain needs. */
export interface AnteParams {
  readonly maxMemoCharacters: bigint;
  readonly txSigLimit: bigint;
  readonly txSizeCostPerByte: bigint;
  readonly sigVerifyCostEd25519: bigint;
  readonly sigVerifyCostSecp256k1: bigint;
}

/** An account as the ante chain sees it. */
export interface AnteAccount {
  readonly key: PubKey | undefined;
  readonly number: bigint;
  readonly sequence: bigint;
}

/** What module auth gives to the ante chain. Every call reads or writes the store. */
export interface AnteAccounts {
  params(ctx: Context): AnteParams;
  account(ctx: Context, address: Address): AnteAccount | undefined;
  /** Writes `account`, as just read, with its key. */
  setKey(ctx: Context, address: Address, account: AnteAccount, key: PubKey): void;
  incrementSequence(ctx: Context, address: Address): void;
}

/** What module bank gives. */
export interface AnteFees extends Pots {
  /** Moves a fee to the fee collector. Throws: sdk/5. */
  payFee(ctx: Context, payer: Address, coins: readonly FeeCoin[]): void;
}

/** A fee that somebody else is asked to pay. */
export interface GrantedFee {
  readonly granter: Address;
  /** Who would have to pay it. */
  readonly grantee: Address;
  /** Sorted, without a duplicate; may be empty. */
  readonly coins: readonly FeeCoin[];
  /** Types of the transaction's messages, in order; messages inside messages do not count. */
  readonly typeUrls: readonly string[];
}

/** What module feegrant gives: uses an allowance, or throws why it does not allow the fee. */
export interface AnteAllowances {
  useAllowance(ctx: Context, fee: GrantedFee): void;
}

/** Price of gas in one denom, in 10^-18 of its base unit. */
export interface GasPrice {
  readonly denom: string;
  readonly amount: bigint;
}

/** Everything the ante chain depends on besides context and transaction. */
export interface AnteNeeds {
  readonly accounts: AnteAccounts;
  readonly fees: AnteFees;
  readonly allowances: AnteAllowances | undefined;
  readonly registry: TypeRegistry;
  readonly memo: VerdictMemo;
  /** Required in CheckTx only: a setting of the node, not of the chain. */
  readonly minGasPrices: readonly GasPrice[];
}

// A valid point that stands for the unknown key of a signer while a transaction is simulated.
/** Key of a signer that has none yet, in simulation. */
export const SIMULATED_KEY = secp256k1Key(
  Uint8Array.from(
    ("035ad6810a47f073553ff30d2fcc7e0d3b1c0b74b61a1aaa2582344037151e143a".match(/../g) ?? []).map(
      (pair) => Number.parseInt(pair, 16),
    ),
  ),
);

/** The account of a signer. Throws: sdk/9 when there is none. */
export function signerAccount(ctx: Context, needs: AnteNeeds, address: Address): AnteAccount {
  const account = needs.accounts.account(ctx, address);
  if (account !== undefined) return account;
  throw sdkErrors.unknownAddress.with(`account ${ctx.addresses.format(address)} does not exist`);
}

/** Runs `body`; a refusal inside is thrown as what `wrap` makes of its text. Out of gas passes. */
export function rewrapped<T>(
  body: () => T,
  wrap: (text: string, refusal: ChainError) => ChainError,
): T {
  try {
    return body();
  } catch (error) {
    if (isRefusal(error)) throw wrap(error.message, error);
    throw error;
  }
}
