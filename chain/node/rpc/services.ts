// gRPC services that the application cannot answer, because it sees no blocks and has no mempool:
// they are answered here, over abci_query and REST, from whatever makes the blocks. Nothing here
// runs inside a block, so nothing here can wait for one that waits for it.

import { EMPTY_BYTES } from "../../base/bytes.ts";
import { ChainError, sdkErrors } from "../../base/errors.ts";
import type { Platform } from "../../base/platform.ts";
import type { ResponseQuery } from "../../codec/gen/tendermint/abci.ts";
import type { ConfigResponse } from "../../codec/gen/cosmos/base/node/v1beta1.ts";
import type { PageRequest } from "../../codec/gen/cosmos/base/query/v1beta1.ts";
import { CodecError } from "../../codec/index.ts";
import type { MessageType } from "../../codec/index.ts";
import { invalidArgument, StatusError } from "../../runtime/index.ts";
import type { EngineApplication } from "../application.ts";
import { QueryError } from "../index/query.ts";
import type { BlockSource } from "../source.ts";
import { PageError, SourceError } from "../source.ts";
import type { Turns } from "./turns.ts";

/** What the services work with. */
export interface ServiceParts {
  readonly platform: Platform;
  readonly app: Pick<EngineApplication, "info" | "query">;
  readonly source: BlockSource;
  /** Where queries wait for their turn. */
  readonly turns: Turns;
  /** Prefix of account addresses. */
  readonly prefix: () => string;
  /** Oldest height whose state can be read. */
  readonly oldestState: () => bigint;
  /** Settings that the node service tells. */
  readonly config: ConfigResponse;
}

/** One served method. */
export interface ServiceMethod {
  /** gRPC path. */
  readonly path: string;
  answer(parts: ServiceParts, data: Uint8Array): Promise<Uint8Array>;
}

/** A method with its types inferred. `handle` throws ChainErrors; CodecErrors of what it decodes pass too. */
export function serviceMethod<Q, R>(
  path: string,
  request: MessageType<Q>,
  response: MessageType<R>,
  handle: (parts: ServiceParts, request: Q) => R | Promise<R>,
): ServiceMethod {
  return {
    path,
    answer: async (parts, data) =>
      response.encode(await handle(parts, request.decodeLenient(data))),
  };
}

/** Runs a method; a refusal becomes code, codespace and log, as in the application's own queries. */
export async function answerService(
  parts: ServiceParts,
  service: ServiceMethod,
  data: Uint8Array,
): Promise<ResponseQuery> {
  const height = parts.app.info().lastBlockHeight;
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
  if (error instanceof SourceError)
    return new StatusError("Unavailable", sdkErrors.unknownRequest, error.message);
  const asked =
    error instanceof CodecError || error instanceof QueryError || error instanceof PageError;
  if (asked) return invalidArgument(error.message);
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
export async function requireHeight({ source }: ServiceParts, height: bigint): Promise<bigint> {
  const { height: latest, earliest } = await source.status();
  if (height >= 1n && height <= latest && height >= earliest) return height;
  throw invalidArgument(
    `requested height ${height}, but blocks are kept from ${earliest} to ${latest}`,
  );
}
