import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { emitParamsUpdated } from "../events.ts";
import type { ProviderKeeper } from "../keeper.ts";
import { validateParams } from "../params.ts";

/**
 * MsgUpdateParams, signed by the authority: replaces the parameters and both tables.
 * State: params, classes, models. Events: EventParamsUpdated. Throws: gov/13, provider/15.
 */
export function updateParams(
  keeper: ProviderKeeper,
): MsgHandler<MsgUpdateParams, MsgUpdateParamsResponse> {
  return {
    type: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.authority);
      validateParams(msg.params);
    },
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      keeper.setParams(ctx, msg.params);
      emitParamsUpdated(ctx, msg.authority);
      return {};
    },
  };
}
