// What escrow asks of earlier modules and of the application.

import type { Address } from "../../chain/base/address.ts";
import type { Coin } from "../../chain/base/coins.ts";
import type { HookList } from "../../chain/runtime/index.ts";
import type { BankMoves, Context } from "../../chain/runtime/types.ts";
import type { EscrowHooks } from "./hooks.ts";
import type { PaymentRef } from "./types.ts";

/** What provider tells about those who are paid. */
export interface Payees {
  /** Address that gets the pay of a provider: its payout address, or the owner itself. */
  payoutAddress(ctx: Context, owner: Address): Address;
  /** Whether `signer` is the owner or its operator key. */
  mayAct(ctx: Context, owner: Address, signer: Address): boolean;
}

/** What a sink did with a net amount: the parts sum up to it. */
export interface SinkResult {
  /** Kept in the escrow module account; escrow credits it to whom it is owed. */
  readonly debts: bigint;
  readonly bond: bigint;
  readonly payee: bigint;
}

/**
 * Places exactly `net`, which lies in the escrow module account: debts, earn-in of the bond,
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
