import {
  MsgUnpauseProvider,
  MsgUnpauseProviderResponse,
  PauseCause,
  ProviderState,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { providerErrors } from "../errors.ts";
import type { ProviderKeeper } from "../keeper.ts";

/**
 * MsgUnpauseProvider, signed by the owner: ends a pause that lasted at least `pause_min` seconds of
 * clock U, so that offers do not flicker in and out of the index.
 * State: params, providers. Events: EventProviderStateChanged. Hooks: afterProviderStateChanged.
 * Throws: provider/2, provider/9, provider/14.
 */
export function unpauseProvider(
  keeper: ProviderKeeper,
): MsgHandler<MsgUnpauseProvider, MsgUnpauseProviderResponse> {
  return {
    type: MsgUnpauseProvider,
    response: MsgUnpauseProviderResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.owner);
      const provider = keeper.get(ctx, owner);
      if (provider.state !== ProviderState.PAUSED)
        throw providerErrors.wrongState.with(`provider ${msg.owner} is not paused`);
      const earliest = provider.stateUptime + keeper.rules(ctx).pauseMin;
      if (ctx.uptime < earliest)
        throw providerErrors.tooEarly.with(
          `paused for ${ctx.uptime - provider.stateUptime} s, ` +
            `${earliest - provider.stateUptime} s are the least`,
        );
      keeper.move(ctx, owner, { state: ProviderState.ACTIVE, cause: PauseCause.UNSPECIFIED });
      return {};
    },
  };
}
