// From an SDL file to running leases.

import type { StdFee } from "@cosmjs/stargate";
import type { Coin } from "../chain/base/coins.ts";
import { formatCoin, toWireCoin } from "../chain/base/coins.ts";
import { maxBig } from "../chain/base/integers.ts";
import type { GroupInfo } from "../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  GroupPauseTable,
  GroupState,
  MsgCreateDeploymentResponse,
} from "../chain/codec/gen/leasehold/deployment/v1.ts";
import { DepositSource } from "../chain/codec/gen/leasehold/escrow/v1.ts";
import type { AwardSettings, Lease } from "../chain/codec/gen/leasehold/market/v1.ts";
import { LeaseState, OrderEndTable, OrderState } from "../chain/codec/gen/leasehold/market/v1.ts";
import type { LeaseholdClient } from "./client.ts";
import type { Message } from "./msgs/index.ts";
import { deploymentMsgs } from "./msgs/index.ts";
import type { ConvertOptions, SdlPlan } from "./sdl/index.ts";
import { readSdl } from "./sdl/index.ts";

/** How to deploy. Conversion options stand beside these. */
export interface DeployOptions extends Partial<ConvertOptions> {
  /** First deposit; by default what 24 hours cost at the ceiling, at least the chain's minimum. */
  readonly deposit?: Coin;
  /** A number of the caller's own; 0 or absent = the next one. */
  readonly dseq?: bigint;
  /** Overrides what the file says of the award. */
  readonly settings?: Partial<AwardSettings>;
  readonly fee?: StdFee | "auto" | number;
  readonly memo?: string;
  /** Name of the file, for messages. */
  readonly file?: string;
}

/** A deployment that the chain has taken. */
export interface Deployed {
  readonly owner: string;
  readonly dseq: bigint;
  readonly plan: SdlPlan;
  readonly deposit: Coin;
  readonly transactionHash: string;
  readonly height: number;
}

/** Hours at the ceiling that the deposit covers when none is given. */
const DEFAULT_DEPOSIT_HOURS = 24n;

/** The message that deploys a plan. Its dseq 0 means the next number. */
export function deploymentMessage(
  owner: string,
  plan: SdlPlan,
  deposit: Coin,
  options: Pick<DeployOptions, "dseq" | "settings"> = {},
): Message<unknown> {
  return deploymentMsgs.createDeployment({
    owner,
    dseq: options.dseq ?? 0n,
    groups: plan.groups,
    manifestHash: plan.manifestHash,
    settings: { ...plan.settings, ...options.settings },
    deposits: [{ source: DepositSource.BALANCE, amount: toWireCoin(deposit) }],
  });
}

/**
 * The deposit of a plan when its owner names none: 24 hours at the ceiling, at least what the chain
 * takes (`minDeposits` of the client's facts).
 */
export function defaultDeposit(
  plan: SdlPlan,
  minDeposits: ReadonlyMap<string, bigint> = new Map(),
): Coin {
  const { denom } = plan;
  const amount = maxBig(plan.ceilingPerHour * DEFAULT_DEPOSIT_HOURS, minDeposits.get(denom) ?? 0n);
  return { denom, amount };
}

/**
 * Reads a file, creates the deployment and waits for its block. Throws: SdlError with all problems
 * of the file; ChainRefusal when the chain refuses.
 */
export async function deploy(
  client: LeaseholdClient,
  owner: string,
  source: string | Uint8Array,
  options: DeployOptions = {},
): Promise<Deployed> {
  const plan = readSdl(source, { ...client.sdlOptions, ...options }, options.file);
  const deposit = options.deposit ?? defaultDeposit(plan, client.facts.minDeposits);
  if (deposit.denom !== plan.denom) {
    throw new Error(`the deposit is ${formatCoin(deposit)}, prices are in ${plan.denom}`);
  }
  const message = deploymentMessage(owner, plan, deposit, options);
  const result = await client.execute(owner, [message], options.fee, options.memo);
  const { dseq } = MsgCreateDeploymentResponse.decodeLenient(
    result.msgResponses[0]?.value ?? new Uint8Array(0),
  );
  const { transactionHash, height } = result;
  return { owner, dseq, plan, deposit, transactionHash, height };
}

