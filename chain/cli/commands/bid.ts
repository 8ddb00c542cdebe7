// bid list | place | withdraw | accept.

import { parseCoin, toWireCoin } from "../../base/coins.ts";
import type { WireCoin } from "../../base/coins.ts";
import {
  DepositSource,
  QueryParamsRequest,
  QueryParamsResponse,
} from "../../codec/gen/leasehold/escrow/v1.ts";
import {
  BidState,
  MsgAcceptBid,
  MsgCreateBid,
  MsgLowerBid,
  MsgWithdrawBid,
  QueryBidRequest,
  QueryBidResponse,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryOrderRequest,
  QueryOrderResponse,
} from "../../codec/gen/leasehold/market/v1.ts";
import type { Bid, OrderId, UnitOffer } from "../../codec/gen/leasehold/market/v1.ts";
import type { Call, CommandCode } from "../command.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { ownerOf, parseOrderNumbers, sourceOf } from "../listing.ts";
import { table, toJsonText } from "../output.ts";
import { ask, registry } from "../queries.ts";
import { fromKey, message, resolveAddress, runTx } from "../transactions.ts";
import { BID_COLUMNS, bidRows } from "./order.ts";

const SERVICE = "/leasehold.market.v1.Query";

function orderOf(call: Call): OrderId {
  return { owner: ownerOf(call), ...parseOrderNumbers(call.args.word(0, "the order")) };
}

function coinOf(text: string): WireCoin {
  const coin = parseCoin(text);
  if (coin === undefined)
    throw new UsageFailure(`${JSON.stringify(text)} is not a price; write for example 90000uusd`);
  return toWireCoin(coin);
}

/** bid list DSEQ/GSEQ/OSEQ. */
export const list: CommandCode = {
  async run(call) {
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Bids`,
      QueryBidsRequest,
      QueryBidsResponse,
      orderOf(call),
    );
    if (call.out.json) return call.out.line(toJsonText(QueryBidsResponse.toJson(answer, registry)));
    if (answer.bids.length === 0)
      return call.out.note(
        `There are no bids. Look why with: leasehold order why ${call.args.word(0, "the order")}`,
      );
    call.out.line(table(BID_COLUMNS, bidRows(answer.bids)));
  },
};

/** What is asked, offered unit for unit: the least that a bid must give. */
async function askedUnits(call: Call, id: OrderId): Promise<UnitOffer[]> {
  const { order } = await ask(
    sourceOf(call),
    `${SERVICE}/Order`,
    QueryOrderRequest,
    QueryOrderResponse,
    id,
  );
  return order.spec.units.map((unit) => ({
    unit: unit.id,
    cpuMilli: unit.cpu.milli,
    memoryBytes: unit.memory.bytes,
    storageBytes: unit.storage.map((volume) => volume.bytes),
    gpus: unit.gpu.units,
    gpu: unit.gpu.units === 0n ? undefined : unit.gpu.models[0],
  }));
}

/** bid place DSEQ/GSEQ/OSEQ PRICE: gives exactly what is asked; lowers a bid that stands already. */
export const place: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    if (call.args.value("owner") === undefined)
      throw new UsageFailure("--owner is missing: whose order?");
    const order = orderOf(call);
    const price = coinOf(call.args.word(1, "the price per hour"));
    const standing = await standingBid(call, order, address);
    if (standing !== undefined) {
      const lower = {
        operator: address,
        provider: address,
        order,
        revision: standing.revision,
        price,
      };
      return runTx(call, [message(MsgLowerBid, lower)]);
    }
    const wanted = call.args.value("deposit");
    const deposit = wanted === undefined ? await leastDeposit(call, price.denom) : coinOf(wanted);
    await runTx(call, [
      message(MsgCreateBid, {
        operator: address,
        provider: address,
        order,
        price,
        units: await askedUnits(call, order),
        deposits: [{ source: DepositSource.BALANCE, granter: "", nonce: 0n, amount: deposit }],
      }),
    ]);
  },
};

/** The bid or quote that a provider has on an order already: a second one lowers it. */
async function standingBid(call: Call, order: OrderId, provider: string): Promise<Bid | undefined> {
  const wanted = { ...order, provider };
  const answer = await ask(
    sourceOf(call),
    `${SERVICE}/Bids`,
    QueryBidsRequest,
    QueryBidsResponse,
    wanted,
  );
  return answer.bids.find((bid) => bid.state === BidState.OPEN);
}

async function leastDeposit(call: Call, denom: string): Promise<WireCoin> {
  const path = "/leasehold.escrow.v1.Query/Params";
  const { params } = await ask(sourceOf(call), path, QueryParamsRequest, QueryParamsResponse, {});
  const found = params.denoms.find((one) => one.denom === denom);
  if (found === undefined) {
    const known = params.denoms.map((one) => one.denom).join(", ");
    throw new CliFailure(`the market does not take ${denom}`, { remedy: `It takes ${known}` });
  }
  return { denom, amount: found.bidDeposit.toString() };
}

/** bid withdraw DSEQ/GSEQ/OSEQ. */
export const withdraw: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    await runTx(call, [
      message(MsgWithdrawBid, { operator: address, provider: address, order: orderOf(call) }),
    ]);
  },
};

/** bid accept DSEQ/GSEQ/OSEQ PROVIDER: names the price and revision that stand now. */
export const accept: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    const order = { owner: address, ...parseOrderNumbers(call.args.word(0, "the order")) };
    const provider = resolveAddress(call, call.args.word(1, "the provider"));
    const { bid } = await ask(sourceOf(call), `${SERVICE}/Bid`, QueryBidRequest, QueryBidResponse, {
      ...order,
      provider,
    });
    await runTx(call, [
      message(MsgAcceptBid, {
        owner: address,
        order,
        provider,
        price: bid.price,
        revision: bid.revision,
      }),
    ]);
  },
};
