import { toHex } from "../../chain/base/bytes.ts";
import { EventQuarantined, EventRetried } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type { QuarantinedItem } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import { emitTyped } from "../../chain/runtime/index.ts";
import type { Context } from "../../chain/runtime/index.ts";

/** A due item failed and was set aside. */
export function emitQuarantined(ctx: Context, item: QuarantinedItem): void {
  const { collection, second, kind, id, reason } = item;
  emitTyped(ctx, EventQuarantined, { collection, second, kind, id: toHex(id), reason });
}

/** An item that was set aside went back into its queue. */
export function emitRetried(ctx: Context, item: QuarantinedItem): void {
  const { collection, second, kind, id } = item;
  emitTyped(ctx, EventRetried, { collection, second, kind, id: toHex(id) });
}
