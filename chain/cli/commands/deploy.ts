// deploy FILE: from an SDL file to running leases. `deployment create` shares the first half.

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  defaultDeposit,
  deploymentMessage,
  handOver,
  inspectSdl,
  LeaseholdClient,
  readSdl,
  SdlError,
  waitForLease,
} from "../../../client/index.ts";
import type { ConvertOptions, SdlPlan } from "../../../client/index.ts";
import { formatCoin, parseCoin } from "../../base/coins.ts";
import type { Coin } from "../../base/coins.ts";
import { ceilDiv, floorDiv } from "../../base/integers.ts";
import { TxMsgData } from "../../codec/gen/cosmos/base/abci/v1beta1.ts";
import { MsgCreateDeploymentResponse } from "../../codec/gen/leasehold/deployment/v1.ts";
import type { Lease, OrderId } from "../../codec/gen/leasehold/market/v1.ts";
import type { MessageType } from "../../codec/types.ts";
import { makeFolder, readText } from "../../node/files.ts";
import { registry } from "../queries.ts";
import { parseDuration } from "../args.ts";
import type { Call, CommandCode } from "../command.ts";
import { nodeUrl } from "../connection.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { formatOrder } from "../listing.ts";
import { formatAmount, formatSeconds, table, toJsonText } from "../output.ts";
import { conversionFlags, printReport, readFile } from "../sdl_files.ts";
import { callRpc } from "../rpc.ts";
import { readClientSettings } from "../settings.ts";
import { aminoSigner } from "../signers.ts";
import { fromKey, printResult, send } from "../transactions.ts";
import type { Message } from "../transactions.ts";
import { keyringOf } from "./keys.ts";
import { printWhy } from "./order.ts";

/** A deployment that is ready to be sent. */
export interface Prepared {
  readonly client: LeaseholdClient;
  readonly owner: string;
  readonly plan: SdlPlan;
  readonly deposit: Coin;
  readonly message: Message;
}

const SECONDS_PER_HOUR = 3600n;
const HOURS_PER_MONTH = 720n;

/** The deposit of a call: the flag, else 24 hours at the ceiling, at least what the chain asks. */
function depositOf(call: Call, client: LeaseholdClient, plan: SdlPlan): Coin {
  const text = call.args.value("deposit");
  if (text !== undefined) {
    const coin = parseCoin(text);
    if (coin === undefined)
      throw new UsageFailure(
        `${JSON.stringify(text)} is not a coin; write for example 5000000uusd`,
      );
    return coin;
  }
  return defaultDeposit(plan, client.facts.minDeposits);
}

/** The chain says amounts over its messages; the CLI's own pipeline signs them. */
function fromClientMessage(message: {
  readonly typeUrl: string;
  readonly value: unknown;
}): Message {
  const type = registry.find(message.typeUrl) as MessageType<unknown>;
  return { type, value: message.value };
}

function optionsOf(call: Call, client: LeaseholdClient): Partial<ConvertOptions> {
  return { ...client.sdlOptions, ...conversionFlags(call) };
}

/** Reads the file and makes the message; prints problems and conversions. Throws: CliFailure. */
export async function prepareDeployment(call: Call, dseq = 0n): Promise<Prepared> {
  const path = call.args.word(0, "the SDL file");
  const { address: owner } = fromKey(call);
  const source = readFile(path);
  await callRpc(nodeUrl(call), "health");
  const client = await LeaseholdClient.connect(nodeUrl(call));
  const options = optionsOf(call, client);
  if (!call.out.json) printReport(call, inspectSdl(path, source, options));
  let plan: SdlPlan;
  try {
    plan = readSdl(source, options, path);
  } catch (error) {
    if (!(error instanceof SdlError)) throw error;
    const [first] = error.problems;
    throw new CliFailure(`${path} cannot be deployed: ${first?.message ?? "it is refused"}`, {
      remedy:
        error.problems.length > 1
          ? `There are ${error.problems.length} problems; each is listed above`
          : "Mend it and try again",
    });
  }
  const deposit = depositOf(call, client, plan);
  if (deposit.denom !== plan.denom) {
    throw new CliFailure(`the deposit is ${formatCoin(deposit)}, but prices are in ${plan.denom}`);
  }
  return {
    client,
    owner,
    plan,
    deposit,
    message: fromClientMessage(deploymentMessage(owner, plan, deposit, { dseq })),
  };
}

