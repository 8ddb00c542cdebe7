import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import type { Keeper } from "../keeper.ts";
import { validateParams } from "../params.ts";

/**
 * MsgUpdateParams, signed by the authority: replaces all parameters. Orders, bids and leases keep
 * what was fixed when they were made. State: params. Events: EventParamsUpdated.
 * Throws: market/35; gov/13.
 */
export function updateParams(keeper: Keeper): MsgHandler<MsgUpdateParams, MsgUpdateParamsResponse> {
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
      return {};
    },
  };
}
