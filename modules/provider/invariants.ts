import type { Context, Invariant } from "../../chain/runtime/index.ts";
import * as state from "./state.ts";
import { countOfClass } from "./types.ts";

/** Statements about store `provider` that hold after every block. */
export const providerInvariants: readonly Invariant[] = [
  { name: "provider/indexes", check: (ctx) => state.providerSchema.checkIndexes(ctx) },
  { name: "provider/promises", check: promises },
  { name: "provider/pins", check: pins },
  { name: "provider/stale-queue", check: staleQueue },
];

/** Offers promise no more devices of a class than the provider owns. */
function promises(ctx: Context): readonly string[] {
  const found: string[] = [];
  for (const [[owner, name], offered] of state.commitments.iterate(ctx)) {
    const owned = countOfClass(state.providers.get(ctx, owner)?.devices ?? [], name);
    if (offered === 0n || offered > owned)
      found.push(
        `${ctx.addresses.format(owner)}: ${offered} devices of ${name} promised, ${owned} owned`,
      );
  }
  return found;
}

/** Every pinned attribute is claimed as pinned, by a provider with at least as many live leases. */
function pins(ctx: Context): readonly string[] {
  const found: string[] = [];
  for (const [[owner, key], pin] of state.pins.iterate(ctx)) {
    const attributes = state.providers.get(ctx, owner)?.attributes ?? [];
    const live = state.standings.get(ctx, owner)?.liveLeases ?? 0n;
    if (!attributes.some((claim) => claim.key === key && claim.value === pin.value))
      found.push(`${ctx.addresses.format(owner)}: pinned attribute ${key} is not claimed`);
    if (pin.leases === 0n || pin.leases > live)
      found.push(`${ctx.addresses.format(owner)}: ${pin.leases} of ${live} leases pin ${key}`);
  }
  return found;
}

/** A heartbeat not told stale stands in the queue once; the queue holds nothing else. */
function staleQueue(ctx: Context): readonly string[] {
  const found: string[] = [];
  let waiting = 0;
  for (const [owner, heartbeat] of state.heartbeats.iterate(ctx)) {
    if (heartbeat.toldStale) continue;
    waiting++;
    if (!state.isQueued(ctx, owner, heartbeat))
      found.push(`heartbeat of ${ctx.addresses.format(owner)} stands in no queue`);
  }
  const entries = [...state.staleQueue.iterate(ctx)].length;
  if (entries !== waiting) found.push(`${entries} queue entries for ${waiting} heartbeats`);
  return found;
}
