import type { BankMoves, Context, HookList } from "../../chain/runtime/index.ts";
import type { ProviderHooks } from "./hooks.ts";

/** What module provider asks of others. */
export interface ProviderNeeds {
  /** The registration fee goes to module account escrow, which burns it. */
  readonly bank: Pick<BankMoves, "sendToModule" | "burn">;
  /** Denom in which fee, bond floors and reference prices are given. */
  readonly chain: { baseDenom(ctx: Context): string };
  /** On which later modules register before it is sealed. */
  readonly hooks: HookList<ProviderHooks>;
}

/** Module account that burns fees. */
export const BURNER = "escrow";
