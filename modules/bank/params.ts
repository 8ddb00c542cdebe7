import type { Params } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { undefinedError } from "../../chain/runtime/index.ts";

/** Parameters of a new chain: sending is on. */
export function defaultParams(): Params {
  return { sendEnabled: [], defaultSendEnabled: true };
}

/** Throws: undefined/1 for a list of denoms, which has moved to its own collection. */
export function validateParams(params: Params): void {
  if (params.sendEnabled.length > 0)
    throw undefinedError("use of send_enabled in params is no longer supported");
}
