import type { Platform } from "../base/platform.ts";
import { merkleRoot } from "../crypto/merkle.ts";
import { ExecTxResult } from "../codec/gen/tendermint/abci.ts";

/** The parts of a result that all nodes must agree on. */
type Agreed = Pick<ExecTxResult, "code" | "data" | "gasWanted" | "gasUsed">;

/**
 * `last_results_hash` of the next header: RFC 6962 root over the parts of each result that all nodes
 * must agree on (code, data, gas wanted, gas used).
 */
export function resultsHash(platform: Platform, results: readonly Agreed[]): Uint8Array {
  const leaves = results.map((result) =>
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
  );
  return merkleRoot(platform, leaves);
}
