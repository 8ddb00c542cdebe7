// MsgCreateDeployment: number, account and orders of a new deployment.

import {
  DeploymentState,
  MsgCreateDeployment,
  MsgCreateDeploymentResponse,
  PauseCause,
} from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import type { Address } from "../../../chain/base/address.ts";
import { deploymentAccount } from "../../escrow/index.ts";
import { groupDenom } from "../../market/index.ts";
import { deploymentErrors } from "../errors.ts";
import { emitCreated } from "../events.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import {
  addGroups,
  checkGroups,
  checkHash,
  checkNotices,
  checkPublicManifest,
  checkSettings,
  requireLimits,
} from "../keeper/checks.ts";
import { tallyOf } from "../keeper/tallies.ts";
import { MAX_DEPOSITS, MAX_DSEQ_STEP } from "../types.ts";
import type { DeploymentKey } from "../types.ts";

/**
 * MsgCreateDeployment, signed by the tenant: takes a number, opens the account with the deposits and
 * an order per group.
 * State: params, tallies, total, deployments, groups; escrow's and market's.
 * Events: EventDeploymentCreated, EventGroupAdded, EventGroupStateChanged; escrow's and market's.
 * Throws: deployment/4, 8, 9, 10, 11, 13, 14, 15, 18; escrow/7, escrow/9; market's; sdk/5.
 */
export function createDeployment(
  keeper: DeploymentKeeper,
): MsgHandler<MsgCreateDeployment, MsgCreateDeploymentResponse> {
  return {
    type: MsgCreateDeployment,
    response: MsgCreateDeploymentResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      checkGroups(keeper, msg.groups, env);
      checkHash(msg.manifestHash);
      checkSettings(keeper, msg.settings);
      checkNotices(msg.notices);
      checkPublicManifest(msg.publicManifest);
      if (msg.deposits.length === 0 || msg.deposits.length > MAX_DEPOSITS)
        throw deploymentErrors.invalidDeposit.with(
          `${msg.deposits.length} deposits, 1 to ${MAX_DEPOSITS} expected`,
        );
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.owner);
      requireLimits(keeper.params(ctx), msg.groups, 0);
      const key = { owner, dseq: chooseDseq(ctx, owner, msg.dseq) };
      const [first] = msg.groups;
      const denom = first === undefined ? "" : groupDenom(first);
      const deployment = {
        owner: msg.owner,
        dseq: key.dseq,
        state: DeploymentState.ACTIVE,
        cause: PauseCause.UNSPECIFIED,
        manifestHash: msg.manifestHash,
        settings: msg.settings,
        denom,
        lastGseq: 0,
        liveGroups: 0,
        createdAt: ctx.now,
        stateAt: ctx.now,
        stateUptime: ctx.uptime,
        publicManifest: msg.publicManifest,
        closesUptime: 0n,
        keptUntil: 0n,
        quarantined: false,
      };
      keeper.create(ctx, key, deployment);
      emitCreated(ctx, deployment, msg.groups.length);
      keeper.needs.escrow.createAccount(ctx, {
        account: deploymentAccount(owner, key.dseq),
        owner,
        denom,
        depositor: owner,
        deposits: msg.deposits,
        ...(msg.notices.length > 0 ? { notices: msg.notices } : {}),
      });
      requireDeposit(ctx, keeper, key, denom);
      addGroups(ctx, keeper, key, msg.groups);
      return { dseq: key.dseq };
    },
  };
}

/** The first deposits reach what escrow's parameters ask of the denom. Throws: deployment/14. */
function requireDeposit(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  denom: string,
): void {
  const { minDeposit } = keeper.needs.escrow.denom(ctx, denom);
  const { balance } = keeper.needs.escrow.getAccount(ctx, deploymentAccount(key.owner, key.dseq));
  if (balance < minDeposit)
    throw deploymentErrors.invalidDeposit.with(
      `deposits of ${balance}${denom}, at least ${minDeposit}${denom} expected`,
    );
}

/** The number a new deployment gets: the next one, or the client's own within its bounds. */
function chooseDseq(ctx: Context, owner: Address, wanted: bigint): bigint {
  const { lastDseq } = tallyOf(ctx, owner);
  if (wanted === 0n) return lastDseq + 1n;
  if (wanted <= lastDseq || wanted > lastDseq + MAX_DSEQ_STEP)
    throw deploymentErrors.invalidDseq.with(
      `dseq ${wanted} is not in ${lastDseq + 1n}..${lastDseq + MAX_DSEQ_STEP}`,
    );
  return wanted;
}
