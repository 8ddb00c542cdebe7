// What escrow asks of earlier modules and of the application.

import type { Address } from "../../chain/base/address.ts";
import type { Coin } from "../../chain/base/coins.ts";
import type { HookList } from "../../chain/runtime/index.ts";
import type { BankMoves, Context } from "../../chain/runtime/types.ts";
import type { EscrowHooks } from "./hooks.ts";
import type { AccountKey, PaymentRef } from "./types.ts";

/** What provider tells about those who are paid. */
export interface Payees {
  /** Address that gets the pay of a provider: its payout address, or the owner itself. */
  payoutAddress(ctx: Context, owner: Address): Address;
  /** Whether `signer` is the owner or its operator key. */
  mayAct(ctx: Context, owner: Address, signer: Address): boolean;
}

/** A part of a payout that stays in the escrow module account and is owed to somebody. */
export interface Debt {
  readonly account: AccountKey;
  /** Gets the amount when the account is closed or gone. */
  readonly owner: Address;
  readonly amount: bigint;
}

/** What a sink did with a net amount: debts, bond and payee sum up to it. */
export interface SinkResult {
  /** Not moved: escrow credits them. */
  readonly debts: readonly Debt[];
  /** Moved to the bond of the payee. */
  readonly bond: bigint;
  /** To be delivered to `recipient` by escrow, to Unclaimed if that is impossible. */
  readonly payee: bigint;
  readonly recipient: Address;
}

/**
 * Divides exactly `net`, which lies in the escrow module account: debts, earn-in of the bond,
 * co-stake share, payee, in this order. Cannot fail and cannot call escrow.
 */
export interface PayoutSink {
  place(ctx: Context, payee: Address, net: Coin, ref: PaymentRef): SinkResult;
}

/** Everything that the application hands to createEscrowModule. */
export interface EscrowNeeds {
  readonly bank: Pick<
    BankMoves,
    "balance" | "sendToModule" | "sendFromModule" | "sendBetweenModules" | "burn"
  >;
  readonly payees: Payees;
  /** Absent: all goes to the payee's payout address. */
  readonly sink?: PayoutSink;
  readonly hooks: HookList<EscrowHooks>;
}

/** Module account that takes the community part of fees until module distribution exists. */
export const COMMUNITY_ACCOUNT = "fee_collector";
/** Module account that takes the insurance part of fees. */
export const INSURANCE_ACCOUNT = "insurance";
