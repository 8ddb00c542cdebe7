// The hash that carries the consensus parameters into the next header. Source: CometBFT types/params.go.

import type { Platform } from "../../base/platform.ts";
import { HashedParams } from "../../codec/gen/tendermint/types.ts";

/** `consensus_hash`: SHA-256 over the two block limits, the only parameters that are hashed. */
export function consensusHash(platform: Platform, maxBytes: bigint, maxGas: bigint): Uint8Array {
  return platform.sha256(HashedParams.encode({ blockMaxBytes: maxBytes, blockMaxGas: maxGas }));
}
