// Methods about blocks: the block log as clients, explorers and light clients read it.

import { base64OrNull, blockIdShape, blockShape, commitShape, eventsShape } from "./shapes.ts";
import { headerShape, metaShape, paramsShape, txResultShape } from "./shapes.ts";
import { validatorUpdatesShape } from "./shapes.ts";
import type { Block, BlockMeta } from "../../codec/gen/tendermint/types.ts";
import { NO_BLOCK } from "../comet/header.ts";
import { parseQuery } from "../index/query.ts";
import type { Condition } from "../index/query.ts";
import { heightOf, method, pageOfFound, PageSize } from "./methods.ts";
import type { RpcMethod, RpcParts } from "./methods.ts";
import type { RpcArguments } from "./protocol.ts";
import { internalError } from "./protocol.ts";

/** Most entries of `blockchain`. Source: CometBFT. */
const MAX_METAS = 20n;

function blockAt(
  parts: RpcParts,
  height: bigint,
  block: Block | undefined = parts.blocks.block(height),
): unknown {
  const id = parts.blocks.meta(height)?.blockId ?? NO_BLOCK;
  return { block_id: blockIdShape(id), block: block === undefined ? null : blockShape(block) };
}

function heightByHash(parts: RpcParts, args: RpcArguments): bigint | undefined {
  return parts.blocks.heightOf(args.bytes("hash"));
}

function blockByHash(parts: RpcParts, args: RpcArguments): unknown {
  const height = heightByHash(parts, args);
  if (height === undefined) return { block_id: blockIdShape(NO_BLOCK), block: null };
  return blockAt(parts, height);
}

function headerByHash(parts: RpcParts, args: RpcArguments): unknown {
  const height = heightByHash(parts, args);
  const meta = height === undefined ? undefined : parts.blocks.meta(height);
  return { header: meta === undefined ? null : headerShape(meta.header) };
}

function header(parts: RpcParts, args: RpcArguments): unknown {
  const meta = parts.blocks.meta(heightOf(parts, args));
  return { header: meta === undefined ? null : headerShape(meta.header) };
}

function blockchain(parts: RpcParts, args: RpcArguments): unknown {
  const { blocks, engine } = parts;
  const latest = engine.state.height;
  const clamp = (height: bigint): bigint => (height > latest ? latest : height);
  let [min, max] = [args.integer("minHeight") ?? 0n, args.integer("maxHeight") ?? 0n];
  if (min < 0n || max < 0n) throw internalError("heights must be non-negative");
  max = clamp(max === 0n ? latest : max);
  min = min < blocks.base ? blocks.base : min;
  if (max - min >= MAX_METAS) min = max - MAX_METAS + 1n;
  if (min > max) throw internalError(`min height ${min} can't be greater than max height ${max}`);
  const metas: BlockMeta[] = [];
  for (let height = max; height >= min && height > 0n; height--) {
    const meta = blocks.meta(height);
    if (meta !== undefined) metas.push(meta);
  }
  return { last_height: latest.toString(), block_metas: metas.map(metaShape) };
}

function blockResults(parts: RpcParts, args: RpcArguments): unknown {
  const height = heightOf(parts, args);
  const response = parts.blocks.response(height);
  if (response === undefined) throw internalError(`could not find results for height #${height}`);
  const orNull = <T>(list: readonly T[], shape: unknown): unknown =>
    list.length === 0 ? null : shape;
  const { txResults, events, consensusParamUpdates: params } = response;
  return {
    height: height.toString(),
    txs_results: orNull(txResults, txResults.map(txResultShape)),
    finalize_block_events: orNull(events, eventsShape(events)),
    validator_updates: validatorUpdatesShape(response.validatorUpdates),
    consensus_param_updates: params === undefined ? null : paramsShape(params),
    app_hash: base64OrNull(response.appHash),
  };
}

function commit(parts: RpcParts, args: RpcArguments): unknown {
  const { blocks, engine } = parts;
  const height = heightOf(parts, args);
  const meta = blocks.meta(height);
  const signed = blocks.commit(height);
  if (meta === undefined || signed === undefined)
    throw internalError(`there is no commit of height ${height} yet`);
  return {
    signed_header: { header: headerShape(meta.header), commit: commitShape(signed) },
    canonical: height < engine.state.height,
  };
}

async function blockSearch(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  if (parts.indexer === undefined) throw internalError("block indexing is disabled");
  const conditions = parseQuery(args.text("query"));
  return parts.searches.run(() => searchPage(parts, args, conditions));
}

async function searchPage(
  parts: RpcParts,
  args: RpcArguments,
  conditions: readonly Condition[],
): Promise<unknown> {
  const { indexer, blocks, engine } = parts;
  const bounds = { from: blocks.base, to: engine.state.height };
  const found = (await indexer?.searchBlocks(conditions, bounds)) ?? [];
  const wanted = pageOfFound(args, found);
  const size = new PageSize();
  const page: unknown[] = [];
  for (const height of wanted) {
    // A large block takes milliseconds: between two of them others get their turn.
    await new Promise((resume) => setImmediate(resume));
    const block = blocks.block(height);
    for (const tx of block?.data.txs ?? []) size.add(tx.length);
    page.push(blockAt(parts, height, block));
  }
  return { blocks: page, total_count: found.length.toString() };
}

/** Methods about blocks. */
export const BLOCK_METHODS: readonly RpcMethod[] = [
  method("block", ["height"], (parts, args) => blockAt(parts, heightOf(parts, args))),
  method("block_by_hash", ["hash"], blockByHash),
  method("header", ["height"], header),
  method("header_by_hash", ["hash"], headerByHash),
  method("blockchain", ["minHeight", "maxHeight"], blockchain),
  method("block_results", ["height"], blockResults),
  method("commit", ["height"], commit),
  method("block_search", ["query", "page", "per_page", "order_by"], blockSearch),
];
