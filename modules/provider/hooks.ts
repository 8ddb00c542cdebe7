import type { Address } from "../../chain/base/address.ts";
import type { ProviderState } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";

/**
 * What module provider tells others, after its own state is written. In blocks a hook that fails
 * quarantines the queue item that caused it; in transactions it fails the transaction.
 */
export interface ProviderHooks {
  /** The provider left or entered `active`, or moved between other states. */
  afterProviderStateChanged(ctx: Context, provider: Address, state: ProviderState): void;
  /** Its last heartbeat is older than two periods. Told once until the next heartbeat. */
  afterHeartbeatStale(ctx: Context, provider: Address): void;
  /** A heartbeat arrived and there was none before, or it had been told stale. */
  afterHeartbeatFresh(ctx: Context, provider: Address): void;
}
