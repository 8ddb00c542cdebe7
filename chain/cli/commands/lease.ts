// lease list | show | close.

import {
  LeaseEndTable,
  LeaseState,
  LeaseStateTable,
  MsgCloseLease,
  QueryLeaseRequest,
  QueryLeaseResponse,
  QueryLeasesRequest,
  QueryLeasesResponse,
} from "../../codec/gen/leasehold/market/v1.ts";
import type { Lease } from "../../codec/gen/leasehold/market/v1.ts";
import { floorDiv } from "../../base/integers.ts";
import type { Call, CommandCode } from "../command.ts";
import { CliFailure } from "../failure.ts";
import {
  addressFlag,
  enumWord,
  formatInstant,
  formatOrder,
  noteNextPage,
  ownerOf,
  pageOf,
  parseOrderNumbers,
  shortAddress,
  sourceOf,
  stateFlag,
} from "../listing.ts";
import { formatAmount, table, toJsonText } from "../output.ts";
import { ask, registry } from "../queries.ts";
import type { Source } from "../queries.ts";
import { fromKey, message, runTx } from "../transactions.ts";

const SECONDS_PER_HOUR = 3600n;
const SERVICE = "/leasehold.market.v1.Query";

const HEADER = ["OWNER", "LEASE", "PROVIDER", "STATE", "PER HOUR", "COST SO FAR", "STARTED"];

/** What a lease has cost up to the block that is asked. */
async function costSoFar(source: Source, { id }: Lease): Promise<string> {
  const path = `${SERVICE}/Lease`;
  const found = await ask(source, path, QueryLeaseRequest, QueryLeaseResponse, id);
  return earned(found);
}

/** What is settled and what has accrued since, in whole units. */
function earned({ lease, payment, now }: QueryLeaseResponse): string {
  if (payment === undefined) return "";
  const accrues = lease.state === LeaseState.ACTIVE && payment.since !== 0n && now > payment.since;
  const since = accrues ? floorDiv(payment.rate * (now - payment.since), SECONDS_PER_HOUR) : 0n;
  return formatAmount(payment.settled + since, payment.denom);
}

/** lease list. */
export const list: CommandCode = {
  async run(call) {
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Leases`,
      QueryLeasesRequest,
      QueryLeasesResponse,
      {
        owner: addressFlag(call, "owner"),
        provider: addressFlag(call, "provider"),
        state: stateFlag(call, LeaseStateTable),
        pagination: pageOf(call),
      },
    );
    if (call.out.json)
      return call.out.line(toJsonText(QueryLeasesResponse.toJson(answer, registry)));
    const source = sourceOf(call);
    const costs = await Promise.all(answer.leases.map((lease) => costSoFar(source, lease)));
    const rows = answer.leases.map((lease, index) => [
      shortAddress(lease.id.owner),
      formatOrder(lease.id),
      shortAddress(lease.id.provider),
      stateOf(lease),
      formatAmount(lease.price.amount, lease.price.denom),
      costs[index] ?? "",
      formatInstant(lease.startedAt),
    ]);
    call.out.line(table(HEADER, rows));
    noteNextPage(call, answer.pagination);
  },
};

function stateOf(lease: Lease): string {
  const word = enumWord(LeaseStateTable, lease.state);
  return lease.end === 0 ? word : `${word} (${enumWord(LeaseEndTable, lease.end)})`;
}

/** The lease of an order: the live one, else the newest. */
async function leaseOf(call: Call, source: Source): Promise<Lease> {
  const numbers = parseOrderNumbers(call.args.word(0, "the lease"));
  const owner = ownerOf(call);
  const answer = await ask(source, `${SERVICE}/Leases`, QueryLeasesRequest, QueryLeasesResponse, {
    owner,
    dseq: numbers.dseq,
    gseq: numbers.gseq,
  });
  const mine = answer.leases.filter((lease) => lease.id.oseq === numbers.oseq);
  const found = mine.find((lease) => lease.state !== LeaseState.CLOSED) ?? mine.at(-1);
  if (found !== undefined) return found;
  throw new CliFailure(`${shortAddress(owner)} has no lease on order ${formatOrder(numbers)}`, {
    remedy: `Look why: leasehold order why ${formatOrder(numbers)} --owner ${owner}`,
  });
}

/** lease show DSEQ/GSEQ/OSEQ. */
export const show: CommandCode = {
  async run(call) {
    const source = sourceOf(call);
    const { id } = await leaseOf(call, source);
    const found = await ask(source, `${SERVICE}/Lease`, QueryLeaseRequest, QueryLeaseResponse, id);
    if (call.out.json) return call.out.line(toJsonText(QueryLeaseResponse.toJson(found, registry)));
    const { lease, payment } = found;
    const rows = [
      ["lease", formatOrder(lease.id)],
      ["tenant", lease.id.owner],
      ["provider", lease.id.provider],
      ["reached at", found.hostUri],
      ["state", stateOf(lease)],
      ["per hour", formatAmount(lease.price.amount, lease.price.denom)],
      ["started", formatInstant(lease.startedAt)],
      ["closed", formatInstant(lease.closedAt)],
      ["cost so far", earned(found)],
      ["settled", payment === undefined ? "" : formatAmount(payment.settled, payment.denom)],
      ["paid out", payment === undefined ? "" : formatAmount(payment.paid, payment.denom)],
    ];
    call.out.line(
      table(
        ["LEASE", ""],
        rows.filter((row) => row[1] !== ""),
      ),
    );
  },
};

/** lease close DSEQ/GSEQ/OSEQ [--reopen]. */
export const close: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    const { id } = await leaseOf(call, sourceOf(call));
    await runTx(call, [
      message(MsgCloseLease, { owner: address, lease: id, reopen: call.args.has("reopen") }),
    ]);
  },
};
