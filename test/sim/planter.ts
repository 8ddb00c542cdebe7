// Queue items that cannot be handled: each must be set aside, alone, and the block must go on.

import { concatBytes, u64BigEndian } from "../../chain/base/bytes.ts";
import type { Context } from "../../chain/runtime/index.ts";
import * as deployment from "../../modules/deployment/state.ts";
import * as escrow from "../../modules/escrow/state.ts";
import * as market from "../../modules/market/state.ts";
import * as provider from "../../modules/provider/state.ts";

/** No name of any object: whoever decodes it throws. */
const NONSENSE = Uint8Array.of(0xff, 0xff, 0xff);
/** A deployment that nobody has. */
const NOBODYS = new Uint8Array(28).fill(0xee);
/** Before everything that waits, so that the smallest budget reaches it. */
const FIRST = 0n;

/** All but escrow's timers and payouts: to them what is not there is nothing to do. */
const QUEUES = [
  [market.startQueue, market.Kind.LEASE, NONSENSE],
  [market.termQueue, market.Kind.LEASE, NONSENSE],
  [market.scanQueue, market.Kind.ORDER, NONSENSE],
  [market.rematchQueue, market.Kind.ORDER, NONSENSE],
  [market.awardQueue, market.Kind.ORDER, NONSENSE],
  [market.bidQueue, market.Kind.ORDER, NONSENSE],
  [market.orderQueue, market.Kind.ORDER, NONSENSE],
  [market.offerQueue, market.Kind.ORDER, NONSENSE],
  [market.drainQueue, market.Kind.ORDER, NONSENSE],
  [market.retentionQueue, market.Kind.ORDER, NONSENSE],
  [deployment.closings, deployment.QUEUE_KIND, NOBODYS],
  [deployment.retention, deployment.QUEUE_KIND, NOBODYS],
  [provider.staleQueue, 1, NONSENSE],
  [escrow.graces, escrow.ONLY, NONSENSE],
  [escrow.notices, escrow.ONLY, NONSENSE],
  [escrow.drains, escrow.Drain.ACCOUNT, NONSENSE],
] as const;

/** Names of the queues that get an item in each planting block. */
export const PLANTED: readonly string[] = QUEUES.map(
  ([{ place }]) => `${place.store}/${place.name}`,
);

/** Puts one item that cannot be handled before everything else in each queue. */
export function plant(ctx: Context): void {
  for (const [queue, kind, id] of QUEUES) queue.insert(ctx, FIRST, kind, id);
}

/** Key of a quarantined item as MsgRetryQuarantined names it. */
export function quarantineKey(item: {
  readonly second: bigint;
  readonly kind: number;
  readonly id: Uint8Array;
}): Uint8Array {
  return concatBytes(u64BigEndian(item.second), Uint8Array.of(item.kind), item.id);
}
