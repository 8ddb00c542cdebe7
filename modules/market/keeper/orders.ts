// Orders: they open, and they end. What happens between is in book, matching and award.

import { assert } from "../../../chain/base/assert.ts";
import { maxBig, minBig, parseUint } from "../../../chain/base/integers.ts";
import {
  AwardMode,
  LeaseKind,
  OnLeaseClose,
  OrderEnd,
  OrderState,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Auction,
  AwardSettings,
  GroupSpec,
  Order,
  Params,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import { toWireCoin } from "../../../chain/base/coins.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { AccountState } from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { marketErrors } from "../errors.ts";
import { emitOrderEnded, emitOrderOpened } from "../events.ts";
import * as state from "../state.ts";
import { groupCeiling, groupDenom, MAX_JOINT, MAX_PRICE, orderId } from "../types.ts";
import type { GroupKey, OrderKey } from "../types.ts";
import { add, Counter } from "./counters.ts";
import { accountOf, readParams } from "./deps.ts";
import type { Deps } from "./deps.ts";
import type { NewOrder, NewOrders } from "./interface.ts";
import { leaveJoint, openJoint } from "./joints.ts";

/** Least seconds of U from the award deadline of an order to its end: all extensions and one more block. */
const AWARD_ROOM_S = 60n;

// ---- what is wrong with a request by itself -------------------------------------------------------

/** What the market cannot serve of a group; undefined when nothing. Limits of size are deployment's. */
export function specFault(spec: GroupSpec): string | undefined {
  const denom = groupDenom(spec);
  if (spec.units.length === 0) return "a group without resource units";
  let last = 0;
  for (const unit of spec.units) {
    if (unit.id <= last) return `unit ${unit.id} does not follow unit ${last}: ids ascend from 1`;
    last = unit.id;
    if (unit.count === 0) return `unit ${unit.id}: count is 0`;
    if (parseUint(unit.price.amount) === undefined)
      return `unit ${unit.id}: its price is not a whole number of base units per hour`;
    if (unit.cpu.milli === 0n || unit.memory.bytes === 0n)
      return `unit ${unit.id}: a replica needs CPU and memory`;
    if (unit.price.denom !== denom)
      return `unit ${unit.id} is priced in ${unit.price.denom}, unit ${spec.units[0]?.id} in ${denom}`;
  }
  const ceiling = groupCeiling(spec);
  if (ceiling < 1n || ceiling > MAX_PRICE)
    return `the ceiling of all units is ${ceiling}${denom} per hour, not in 1..${MAX_PRICE}`;
  if (spec.minReputationPpm > 1_000_000)
    return `min_reputation_ppm ${spec.minReputationPpm} is above 1000000`;
  if (spec.kind !== LeaseKind.UNSPECIFIED && spec.kind !== LeaseKind.ON_DEMAND)
    return "only leases on demand are served yet";
  if (spec.reclamationWindowS !== 0n) return "reclamation windows are not served yet";
  return undefined;
}

/** What is wrong with award settings by themselves; undefined when nothing is. */
export function settingsFault(settings: AwardSettings): string | undefined {
  const { mode, deadlineS, orderTtlS } = settings;
  if (mode < AwardMode.UNSPECIFIED || mode > AwardMode.MANUAL) return `mode ${mode} is not a mode`;
  const { onLeaseClose } = settings;
  if (onLeaseClose < OnLeaseClose.UNSPECIFIED || onLeaseClose > OnLeaseClose.PAUSE)
    return `on_lease_close ${onLeaseClose} is not a choice`;
  if (mode !== AwardMode.AUTO && deadlineS !== 0n) return "deadline_s goes with mode AUTO only";
  if (deadlineS > 3600n) return `deadline_s ${deadlineS} is not in 0..3600`;
  if (orderTtlS !== 0n && (orderTtlS < 300n || orderTtlS > 604_800n))
    return `order_ttl_s ${orderTtlS} is not in 300..604800`;
  if (orderTtlS !== 0n && orderTtlS < deadlineS + AWARD_ROOM_S)
    return `order_ttl_s ${orderTtlS} is less than ${AWARD_ROOM_S} s after deadline_s ${deadlineS}`;
  if (isJoint(settings) && mode === AwardMode.MANUAL)
    return "groups that are awarded together need mode AUTO";
  return undefined;
}

/** Whether orders of one call are awarded all or none. */
function isJoint(settings: AwardSettings): boolean {
  return settings.allOrNothing || settings.sameProvider;
}

/** Settings with every default filled in. */
function settle(settings: AwardSettings, params: Params): AwardSettings {
  const mode = settings.mode === AwardMode.UNSPECIFIED ? AwardMode.AUTO : settings.mode;
  const ttl = mode === AwardMode.AUTO ? params.orderTtlAutoS : params.orderTtlManualS;
  const usual = settings.mode === AwardMode.UNSPECIFIED;
  const deadlineS = usual ? params.autoDeadlineS : settings.deadlineS;
  const asked = settings.orderTtlS === 0n ? ttl : settings.orderTtlS;
  return {
    ...settings,
    mode,
    deadlineS,
    orderTtlS: maxBig(asked, deadlineS + AWARD_ROOM_S),
    onLeaseClose:
      settings.onLeaseClose === OnLeaseClose.UNSPECIFIED
        ? OnLeaseClose.REOPEN
        : settings.onLeaseClose,
  };
}

// ---- opening ----------------------------------------------------------------------------------------

/**
 * What the account lacks, base units, before it can pay for new orders: all open ceilings of the
 * deployment, the new rates, and the fees.
 */
export function missingFor(
  ctx: Context,
  deps: Deps,
  group: Pick<GroupKey, "owner" | "dseq">,
  asked: { readonly rate: bigint; readonly orders: number; readonly denom: string },
): bigint {
  const open = state.openCeilings.get(ctx, [group.owner, group.dseq]) ?? 0n;
  const fees = deps.escrow.denom(ctx, asked.denom).orderFee * BigInt(asked.orders);
  return deps.escrow.missing(ctx, accountOf(group), open + asked.rate, fees);
}

/**
 * Opens one order per group (3a-5: none -> open). Fees are burned from the deployment's account.
 * State: params, open_counts, open_ceilings, live_orders, orders, auctions, scans, order_expiries.
 * Events: EventOrderOpened. Throws: market/10, 11, 13, 14, 41; escrow/*.
 */
export function createOrders(ctx: Context, deps: Deps, request: NewOrders): readonly OrderKey[] {
  const params = readParams(ctx);
  checkRequest(ctx, request, params);
  const denom = denomOf(request);
  fund(ctx, deps, request, denom);
  const settings = settle(request.settings, params);
  const keys = request.orders.map(({ gseq, oseq }) => ({
    owner: request.owner,
    dseq: request.dseq,
    gseq,
    oseq,
  }));
  const joint = isJoint(settings) && keys.length > 1 ? openJoint(ctx, keys, settings) : 0n;
  for (const [index, order] of request.orders.entries()) {
    const key = keys[index];
    assert(key !== undefined, "as many names as orders");
    open(ctx, params, { key, order, settings, joint });
  }
  return keys;
}

function checkRequest(ctx: Context, request: NewOrders, params: Params): void {
  const fault = settingsFault(request.settings);
  if (fault !== undefined) throw marketErrors.invalidSettings.with(fault);
  assert(request.orders.length > 0, "a call that opens no order");
  if (isJoint(request.settings) && request.orders.length > MAX_JOINT)
    throw marketErrors.invalidSettings.with(
      `${request.orders.length} groups awarded together, at most ${MAX_JOINT}`,
    );
  const denom = denomOf(request);
  for (const { gseq, spec } of request.orders) {
    const wrong = specFault(spec);
    if (wrong !== undefined) throw marketErrors.invalidSpec.with(`group ${gseq}: ${wrong}`);
    if (groupDenom(spec) !== denom)
      throw marketErrors.invalidSpec.with(
        `group ${gseq} is priced in ${groupDenom(spec)}, others in ${denom}`,
      );
  }
  const open = state.openCounts.get(ctx, request.owner) ?? 0n;
  if (open + BigInt(request.orders.length) > BigInt(params.maxOpenOrders))
    throw marketErrors.tooManyOrders.with(
      `${open} open orders and ${request.orders.length} new ones, at most ${params.maxOpenOrders}`,
    );
}

function denomOf(request: NewOrders): string {
  const [first] = request.orders;
  return first === undefined ? "" : groupDenom(first.spec);
}

/** A reopened order is checked with its former price instead of its ceiling. */
function checkedRate({ spec, former, lastPrice }: NewOrder): bigint {
  const ceiling = groupCeiling(spec);
  return minBig(lastPrice ?? former?.price ?? ceiling, ceiling);
}

function fund(ctx: Context, deps: Deps, request: NewOrders, denom: string): void {
  const account = accountOf(request);
  const found = deps.escrow.findAccount(ctx, account);
  if (found === undefined || found.state !== AccountState.OPEN)
    throw marketErrors.notFunded.with("the deployment's account is not open");
  if (found.denom !== denom)
    throw marketErrors.invalidSpec.with(`prices in ${denom}, the account holds ${found.denom}`);
  let rate = 0n;
  for (const order of request.orders) rate += checkedRate(order);
  const lack = missingFor(ctx, deps, request, { rate, orders: request.orders.length, denom });
  if (lack > 0n)
    throw marketErrors.notFunded.with(
      `${lack}${denom} more are needed to open orders of ${rate}${denom} per hour`,
    );
  const fees = deps.escrow.denom(ctx, denom).orderFee * BigInt(request.orders.length);
  if (fees > 0n) deps.escrow.burnFromAccount(ctx, account, fees);
}

interface Opening {
  readonly key: OrderKey;
  readonly order: NewOrder;
  readonly settings: AwardSettings;
  readonly joint: bigint;
}

function open(ctx: Context, params: Params, { key, order, settings, joint }: Opening): void {
  const group = state.groupTuple(key);
  if (state.liveOrders.has(ctx, group) || state.orders.has(ctx, state.orderTuple(key)))
    throw marketErrors.orderExists.with(`group ${key.dseq}/${key.gseq}, order ${key.oseq}`);
  const id = orderId(key, ctx.addresses);
  const amount = groupCeiling(order.spec);
  const manual = settings.mode === AwardMode.MANUAL;
  const record: Order = {
    id,
    state: OrderState.OPEN,
    end: OrderEnd.UNSPECIFIED,
    spec: order.spec,
    settings,
    ceiling: toWireCoin({ denom: groupDenom(order.spec), amount }),
    createdAt: ctx.now,
    openedUptime: ctx.uptime,
    expiresUptime: ctx.uptime + settings.orderTtlS,
    endedAt: 0n,
    paramsVersion: params.version,
    joint,
    winner: "",
  };
  const sticky = order.former !== undefined && !settings.notSticky;
  const auction: Auction = {
    id,
    deadlineUptime: manual || joint !== 0n ? 0n : ctx.uptime + settings.deadlineS,
    extensions: 0,
    rolling: false,
    scanned: false,
    cursor: new Uint8Array(0),
    scans: 1,
    matchedUptime: 0n,
    failedOnFunds: false,
    former: sticky ? ctx.addresses.format(order.former.provider) : "",
    formerPrice: sticky ? order.former.price : 0n,
    formerUntilUptime: sticky ? ctx.uptime + params.stickyS : 0n,
    rematchUptime: 0n,
    rematching: false,
  };
  state.orders.set(ctx, state.orderTuple(key), record);
  state.auctions.set(ctx, state.orderTuple(key), auction);
  state.liveOrders.set(ctx, group, BigInt(key.oseq));
  countOrder(ctx, key, 1n, amount);
  state.scanQueue.insert(ctx, record.openedUptime, state.Kind.ORDER, state.orderBytes(key));
  state.orderQueue.insert(ctx, record.expiresUptime, state.Kind.ORDER, state.orderBytes(key));
  emitOrderOpened(ctx, record, auction.deadlineUptime);
}

/** Counts open orders of the owner, their ceilings per deployment, and all of the chain. */
export function countOrder(ctx: Context, key: OrderKey, orders: bigint, ceiling: bigint): void {
  const open = (state.openCounts.get(ctx, key.owner) ?? 0n) + orders;
  if (open === 0n) state.openCounts.delete(ctx, key.owner);
  else state.openCounts.set(ctx, key.owner, open);
  const place = [key.owner, key.dseq] as const;
  const sum = (state.openCeilings.get(ctx, place) ?? 0n) + ceiling;
  if (sum === 0n) state.openCeilings.delete(ctx, place);
  else state.openCeilings.set(ctx, place, sum);
  add(ctx, Counter.OPEN_ORDERS, orders);
}

// ---- reading ----------------------------------------------------------------------------------------

/** An order. Throws: market/2. */
export function getOrder(ctx: Context, key: OrderKey): Order {
  const found = state.orders.get(ctx, state.orderTuple(key));
  if (found === undefined)
    throw marketErrors.orderNotFound.with(
      `order ${key.dseq}/${key.gseq}/${key.oseq} of ${ctx.addresses.format(key.owner)}`,
    );
  return found;
}

/**
 * An open order whose life is not over, whether or not the queue has run.
 * Throws: market/2, 6, 25.
 */
export function requireOpen(ctx: Context, key: OrderKey): Order {
  const order = getOrder(ctx, key);
  if (order.state !== OrderState.OPEN)
    throw marketErrors.orderState.with(`order ${key.dseq}/${key.gseq}/${key.oseq} is not open`);
  if (ctx.uptime >= order.expiresUptime)
    throw marketErrors.tooLate.with(`the order ended at second ${order.expiresUptime} of uptime`);
  return order;
}

/** The open or matched order of a group; undefined when it has none. */
export function liveOrder(ctx: Context, group: GroupKey): OrderKey | undefined {
  const oseq = state.liveOrders.get(ctx, state.groupTuple(group));
  return oseq === undefined ? undefined : { ...group, oseq: Number(oseq) };
}

// ---- ending -----------------------------------------------------------------------------------------

/** Takes an open order out of its auction: it is matched or ends. */
export function leaveAuction(ctx: Context, key: OrderKey, order: Order): void {
  const place = state.orderTuple(key);
  const auction = state.auctions.must(ctx, place);
  const id = state.orderBytes(key);
  const { ORDER } = state.Kind;
  if (!auction.scanned) state.scanQueue.remove(ctx, order.openedUptime, ORDER, id);
  if (auction.rematchUptime !== 0n)
    state.rematchQueue.remove(ctx, auction.rematchUptime, ORDER, id);
  if (auction.deadlineUptime !== 0n)
    state.awardQueue.remove(ctx, auction.deadlineUptime, ORDER, id);
  state.orderQueue.remove(ctx, order.expiresUptime, ORDER, id);
  if (order.joint !== 0n) leaveJoint(ctx, order.joint, key);
  countOrder(ctx, key, -1n, -BigInt(order.ceiling.amount));
  state.auctions.delete(ctx, place);
}

/**
 * Ends an order without telling hooks: open -> expired | closed, matched -> closed. Its bids end by
 * queue. State: orders, live_orders, auctions, drains, retention. Events: EventOrderEnded.
 */
export function endOrder(
  ctx: Context,
  key: OrderKey,
  order: Order,
  to: { readonly state: OrderState; readonly end: OrderEnd },
): Order {
  assert(
    order.state === OrderState.OPEN || order.state === OrderState.MATCHED,
    `order in state ${order.state} ends again`,
  );
  if (order.state === OrderState.OPEN) leaveAuction(ctx, key, order);
  const ended: Order = { ...order, ...to, endedAt: ctx.now };
  const id = state.orderBytes(key);
  state.orders.set(ctx, state.orderTuple(key), ended);
  state.liveOrders.delete(ctx, state.groupTuple(key));
  state.drainQueue.insert(ctx, ctx.uptime, state.Kind.ORDER, id);
  state.retentionQueue.insert(ctx, ctx.now + readParams(ctx).retentionS, state.Kind.ORDER, id);
  emitOrderEnded(ctx, ended);
  return ended;
}

/** Closes an open order that has no lease, and tells. */
export function closeOpenOrder(
  ctx: Context,
  deps: Deps,
  key: OrderKey,
  order: Order,
  end: OrderEnd,
): void {
  endOrder(ctx, key, order, { state: OrderState.CLOSED, end });
  deps.hooks.run(ctx, (hooks, branch) => hooks.afterOrderClosed?.(branch, { order: key, end }));
}

/**
 * An order's life is over: expired, or closed where its last award failed on funds. Tells.
 */
export function expireOrder(ctx: Context, deps: Deps, key: OrderKey, end: OrderEnd): void {
  const order = getOrder(ctx, key);
  const auction = state.auctions.must(ctx, state.orderTuple(key));
  if (auction.failedOnFunds || end === OrderEnd.FUNDS) {
    closeOpenOrder(ctx, deps, key, order, OrderEnd.FUNDS);
    return;
  }
  endOrder(ctx, key, order, { state: OrderState.EXPIRED, end });
  deps.hooks.run(ctx, (hooks, branch) => hooks.afterOrderExpired?.(branch, { order: key, end }));
}
