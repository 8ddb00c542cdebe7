// Blocks as the embedded engine has them: its log, its index, its mempool.

import { fromHex, EMPTY_BYTES } from "../base/bytes.ts";
import type { ExecTxResult, TxResult } from "../codec/gen/tendermint/abci.ts";
import type { DefaultNodeInfo } from "../codec/gen/tendermint/p2p.ts";
import type { Header } from "../codec/gen/tendermint/types.ts";
import { unimplemented } from "../runtime/index.ts";
import { BLOCK_PROTOCOL } from "./comet/header.ts";
import type { Validator } from "./comet/validators.ts";
import { appVersion } from "./embedded/state.ts";
import type { TxPlace } from "./index/indexer.ts";
import { parseQuery } from "./index/query.ts";
import type { RpcParts } from "./rpc/methods.ts";
import type { BlockSource, FoundTxs, SearchPage } from "./source.ts";
import type { SourceBlock, SourceStatus, Submitted } from "./source.ts";
import { PageError } from "./source.ts";
import { CHANNELS, COMET_VERSION, LISTEN_ADDRESS, P2P_PROTOCOL } from "./version.ts";

/** What this source reads. */
export type EmbeddedSourceParts = Pick<
  RpcParts,
  "engine" | "blocks" | "indexer" | "admission" | "searches" | "identity"
>;

/** The embedded engine's blocks. */
export class EmbeddedSource implements BlockSource {
  readonly #parts: EmbeddedSourceParts;

  constructor(parts: EmbeddedSourceParts) {
    this.#parts = parts;
  }

  async nodeInfo(): Promise<DefaultNodeInfo> {
    const { identity, engine, indexer } = this.#parts;
    const app = appVersion(engine.state);
    return {
      protocolVersion: { p2p: P2P_PROTOCOL, block: BLOCK_PROTOCOL, app },
      defaultNodeId: identity.nodeId,
      listenAddr: LISTEN_ADDRESS,
      network: identity.chainId,
      version: COMET_VERSION,
      channels: fromHex(CHANNELS) ?? EMPTY_BYTES,
      moniker: identity.moniker,
      other: { txIndex: indexer === undefined ? "off" : "on", rpcAddress: identity.rpcAddress },
    };
  }

  async status(): Promise<SourceStatus> {
    const { engine, blocks } = this.#parts;
    const { height, blockTime } = engine.state;
    return {
      height,
      time: blockTime,
      appHash: blocks.meta(height)?.header.appHash ?? EMPTY_BYTES,
      earliest: blocks.base,
      catchingUp: false,
      halted: engine.haltReason,
    };
  }

  async block(height: bigint): Promise<SourceBlock | undefined> {
    const block = this.#parts.blocks.block(height);
    const id = this.#parts.blocks.meta(height)?.blockId;
    return block === undefined || id === undefined ? undefined : { block, id };
  }

  async header(height: bigint): Promise<Header | undefined> {
    return this.#parts.blocks.meta(height)?.header;
  }

  async validators(height: bigint): Promise<readonly Validator[] | undefined> {
    return this.#parts.blocks.validators(height)?.list;
  }

  async tx(hash: Uint8Array): Promise<TxResult | undefined> {
    return this.#index().find(hash);
  }

  async searchTxs(query: string, page: SearchPage): Promise<FoundTxs> {
    const { blocks, engine, searches } = this.#parts;
    const indexer = this.#index();
    const conditions = parseQuery(query);
    const bounds = { from: blocks.base, to: engine.state.height };
    const found = await searches.run(() => indexer.searchTxs(conditions, bounds));
    const total = found.length;
    const offset = (page.page - 1n) * BigInt(page.limit);
    if (offset > BigInt(total))
      throw new PageError(`page ${page.page} begins beyond ${total} entries`);
    const ordered = page.descending ? found.toReversed() : found;
    const start = Number(offset);
    return { txs: this.#resultsAt(ordered.slice(start, start + page.limit)), total };
  }

  async submit(tx: Uint8Array, mode: "sync" | "async"): Promise<Submitted> {
    const checked = this.#parts.admission.submit(tx);
    if (mode === "sync") return checked;
    checked.catch(() => undefined);
    return { code: 0, codespace: "", data: EMPTY_BYTES, log: "" };
  }

  async peers(): Promise<number> {
    return 0;
  }

  #index(): NonNullable<RpcParts["indexer"]> {
    const { indexer } = this.#parts;
    if (indexer === undefined) throw unimplemented("transaction indexing is disabled");
    return indexer;
  }

  /** Transactions and results at places; each block is read once, as like places stand together. */
  #resultsAt(places: readonly TxPlace[]): readonly TxResult[] {
    const { blocks } = this.#parts;
    const found: TxResult[] = [];
    let height = -1n;
    let [txs, results]: [readonly Uint8Array[], readonly ExecTxResult[]] = [[], []];
    for (const place of places) {
      if (place.height !== height) {
        height = place.height;
        txs = blocks.block(height)?.data.txs ?? [];
        results = blocks.response(height)?.txResults ?? [];
      }
      const [tx, result] = [txs[place.index], results[place.index]];
      if (tx !== undefined && result !== undefined) found.push({ ...place, tx, result });
    }
    return found;
  }
}
