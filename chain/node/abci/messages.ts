// Requests and responses as they stand in a frame. Decoding is strict; a newer CometBFT that sends fields
// which ours does not know is understood without them. The two calls that v0.39 added carry
// transactions between an application's own mempool and its peers, which Leasehold does not have.

import { Request, Response } from "../../codec/gen/tendermint/abci.ts";
import { CodecError } from "../../codec/index.ts";
import { frameOf } from "./frames.ts";

/** Tags of the two calls, members 21 and 22 of a request. Source: CometBFT v0.39 abci/types.proto. */
const INSERT_TX = [0xaa, 0x01];
const REAP_TXS = [0xb2, 0x01];
/** Member 22 of a response: code 1. */
const INSERT_TX_ANSWER = Uint8Array.of(0xb2, 0x01, 2, 0x08, 0x01);
/** Member 23: no transactions. */
const REAP_TXS_ANSWER = Uint8Array.of(0xba, 0x01, 0);

/** A request: one of ABCI 2.0, or a call of an application mempool. */
export type AbciRequest = Request | "insertTx" | "reapTxs";

/** An answer: a response, or the bytes of one to a call of an application mempool. */
export type AbciAnswer = Response | Uint8Array;

/** Reads a request. Throws: CodecError. */
export function decodeRequest(bytes: Uint8Array): AbciRequest {
  if (bytes[1] === INSERT_TX[1] && bytes[0] === INSERT_TX[0]) return "insertTx";
  if (bytes[1] === REAP_TXS[1] && bytes[0] === REAP_TXS[0]) return "reapTxs";
  const request = decodeKnown(bytes);
  if (Object.values(request).every((one) => one === undefined))
    throw new CodecError(Request.name, "a request of no known kind");
  return request;
}

function decodeKnown(bytes: Uint8Array): Request {
  try {
    return Request.decode(bytes);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return Request.decodeLenient(bytes);
  }
}

/** There is no mempool of the application: nothing is taken, nothing is there. */
export function mempoolAnswer(request: "insertTx" | "reapTxs"): Uint8Array {
  return request === "insertTx" ? INSERT_TX_ANSWER : REAP_TXS_ANSWER;
}

/** The frame of an answer. */
export function answerFrame(answer: AbciAnswer): Uint8Array {
  return frameOf(answer instanceof Uint8Array ? answer : Response.encode(answer));
}
