// Plants queue items that cannot be handled, in every seed: each must be set aside, alone, and the
// block must go on. Later the authority tries them again, and they are set aside again.

import { concatBytes, u64BigEndian } from "../../chain/base/bytes.ts";
import { MsgRetryQuarantined } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type { AppModule, AppParts, Context } from "../../chain/runtime/index.ts";
import { quarantine } from "../../modules/chain/state.ts";
import * as market from "../../modules/market/state.ts";

/** No name of any object: whoever decodes it throws. */
const NONSENSE = Uint8Array.of(0xff, 0xff, 0xff);
/** Before everything that waits, so that the smallest budget reaches it. */
const FIRST = 0n;

const QUEUES = [
  [market.startQueue, market.Kind.LEASE],
  [market.termQueue, market.Kind.LEASE],
  [market.awardQueue, market.Kind.ORDER],
  [market.orderQueue, market.Kind.ORDER],
  [market.drainQueue, market.Kind.ORDER],
] as const;

/** How many items each planting block gets. */
export const PLANTED_PER_BLOCK = QUEUES.length;

/** Heights at which items are planted, and at which the authority tries all again. */
export interface Planting {
  readonly plants: bigint;
  readonly retries: bigint;
}

/** Key of a quarantined item as MsgRetryQuarantined names it. */
export function quarantineKey(item: {
  readonly second: bigint;
  readonly kind: number;
  readonly id: Uint8Array;
}): Uint8Array {
  return concatBytes(u64BigEndian(item.second), Uint8Array.of(item.kind), item.id);
}

function retryAll(ctx: Context, parts: AppParts): void {
  const authority = ctx.addresses.format(ctx.authority);
  const handlers = parts.modules.flatMap((module) => module.messages ?? []);
  const retry = handlers.find(({ type }) => type.typeUrl === MsgRetryQuarantined.typeUrl);
  if (retry === undefined) throw new Error("MsgRetryQuarantined is not served");
  const items = [...quarantine.iterate(ctx, {})].map(([, item]) => item);
  for (const item of items) {
    const { collection } = item;
    retry.handle(ctx, { authority, collection, key: quarantineKey(item) } as never);
  }
}

/** The application with one more module that plants and retries before all others. */
export function planted(at: Planting): (parts: AppParts) => AppParts {
  return (parts) => {
    const planter: AppModule = {
      name: "planter",
      stores: [],
      beginBlock(ctx) {
        if (ctx.height === at.plants)
          for (const [queue, kind] of QUEUES) queue.insert(ctx, FIRST, kind, NONSENSE);
        if (ctx.height === at.retries) retryAll(ctx, parts);
      },
    };
    const order = { ...parts.order, beginBlock: [planter, ...parts.order.beginBlock] };
    return { ...parts, modules: [...parts.modules, planter], order };
  };
}