/** Who would quote what, and what it comes to. */
async function dryRun(call: Call, prepared: Prepared): Promise<void> {
  const { client, owner, plan, deposit } = prepared;
  const groups = await Promise.all(
    plan.groups.map(async (spec) => ({
      spec,
      estimate: await client.query.market.estimate({ spec, owner }),
    })),
  );
  if (call.out.json) {
    return call.out.line(toJsonText({ deposit, ceiling_per_hour: plan.ceilingPerHour, groups }));
  }
  for (const { spec, estimate } of groups) {
    const rows = estimate.quotes.map((quote) => [
      quote.provider,
      `offer ${quote.offer}`,
      formatAmount(quote.price.amount, quote.price.denom),
      formatAmount(BigInt(quote.price.amount) * HOURS_PER_MONTH, quote.price.denom),
      quote.withinCeiling ? "yes" : "no",
    ]);
    call.out.line(
      `\ngroup ${spec.name}: ceiling ${formatAmount(estimate.ceiling.amount, estimate.ceiling.denom)} per hour`,
    );
    if (rows.length > 0)
      call.out.line(table(["PROVIDER", "FROM", "PER HOUR", "PER 30 DAYS", "WITHIN CEILING"], rows));
    else call.out.line(`nobody fits now${estimate.note === "" ? "" : `: ${estimate.note}`}`);
    for (const { reason, providers, offers, nearest } of estimate.counts) {
      call.out.line(
        `  fails on ${reason}: ${providers} providers, ${offers} offers${nearest === "" ? "" : ` (${nearest})`}`,
      );
    }
  }
  const hours = plan.ceilingPerHour === 0n ? 0n : floorDiv(deposit.amount, plan.ceilingPerHour);
  call.out.line(
    `\nA deposit of ${formatAmount(deposit.amount, deposit.denom)} buys ${hours} hours at the ceiling, more below it.`,
  );
  call.out.line("Nothing was sent.");
}

interface NamedDeployment {
  readonly chainId: string;
  readonly owner: string;
  readonly dseq: string;
}

/** Names of this home's deployments: a number is written down before it is sent, so a retry finds it. */
class Names {
  readonly #path: string;

  constructor(home: string) {
    this.#path = join(home, "deployments.json");
  }

