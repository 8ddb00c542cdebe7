// MsgRegisterProvider: a new provider enters the registry.

import {
  MsgRegisterProvider,
  MsgRegisterProviderResponse,
  PauseCause,
  ProviderState,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { emitKeysSet, emitRegistered } from "../events.ts";
import type { ProviderKeeper } from "../keeper.ts";
import { BURNER } from "../needs.ts";
import { sortAttributes } from "../types.ts";
import { checkAttributeCount, checkHeartbeatKey, checkSelf } from "../keeper/checks.ts";

/**
 * MsgRegisterProvider, signed by the owner: burns the registration fee and puts the provider into
 * the registry as active. It is awarded nothing before its first heartbeat.
 * State: params, providers. Events: EventProviderRegistered, EventProviderKeysSet, bank's.
 * Throws: provider/3, provider/4, provider/5, provider/6, provider/20, sdk/5.
 */
export function registerProvider(
  keeper: ProviderKeeper,
): MsgHandler<MsgRegisterProvider, MsgRegisterProviderResponse> {
  return {
    type: MsgRegisterProvider,
    response: MsgRegisterProviderResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      if (msg.operator !== "") env.addresses.parse(msg.operator);
      if (msg.payout !== "") env.addresses.parse(msg.payout);
      checkHeartbeatKey(msg.heartbeatKey);
      checkSelf(msg);
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.owner);
      const rules = keeper.rules(ctx);
      checkAttributeCount(msg.attributes, rules);
      const provider = {
        owner: msg.owner,
        operator: msg.operator === "" ? msg.owner : msg.operator,
        payout: msg.payout === "" ? msg.owner : msg.payout,
        heartbeatKey: msg.heartbeatKey,
        hostUri: msg.hostUri,
        attributes: sortAttributes(msg.attributes),
        contactUri: msg.contactUri,
        contactHash: msg.contactHash,
        state: ProviderState.ACTIVE,
        cause: PauseCause.UNSPECIFIED,
        registeredAt: ctx.now,
        stateAt: ctx.now,
        stateUptime: ctx.uptime,
        devices: [],
      };
      keeper.create(ctx, owner, provider);
      const fee = rules.registrationFee;
      if (fee > 0n) {
        const coins = [{ denom: keeper.needs.chain.baseDenom(ctx), amount: fee }];
        keeper.needs.bank.sendToModule(ctx, owner, BURNER, coins);
        keeper.needs.bank.burn(ctx, BURNER, coins);
      }
      emitRegistered(ctx, msg.owner, fee);
      emitKeysSet(ctx, provider);
      return {};
    },
  };
}
