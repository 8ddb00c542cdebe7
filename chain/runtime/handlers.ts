// Small things that message and query handlers of every module share.

import type { Address, AddressCodec } from "../base/address.ts";
import { ChainError, defineErrors } from "../base/errors.ts";
import { CodecError } from "../codec/index.ts";
import type { MessageType } from "../codec/index.ts";
import type { Context, QueryHandler } from "./types.ts";

/** The error of the SDK's gov module that every MsgUpdateParams gives to a wrong signer. */
const govErrors = defineErrors("gov", {
  invalidSigner: [13, "expected gov account as only signer for proposal message"],
});

/** Refuses a message whose authority is not the chain's. Throws: gov/13. */
export function checkAuthority(ctx: Context, authority: string): void {
  const expected = ctx.addresses.format(ctx.authority);
  if (authority === expected) return;
  throw govErrors.invalidSigner.with(`invalid authority; expected ${expected}, got ${authority}`);
}

/**
 * Parses an address; a refusal is thrown as what `wrap` makes of its reason, without the text of the
 * refusal's own kind: the SDK puts the bare reason into the error of the field.
 */
export function parseAddress(
  addresses: AddressCodec,
  text: string,
  wrap: (reason: string) => ChainError,
): Address {
  try {
    return addresses.parse(text);
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    throw wrap(error.message.replace(/: invalid address$/, ""));
  }
}

/** A query handler with its types inferred. */
export function queryHandler<Q, R>(
  path: string,
  request: MessageType<Q>,
  response: MessageType<R>,
  handle: (ctx: Context, request: Q) => R,
): QueryHandler {
  const handler: QueryHandler<Q, R> = { path, request, response, handle };
  return handler as QueryHandler;
}

/** What `decode` gives, or undefined when the bytes are malformed (it throws a CodecError). */
export function tryDecode<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
