// Which transactions a proposal takes: in the order given, as far as bytes and gas allow.

import type { RequestPrepareProposal } from "../codec/gen/tendermint/abci.ts";
import type { Transaction } from "./transaction.ts";

/** Bytes that a transaction adds to a block: its own, its tag and its length as a varint. */
function sizeInBlock(bytes: Uint8Array): bigint {
  let size = bytes.length + 2;
  for (let rest = bytes.length; rest >= 0x80; rest >>>= 7) size++;
  return BigInt(size);
}

/** The transactions of a proposal. `maxGas` 0 or less is no limit; what does not decode is left out. */
export function selectTransactions(
  request: RequestPrepareProposal,
  maxGas: bigint,
  decode: (bytes: Uint8Array) => Transaction | undefined,
): readonly Uint8Array[] {
  const taken: Uint8Array[] = [];
  let bytes = 0n;
  let gas = 0n;
  for (const tx of request.txs) {
    const decoded = decode(tx);
    if (decoded === undefined) continue;
    const size = sizeInBlock(tx);
    const wanted = decoded.fee?.gasLimit ?? 0n;
    if (bytes + size > request.maxTxBytes) break;
    if (maxGas > 0n && gas + wanted > maxGas) break;
    taken.push(tx);
    bytes += size;
    gas += wanted;
  }
  return taken;
}
