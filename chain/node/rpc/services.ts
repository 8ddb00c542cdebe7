// gRPC services that the application cannot answer, because it sees no blocks and has no mempool:
// they are answered here, over abci_query, from the block log, the index and the engine. Nothing here
// runs inside a block, so nothing here can wait for one that waits for it.

import { EMPTY_BYTES } from "../../base/bytes.ts";
import { ChainError } from "../../base/errors.ts";
import type { ResponseQuery } from "../../codec/gen/tendermint/abci.ts";
import type { PageRequest } from "../../codec/gen/cosmos/base/query/v1beta1.ts";
import { CodecError } from "../../codec/index.ts";
import type { MessageType } from "../../codec/index.ts";
import { invalidArgument } from "../../runtime/index.ts";
import { QueryError } from "../index/query.ts";
import type { RpcParts } from "./methods.ts";

/** One served method. */
export interface ServiceMethod {
  /** gRPC path. */
  readonly path: string;
  answer(parts: RpcParts, data: Uint8Array): Promise<Uint8Array>;
}

/** A method with its types inferred. `handle` throws ChainErrors; CodecErrors of what it decodes pass too. */
export function serviceMethod<Q, R>(
  path: string,
  request: MessageType<Q>,
  response: MessageType<R>,
  handle: (parts: RpcParts, request: Q) => R | Promise<R>,
): ServiceMethod {
  return {
    path,
    answer: async (parts, data) =>
      response.encode(await handle(parts, request.decodeLenient(data))),
  };
}

/** Runs a method; a refusal becomes code, codespace and log, as in the application's own queries. */
export async function answerService(
  parts: RpcParts,
  service: ServiceMethod,
  data: Uint8Array,
): Promise<ResponseQuery> {
  const { height } = parts.engine.state;
  const answer = { code: 0, log: "", info: "", index: 0n, key: EMPTY_BYTES, codespace: "" };
  try {
    return { ...answer, height, value: await service.answer(parts, data) };
  } catch (error) {
    const { code, codespace, message: log } = refusalOf(error);
    return { ...answer, height, value: EMPTY_BYTES, code, codespace, log };
  }
}

function refusalOf(error: unknown): ChainError {
  if (error instanceof ChainError) return error;
  if (error instanceof CodecError || error instanceof QueryError)
    return invalidArgument(error.message);
  throw error;
}

/** Entries of a page when none are asked for, and the most. */
const PAGE_LIMIT = 100;

/** Which part of `total` entries a page request means. Throws: sdk/18. */
export function rangeOf(
  page: PageRequest | undefined,
  total: number,
): { readonly start: number; readonly end: number } {
  const { offset, limit, key } = page ?? { offset: 0n, limit: 0n, key: EMPTY_BYTES };
  if (key.length > 0) throw invalidArgument("pages of this list are asked for by offset");
  if (offset > BigInt(total)) throw invalidArgument(`offset ${offset} is beyond ${total} entries`);
  const size = limit === 0n || limit > BigInt(PAGE_LIMIT) ? PAGE_LIMIT : Number(limit);
  const start = Number(offset);
  return { start, end: Math.min(start + size, total) };
}

/** A height that has a block. Throws: sdk/18. */
export function requireHeight({ blocks, engine }: RpcParts, height: bigint): bigint {
  const latest = engine.state.height;
  if (height >= 1n && height <= latest && height >= blocks.base) return height;
  throw invalidArgument(
    `requested height ${height}, but blocks are kept from ${blocks.base} to ${latest}`,
  );
}
