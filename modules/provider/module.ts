import type { AppModule, MsgHandler } from "../../chain/runtime/index.ts";
import { beginBlock, retryableQueues } from "./blocks.ts";
import { providerGenesis } from "./genesis.ts";
import { providerInvariants } from "./invariants.ts";
import type { ProviderKeeper } from "./keeper.ts";
import { heartbeat } from "./msgs/heartbeat.ts";
import { pauseProvider } from "./msgs/pause_provider.ts";
import { registerProvider } from "./msgs/register_provider.ts";
import { setDevices } from "./msgs/set_devices.ts";
import { setKeys } from "./msgs/set_keys.ts";
import { unpauseProvider } from "./msgs/unpause_provider.ts";
import { updateParams } from "./msgs/update_params.ts";
import { updateProvider } from "./msgs/update_provider.ts";
import { providerQueries } from "./queries.ts";
import { providerSchema, staleQueue } from "./state.ts";

function messages(keeper: ProviderKeeper): readonly MsgHandler[] {
  return [
    registerProvider(keeper),
    updateProvider(keeper),
    setKeys(keeper),
    setDevices(keeper),
    heartbeat(keeper),
    pauseProvider(keeper),
    unpauseProvider(keeper),
    updateParams(keeper),
  ];
}

/** The module as the application sees it. */
export function providerModule(keeper: ProviderKeeper): AppModule {
  return {
    name: "provider",
    stores: ["provider"],
    messages: messages(keeper),
    queries: providerQueries(keeper),
    invariants: providerInvariants,
    queues: retryableQueues(keeper),
    genesis: providerGenesis(keeper),
    beginBlock: (ctx) => beginBlock(ctx, keeper),
    nextDue(ctx) {
      const uptime = staleQueue.next(ctx);
      return uptime === undefined ? {} : { uptime };
    },
    rebuildSide: (ctx) => providerSchema.rebuildSide(ctx),
  };
}
