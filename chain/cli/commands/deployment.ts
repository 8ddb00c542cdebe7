// deployment create | list | show | topup | close.

import { parseCoin, toWireCoin } from "../../base/coins.ts";
import {
  DeploymentStateTable,
  GroupPauseTable,
  GroupStateTable,
  MsgCloseDeployment,
  PauseCauseTable,
  QueryDeploymentRequest,
  QueryDeploymentResponse,
  QueryDeploymentsRequest,
  QueryDeploymentsResponse,
} from "../../codec/gen/leasehold/deployment/v1.ts";
import type { Deployment, Funds, GroupInfo } from "../../codec/gen/leasehold/deployment/v1.ts";
import {
  DepositSource,
  EventRefunded,
  MsgDeposit,
  MsgDepositResponse,
  Scope,
} from "../../codec/gen/leasehold/escrow/v1.ts";
import { LeaseStateTable, OrderStateTable } from "../../codec/gen/leasehold/market/v1.ts";
import { TxMsgData } from "../../codec/gen/cosmos/base/abci/v1beta1.ts";
import type { Call, CommandCode } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import {
  addressFlag,
  enumWord,
  formatInstant,
  noteNextPage,
  ownerOf,
  pageOf,
  parseDseq,
  shortAddress,
  sourceOf,
  stateFlag,
} from "../listing.ts";
import { formatAmount, formatSeconds, table, toJsonText } from "../output.ts";
import { ask, registry } from "../queries.ts";
import type { Source } from "../queries.ts";
import type { Result } from "../transactions.ts";
import { fromKey, message, printResult, runTx, send } from "../transactions.ts";
import { prepareDeployment } from "./deploy.ts";

const SERVICE = "/leasehold.deployment.v1.Query";

function stateOf(deployment: Deployment): string {
  const word = enumWord(DeploymentStateTable, deployment.state);
  return deployment.cause === 0 ? word : `${word} (${enumWord(PauseCauseTable, deployment.cause)})`;
}

function timeLeft(funds: Funds | undefined): string {
  if (funds === undefined) return "";
  if (funds.account.suspendedAt !== 0n) return `suspended, grace ${formatSeconds(funds.graceLeft)}`;
  return funds.accruing ? formatSeconds(funds.secondsLeft) : "nothing runs";
}

/** deployment list. */
export const list: CommandCode = {
  async run(call) {
    const answer = await ask(
      sourceOf(call),
      `${SERVICE}/Deployments`,
      QueryDeploymentsRequest,
      QueryDeploymentsResponse,
      {
        owner: addressFlag(call, "owner"),
        state: stateFlag(call, DeploymentStateTable),
        pagination: pageOf(call),
      },
    );
    if (call.out.json)
      return call.out.line(toJsonText(QueryDeploymentsResponse.toJson(answer, registry)));
    const rows = answer.deployments.map(({ deployment, funds }) => [
      shortAddress(deployment.owner),
      deployment.dseq.toString(),
      stateOf(deployment),
      funds === undefined ? "" : formatAmount(funds.spendable, deployment.denom),
      funds === undefined ? "" : formatAmount(funds.account.rate, deployment.denom),
      timeLeft(funds),
    ]);
    call.out.line(table(["OWNER", "DSEQ", "STATE", "FUNDS", "PER HOUR", "TIME LEFT"], rows));
    noteNextPage(call, answer.pagination);
  },
};

/** One deployment as the chain answers it. */
export function findDeployment(
  source: Source,
  owner: string,
  dseq: bigint,
): Promise<QueryDeploymentResponse> {
  return ask(source, `${SERVICE}/Deployment`, QueryDeploymentRequest, QueryDeploymentResponse, {
    owner,
    dseq,
  });
}

function groupRows(groups: readonly GroupInfo[]): string[][] {
  return groups.map(({ group, order, leases }) => {
    const live = leases.at(-1);
    const cause = group.cause === 0 ? "" : ` (${enumWord(GroupPauseTable, group.cause)})`;
    return [
      String(group.gseq),
      group.spec.name,
      `${enumWord(GroupStateTable, group.state)}${cause}`,
      order === undefined ? "" : `${order.id.oseq} ${enumWord(OrderStateTable, order.state)}`,
      live === undefined ? "" : enumWord(LeaseStateTable, live.state),
      live === undefined ? "" : live.id.provider,
      live === undefined ? "" : formatAmount(live.price.amount, live.price.denom),
    ];
  });
}

