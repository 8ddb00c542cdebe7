// What the load generator asks a node: plain JSON-RPC, as any CometBFT node answers it.

/** Now in milliseconds since 1970, finer than Date.now. */
export function rpcTime(): number {
  return performance.timeOrigin + performance.now();
}

/** One call. Throws: Error with the answer's error. */
export async function callRpc<T>(url: URL, method: string, params: object = {}): Promise<T> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", body, headers });
  const answer = (await response.json()) as { result?: T; error?: object };
  if (answer.result === undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
  return answer.result;
}

/** Height of the last block. */
export async function height(url: URL): Promise<number> {
  const status = await callRpc<{ sync_info: { latest_block_height: string } }>(url, "status");
  return Number(status.sync_info.latest_block_height);
}

/** Transactions that wait. */
export async function mempoolSize(url: URL): Promise<number> {
  return Number((await callRpc<{ total: string }>(url, "num_unconfirmed_txs")).total);
}

/** A block as its header tells it. */
export interface BlockLine {
  readonly height: number;
  readonly txs: number;
  /** Header time, milliseconds since 1970. */
  readonly time: number;
}

interface Metas {
  readonly block_metas: readonly {
    readonly num_txs: string;
    readonly header: { readonly height: string; readonly time: string };
  }[];
}

/** CometBFT gives at most so many headers a call. */
const METAS = 20;

/** Headers from one height to another, ascending. */
export async function blocksBetween(url: URL, from: number, to: number): Promise<BlockLine[]> {
  const lines: BlockLine[] = [];
  for (let at = Math.max(from, 1); at <= to; at += METAS) {
    const minHeight = String(at);
    const maxHeight = String(Math.min(to, at + METAS - 1));
    const { block_metas: metas } = await callRpc<Metas>(url, "blockchain", {
      minHeight,
      maxHeight,
    });
    for (const { num_txs: txs, header } of metas)
      lines.push({
        height: Number(header.height),
        txs: Number(txs),
        time: Date.parse(header.time),
      });
  }
  return lines.sort((a, b) => a.height - b.height);
}

/** Codes of a block's transactions. */
export async function codesOf(url: URL, at: number): Promise<readonly number[]> {
  const results = await callRpc<{ txs_results: readonly { code?: number }[] | null }>(
    url,
    "block_results",
    { height: String(at) },
  );
  return (results.txs_results ?? []).map(({ code }) => code ?? 0);
}
