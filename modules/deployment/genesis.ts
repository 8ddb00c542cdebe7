// Genesis of module deployment. Tallies and queues follow from what is given. export(init(g)) = g.

import type { Address } from "../../chain/base/address.ts";
import { compareBytes } from "../../chain/base/bytes.ts";
import {
  DeploymentState,
  GenesisState,
  GroupPause,
  GroupState,
  PauseCause,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Deployment, Group } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { BasicEnv, Context, GenesisPart } from "../../chain/runtime/index.ts";
import { deploymentErrors } from "./errors.ts";
import type { DeploymentKeeper } from "./keeper.ts";
import { checkHash } from "./keeper/checks.ts";
import { moveTally, takeDseq } from "./keeper/tallies.ts";
import { DEFAULT_PARAMS, validateParams } from "./params.ts";
import * as state from "./state.ts";

/** The module's part of genesis. */
export function deploymentGenesis(keeper: DeploymentKeeper): GenesisPart<GenesisState> {
  return {
    type: GenesisState,
    defaults: () => ({ params: DEFAULT_PARAMS, lastDseqs: [], deployments: [], groups: [] }),
    validate: validateGenesis,
    init(ctx, genesis) {
      keeper.setParams(ctx, genesis.params);
      for (const { owner, dseq } of genesis.lastDseqs)
        takeDseq(ctx, ctx.addresses.parse(owner), dseq);
      for (const deployment of genesis.deployments) initDeployment(ctx, deployment);
      for (const group of genesis.groups) {
        const owner = ctx.addresses.parse(group.owner);
        state.groups.set(ctx, [owner, group.dseq, group.gseq], group);
      }
    },
    export: (ctx) => ({
      params: keeper.params(ctx),
      lastDseqs: [...state.tallies.iterate(ctx)].map(([owner, tally]) => ({
        owner: ctx.addresses.format(owner),
        dseq: tally.lastDseq,
      })),
      deployments: [...state.deployments.iterate(ctx)].map(([, deployment]) => deployment),
      groups: [...state.groups.iterate(ctx)].map(([, group]) => group),
    }),
  };
}

function initDeployment(ctx: Context, deployment: Deployment): void {
  const key = { owner: ctx.addresses.parse(deployment.owner), dseq: deployment.dseq };
  state.deployments.set(ctx, [key.owner, key.dseq], deployment);
  moveTally(ctx, key.owner, undefined, deployment.state);
  const id = state.queueId(key);
  if (deployment.quarantined) return;
  if (deployment.closesUptime > 0n)
    state.closings.insert(ctx, deployment.closesUptime, state.QUEUE_KIND, id);
  if (deployment.keptUntil > 0n)
    state.retention.insert(ctx, deployment.keptUntil, state.QUEUE_KIND, id);
}

function refuse(where: string, what: string): never {
  throw deploymentErrors.invalidGenesis.with(`app_state.deployment.${where}: ${what}`);
}

function validateGenesis(genesis: GenesisState, env: BasicEnv): void {
  validateParams(genesis.params);
  const last = new Map<string, bigint>();
  for (const [index, { owner, dseq }] of genesis.lastDseqs.entries()) {
    env.addresses.parse(owner);
    if (last.has(owner)) refuse(`last_dseqs[${index}]`, "owner is there twice");
    if (dseq === 0n) refuse(`last_dseqs[${index}].dseq`, "0 is not a number in use");
    last.set(owner, dseq);
  }
  const known = new Map<string, Deployment>();
  let before: readonly [Address, bigint] | undefined;
  for (const [index, deployment] of genesis.deployments.entries()) {
    const where = `deployments[${index}]`;
    const at = [env.addresses.parse(deployment.owner), deployment.dseq] as const;
    if (before !== undefined && !ascends(before, at)) refuse(where, "not in ascending order");
    before = at;
    validateDeployment(deployment, where, last.get(deployment.owner) ?? 0n);
    known.set(`${deployment.owner}/${deployment.dseq}`, deployment);
  }
  validateGroups(genesis.groups, known);
}

function ascends(a: readonly [Address, bigint], b: readonly [Address, bigint]): boolean {
  const owners = compareBytes(a[0], b[0]);
  return owners < 0 || (owners === 0 && a[1] < b[1]);
}

function validateDeployment(deployment: Deployment, where: string, last: bigint): void {
  const { state: at, cause, dseq, closesUptime, keptUntil } = deployment;
  if (at < DeploymentState.ACTIVE || at > DeploymentState.CLOSED)
    refuse(`${where}.state`, `${at} is not a state`);
  if (dseq === 0n || dseq > last) refuse(`${where}.dseq`, `${dseq} is not in 1..${last}`);
  if ((at === DeploymentState.PAUSED) !== (cause !== PauseCause.UNSPECIFIED))
    refuse(`${where}.cause`, "does not go with the state");
  if ((cause === PauseCause.FUNDS) !== closesUptime > 0n)
    refuse(`${where}.closes_uptime`, "does not go with the cause");
  if ((at === DeploymentState.CLOSED) !== keptUntil > 0n)
    refuse(`${where}.kept_until`, "does not go with the state");
  checkHash(deployment.manifestHash);
}

function validateGroups(groups: readonly Group[], known: ReadonlyMap<string, Deployment>): void {
  const live = new Map<string, number>();
  const next = new Map<string, number>();
  for (const [index, group] of groups.entries()) {
    const where = `groups[${index}]`;
    const name = `${group.owner}/${group.dseq}`;
    const expected = next.get(name) ?? 1;
    if (known.get(name) === undefined) refuse(where, "belongs to no deployment");
    if (group.gseq !== expected) refuse(`${where}.gseq`, `${group.gseq}, ${expected} expected`);
    next.set(name, expected + 1);
    if (group.state < GroupState.OPEN || group.state > GroupState.CLOSED)
      refuse(`${where}.state`, `${group.state} is not a state`);
    if ((group.state === GroupState.PAUSED) !== (group.cause !== GroupPause.UNSPECIFIED))
      refuse(`${where}.cause`, "does not go with the state");
    if (group.state !== GroupState.CLOSED) live.set(name, (live.get(name) ?? 0) + 1);
  }
  for (const [name, deployment] of known) {
    if (deployment.liveGroups !== (live.get(name) ?? 0))
      refuse(`deployments ${name}`, "live_groups is not the number of groups that live");
    if (deployment.lastGseq !== (next.get(name) ?? 1) - 1)
      refuse(`deployments ${name}`, "last_gseq is not the number of its last group");
  }
}
