// offer list | show.

import {
  OfferCauseTable,
  OfferStateTable,
  QueryOfferRequest,
  QueryOfferResponse,
  QueryOffersRequest,
  QueryOffersResponse,
} from "../../codec/gen/leasehold/market/v1.ts";
import type { Offer } from "../../codec/gen/leasehold/market/v1.ts";
import type { CommandCode } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import {
  addressFlag,
  enumWord,
  formatInstant,
  noteNextPage,
  pageOf,
  shortAddress,
  sourceOf,
  stateFlag,
} from "../listing.ts";
import {
  formatAmount,
  formatGib,
  formatMillionths,
  formatThousandths,
  table,
  toJsonText,
} from "../output.ts";
import { ask, registry } from "../queries.ts";

const SERVICE = "/leasehold.market.v1.Query";

function modelOf(offer: Offer): string {
  return offer.model === undefined
    ? "no gpu"
    : [offer.model.vendor, offer.model.model, offer.model.ram]
        .filter((part) => part !== "")
        .join(" ");
}

function stateOf(offer: Offer): string {
  const causes = offer.causes.map((cause) => enumWord(OfferCauseTable, cause)).join(", ");
  return enumWord(OfferStateTable, offer.state) + (causes === "" ? "" : ` (${causes})`);
}

/** offer list. */
export const list: CommandCode = {
  async run(call) {
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Offers`,
      QueryOffersRequest,
      QueryOffersResponse,
      {
        provider: addressFlag(call, "provider"),
        model: call.args.value("model") ?? "",
        state: stateFlag(call, OfferStateTable),
        pagination: pageOf(call),
      },
    );
    if (call.out.json)
      return call.out.line(toJsonText(QueryOffersResponse.toJson(answer, registry)));
    const rows = answer.offers.map((offer) => [
      offer.id.toString(),
      shortAddress(offer.provider),
      modelOf(offer),
      stateOf(offer),
      formatAmount(offer.referencePrice, offer.denom),
      String(offer.leases),
      formatInstant(offer.expiresAt),
    ]);
    call.out.line(
      table(["ID", "PROVIDER", "MODEL", "STATE", "REFERENCE PER HOUR", "LEASES", "EXPIRES"], rows),
    );
    noteNextPage(call, answer.pagination);
  },
};

/** offer show ID. */
export const show: CommandCode = {
  async run(call) {
    const word = call.args.word(0, "the id of the offer");
    if (!/^[1-9][0-9]{0,18}$/.test(word))
      throw new UsageFailure(`${JSON.stringify(word)} is not the id of an offer`);
    const found = await ask(
      sourceOf(call),
      `${SERVICE}/Offer`,
      QueryOfferRequest,
      QueryOfferResponse,
      { id: BigInt(word) },
    );
    if (call.out.json) return call.out.line(toJsonText(QueryOfferResponse.toJson(found, registry)));
    const { offer } = found;
    const rows = [
      ["offer", offer.id.toString()],
      ["provider", offer.provider],
      ["model", modelOf(offer)],
      ["state", stateOf(offer)],
      ["cpu and hour", formatMillionths(offer.prices.cpuHour, offer.denom)],
      ["GiB of memory and hour", formatMillionths(offer.prices.memoryGibHour, offer.denom)],
      ["gpu and hour", formatMillionths(offer.prices.gpuHour, offer.denom)],
      ["reference bundle and hour", formatAmount(offer.referencePrice, offer.denom)],
      ["live leases", String(offer.leases)],
      ["expires", formatInstant(offer.expiresAt)],
    ];
    call.out.line(table(["OFFER", ""], rows));
    const hosts = found.free.map((host, index) => [
      String(index),
      formatThousandths(host.cpuMilli),
      formatGib(host.memoryBytes),
      formatGib(host.storageBytes),
      String(host.gpus),
    ]);
    call.out.line(
      `\n${table(["HOST", "FREE CPUS", "FREE MEMORY", "FREE STORAGE", "FREE GPUS"], hosts)}`,
    );
  },
};
