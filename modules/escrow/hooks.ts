// What escrow tells upward.

import type { Context } from "../../chain/runtime/types.ts";
import type { AccountChange } from "./types.ts";

/**
 * Runs once per call and account, after everything was written. Idempotent; may open or close
 * payments and holds, may not deposit. `transitions` stand in the order in which they happened:
 * suspended (at a second that may lie before this block), resumed, deposited, grace_ended.
 */
export interface EscrowHooks {
  afterAccountChanged(ctx: Context, change: AccountChange): void;
}
