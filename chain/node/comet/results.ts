// Hashes that carry execution and parameters into the next header.
// Source: CometBFT types/results.go, types/params.go.

import type { Platform } from "../../base/platform.ts";
import { ExecTxResult } from "../../codec/gen/tendermint/abci.ts";
import { HashedParams } from "../../codec/gen/tendermint/types.ts";
import { merkleRoot } from "./merkle.ts";

/** Root over code, data and gas of each result: `last_results_hash` of the next header. */
export function resultsHash(
  platform: Platform,
  results: readonly Pick<ExecTxResult, "code" | "data" | "gasWanted" | "gasUsed">[],
): Uint8Array {
  return merkleRoot(
    platform,
    results.map((result) =>
      ExecTxResult.encode({
        code: result.code,
        data: result.data,
        log: "",
        info: "",
        gasWanted: result.gasWanted,
        gasUsed: result.gasUsed,
        events: [],
        codespace: "",
      }),
    ),
  );
}

/** `consensus_hash`: SHA-256 over the two block limits, the only parameters that are hashed. */
export function consensusHash(platform: Platform, maxBytes: bigint, maxGas: bigint): Uint8Array {
  return platform.sha256(HashedParams.encode({ blockMaxBytes: maxBytes, blockMaxGas: maxGas }));
}
