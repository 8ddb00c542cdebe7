import { MsgSetKeys, MsgSetKeysResponse } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { providerErrors } from "../errors.ts";
import { emitKeysSet } from "../events.ts";
import type { ProviderKeeper } from "../keeper.ts";
import { checkHeartbeatKey, requirePresent } from "../keeper/checks.ts";

/**
 * MsgSetKeys, signed by the owner: replaces operator, payout address or heartbeat key; what is empty
 * stays.
 * State: providers. Events: EventProviderKeysSet.
 * Throws: provider/2, provider/6, provider/9, provider/18, provider/20.
 */
export function setKeys(keeper: ProviderKeeper): MsgHandler<MsgSetKeys, MsgSetKeysResponse> {
  return {
    type: MsgSetKeys,
    response: MsgSetKeysResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      if (msg.operator !== "") env.addresses.parse(msg.operator);
      if (msg.payout !== "") env.addresses.parse(msg.payout);
      if (msg.heartbeatKey.length > 0) checkHeartbeatKey(msg.heartbeatKey);
      if (msg.operator === "" && msg.payout === "" && msg.heartbeatKey.length === 0)
        throw providerErrors.nothingChanges.with("operator, payout and heartbeat_key are empty");
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.owner);
      const before = keeper.get(ctx, owner);
      requirePresent(before);
      const after = {
        ...before,
        operator: msg.operator === "" ? before.operator : msg.operator,
        payout: msg.payout === "" ? before.payout : msg.payout,
        heartbeatKey: msg.heartbeatKey.length === 0 ? before.heartbeatKey : msg.heartbeatKey,
      };
      keeper.save(ctx, owner, after);
      emitKeysSet(ctx, after);
      return {};
    },
  };
}
