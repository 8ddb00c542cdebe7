// What tenants do.

import type { Deployment } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  DeploymentState,
  GroupState,
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgCreateDeployment,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
  MsgUpdateDeployment,
  MsgUpdateSettings,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { AccountState, MsgDeposit, Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { GroupSpec } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  AwardMode,
  AwardSettings,
  BidState,
  LeaseState,
  MsgAcceptBid,
  MsgCloseLease,
  MsgRejectBid,
  OnLeaseClose,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { params as escrowParams } from "../../modules/escrow/state.ts";
import { balanceDeposit, group } from "../support/market.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";
import type { Random } from "./random.ts";
import type { Maker, Operation, World } from "./world.ts";

const LIVE_LEASE = [
  LeaseState.STARTING,
  LeaseState.ACTIVE,
  LeaseState.SUSPENDED,
  LeaseState.RESUMING,
];

function hash(random: Random): Uint8Array {
  return Uint8Array.from({ length: 32 }, () => random.int(0, 255));
}

function spec(random: Random, name: string, denom: string): GroupSpec {
  const wantsGpu = random.chance(60);
  const price = wantsGpu ? random.size(200_000, 30_000_000) : random.size(1000, 9_000_000);
  const attributes = random.chance(15) ? [{ key: "region", value: random.of(["eu", "us"]) }] : [];
  const preferred = random.chance(10) ? [{ key: "tier", value: "gold" }] : [];
  const made = group(name, {
    gpus: wantsGpu ? random.big(1, 2) : 0n,
    count: random.int(1, 3),
    price,
    denom,
    cpuMilli: random.big(1, 8) * 1000n,
    spec: random.chance(15) ? { durationS: random.big(60, 20_000) } : {},
  });
  return { ...made, requirements: { ...made.requirements, attributes, preferred } };
}

function settings(random: Random): AwardSettings {
  const mode = random.of([AwardMode.MANUAL, AwardMode.AUTO, AwardMode.AUTO, AwardMode.UNSPECIFIED]);
  const isManual = mode !== AwardMode.AUTO;
  return AwardSettings.create({
    mode,
    deadlineS: isManual ? 0n : random.of([0n, 0n, 5n, 60n]),
    orderTtlS: random.of([0n, 0n, 300n, 3600n]),
    onLeaseClose: random.of([0, OnLeaseClose.REOPEN, OnLeaseClose.PAUSE]),
    notSticky: random.chance(20),
    allOrNothing: !isManual && random.chance(20),
    sameProvider: !isManual && random.chance(10),
  });
}

function ceilingOf(groups: readonly GroupSpec[]): bigint {
  return groups
    .flatMap(({ units }) => units)
    .reduce((sum, { price, count }) => sum + BigInt(price.amount) * BigInt(count), 0n);
}

const deploy: Maker = ({ random, tenants, swarm, denoms }) => {
  const by = random.of(tenants);
  const denom = random.chance(80) ? "ulease" : random.of(denoms);
  const count = random.weighted([
    [6, 1],
    [2, 2],
    [1, 3],
    [1, 5],
  ] as const);
  const groups = Array.from({ length: count }, (_, index) => spec(random, `g${index + 1}`, denom));
  const about = (ceilingOf(groups) * BigInt(swarm.fundedSeconds)) / 3600n;
  const deposit = (about * random.big(30, 200)) / 100n + random.big(1, 600_000);
  const deposits = random.chance(20)
    ? [balanceDeposit(deposit / 2n + 1n, denom), balanceDeposit(deposit / 2n + 1n, denom)]
    : [balanceDeposit(deposit + 500_000n, denom)];
  const fields = {
    owner: by.address,
    groups,
    manifestHash: hash(random),
    settings: settings(random),
    deposits,
    notices: random.chance(20) ? [7200n, 600n] : [],
  };
  return { by, messages: [msg(MsgCreateDeployment, fields)] };
};

/** A deployment with one thing wrong. */
const deployWrong: Maker = (world) => {
  const made = deploy(world);
  if (made === undefined) return undefined;
  const [message] = made.messages;
  if (message === undefined) return undefined;
  const value = MsgCreateDeployment.decode(message.value);
  const wrong: Partial<MsgCreateDeployment> = world.random.of([
    { groups: [] },
    { manifestHash: new Uint8Array(31) },
    { deposits: [] },
    { deposits: [balanceDeposit(1n, value.deposits[0]?.amount.denom)] },
    { deposits: [balanceDeposit(10n ** 30n, value.deposits[0]?.amount.denom)] },
    { deposits: [balanceDeposit(900_000n, "unknown")] },
    { dseq: 1n << 60n },
    { groups: [...value.groups, ...value.groups] },
    { notices: [1n, 2n] },
    { publicManifest: new Uint8Array(3) },
  ]);
  return {
    by: made.by,
    messages: [msg(MsgCreateDeployment, { ...value, ...wrong })],
    expect: "refused",
  };
};

/** An operation on one of the deployments, by its owner. */
function onDeployment(
  make: (world: World, found: Deployment, by: Signer) => Operation["messages"][number] | undefined,
  ...states: readonly number[]
): Maker {
  return (world) => {
    const found = world.random.maybe(world.deployments(...states));
    const by = found === undefined ? undefined : world.signerOf(found.owner);
    if (found === undefined || by === undefined) return undefined;
    const message = make(world, found, by);
    return message === undefined ? undefined : { by, messages: [message] };
  };
}

const deposit = onDeployment(
  ({ random }, { owner, dseq, denom }) => {
    const account = { scope: Scope.DEPLOYMENT, owner, dseq, gseq: 0, oseq: 0, provider: "" };
    const part = (): ReturnType<typeof balanceDeposit> =>
      balanceDeposit(random.size(1, 8_000_000), denom);
    const deposits = random.chance(15) ? [part(), part()] : [part()];
    return msg(MsgDeposit, { depositor: owner, account, deposits });
  },
  DeploymentState.ACTIVE,
  DeploymentState.ACTIVE,
  DeploymentState.PAUSED,
);

/** A deposit into a suspended account, at the least that resumes it or a unit beside that. */
const rescue: Maker = (world) => {
  const { random } = world;
  const found = random.maybe(world.accounts(AccountState.SUSPENDED));
  const by = found === undefined ? undefined : world.signerOf(found.owner);
  if (found === undefined || by === undefined) return undefined;
  const { resumeMinSeconds } = escrowParams.get(world.ctx);
  const wanted = (found.committedRate * resumeMinSeconds + 3599n) / 3600n;
  const missing = wanted - (found.balance - found.held);
  const amount = missing + random.of([0n, 0n, 1n, -1n, random.size(1, 9_000_000)]);
  if (amount <= 0n) return undefined;
  const deposits = [balanceDeposit(amount, found.denom)];
  return {
    by,
    messages: [msg(MsgDeposit, { depositor: by.address, account: found.id, deposits })],
  };
};

const addGroups = onDeployment(
  ({ random }, { owner, dseq, denom, lastGseq }) =>
    msg(MsgAddGroups, { owner, dseq, groups: [spec(random, `g${lastGseq + 1}`, denom)] }),
  DeploymentState.ACTIVE,
);

const updateDeployment = onDeployment(
  ({ random }, { owner, dseq }) =>
    msg(MsgUpdateDeployment, { owner, dseq, manifestHash: hash(random) }),
  DeploymentState.ACTIVE,
  DeploymentState.PAUSED,
);

const updateSettings = onDeployment(({ random }, { owner, dseq }) =>
  msg(MsgUpdateSettings, { owner, dseq, settings: settings(random), notices: [] }),
);

const pauseDeployment = onDeployment(
  (_, { owner, dseq }) => msg(MsgPauseDeployment, { owner, dseq }),
  DeploymentState.ACTIVE,
);

const resumeDeployment = onDeployment(
  (_, { owner, dseq }) => msg(MsgResumeDeployment, { owner, dseq }),
  DeploymentState.PAUSED,
);

const closeDeployment = onDeployment((_, { owner, dseq }) =>
  msg(MsgCloseDeployment, { owner, dseq }),
);

function onGroup(
  type: typeof MsgPauseGroup | typeof MsgStartGroup | typeof MsgCloseGroup,
  ...states: readonly number[]
): Maker {
  return (world) => {
    const found = world.random.maybe(world.groups(...states));
    const by = found === undefined ? undefined : world.signerOf(found.owner);
    if (found === undefined || by === undefined) return undefined;
    const { owner, dseq, gseq } = found;
    return { by, messages: [msg(type, { owner, dseq, gseq })] };
  };
}

const acceptBid: Maker = (world) => {
  const manual = world
    .orders(OrderState.OPEN)
    .filter(({ settings: { mode } }) => mode === AwardMode.MANUAL);
  const bid = world.random.maybe(
    world
      .bids()
      .filter(
        ({ id, state }) =>
          state === BidState.OPEN && manual.some((order) => sameOrder(order.id, id)),
      ),
  );
  const by = bid === undefined ? undefined : world.signerOf(bid.id.owner);
  if (bid === undefined || by === undefined) return undefined;
  const { owner, dseq, gseq, oseq, provider } = bid.id;
  const order = { owner, dseq, gseq, oseq };
  if (world.random.chance(10))
    return { by, messages: [msg(MsgRejectBid, { owner, order, provider })] };
  const isStale = world.random.chance(10);
  const revision = isStale ? bid.revision + 7 : bid.revision;
  const { price } = bid;
  return {
    by,
    messages: [msg(MsgAcceptBid, { owner, order, provider, price, revision })],
    ...(isStale ? { expect: "refused" } : {}),
  };
};

interface OrderName {
  readonly owner: string;
  readonly dseq: bigint;
  readonly gseq: number;
  readonly oseq: number;
}

function sameOrder(a: OrderName, b: OrderName): boolean {
  return a.owner === b.owner && a.dseq === b.dseq && a.gseq === b.gseq && a.oseq === b.oseq;
}

const closeLease: Maker = (world) => {
  const lease = world.random.maybe(world.leases(...LIVE_LEASE));
  const by = lease === undefined ? undefined : world.signerOf(lease.id.owner);
  if (lease === undefined || by === undefined) return undefined;
  const fields = { owner: lease.id.owner, lease: lease.id, reopen: world.random.chance(50) };
  return { by, messages: [msg(MsgCloseLease, fields)] };
};

/** Operations of tenants: weight, name, maker. */
export const TENANT_OPERATIONS: readonly (readonly [number, string, Maker])[] = [
  [9, "deploy", deploy],
  [2, "deploy_wrong", deployWrong],
  [9, "deposit", deposit],
  [4, "rescue", rescue],
  [2, "add_groups", addGroups],
  [1, "update_deployment", updateDeployment],
  [1, "update_settings", updateSettings],
  [0.7, "pause_deployment", pauseDeployment],
  [3, "resume_deployment", resumeDeployment],
  [0.7, "close_deployment", closeDeployment],
  [1, "pause_group", onGroup(MsgPauseGroup, GroupState.OPEN, GroupState.OPEN, GroupState.PAUSED)],
  [4, "start_group", onGroup(MsgStartGroup, GroupState.PAUSED)],
  [0.7, "close_group", onGroup(MsgCloseGroup, GroupState.OPEN, GroupState.PAUSED)],
  [8, "accept_bid", acceptBid],
  [1, "close_lease", closeLease],
];
