// ABCI queries: gRPC paths, /store/<name>/key with proof, /app, /p2p. Codes and texts are the SDK's.

import { EMPTY_BYTES, utf8 } from "../base/bytes.ts";
import { floorDiv } from "../base/integers.ts";
import { ChainError, sdkErrors, undefinedErrors } from "../base/errors.ts";
import type { RequestQuery, ResponseQuery } from "../codec/gen/tendermint/abci.ts";
import { CodecError } from "../codec/index.ts";
import type { StateView } from "../store/types.ts";
import { queryRefusal } from "./abci.ts";
import { BranchContext } from "./context.ts";
import { errorText, isResourceFailure } from "./failure.ts";
import { LimitedMeter } from "./gas.ts";
import { simulateJson, simulateService, SIMULATE_PATH } from "./simulate.ts";
import type { Queried } from "./queried.ts";
import { StatusError } from "./status.ts";
import type { QueryHandler } from "./types.ts";

const DEFAULT_QUERY_GAS = 10_000_000n;
/** What a read costs from disk against one from memory: an archived height gets so much less gas. */
const ARCHIVED_COST = 20n;

/** Answers one query; what goes wrong becomes a code, a reported bug too (undefined/111222). */
export function answerQuery(app: Queried, request: RequestQuery): ResponseQuery {
  const height = request.height === 0n ? app.store.height : request.height;
  try {
    return route(app, { ...request, height });
  } catch (error) {
    if (error instanceof ChainError) return queryRefusal(error, height);
    if (isResourceFailure(error)) throw error;
    if (app.settings.reportBug === undefined) throw error;
    app.settings.reportBug(error, `query ${request.path}`);
    return queryRefusal(undefinedErrors.panic.with(errorText(error)), height);
  }
}

function route(app: Queried, request: RequestQuery): ResponseQuery {
  const handler = app.queries.find(request.path);
  if (handler !== undefined) return runHandler(app, handler, request);
  if (request.path === SIMULATE_PATH) return answer(request, simulateService(app, request.data));
  const path = request.path.split("/");
  if (path[0] === "") path.shift();
  switch (path[0]) {
    case "app":
      return appQuery(app, path, request);
    case "store":
      return storeQuery(app, path, request);
    case "p2p":
      return peerQuery(path, request);
    case undefined:
      throw sdkErrors.unknownRequest.with("no query path provided");
    default:
      throw sdkErrors.unknownRequest.with("unknown query path");
  }
}

function answer(request: RequestQuery, value: Uint8Array): ResponseQuery {
  return {
    code: 0,
    log: "",
    info: "",
    index: 0n,
    key: EMPTY_BYTES,
    value,
    height: request.height,
    codespace: "",
  };
}

/** The state at the height asked for. Throws: sdk/18, 26, 38. */
function viewAt(app: Queried, height: bigint): StateView {
  const { store } = app;
  if (height < 0n)
    throw sdkErrors.invalidRequest.with(
      "cannot query with height < 0; please provide a valid height",
    );
  if (store.height === 0n)
    throw sdkErrors.invalidHeight.with(
      `${app.parts.name} is not ready; please wait for first block`,
    );
  if (height > store.height)
    throw sdkErrors.invalidHeight.with(
      "cannot query with height in the future; please provide a valid height",
    );
  const view = store.at(height);
  if (view !== undefined) return view;
  const text = `failed to load state at height ${height}; version does not exist`;
  throw sdkErrors.notFound.with(`${text} (latest height: ${store.height})`);
}

function runHandler(app: Queried, handler: QueryHandler, request: RequestQuery): ResponseQuery {
  const view = viewAt(app, request.height);
  if (request.prove && request.height <= 1n)
    throw sdkErrors.invalidRequest.with(
      "cannot query with proof when height <= 1; please provide a valid height",
    );
  const base = app.context(view);
  const whole = app.settings.queryGasLimit ?? DEFAULT_QUERY_GAS;
  const limit = view.archived ? floorDiv(whole, ARCHIVED_COST) : whole;
  const ctx = new BranchContext(base.env, "query", base.branches, new LimitedMeter(limit));
  return answer(request, callHandler(handler, ctx, request.data));
}

function callHandler(handler: QueryHandler, ctx: BranchContext, data: Uint8Array): Uint8Array {
  try {
    const response = handler.handle(ctx, handler.request.decodeLenient(data));
    return handler.response.encode(response);
  } catch (error) {
    // Errors without a gRPC status come out as an invalid request, as in the SDK.
    if (error instanceof StatusError) throw error;
    if (error instanceof ChainError) throw sdkErrors.invalidRequest.with(error.message);
    if (error instanceof CodecError) throw sdkErrors.invalidRequest.with(error.message);
    throw error;
  }
}

function appQuery(app: Queried, path: readonly string[], request: RequestQuery): ResponseQuery {
  const root = { codespace: "sdk" };
  switch (path[1]) {
    case "version":
      return { ...answer(request, utf8(app.parts.version)), ...root };
    case "simulate":
      return { ...answer(request, simulateJson(app, request.data)), ...root };
    case undefined:
      throw sdkErrors.unknownRequest.with(
        "expected second parameter to be either 'simulate' or 'version', neither was present",
      );
    default:
      throw sdkErrors.unknownRequest.with(`unknown query: [${path.join(" ")}]`);
  }
}

/** `/store/<name>/key`: a value and, with `prove`, the ICS-23 proofs of the store and of its root. */
function storeQuery(app: Queried, path: readonly string[], request: RequestQuery): ResponseQuery {
  const [, name = "", kind = ""] = path;
  if (request.prove && request.height <= 1n)
    throw sdkErrors.invalidRequest.with(
      "cannot query with proof when height <= 1; please provide a valid height",
    );
  if (!app.store.names.includes(name))
    throw sdkErrors.unknownRequest.with(`no such store: ${name}`);
  if (kind !== "key") throw sdkErrors.unknownRequest.with(`unexpected query path: /${kind}`);
  if (request.data.length === 0) throw sdkErrors.txDecode.with("query cannot be zero length");
  const view = viewAt(app, request.height);
  const value = view.store(name).get(request.data);
  const response = { ...answer(request, value ?? EMPTY_BYTES), key: request.data };
  if (!request.prove) return response;
  return { ...response, proofOps: { ops: [...view.prove(name, request.data)] } };
}

/** Peer filters: nobody is refused. */
function peerQuery(path: readonly string[], request: RequestQuery): ResponseQuery {
  if (path.length < 4)
    throw sdkErrors.unknownRequest.with("path should be p2p filter <addr|id> <parameter>");
  if (path[1] !== "filter")
    throw sdkErrors.unknownRequest.with("expected second parameter to be 'filter'");
  return answer(request, EMPTY_BYTES);
}