/** Prints one deployment: groups with their leases, escrow and the time left. */
export function printDeployment(call: Call, answer: QueryDeploymentResponse): void {
  if (call.out.json)
    return call.out.line(toJsonText(QueryDeploymentResponse.toJson(answer, registry)));
  const { deployment, groups, funds } = answer;
  const rows = [
    ["deployment", `${deployment.owner} ${deployment.dseq}`],
    ["state", stateOf(deployment)],
    ["created", formatInstant(deployment.createdAt)],
    ["manifest hash", Buffer.from(deployment.manifestHash).toString("hex")],
  ];
  if (funds !== undefined) {
    rows.push(["deposited", formatAmount(funds.account.deposited, deployment.denom)]);
    rows.push(["accrued, not settled", formatAmount(funds.accrued, deployment.denom)]);
    rows.push(["left to spend", formatAmount(funds.spendable, deployment.denom)]);
    rows.push(["per hour", formatAmount(funds.account.rate, deployment.denom)]);
    rows.push(["time left", timeLeft(funds)]);
    if (funds.accruing) rows.push(["funds end", formatInstant(funds.account.fundedUntil)]);
  }
  call.out.line(table(["DEPLOYMENT", ""], rows));
  const header = ["GSEQ", "GROUP", "STATE", "ORDER", "LEASE", "PROVIDER", "PER HOUR"];
  call.out.line(`\n${table(header, groupRows(groups))}`);
}

/** deployment show DSEQ. */
export const show: CommandCode = {
  async run(call) {
    const dseq = parseDseq(call.args.word(0, "the deployment number"));
    printDeployment(call, await findDeployment(sourceOf(call), ownerOf(call), dseq));
  },
};

/** deployment create FILE: sends the transaction and returns. */
export const create: CommandCode = {
  async run(call) {
    const prepared = await prepareDeployment(call);
    await runTx(call, [prepared.message]);
  },
};

/** deployment topup DSEQ COIN. */
export const topup: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    const owner = call.args.value("owner") === undefined ? address : ownerOf(call);
    const dseq = parseDseq(call.args.word(0, "the deployment number"));
    const text = call.args.word(1, "the coin");
    const coin = parseCoin(text);
    if (coin === undefined)
      throw new UsageFailure(
        `${JSON.stringify(text)} is not a coin; write for example 5000000uusd`,
      );
    const deposit = message(MsgDeposit, {
      depositor: address,
      account: { scope: Scope.DEPLOYMENT, owner, dseq, gseq: 0, oseq: 0, provider: "" },
      deposits: [
        { source: DepositSource.BALANCE, granter: "", nonce: 0n, amount: toWireCoin(coin) },
      ],
    });
    if (call.args.has("generate-only") || call.args.has("dry-run")) return runTx(call, [deposit]);
    const result = await send(call, [deposit]);
    printResult(call, result);
    const [response] = TxMsgData.decode(result.data).msgResponses;
    if (response === undefined || call.out.json) return;
    const { resumed, fundedUntil } = MsgDepositResponse.decode(response.value);
    if (resumed)
      call.out.line("The account is open again; leases resume when their providers acknowledge.");
    if (fundedUntil !== 0n) call.out.line(`Funds now last until ${formatInstant(fundedUntil)}.`);
  },
};

/** Refunds among the events of a transaction, for people. */
function refunds(result: Result): string[] {
  return result.events
    .filter((event) => event.type === EventRefunded.name)
    .map((event) => {
      const of = (key: string): string =>
        event.attributes.find((attribute) => attribute.key === key)?.value ?? "";
      return `refunded ${formatAmount(of("amount"), of("denom"))} to ${of("recipient")}`;
    });
}

/** deployment close DSEQ. */
export const close: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    const dseq = parseDseq(call.args.word(0, "the deployment number"));
    const closing = message(MsgCloseDeployment, { owner: address, dseq });
    const mode = call.args.value("broadcast-mode");
    if (call.out.json || call.args.has("generate-only") || call.args.has("dry-run"))
      return runTx(call, [closing]);
    if (mode !== "commit") return runTx(call, [closing]);
    const result = await send(call, [closing]);
    printResult(call, result);
    for (const line of refunds(result)) call.out.line(line);
  },
};
