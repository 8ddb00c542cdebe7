import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "../../../chain/codec/gen/leasehold/chain/v1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { validateParams } from "../params.ts";
import { params } from "../state.ts";

/**
 * MsgUpdateParams, signed by the authority: replaces the parameters from the next block on.
 * State: params. Throws: gov/13, chain/2.
 */
export function updateParams(): MsgHandler<MsgUpdateParams, MsgUpdateParamsResponse> {
  return {
    type: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.authority);
      validateParams(msg.params);
    },
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      params.set(ctx, msg.params);
      return {};
    },
  };
}
