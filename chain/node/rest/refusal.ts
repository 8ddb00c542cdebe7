// Refusals as the gRPC gateway answers them: {code, message, details} with the HTTP status that
// belongs to the gRPC code. Source: grpc-gateway v1 runtime.HTTPStatusFromCode.

import type { ErrorKind } from "../../base/errors.ts";
import { sdkErrors } from "../../base/errors.ts";
import type { ResponseQuery } from "../../codec/gen/tendermint/abci.ts";

/** gRPC codes by name, with their HTTP status. */
const STATUS = {
  Canceled: [1, 408],
  Unknown: [2, 500],
  InvalidArgument: [3, 400],
  DeadlineExceeded: [4, 504],
  NotFound: [5, 404],
  AlreadyExists: [6, 409],
  PermissionDenied: [7, 403],
  ResourceExhausted: [8, 429],
  FailedPrecondition: [9, 400],
  Aborted: [10, 409],
  OutOfRange: [11, 400],
  Unimplemented: [12, 501],
  Internal: [13, 500],
  Unavailable: [14, 503],
  DataLoss: [15, 500],
  Unauthenticated: [16, 401],
} as const;

/** Name of a gRPC code that is an error. */
export type StatusName = keyof typeof STATUS;

/** Characters of a sentence that an answer carries: a refusal does not send a whole request back. */
const MAX_SENTENCE = 1000;

/** A request that gets an error. */
export class GatewayRefusal extends Error {
  override readonly name = "GatewayRefusal";
  readonly status: StatusName;
  /** HTTP status, where it is not the one of the gRPC code (413, 414). */
  readonly #http: number | undefined;

  constructor(status: StatusName, message: string, http?: number) {
    super(message);
    this.status = status;
    this.#http = http;
  }

  /** HTTP status. */
  get http(): number {
    return this.#http ?? STATUS[this.status][1];
  }

  /** The body: google.rpc.Status in JSON. */
  get body(): string {
    const message = this.message.slice(0, MAX_SENTENCE).toWellFormed();
    return JSON.stringify({ code: STATUS[this.status][0], message, details: [] });
  }
}

/** The request itself is wrong. */
export function invalidArgument(message: string): GatewayRefusal {
  return new GatewayRefusal("InvalidArgument", message);
}

/** No query of this chain has such a path: what the gateway answers. */
export function noSuchPath(): GatewayRefusal {
  return new GatewayRefusal("Unimplemented", "Not Implemented");
}

/** Texts that abci_query puts behind the description of a status. */
const SUFFIXES = [
  sdkErrors.keyNotFound,
  sdkErrors.invalidRequest,
  sdkErrors.unauthorized,
  sdkErrors.unknownRequest,
].map(({ text }: ErrorKind) => `: ${text}`);

/** What SDK codes mean that come without a status. Source: SDK client/grpc_query.go; heights are ours. */
const MEANINGS = new Map<number, StatusName>([
  [sdkErrors.invalidRequest.code, "InvalidArgument"],
  [sdkErrors.unauthorized.code, "Unauthenticated"],
  [sdkErrors.keyNotFound.code, "NotFound"],
  [sdkErrors.invalidHeight.code, "InvalidArgument"],
  [sdkErrors.notFound.code, "FailedPrecondition"],
]);

/** The refusal that a query's answer is; undefined for a good answer. */
export function refusalOf(answer: ResponseQuery): GatewayRefusal | undefined {
  const { code, codespace, log } = answer;
  if (code === 0) return undefined;
  const status = /^rpc error: code = (\w+) desc = (.*)$/s.exec(log);
  if (status !== null && Object.hasOwn(STATUS, status[1] as string))
    return new GatewayRefusal(status[1] as StatusName, withoutSuffix(status[2] as string));
  if (codespace !== "sdk") return new GatewayRefusal("Internal", log);
  return new GatewayRefusal(MEANINGS.get(code) ?? "Unknown", withoutSuffix(log));
}

function withoutSuffix(text: string): string {
  const suffix = SUFFIXES.find((one) => text.endsWith(one));
  return suffix === undefined ? text : text.slice(0, -suffix.length);
}
