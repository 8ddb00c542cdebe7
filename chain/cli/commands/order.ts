// order list | show | why.

import {
  BidStateTable,
  OrderEndTable,
  OrderStateTable,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryOrderRequest,
  QueryOrderResponse,
  QueryOrdersRequest,
  QueryOrdersResponse,
  QueryOrderWhyRequest,
  QueryOrderWhyResponse,
} from "../../codec/gen/leasehold/market/v1.ts";
import type { Bid, WhyCount } from "../../codec/gen/leasehold/market/v1.ts";
import type { Call, CommandCode } from "../command.ts";
import {
  addressFlag,
  enumWord,
  formatOrder,
  noteNextPage,
  ownerOf,
  pageOf,
  parseOrderNumbers,
  shortAddress,
  sourceOf,
  stateFlag,
} from "../listing.ts";
import { formatAmount, formatSeconds, table, toJsonText } from "../output.ts";
import { ask, registry } from "../queries.ts";

const SERVICE = "/leasehold.market.v1.Query";

/** order list: newest last. */
export const list: CommandCode = {
  async run(call) {
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Orders`,
      QueryOrdersRequest,
      QueryOrdersResponse,
      {
        owner: addressFlag(call, "owner"),
        state: stateFlag(call, OrderStateTable),
        pagination: pageOf(call),
      },
    );
    if (call.out.json)
      return call.out.line(toJsonText(QueryOrdersResponse.toJson(answer, registry)));
    const rows = answer.orders.map((order) => [
      shortAddress(order.id.owner),
      formatOrder(order.id),
      enumWord(OrderStateTable, order.state) +
        (order.end === 0 ? "" : ` (${enumWord(OrderEndTable, order.end)})`),
      formatAmount(order.ceiling.amount, order.ceiling.denom),
      order.winner === "" ? "" : shortAddress(order.winner),
    ]);
    call.out.line(table(["OWNER", "ORDER", "STATE", "CEILING PER HOUR", "PROVIDER"], rows));
    noteNextPage(call, answer.pagination);
  },
};

/** Rows of a table of bids, best first. */
export function bidRows(bids: readonly Bid[]): string[][] {
  const best = [...bids].sort((a, b) => (a.eff < b.eff ? -1 : a.eff > b.eff ? 1 : 0));
  return best.map((bid) => [
    bid.id.provider,
    enumWord(BidStateTable, bid.state),
    formatAmount(bid.price.amount, bid.price.denom),
    formatAmount(BigInt(bid.price.amount) * 720n, bid.price.denom),
    bid.offer === 0n ? "by hand" : `offer ${bid.offer}`,
    String(bid.revision),
  ]);
}

/** Columns of a table of bids. */
export const BID_COLUMNS = ["PROVIDER", "STATE", "PER HOUR", "PER 30 DAYS", "FROM", "REVISION"];

/** order show DSEQ/GSEQ/OSEQ. */
export const show: CommandCode = {
  async run(call) {
    const id = { owner: ownerOf(call), ...parseOrderNumbers(call.args.word(0, "the order")) };
    const source = sourceOf(call);
    const found = await ask(source, `${SERVICE}/Order`, QueryOrderRequest, QueryOrderResponse, id);
    const bids = await ask(source, `${SERVICE}/Bids`, QueryBidsRequest, QueryBidsResponse, id);
    if (call.out.json) {
      const order = QueryOrderResponse.toJson(found, registry) as object;
      return call.out.line(
        toJsonText({ ...order, ...(QueryBidsResponse.toJson(bids, registry) as object) }),
      );
    }
    const { order, auction } = found;
    const left =
      auction === undefined || auction.deadlineUptime === 0n
        ? ""
        : formatSeconds(auction.deadlineUptime - found.uptime);
    const rows = [
      ["order", formatOrder(order.id)],
      ["owner", order.id.owner],
      ["group", order.spec.name],
      ["state", enumWord(OrderStateTable, order.state)],
      ["ended by", order.end === 0 ? "" : enumWord(OrderEndTable, order.end)],
      ["ceiling per hour", formatAmount(order.ceiling.amount, order.ceiling.denom)],
      ["award in", left],
      ["provider", order.winner],
    ];
    call.out.line(
      table(
        ["ORDER", ""],
        rows.filter((row) => row[1] !== ""),
      ),
    );
    if (bids.bids.length > 0) call.out.line(`\n${table(BID_COLUMNS, bidRows(bids.bids))}`);
  },
};

function whyRows(counts: readonly WhyCount[]): string[][] {
  return counts.map((count) => [
    count.reason,
    String(count.providers),
    String(count.offers),
    count.nearest,
  ]);
}

/** Prints the counters of `order why`. */
export function printWhy(call: Call, answer: QueryOrderWhyResponse): void {
  if (call.out.json)
    return call.out.line(toJsonText(QueryOrderWhyResponse.toJson(answer, registry)));
  const scanned = `${answer.providers} providers and ${answer.offers} offers were looked at`;
  call.out.line(
    `${scanned}${answer.partial ? " (not all: the scan is bounded)" : ""}; ${answer.fitting} offers fit.`,
  );
  if (answer.counts.length > 0) {
    call.out.line(
      table(["FAILS ON", "PROVIDERS", "OFFERS", "NEAREST MISS"], whyRows(answer.counts)),
    );
  }
  if (answer.note !== "") call.out.line(answer.note);
}

/** order why DSEQ/GSEQ/OSEQ: how many fail on what. */
export const why: CommandCode = {
  async run(call) {
    const id = { owner: ownerOf(call), ...parseOrderNumbers(call.args.word(0, "the order")) };
    printWhy(
      call,
      await ask(
        sourceOf(call),
        `${SERVICE}/OrderWhy`,
        QueryOrderWhyRequest,
        QueryOrderWhyResponse,
        id,
      ),
    );
  },
};
