// cosmos.tx.v1beta1.Service without Simulate, which is the application's: finding transactions with
// their results, sending new ones, and their two forms.

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
  TxDecodeRequest,
  TxDecodeResponse,
  TxEncodeRequest,
  TxEncodeResponse,
} from "../../codec/gen/cosmos/tx/v1beta1.ts";
import type { TxResult } from "../../codec/gen/tendermint/abci.ts";
import { invalidArgument, notFound } from "../../runtime/index.ts";
import { MempoolError } from "../embedded/mempool.ts";
import { upperHex } from "../embedded/blocks.ts";
import { rangeOf, requireHeight, serviceMethod } from "./services.ts";
import type { ServiceMethod, ServiceParts } from "./services.ts";
import { timeText } from "./shapes.ts";

/** A transaction of a block with its result, in the SDK's form. Time in whole seconds, as there. */
async function responseOf(
  { platform, source }: ServiceParts,
  found: TxResult,
  times: Map<bigint, string>,
): Promise<TxResponse> {
  const { height, tx, result } = found;
  let timestamp = times.get(height);
  if (timestamp === undefined) {
    const time = (await source.header(height))?.time;
    timestamp = time === undefined ? "" : timeText({ ...time, nanos: 0 });
    times.set(height, timestamp);
  }
  return {
    height,
    txhash: upperHex(platform.sha256(tx)),
    codespace: result.codespace,
    code: result.code,
    data: upperHex(result.data),
    rawLog: result.log,
    logs: [],
    info: result.info,
    gasWanted: result.gasWanted,
    gasUsed: result.gasUsed,
    tx: { typeUrl: Tx.typeUrl, value: tx },
    timestamp,
    events: result.events,
  };
}

async function getTx(parts: ServiceParts, { hash }: GetTxRequest): Promise<GetTxResponse> {
  if (hash === "") throw invalidArgument("tx hash cannot be empty");
  const bytes = fromHex(hash.toLowerCase());
  if (bytes === undefined) throw invalidArgument("tx hash must be hex");
  const found = await parts.source.tx(bytes);
  if (found === undefined) throw notFound(`tx not found: ${hash}`);
  return { tx: Tx.decode(found.tx), txResponse: await responseOf(parts, found, new Map()) };
}

/** Entries of a page when none are asked for, and the most. */
const PAGE_LIMIT = 100n;

async function getTxsEvent(
  parts: ServiceParts,
  request: GetTxsEventRequest,
): Promise<GetTxsEventResponse> {
  const { query, events, orderBy, page, limit } = request;
  const text = query === "" ? events.join(" AND ") : query;
  if (text === "") throw invalidArgument("query cannot be empty");
  const found = await parts.source.searchTxs(text, {
    page: page === 0n ? 1n : page,
    limit: Number(limit === 0n || limit > PAGE_LIMIT ? PAGE_LIMIT : limit),
    descending: orderBy === OrderBy.DESC,
  });
  const times = new Map<bigint, string>();
  const txResponses: TxResponse[] = [];
  for (const one of found.txs) txResponses.push(await responseOf(parts, one, times));
  const total = BigInt(found.total);
  return {
    txs: found.txs.map(({ tx }) => Tx.decode(tx)),
    txResponses,
    pagination: PageResponse.create({ total }),
    total,
  };
}

async function getBlockWithTxs(
  parts: ServiceParts,
  request: GetBlockWithTxsRequest,
): Promise<GetBlockWithTxsResponse> {
  const height = await requireHeight(parts, request.height);
  const found = await parts.source.block(height);
  if (found === undefined) throw notFound(`there is no block of height ${height}`);
  const { block, id: blockId } = found;
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
  parts: ServiceParts,
  { txBytes, mode }: BroadcastTxRequest,
): Promise<BroadcastTxResponse> {
  if (txBytes.length === 0) throw invalidArgument("invalid empty tx");
  if (mode !== BroadcastMode.SYNC && mode !== BroadcastMode.ASYNC)
    throw invalidArgument("unsupported broadcast mode; use BROADCAST_MODE_SYNC");
  const txhash = upperHex(parts.platform.sha256(txBytes));
  try {
    const checked = await parts.source.submit(
      txBytes,
      mode === BroadcastMode.ASYNC ? "async" : "sync",
    );
    const { code, codespace, data, log } = checked;
    const rest = { code, codespace, data: upperHex(data), rawLog: log };
    return { txResponse: TxResponse.create({ txhash, ...rest }) };
  } catch (error) {
    if (!(error instanceof MempoolError)) throw error;
    const { code, codespace, message: rawLog } = mempoolRefusal(error);
    return { txResponse: TxResponse.create({ txhash, code, codespace, rawLog }) };
  }
}

function txEncode(_parts: ServiceParts, { tx }: TxEncodeRequest): TxEncodeResponse {
  if (tx === undefined) throw invalidArgument("invalid empty tx");
  return { txBytes: Tx.encode(tx) };
}

function txDecode(_parts: ServiceParts, { txBytes }: TxDecodeRequest): TxDecodeResponse {
  if (txBytes.length === 0) throw invalidArgument("invalid empty tx bytes");
  return { tx: Tx.decode(txBytes) };
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
  serviceMethod(`${TX}/TxEncode`, TxEncodeRequest, TxEncodeResponse, txEncode),
  serviceMethod(`${TX}/TxDecode`, TxDecodeRequest, TxDecodeResponse, txDecode),
];
