// The two presets: `local` for development and demos, `testnet` for networks of strangers.

import type { DenomSpec, GenesisSpec } from "./builder.ts";
import type { JsonObject } from "./paths.ts";

/** Names of the presets. */
export const PRESETS = ["local", "testnet"] as const;

/** A name of a preset. */
export type PresetName = (typeof PRESETS)[number];

/** What a preset decides: the rest of a spec is the caller's. */
export interface Preset {
  readonly chainId: string;
  readonly prefix: string;
  readonly denoms: readonly DenomSpec[];
  readonly params: GenesisSpec["params"];
  /** Least gas price that nodes of such a chain ask by default; empty = none. */
  readonly minGasPrices: string;
}

const LEASE: DenomSpec = {
  denom: "ulease",
  display: "LEASE",
  description: "The coin of the chain: fees, bonds and votes",
  ratePpm: 1_000_000n,
  minDeposit: 500_000n,
  bidDeposit: 500_000n,
  orderFee: 1000n,
};

const TEST_DOLLAR: DenomSpec = {
  denom: "uusd",
  display: "USD",
  description: "A test coin that stands for a dollar; worthless",
  ratePpm: 1_000_000n,
  minDeposit: 500_000n,
  bidDeposit: 500_000n,
  orderFee: 1000n,
};

/**
 * Any gap up to a day counts as uptime, for a laptop sleeps. An automatic award comes in the block
 * after the order: late quotes never move a deadline of 0, and people wait for it.
 */
const LOCAL_PARAMS: { readonly [module: string]: JsonObject } = {
  chain: { max_block_gap: "86400" },
  market: { auto_deadline_s: "0" },
};

/** The preset of that name. */
export function preset(name: PresetName): Preset {
  switch (name) {
    case "local":
      return {
        chainId: "leasehold-local-1",
        prefix: "lease",
        denoms: [LEASE, TEST_DOLLAR],
        params: LOCAL_PARAMS,
        minGasPrices: "",
      };
    case "testnet":
      return {
        chainId: "leasehold-testnet-1",
        prefix: "lease",
        denoms: [LEASE],
        params: {},
        minGasPrices: "0.0025ulease",
      };
  }
}

/** The denoms of a preset under other names: base denom first. */
export function renameDenoms(denoms: readonly DenomSpec[], names: readonly string[]): DenomSpec[] {
  return names.map((denom, index) => {
    const like = denoms[Math.min(index, denoms.length - 1)] as DenomSpec;
    if (like.denom === denom) return like;
    const display = (denom.startsWith("u") ? denom.slice(1) : denom).toUpperCase();
    return { ...like, denom, display };
  });
}
