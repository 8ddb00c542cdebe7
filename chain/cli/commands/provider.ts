// provider list | show.

import {
  ClaimStandingTable,
  ProviderStateTable,
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
  QueryProvidersResponse,
} from "../../codec/gen/leasehold/provider/v1.ts";
import type { ProviderInfo } from "../../codec/gen/leasehold/provider/v1.ts";
import type { CommandCode } from "../command.ts";
import { enumWord, formatInstant, noteNextPage, pageOf, sourceOf, stateFlag } from "../listing.ts";
import { table, toJsonText } from "../output.ts";
import { ask, registry } from "../queries.ts";
import { resolveAddress } from "../transactions.ts";

const SERVICE = "/leasehold.provider.v1.Query";

function devicesOf(info: ProviderInfo): string {
  return info.provider.devices
    .map((device) => `${device.count} x ${device.model === "" ? device.class : device.model}`)
    .join(", ");
}

function signOf(info: ProviderInfo): string {
  if (info.heartbeat === undefined) return "never";
  return `${formatInstant(info.heartbeat.acceptedAt)}${info.fresh ? "" : " (stale)"}`;
}

/** provider list. */
export const list: CommandCode = {
  async run(call) {
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Providers`,
      QueryProvidersRequest,
      QueryProvidersResponse,
      {
        state: stateFlag(call, ProviderStateTable),
        pagination: pageOf(call),
      },
    );
    if (call.out.json)
      return call.out.line(toJsonText(QueryProvidersResponse.toJson(answer, registry)));
    const rows = answer.providers.map((info) => [
      info.provider.owner,
      enumWord(ProviderStateTable, info.provider.state),
      devicesOf(info),
      signOf(info),
      info.awardable ? "yes" : "no",
    ]);
    call.out.line(table(["PROVIDER", "STATE", "DEVICES", "LAST SIGN OF LIFE", "CAN WIN"], rows));
    noteNextPage(call, answer.pagination);
  },
};

/** provider show PROVIDER: what it says of itself, and who vouches for it. */
export const show: CommandCode = {
  async run(call) {
    const provider = resolveAddress(call, call.args.word(0, "the provider"));
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Provider`,
      QueryProviderRequest,
      QueryProviderResponse,
      { provider },
    );
    if (call.out.json)
      return call.out.line(toJsonText(QueryProviderResponse.toJson(answer, registry)));
    const { info, claims } = answer;
    const rows = [
      ["provider", info.provider.owner],
      ["operator", info.provider.operator],
      ["reached at", info.provider.hostUri],
      ["state", enumWord(ProviderStateTable, info.provider.state)],
      ["devices", devicesOf(info)],
      ["last sign of life", signOf(info)],
      ["can win", info.awardable ? "yes" : "no"],
    ];
    call.out.line(table(["PROVIDER", ""], rows));
    const shown = claims.map((claim) => [
      claim.key,
      claim.value,
      enumWord(ClaimStandingTable, claim.standing),
    ]);
    if (shown.length > 0) call.out.line(`\n${table(["CLAIM", "VALUE", "STANDING"], shown)}`);
  },
};
