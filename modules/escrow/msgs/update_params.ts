import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/types.ts";
import * as events from "../events.ts";
import { paramsFault } from "../params.ts";
import * as state from "../state.ts";

/**
 * MsgUpdateParams, signed by the authority: replaces the parameters. Fees of payments that exist,
 * queue entries that wait and grace that runs keep what was fixed for them.
 * State: params. Events: EventParamsUpdated. Throws: escrow/25; gov/13; sdk/7.
 */
export function updateParams(): MsgHandler<MsgUpdateParams, MsgUpdateParamsResponse> {
  return {
    type: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.authority);
      const fault = paramsFault(msg.params);
      if (fault !== undefined) throw fault;
    },
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      state.params.set(ctx, msg.params);
      events.paramsUpdated(ctx, msg.authority);
      return {};
    },
  };
}