  read(): Record<string, NamedDeployment> {
    return JSON.parse(readText(this.#path) ?? "{}") as Record<string, NamedDeployment>;
  }

  write(name: string, deployment: NamedDeployment): void {
    makeFolder(join(this.#path, ".."));
    writeFileSync(
      `${this.#path}.new`,
      `${JSON.stringify({ ...this.read(), [name]: deployment }, undefined, 2)}\n`,
    );
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** Number of the deployment of that name, and whether the chain has it already. */
async function namedNumber(
  call: Call,
  prepared: Prepared,
  name: string,
): Promise<{ dseq: bigint; isThere: boolean }> {
  const { client, owner } = prepared;
  const names = new Names(call.home);
  const { chainId } = client.facts;
  const known = names.read()[name];
  const { deployments } = await client.query.deployment.deployments({ owner });
  if (known !== undefined && known.chainId === chainId && known.owner === owner) {
    const dseq = BigInt(known.dseq);
    return { dseq, isThere: deployments.some((row) => row.deployment.dseq === dseq) };
  }
  const last = deployments.reduce(
    (max, row) => (row.deployment.dseq > max ? row.deployment.dseq : max),
    0n,
  );
  names.write(name, { chainId, owner, dseq: String(last + 1n) });
  return { dseq: last + 1n, isThere: false };
}

async function create(call: Call): Promise<{ prepared: Prepared; dseq: bigint }> {
  const name = call.args.value("name");
  const first = await prepareDeployment(call);
  if (name === undefined) return { prepared: first, dseq: await sendDeployment(call, first) };
  const { dseq, isThere } = await namedNumber(call, first, name);
  const message = fromClientMessage(
    deploymentMessage(first.owner, first.plan, first.deposit, { dseq }),
  );
  const prepared = { ...first, message };
  if (isThere) call.out.note(`${name} is deployment ${dseq} already; nothing is sent again.`);
  else await sendDeployment(call, prepared);
  return { prepared, dseq };
}

async function sendDeployment(call: Call, prepared: Prepared): Promise<bigint> {
  const result = await send(call, [prepared.message]);
  const [response] = TxMsgData.decode(result.data).msgResponses;
  const { dseq } = MsgCreateDeploymentResponse.decode(response?.value ?? new Uint8Array(0));
  if (!call.out.json) {
    printResult(call, result);
    call.out.line(
      `deployment ${dseq}: deposit ${formatAmount(prepared.deposit.amount, prepared.deposit.denom)}`,
    );
  }
  return dseq;
}

/** How long offers are given before a file that nobody can serve is given up, milliseconds. */
const PATIENCE_MS = 3000;

/** Looks once, after a while, whether any standing offer fits: if none does, every later look fails. */
class Patience {
  #verdict: CliFailure | undefined;

  /** A call with `--timeout` waits on: somebody may bid by hand or post an offer. */
  constructor(call: Call, client: LeaseholdClient, id: OrderId) {
    if (call.args.value("timeout") !== undefined) return;
    const timer = setTimeout(() => void this.#look(call, client, id), PATIENCE_MS);
    timer.unref();
  }

  /** Throws: CliFailure once it is known that nobody fits. */
  check(): void {
    if (this.#verdict !== undefined) throw this.#verdict;
  }

  async #look(call: Call, client: LeaseholdClient, id: OrderId): Promise<void> {
    const answer = await client.query.market.orderWhy(id).catch(() => undefined);
    if (answer === undefined || answer.fitting > 0) return;
    if (!call.out.json) printWhy(call, answer);
    const from = call.args.value("from") ?? id.owner;
    const audited = answer.counts.some((one) => one.reason === "auditors" && one.providers > 0);
    const hint = audited
      ? "Auditors do not exist yet: drop the file's signed_by with --trust-map AUDITOR=none. "
      : "";
    this.#verdict = new CliFailure(`nobody can serve order ${formatOrder(id)} as things stand`, {
      remedy: `${hint}The order stays open for a while; the deposit comes back with: leasehold deployment close ${id.dseq} --from ${from}`,
    });
  }
}

/** Longest wait for a lease, milliseconds. */
function waitMs(call: Call): number {
  return Number(parseDuration(call.args.value("timeout") ?? "60s")) * 1000;
}

async function runGroup(
  call: Call,
  prepared: Prepared,
  dseq: bigint,
  gseq: number,
): Promise<Lease> {
  const { client, owner, plan } = prepared;
  const timeoutMs = waitMs(call);
  const ref = { owner, dseq, gseq };
  const group = `${dseq}/${gseq}/1`;
  call.out.note(`order ${group} is open: waiting for an award`);
  const patience = new Patience(call, client, { owner, dseq, gseq, oseq: 1 });
  const awarded = await waitForLease(client, ref, {
    until: "awarded",
    timeoutMs,
    pollMs: 200,
    onProgress: () => patience.check(),
  }).catch((error: unknown) => {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure((error as Error).message, {
      remedy: `Look closer with: leasehold order why ${group} --owner ${owner}`,
    });
  });
  const price = formatAmount(awarded.price.amount, awarded.price.denom);
  if (!call.out.json)
    call.out.line(
      `awarded ${formatOrder(awarded.id)} to ${awarded.id.provider} for ${price} per hour`,
    );
  const { record } = fromKey(call);
  const secret = await keyringOf(call).secret(record.name);
  const signer = await aminoSigner(secret, readClientSettings(call.home).prefix);
  call.out.note(`handing the manifest to ${awarded.id.provider}`);
  if (awarded.startedAt === 0n)
    await handOver(client, signer, awarded, plan.manifest, plan.manifestHash);
  return waitForLease(client, ref, { until: "active", timeoutMs, pollMs: 200 });
}

function printLeases(call: Call, prepared: Prepared, dseq: bigint, leases: readonly Lease[]): void {
  const perHour = leases.reduce((sum, lease) => sum + BigInt(lease.price.amount), 0n);
  const seconds =
    perHour === 0n ? 0n : ceilDiv(prepared.deposit.amount * SECONDS_PER_HOUR, perHour);
  if (call.out.json)
    return call.out.line(toJsonText({ dseq, owner: prepared.owner, leases, per_hour: perHour }));
  for (const lease of leases) call.out.line(`lease ${formatOrder(lease.id)} is active`);
  call.out.line(
    `It costs ${formatAmount(perHour, prepared.plan.denom)} per hour; the deposit lasts about ${formatSeconds(seconds)}.`,
  );
  call.out.line(`Look at it: leasehold deployment show ${dseq} --owner ${prepared.owner}`);
}

/** deploy FILE. */
export const deploy: CommandCode = {
  async run(call) {
    waitMs(call);
    if (call.args.has("dry-run")) return dryRun(call, await prepareDeployment(call));
    const { prepared, dseq } = await create(call);
    const leases: Lease[] = [];
    for (const index of prepared.plan.groups.keys())
      leases.push(await runGroup(call, prepared, dseq, index + 1));
    printLeases(call, prepared, dseq, leases);
    prepared.client.disconnect();
  },
};
