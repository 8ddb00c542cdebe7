// Joint awards: which open orders are awarded all or none. The award itself is in award.ts.

import type { AwardSettings } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { u64BigEndian, readU64BigEndian } from "../../../chain/base/bytes.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import * as state from "../state.ts";
import { orderId, orderKey } from "../types.ts";
import type { OrderKey } from "../types.ts";

/** Binds orders together; gives back the number of their joint award. */
export function openJoint(
  ctx: Context,
  keys: readonly OrderKey[],
  settings: AwardSettings,
): bigint {
  const id = state.jointIds.next(ctx);
  const deadlineUptime = ctx.uptime + settings.deadlineS;
  state.joints.set(ctx, id, {
    id,
    orders: keys.toSorted((a, b) => a.gseq - b.gseq).map((key) => orderId(key, ctx.addresses)),
    sameProvider: settings.sameProvider,
    deadlineUptime,
  });
  state.awardQueue.insert(ctx, deadlineUptime, state.Kind.JOINT, u64BigEndian(id));
  return id;
}

/** Takes an order out of its joint award; the last one ends it. */
export function leaveJoint(ctx: Context, id: bigint, key: OrderKey): void {
  const joint = state.joints.get(ctx, id);
  if (joint === undefined) return;
  const orders = joint.orders.filter((order) => order.gseq !== key.gseq);
  if (orders.length > 0) {
    state.joints.set(ctx, id, { ...joint, orders });
    return;
  }
  state.awardQueue.remove(ctx, joint.deadlineUptime, state.Kind.JOINT, u64BigEndian(id));
  state.joints.delete(ctx, id);
}

/** Moves a joint award to another second of U. */
export function moveJoint(ctx: Context, id: bigint, deadlineUptime: bigint): void {
  const joint = state.joints.must(ctx, id);
  const bytes = u64BigEndian(id);
  state.awardQueue.remove(ctx, joint.deadlineUptime, state.Kind.JOINT, bytes);
  state.awardQueue.insert(ctx, deadlineUptime, state.Kind.JOINT, bytes);
  state.joints.set(ctx, id, { ...joint, deadlineUptime });
}

/** Orders of a joint award in gseq order; undefined when it is over. */
export function jointOrders(ctx: Context, id: bigint): readonly OrderKey[] | undefined {
  return state.joints.get(ctx, id)?.orders.map((order) => orderKey(order, ctx.addresses));
}

/** The joint award that a queue entry names. */
export function jointFromBytes(bytes: Uint8Array): bigint {
  return readU64BigEndian(bytes);
}
