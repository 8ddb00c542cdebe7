// Whether two applications said the same, and where they did not.

import { toBase64 } from "../../chain/base/bytes.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import type { Application } from "../../chain/runtime/index.ts";

/** Sentences about every result, and the events of a block, that differ. */
export function difference(
  who: string,
  own: ResponseFinalizeBlock,
  told: ResponseFinalizeBlock,
): string[] {
  const faults = own.txResults.flatMap((result, index) => {
    const other = told.txResults[index];
    const [a, b] = [result, other].map((one) =>
      one === undefined ? "nothing" : toBase64(ExecTxResult.encode(one)),
    );
    if (a === b) return [];
    const text = (one: ExecTxResult | undefined): string =>
      `${one?.codespace}/${one?.code} gas ${one?.gasUsed}, ${one?.events.length} events: ${one?.log}`;
    return [`${who}: result ${index} is ${text(other)}, not ${text(result)}`];
  });
  const [a, b] = [own, told].map(({ events }) => JSON.stringify(events));
  if (a !== b) faults.push(`${who}: block events differ: ${firstDifference(a, b)}`);
  return faults;
}

/** Sentences about the modules whose exports differ. */
export function exportDifference(when: string, own: Application, other: Application): string[] {
  const [mine, told] = [own.exportGenesis(), other.exportGenesis()];
  return Object.keys(mine).flatMap((module) => {
    const [a, b] = [mine[module], told[module]].map((state) => JSON.stringify(state));
    return a === b ? [] : [`export of ${module} ${when} differs: ${firstDifference(a, b)}`];
  });
}

function firstDifference(a = "", b = ""): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 120);
  return `\n    ${a.slice(from, at + 160)}\n    ${b.slice(from, at + 160)}`;
}
