// Simulation as a query: cosmos.tx.v1beta1.Service/Simulate and the older /app/simulate.

import { utf8 } from "../base/bytes.ts";
import { ChainError } from "../base/errors.ts";
import { SimulationResponse } from "../codec/gen/cosmos/base/abci/v1beta1.ts";
import { SimulateRequest, SimulateResponse, Tx } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { CodecError } from "../codec/index.ts";
import type { TxOutcome } from "./outcome.ts";
import type { Queried } from "./queried.ts";
import { invalidArgument, unknownStatus } from "./status.ts";

/** gRPC path of the simulation. */
export const SIMULATE_PATH = "/cosmos.tx.v1beta1.Service/Simulate";

/** Answers the gRPC method. Throws: sdk/18 without a transaction, sdk/6 when it fails. */
export function simulateService(app: Queried, data: Uint8Array): Uint8Array {
  const outcome = app.simulate(bytesOf(data));
  if (outcome.code !== 0) throw unknownStatus(`${outcome.log} with gas used: '${outcome.gasUsed}'`);
  return SimulateResponse.encode(responseOf(outcome));
}

function bytesOf(data: Uint8Array): Uint8Array {
  let request: SimulateRequest;
  try {
    request = SimulateRequest.decodeLenient(data);
  } catch (error) {
    if (error instanceof CodecError) throw invalidArgument(error.message);
    throw error;
  }
  if (request.txBytes.length > 0) return request.txBytes;
  if (request.tx === undefined) throw invalidArgument("empty txBytes is not allowed");
  return Tx.encode(request.tx);
}

/** Answers /app/simulate with proto JSON. Throws what the transaction failed with. */
export function simulateJson(app: Queried, data: Uint8Array): Uint8Array {
  const outcome = app.simulate(data);
  if (outcome.code !== 0)
    throw new ChainError(outcome.codespace, outcome.code, `failed to simulate tx: ${outcome.log}`);
  const { gasInfo, result } = responseOf(outcome);
  const response = SimulationResponse.create({ result, ...(gasInfo && { gasInfo }) });
  return utf8(JSON.stringify(SimulationResponse.toJson(response, app.registry)));
}

function responseOf(outcome: TxOutcome): SimulateResponse {
  return {
    gasInfo: { gasWanted: outcome.gasWanted, gasUsed: outcome.gasUsed },
    result: {
      data: outcome.data,
      log: outcome.log,
      events: outcome.events,
      msgResponses: outcome.responses,
    },
  };
}
