// MsgCreateBid: the checks of a bid by hand, and its deposit.

import type { Address } from "../../../chain/base/address.ts";
import { addCoins, fromWireCoin, toWireCoin } from "../../../chain/base/coins.ts";
import {
  AwardMode,
  BidState,
  MsgCreateBid,
  MsgCreateBidResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Bid, Order, UnitOffer } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Provider } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import { bidAccount } from "../../escrow/index.ts";
import { marketErrors } from "../errors.ts";
import { effOf, endBid, enterBook, isOver, wakeRolling } from "../keeper/book.ts";
import { readParams } from "../keeper/deps.ts";
import type { Deps } from "../keeper/deps.ts";
import { requireEligible } from "../keeper/eligibility.ts";
import { askedUnits, fitPpm, modelForAll, ownedModels, unitsFault } from "../keeper/fit.ts";
import { requireOpen } from "../keeper/orders.ts";
import * as state from "../state.ts";
import { amountOf, leaseOf, orderKey } from "../types.ts";
import type { BidKey } from "../types.ts";
import { checkModel, checkOrderId, checkPrice } from "./checks.ts";

/** Gas for the end of a bid, which a block pays: a deletion, a refund and an event. */
const END_GAS = 40_000;

/**
 * MsgCreateBid, signed by the operator: a binding price for an open order, with a deposit.
 * State: orders, auctions, bids, rejections, exclusions, bid_expiries, awards; escrow/accounts.
 * Events: EventBidCreated, EventBidEnded (evicted), EventOrderExtended; escrow's.
 * Throws: market/2, 6, 12, 15, 16, 18 to 23, 25, 28, 39; provider/2, 8, 17; escrow/*; sdk/5.
 */
export function createBid(deps: Deps): MsgHandler<MsgCreateBid, MsgCreateBidResponse> {
  return {
    type: MsgCreateBid,
    response: MsgCreateBidResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      env.addresses.parse(msg.provider);
      checkOrderId(msg.order, env);
      checkPrice(msg.price);
      for (const unit of msg.units) if (unit.gpu !== undefined) checkModel(unit.gpu);
      for (const { amount } of msg.deposits) fromWireCoin(amount, marketErrors.invalidDeposit);
      if (msg.reclamationWindowS !== 0n) throw marketErrors.notServed.with("reclamation windows");
    },
    handle: (ctx, msg) => handle(ctx, deps, msg),
  };
}

function handle(ctx: Context, deps: Deps, msg: MsgCreateBid): MsgCreateBidResponse {
  const provider = ctx.addresses.parse(msg.provider);
  const seller = deps.provider.requireOperator(ctx, provider, msg.operator);
  const order = orderKey(msg.order, ctx.addresses);
  const key = leaseOf(order, provider);
  const open = requireOpen(ctx, order);
  checkCeiling(open, msg);
  dropExpired(ctx, deps, key);
  const bid = newBid(ctx, open, msg, unitsOf(open, msg, seller));
  requireEligible(ctx, deps, key, open.spec, bid);
  ctx.gas.consume(END_GAS, "end of a bid");
  const auction = state.auctions.must(ctx, state.orderTuple(order));
  if (!enterBook(ctx, deps, { key: order, order: open, auction }, bid))
    throw marketErrors.bookFull.with(`effective price ${bid.eff}${msg.price.denom} per hour`);
  payDeposit(ctx, deps, key, msg);
  wakeRolling(ctx, deps, order);
  return { revision: bid.revision, eff: bid.eff };
}

/** A bid whose own time is over makes room for a new one, whether or not the queue has run. */
function dropExpired(ctx: Context, deps: Deps, key: BidKey): void {
  const bid = state.bids.get(ctx, state.leaseTuple(key));
  if (bid === undefined) return;
  if (!isOver(ctx, bid)) throw marketErrors.bidExists.with("lower it instead");
  endBid(ctx, deps, { key, bid }, BidState.EXPIRED);
}

function checkCeiling(order: Order, msg: MsgCreateBid): void {
  const { denom } = order.ceiling;
  if (msg.price.denom !== denom)
    throw marketErrors.invalidPrice.with(`price in ${msg.price.denom}, the order is in ${denom}`);
  if (amountOf(msg.price) > amountOf(order.ceiling))
    throw marketErrors.aboveCeiling.with(
      `bid price ${msg.price.amount}${denom} per hour, ceiling ${order.ceiling.amount}${denom}`,
    );
}

/** What is given: as written, or exactly what is asked with a model that the provider owns. */
function unitsOf(order: Order, msg: MsgCreateBid, seller: Provider): readonly UnitOffer[] {
  if (msg.units.length === 0)
    return askedUnits(order.spec, modelForAll(order.spec, ownedModels(seller.devices)));
  return msg.units;
}

function newBid(ctx: Context, order: Order, msg: MsgCreateBid, units: readonly UnitOffer[]): Bid {
  const fault = unitsFault(order.spec, units);
  if (fault !== undefined) throw marketErrors.notEligible.with(fault);
  const params = readParams(ctx);
  const manual = order.settings.mode === AwardMode.MANUAL;
  const deposit = sumOf(msg);
  return {
    id: { ...order.id, provider: msg.provider },
    state: BidState.OPEN,
    price: msg.price,
    eff: effOf(amountOf(msg.price), fitPpm(order.spec), params),
    revision: 1,
    revisedUptime: ctx.uptime,
    age: state.ages.next(ctx),
    offer: 0n,
    units,
    createdUptime: ctx.uptime,
    expiresUptime: manual ? ctx.uptime + params.bidTtlS : 0n,
    reclamationWindowS: 0n,
    deposit,
    paramsVersion: params.version,
  };
}

function sumOf(msg: MsgCreateBid): Bid["deposit"] {
  const coins = msg.deposits.reduce(
    (sum, { amount }) => addCoins(sum, [fromWireCoin(amount, marketErrors.invalidDeposit)]),
    addCoins([], []),
  );
  const [first] = coins;
  if (coins.length > 1 || (first !== undefined && first.denom !== msg.price.denom))
    throw marketErrors.invalidDeposit.with(`deposits must be in ${msg.price.denom}`);
  return first === undefined ? undefined : toWireCoin(first);
}

function payDeposit(ctx: Context, deps: Deps, key: BidKey, msg: MsgCreateBid): void {
  const { denom } = msg.price;
  const asked = deps.escrow.denom(ctx, denom).bidDeposit;
  const given = BigInt(sumOf(msg)?.amount ?? 0n);
  if (given !== asked)
    throw marketErrors.invalidDeposit.with(`${given}${denom} given, ${asked}${denom} asked`);
  if (asked === 0n) return;
  const depositor: Address = ctx.addresses.parse(msg.operator);
  deps.escrow.createAccount(ctx, {
    account: bidAccount(key, key.provider),
    owner: key.provider,
    denom,
    depositor,
    deposits: msg.deposits,
  });
}
