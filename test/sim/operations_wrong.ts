// Messages at the wrong time, from the right people: on objects in any state, and with values that no
// state makes valid. The right refusals, and nothing but refusals, keep every book balanced.

import { leaseholdParts } from "../../chain/app/index.ts";
import { MsgMultiSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
  MsgUpdateDeployment,
  MsgUpdateSettings,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { MsgSetPayout } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  LeaseEnd,
  MsgAcceptBid,
  MsgAckResume,
  MsgCancelOffer,
  MsgCloseLease,
  MsgLeaveLease,
  MsgLowerBid,
  MsgPauseOffer,
  MsgRefuseResume,
  MsgRejectBid,
  MsgResumeOffer,
  MsgStartLease,
  MsgUpdateOffer,
  MsgWithdrawBid,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgHeartbeat,
  MsgPauseProvider,
  MsgSetDevices,
  MsgUnpauseProvider,
  MsgUpdateProvider,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { purePlatform } from "../../chain/crypto/pure.ts";
import type { GenesisPart } from "../../chain/runtime/index.ts";
import { msg } from "../support/signing.ts";
import type { Maker, Operation, World } from "./world.ts";

type Message = Operation["messages"][number];

// ---- objects in any state --------------------------------------------------------------------------

const onLease: Maker = (world) => {
  const { random } = world;
  const lease = random.maybe(world.leases());
  if (lease === undefined) return undefined;
  const [tenant, owner] = [lease.id.owner, lease.id.provider].map((one) => world.signerOf(one));
  if (tenant === undefined || owner === undefined) return undefined;
  if (random.chance(20))
    return {
      by: tenant,
      messages: [msg(MsgCloseLease, { owner: tenant.address, lease: lease.id, reopen: true })],
    };
  const by = world.operatorOf(owner);
  const names = { operator: by.address, lease: lease.id };
  const message = random.of([
    (): Message => msg(MsgAckResume, names),
    (): Message => msg(MsgRefuseResume, { ...names, reason: "late" }),
    (): Message => msg(MsgStartLease, { ...names, receipt: world.receipt(lease) }),
    (): Message => msg(MsgLeaveLease, { ...names, reason: LeaseEnd.UNSTABLE }),
  ])();
  return { by, messages: [message] };
};

const onDeployment: Maker = (world) => {
  const { random } = world;
  const found = random.maybe(world.deployments());
  const by = found === undefined ? undefined : world.signerOf(found.owner);
  if (found === undefined || by === undefined) return undefined;
  const { owner, dseq, manifestHash } = found;
  const names = { owner, dseq };
  const message = random.of([
    (): Message => msg(MsgPauseDeployment, names),
    (): Message => msg(MsgResumeDeployment, names),
    (): Message => msg(MsgUpdateDeployment, { ...names, manifestHash }),
    (): Message => msg(MsgUpdateSettings, { ...names, settings: found.settings, notices: [] }),
    (): Message => msg(MsgAddGroups, { ...names, groups: [] }),
    (): Message => msg(MsgCloseDeployment, { ...names, dseq: dseq + 1n }),
  ])();
  return { by, messages: [message] };
};

const onGroup: Maker = (world) => {
  const found = world.random.maybe(world.groups());
  const by = found === undefined ? undefined : world.signerOf(found.owner);
  if (found === undefined || by === undefined) return undefined;
  const { owner, dseq, gseq } = found;
  const type = world.random.of([MsgPauseGroup, MsgStartGroup, MsgCloseGroup]);
  const isBeyond = world.random.chance(20);
  return { by, messages: [msg(type, { owner, dseq, gseq: isBeyond ? gseq + 7 : gseq })] };
};

const onOffer: Maker = (world) => {
  const found = world.random.maybe(world.offers());
  const owner = found === undefined ? undefined : world.signerOf(found.provider);
  if (found === undefined || owner === undefined) return undefined;
  const by = world.operatorOf(owner);
  const names = { operator: by.address, id: found.id };
  const message = world.random.of([
    (): Message => msg(MsgPauseOffer, names),
    (): Message => msg(MsgResumeOffer, names),
    (): Message => msg(MsgCancelOffer, { ...names, id: found.id + 1n }),
    (): Message => msg(MsgUpdateOffer, { ...names, prices: found.prices, expiresAt: 1n }),
  ])();
  return { by, messages: [message] };
};

const onBid: Maker = (world) => {
  const { random } = world;
  const found = random.maybe(world.bids());
  if (found === undefined) return undefined;
  const { owner, dseq, gseq, oseq, provider } = found.id;
  const [tenant, seller] = [owner, provider].map((one) => world.signerOf(one));
  if (tenant === undefined || seller === undefined) return undefined;
  const order = { owner, dseq, gseq, oseq };
  const { price, revision } = found;
  if (random.chance(40)) {
    const named = { owner, order, provider };
    const message = random.chance(50)
      ? msg(MsgAcceptBid, { ...named, price, revision })
      : msg(MsgRejectBid, named);
    return { by: tenant, messages: [message] };
  }
  const by = world.operatorOf(seller);
  const named = { operator: by.address, provider, order };
  const message = random.chance(60)
    ? msg(MsgWithdrawBid, named)
    : msg(MsgLowerBid, { ...named, revision, price });
  return { by, messages: [message] };
};

// ---- values that are never valid -------------------------------------------------------------------

type Wrong = (world: World) => Operation | undefined;

function ofProvider(make: (owner: string, operator: string) => Message): Wrong {
  return (world) => {
    const owner = world.random.maybe(world.registered());
    if (owner === undefined) return undefined;
    const by = world.operatorOf(owner);
    return { by, messages: [make(owner.address, by.address)], expect: "refused" };
  };
}

const WRONG: readonly Wrong[] = [
  ({ random, providers }) => {
    const by = random.of(providers);
    const period = random.of([0n, 3599n, 2_592_001n]);
    const fields = { payee: by.address, period, minimum: 1n };
    return { by, messages: [msg(MsgSetPayout, fields)], expect: "refused" };
  },
  ({ random, everybody }) => {
    const by = random.of(everybody);
    const coins = (amount: string): readonly { denom: string; amount: string }[] => [
      { denom: "ulease", amount },
    ];
    const inputs = [{ address: by.address, coins: coins("5") }];
    const outputs = [{ address: random.of(everybody).address, coins: coins("6") }];
    return { by, messages: [msg(MsgMultiSend, { inputs, outputs })], expect: "refused" };
  },
  ofProvider((provider, operator) =>
    msg(MsgHeartbeat, { operator, provider, seq: 1_000_000_000n, time: 10n ** 12n }),
  ),
  ofProvider((provider, signer) =>
    msg(MsgSetDevices, {
      signer,
      provider,
      devices: [{ class: "no such class", kind: "CPU", model: "", count: 1n }],
    }),
  ),
  (world) => {
    const by = world.random.maybe(world.registered());
    if (by === undefined) return undefined;
    const fields = { owner: by.address, hostUri: "no address", attributes: [] };
    return { by, messages: [msg(MsgUpdateProvider, fields)], expect: "refused" };
  },
  ({ stranger: by }) => ({
    by,
    messages: [msg(MsgUnpauseProvider, { owner: by.address })],
    expect: "refused",
  }),
  ({ stranger: by }) => ({
    by,
    messages: [msg(MsgPauseProvider, { signer: by.address, provider: by.address })],
    expect: "refused",
  }),
];

const wrong: Maker = (world) => world.random.of(WRONG)(world);

// ---- what only the authority may do -----------------------------------------------------------------

interface ParamsMessage {
  readonly type: Parameters<typeof msg>[0];
  readonly params: unknown;
}

/** All messages that set parameters, with those that a fresh chain has. */
const PARAMS: readonly ParamsMessage[] = leaseholdParts(purePlatform, "").modules.flatMap(
  ({ messages = [], genesis }) =>
    messages
      .filter(({ type }) => type.typeUrl.endsWith(".MsgUpdateParams"))
      .map(({ type }) => ({ type, params: paramsOf(genesis) })),
);

function paramsOf(genesis: GenesisPart | undefined): unknown {
  return (genesis?.defaults() as { readonly params?: unknown } | undefined)?.params;
}

const usurpParams: Maker = ({ random, stranger: by }) => {
  const { type, params } = random.of(PARAMS);
  const fields = { authority: by.address, ...(params === undefined ? {} : { params }) };
  return { by, messages: [msg(type, fields as never)], expect: "gov/13" };
};

/** Operations that come too late, too early or not at all: weight, name, maker. */
export const WRONG_OPERATIONS: readonly (readonly [number, string, Maker])[] = [
  [1, "any_lease", onLease],
  [0.6, "any_deployment", onDeployment],
  [0.6, "any_group", onGroup],
  [0.6, "any_offer", onOffer],
  [0.6, "any_bid", onBid],
  [1.2, "malformed", wrong],
  [0.6, "usurp_params", usurpParams],
];
