import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "../../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { validateParams } from "../params.ts";
import { params } from "../state.ts";

/** cosmos.bank.v1beta1.MsgUpdateParams. State: params. Throws: gov/13, undefined/1. */
export function updateParams(): MsgHandler<MsgUpdateParams, MsgUpdateParamsResponse> {
  return {
    type: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      validateParams(msg.params);
      params.set(ctx, msg.params);
      return {};
    },
  };
}
