import { concatBytes, EMPTY_BYTES } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { ExecTxResult } from "../codec/gen/tendermint/abci.ts";

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/**
 * `last_results_hash` of the next header: RFC 6962 root over the parts of each result that all nodes
 * must agree on (code, data, gas wanted, gas used).
 */
export function resultsHash(platform: Platform, results: readonly ExecTxResult[]): Uint8Array {
  const leaves = results.map((result) =>
    ExecTxResult.encode({ ...result, log: "", info: "", events: [], codespace: "" }),
  );
  return rootOf(platform, leaves);
}

function rootOf(platform: Platform, leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return platform.sha256(EMPTY_BYTES);
  if (leaves.length === 1) return platform.sha256(concatBytes(LEAF, first));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = rootOf(platform, leaves.slice(0, split));
  const right = rootOf(platform, leaves.slice(split));
  return platform.sha256(concatBytes(INNER, left, right));
}
