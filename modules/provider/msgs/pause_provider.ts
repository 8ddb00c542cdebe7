import {
  MsgPauseProvider,
  MsgPauseProviderResponse,
  PauseCause,
  ProviderState,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { providerErrors } from "../errors.ts";
import type { ProviderKeeper } from "../keeper.ts";

/**
 * MsgPauseProvider, signed by owner or operator: no awards until it is unpaused; live leases run on.
 * State: providers. Events: EventProviderStateChanged. Hooks: afterProviderStateChanged.
 * Throws: provider/2, provider/8, provider/9.
 */
export function pauseProvider(
  keeper: ProviderKeeper,
): MsgHandler<MsgPauseProvider, MsgPauseProviderResponse> {
  return {
    type: MsgPauseProvider,
    response: MsgPauseProviderResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.signer);
      env.addresses.parse(msg.provider);
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.provider);
      const provider = keeper.requireOwnerOrOperator(ctx, owner, msg.signer);
      if (provider.state !== ProviderState.ACTIVE)
        throw providerErrors.wrongState.with(
          `provider ${provider.owner} is not active, it cannot be paused`,
        );
      keeper.move(ctx, owner, { state: ProviderState.PAUSED, cause: PauseCause.OWNER });
      return {};
    },
  };
}
