// cosmos.tx.v1beta1.Service without Simulate, which is the application's: finding transactions with
// their results and sending new ones.

import { fromHex } from "../../base/bytes.ts";
import { ChainError, sdkErrors } from "../../base/errors.ts";
import { TxResponse } from "../../codec/gen/cosmos/base/abci/v1beta1.ts";
import { PageResponse } from "../../codec/gen/cosmos/base/query/v1beta1.ts";
import {
  BroadcastMode,
  BroadcastTxRequest,
  BroadcastTxResponse,
  GetBlockWithTxsRequest,
  GetBlockWithTxsResponse,
  GetTxRequest,
  GetTxResponse,
  GetTxsEventRequest,
  GetTxsEventResponse,
  OrderBy,
  Tx,
} from "../../codec/gen/cosmos/tx/v1beta1.ts";
import type { ExecTxResult, TxResult } from "../../codec/gen/tendermint/abci.ts";
import { invalidArgument, notFound, unimplemented } from "../../runtime/index.ts";
import { MempoolError } from "../embedded/mempool.ts";
import { upperHex } from "../embedded/blocks.ts";
import type { TxPlace } from "../index/indexer.ts";
import { parseQuery } from "../index/query.ts";
import type { RpcParts } from "./methods.ts";
import { rangeOf, requireHeight, serviceMethod } from "./services.ts";
import type { ServiceMethod } from "./services.ts";
import { timeText } from "./shapes.ts";
import { findTxs } from "./tx_methods.ts";

function indexOf({ indexer }: RpcParts): NonNullable<RpcParts["indexer"]> {
  if (indexer === undefined) throw unimplemented("transaction indexing is disabled");
  return indexer;
}

/** A transaction of a block with its result, in the SDK's form. Time in whole seconds, as there. */
function responseOf(parts: RpcParts, found: TxResult): TxResponse {
  const { height, tx, result } = found;
  const time = parts.blocks.meta(height)?.header.time;
  return {
    height,
    txhash: upperHex(parts.platform.sha256(tx)),
    codespace: result.codespace,
    code: result.code,
    data: upperHex(result.data),
    rawLog: result.log,
    logs: [],
    info: result.info,
    gasWanted: result.gasWanted,
    gasUsed: result.gasUsed,
    tx: { typeUrl: Tx.typeUrl, value: tx },
    timestamp: time === undefined ? "" : timeText({ ...time, nanos: 0 }),
    events: result.events,
  };
}

function getTx(parts: RpcParts, { hash }: GetTxRequest): GetTxResponse {
  if (hash === "") throw invalidArgument("tx hash cannot be empty");
  const bytes = fromHex(hash.toLowerCase());
  if (bytes === undefined) throw invalidArgument("tx hash must be hex");
  const found = indexOf(parts).find(bytes);
  if (found === undefined) throw notFound(`tx not found: ${hash}`);
  return { tx: Tx.decode(found.tx), txResponse: responseOf(parts, found) };
}

async function getTxsEvent(
  parts: RpcParts,
  request: GetTxsEventRequest,
): Promise<GetTxsEventResponse> {
  const { query, events, orderBy, page, limit } = request;
  const text = query === "" ? events.join(" AND ") : query;
  if (text === "") throw invalidArgument("query cannot be empty");
  indexOf(parts);
  const places = await findTxs(parts, parseQuery(text), orderBy === OrderBy.DESC);
  const size = limit === 0n ? 100n : limit;
  const offset = page === 0n ? 0n : (page - 1n) * size;
  const { start, end } = rangeOf({ ...NO_PAGE, offset, limit: size }, places.length);
  const found = resultsAt(parts, places.slice(start, end));
  const total = BigInt(places.length);
  return {
    txs: found.map(({ tx }) => Tx.decode(tx)),
    txResponses: found.map((one) => responseOf(parts, one)),
    pagination: PageResponse.create({ total }),
    total,
  };
}

/** Transactions and results at places; each block is read once, as like places stand together. */
function resultsAt({ blocks }: RpcParts, places: readonly TxPlace[]): readonly TxResult[] {
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

const NO_PAGE = { key: new Uint8Array(0), countTotal: false, reverse: false };

function getBlockWithTxs(
  parts: RpcParts,
  request: GetBlockWithTxsRequest,
): GetBlockWithTxsResponse {
  const height = requireHeight(parts, request.height);
  const block = parts.blocks.block(height);
  const blockId = parts.blocks.meta(height)?.blockId;
  if (block === undefined || blockId === undefined)
    throw notFound(`there is no block of height ${height}`);
  const { txs } = block.data;
  const { start, end } = rangeOf(request.pagination, txs.length);
  const pagination = PageResponse.create({ total: BigInt(txs.length) });
  return { txs: txs.slice(start, end).map((tx) => Tx.decode(tx)), blockId, block, pagination };
}

/** Refusals of the mempool with the codes that the SDK gives them. Source: client/broadcast.go. */
function mempoolRefusal(error: MempoolError): ChainError {
  const { message } = error;
  if (message.includes("already exists in cache")) return sdkErrors.txInMempoolCache.error();
  if (message.startsWith("Tx too large")) return sdkErrors.txTooLarge.error();
  return sdkErrors.mempoolIsFull.error();
}

async function broadcastTx(
  parts: RpcParts,
  { txBytes, mode }: BroadcastTxRequest,
): Promise<BroadcastTxResponse> {
  if (txBytes.length === 0) throw invalidArgument("invalid empty tx");
  if (mode !== BroadcastMode.SYNC && mode !== BroadcastMode.ASYNC)
    throw invalidArgument("unsupported broadcast mode; use BROADCAST_MODE_SYNC");
  const txhash = upperHex(parts.platform.sha256(txBytes));
  try {
    const checked = parts.admission.submit(txBytes);
    if (mode === BroadcastMode.ASYNC) {
      checked.catch(() => undefined);
      return { txResponse: TxResponse.create({ txhash }) };
    }
    const { code, codespace, data, log } = await checked;
    const rest = { code, codespace, data: upperHex(data), rawLog: log };
    return { txResponse: TxResponse.create({ txhash, ...rest }) };
  } catch (error) {
    if (!(error instanceof MempoolError)) throw error;
    const { code, codespace, message: rawLog } = mempoolRefusal(error);
    return { txResponse: TxResponse.create({ txhash, code, codespace, rawLog }) };
  }
}

const TX = "/cosmos.tx.v1beta1.Service";

/** The service. */
export const TX_SERVICE: readonly ServiceMethod[] = [
  serviceMethod(`${TX}/GetTx`, GetTxRequest, GetTxResponse, getTx),
  serviceMethod(`${TX}/GetTxsEvent`, GetTxsEventRequest, GetTxsEventResponse, getTxsEvent),
  serviceMethod(
    `${TX}/GetBlockWithTxs`,
    GetBlockWithTxsRequest,
    GetBlockWithTxsResponse,
    getBlockWithTxs,
  ),
  serviceMethod(`${TX}/BroadcastTx`, BroadcastTxRequest, BroadcastTxResponse, broadcastTx),
];
