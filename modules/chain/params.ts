import { isDenom } from "../../chain/base/coins.ts";
import type { Identity, Params } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import { chainErrors } from "./errors.ts";

/** A gap between blocks longer than this many seconds stops clock U. */
const DEFAULT_MAX_BLOCK_GAP = 60n;

/** Longest gap that may be allowed: one day. */
const LONGEST_BLOCK_GAP = 86_400n;

/** Parameters of a new chain. */
export function defaultParams(): Params {
  return { maxBlockGap: DEFAULT_MAX_BLOCK_GAP };
}

/** Throws: chain/2 with value and bound. */
export function validateParams(params: Params): void {
  const { maxBlockGap } = params;
  if (maxBlockGap >= 1n && maxBlockGap <= LONGEST_BLOCK_GAP) return;
  const bound = `1 to ${LONGEST_BLOCK_GAP} seconds`;
  throw chainErrors.invalidParams.with(`max_block_gap is ${maxBlockGap}, must be ${bound}`);
}

/** Throws: chain/3 unless prefix and denom have their forms. */
export function validateIdentity(identity: Identity): void {
  if (!/^[a-z][a-z0-9]{0,29}$/.test(identity.bech32Prefix)) {
    const prefix = JSON.stringify(identity.bech32Prefix.slice(0, 40));
    throw chainErrors.invalidIdentity.with(`identity.bech32_prefix ${prefix}`);
  }
  if (!isDenom(identity.baseDenom)) {
    const denom = JSON.stringify(identity.baseDenom.slice(0, 40));
    throw chainErrors.invalidIdentity.with(`identity.base_denom ${denom}`);
  }
}