/** What to wait for, and how long. */
export interface WaitOptions {
  /** `awarded`: a provider is found. `active` (default): it has started and the lease accrues. */
  readonly until?: "awarded" | "active";
  /** Milliseconds, 60000 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds between looks, 500 by default. */
  readonly pollMs?: number;
  /** Told of every look, for progress lines. */
  readonly onProgress?: (info: GroupInfo) => void;
}

/** The group found no provider, or time ran out. The text says what the chain knows about it. */
export class NoLease extends Error {
  override readonly name = "NoLease";
  /** Why providers and offers do not fit, by `order why`; empty when the order is over. */
  readonly reasons: readonly string[];

  constructor(sentence: string, reasons: readonly string[]) {
    super(reasons.length === 0 ? sentence : `${sentence}: ${reasons.join("; ")}`);
    this.reasons = reasons;
  }
}

/** A group by its deployment. */
export interface GroupRef {
  readonly owner: string;
  readonly dseq: bigint;
  /** From 1; the first group by default. */
  readonly gseq?: number;
}

/** Waits until a group has a lease. Throws: NoLease with the reason. */
export async function waitForLease(
  client: LeaseholdClient,
  group: GroupRef,
  options: WaitOptions = {},
): Promise<Lease> {
  const { until = "active", timeoutMs = 60_000, pollMs = 500 } = options;
  const { owner, dseq, gseq = 1 } = group;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { info } = await client.query.deployment.group({ owner, dseq, gseq });
    options.onProgress?.(info);
    const lease = liveLease(info);
    if (lease !== undefined && (until === "awarded" || lease.state === LeaseState.ACTIVE))
      return lease;
    const over = groupOver(info);
    if (over !== undefined) throw new NoLease(over, []);
    if (Date.now() >= deadline) {
      const sentence = `no ${until} lease of ${dseq}/${gseq} within ${timeoutMs} ms`;
      throw new NoLease(sentence, await orderReasons(client, info));
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function liveLease(info: GroupInfo): Lease | undefined {
  return info.leases.findLast((lease) => lease.state !== LeaseState.CLOSED);
}

/** Why nothing more will come, or undefined. */
function groupOver({ group, order }: GroupInfo): string | undefined {
  const name = `group ${group.dseq}/${group.gseq}`;
  if (group.state === GroupState.CLOSED) return `${name} is closed`;
  if (group.state !== GroupState.PAUSED) return undefined;
  const cause = nameOf(GroupPauseTable, group.cause);
  const ended =
    order === undefined || order.state === OrderState.OPEN
      ? ""
      : `, its last order ended with ${nameOf(OrderEndTable, order.end)}`;
  return `${name} is paused (${cause}${ended})`;
}

/** A value's name without the enum's prefix, in lower case. */
function nameOf(
  table: { readonly values: readonly (readonly [string, number])[] },
  value: number,
): string {
  const zero = table.values.find(([, number]) => number === 0)?.[0] ?? "";
  const prefix = zero.replace(/UNSPECIFIED$/, "");
  const name = table.values.find(([, number]) => number === value)?.[0] ?? String(value);
  return name.slice(name.startsWith(prefix) ? prefix.length : 0).toLowerCase();
}

/** One sentence per reason why an open order has no bid. */
export async function orderReasons(client: LeaseholdClient, info: GroupInfo): Promise<string[]> {
  const { order } = info;
  if (order === undefined || order.state !== OrderState.OPEN) return [];
  const { owner, dseq, gseq, oseq } = order.id;
  const why = await client.query.market.orderWhy({ owner, dseq, gseq, oseq });
  const reasons = why.counts
    .filter(({ providers, offers }) => providers + offers > 0)
    .map(
      ({ reason, providers, offers, nearest }) =>
        `${reason}: ${providers} providers, ${offers} offers${nearest === "" ? "" : ` (${nearest})`}`,
    );
  return why.note === "" ? reasons : [...reasons, why.note];
}
