// The module accounts of the chain.

import type { ModuleAccounts } from "./types.ts";

/** Module account that gathers fees. */
export const FEE_COLLECTOR = "fee_collector";

/**
 * All module accounts with their permissions: the SDK's names, then ours. All are blocked for direct
 * sends. The SDK's stand here before their modules do, so that their addresses are never anyone's.
 */
export const moduleAccounts: ModuleAccounts = new Map([
  [FEE_COLLECTOR, []],
  ["distribution", []],
  ["mint", ["minter"]],
  ["bonded_tokens_pool", ["burner", "staking"]],
  ["not_bonded_tokens_pool", ["burner", "staking"]],
  ["gov", ["burner"]],
  ["escrow", ["burner"]],
  ["bond", []],
  ["slash_escrow", ["burner"]],
  ["insurance", []],
]);
