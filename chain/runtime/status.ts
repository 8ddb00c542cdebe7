// gRPC status errors as abci_query carries them. Codes and the form of the text are what clients
// parse: `rpc error: code = NotFound desc = account ... not found: key not found`, codespace sdk.

import { ChainError, sdkErrors } from "../base/errors.ts";
import type { ErrorKind } from "../base/errors.ts";

/** A query's refusal that already has its gRPC form. */
export class StatusError extends ChainError {
  readonly status: string;

  constructor(status: string, kind: ErrorKind, text: string) {
    super(kind.codespace, kind.code, `rpc error: code = ${status} desc = ${text}: ${kind.text}`);
    this.status = status;
  }
}

/** The thing asked for is not there. sdk/22. */
export function notFound(text: string): StatusError {
  return new StatusError("NotFound", sdkErrors.keyNotFound, text);
}

/** The request itself is wrong. sdk/18. */
export function invalidArgument(text: string): StatusError {
  return new StatusError("InvalidArgument", sdkErrors.invalidRequest, text);
}

/** The state does not allow an answer. sdk/18. */
export function failedPrecondition(text: string): StatusError {
  return new StatusError("FailedPrecondition", sdkErrors.invalidRequest, text);
}

/** Not offered by this chain or at this height. sdk/6. */
export function unimplemented(text: string): StatusError {
  return new StatusError("Unimplemented", sdkErrors.unknownRequest, text);
}

/** Failed for a reason without a status of its own. sdk/6. */
export function unknownStatus(text: string): StatusError {
  return new StatusError("Unknown", sdkErrors.unknownRequest, text);
}

/** Went wrong inside; the SDK says so where it could say "not found". sdk/6. */
export function internalStatus(text: string): StatusError {
  return new StatusError("Internal", sdkErrors.unknownRequest, text);
}
