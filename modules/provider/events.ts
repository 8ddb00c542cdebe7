// One function per typed event of module provider.

import type { Address } from "../../chain/base/address.ts";
import {
  EventHeartbeat,
  EventHeartbeatStale,
  EventParamsUpdated,
  EventProviderDevicesSet,
  EventProviderKeysSet,
  EventProviderRegistered,
  EventProviderStateChanged,
  EventProviderUpdated,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Provider, ProviderState } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { emitTyped } from "../../chain/runtime/index.ts";

/** A new provider stands in the registry; `fee` burned in the base denom's unit. */
export function emitRegistered(ctx: Context, provider: string, fee: bigint): void {
  emitTyped(ctx, EventProviderRegistered, { provider, fee });
}

/** A provider says something else of itself. */
export function emitUpdated(ctx: Context, provider: string): void {
  emitTyped(ctx, EventProviderUpdated, { provider });
}

/** A provider has new keys. */
export function emitKeysSet(ctx: Context, provider: Provider): void {
  const { owner, operator, payout } = provider;
  emitTyped(ctx, EventProviderKeysSet, { provider: owner, operator, payout });
}

/** A provider has a new list of devices. */
export function emitDevicesSet(ctx: Context, provider: Provider): void {
  const { owner, devices } = provider;
  emitTyped(ctx, EventProviderDevicesSet, { provider: owner, rows: devices.length });
}

/** A heartbeat was accepted; fresh up to and including second `freshUntilUptime` of clock U. */
export function emitHeartbeat(
  ctx: Context,
  provider: string,
  heartbeat: { readonly seq: bigint; readonly freshUntilUptime: bigint },
): void {
  const { seq, freshUntilUptime } = heartbeat;
  emitTyped(ctx, EventHeartbeat, { provider, seq, freshUntilUptime });
}

/** The last heartbeat, number `seq`, is older than two periods. */
export function emitHeartbeatStale(ctx: Context, provider: Address, seq: bigint): void {
  emitTyped(ctx, EventHeartbeatStale, { provider: ctx.addresses.format(provider), seq });
}

/** A provider went from state `from` to the one it has now. */
export function emitStateChanged(ctx: Context, provider: Provider, from: ProviderState): void {
  const { owner, state, cause } = provider;
  emitTyped(ctx, EventProviderStateChanged, { provider: owner, from, to: state, cause });
}

/** The authority replaced the parameters. */
export function emitParamsUpdated(ctx: Context, authority: string): void {
  emitTyped(ctx, EventParamsUpdated, { authority });
}
