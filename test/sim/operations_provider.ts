// What providers do, chores (heartbeats, starts, acknowledgements) included.

import { MsgSetPayout, MsgWithdraw } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { Bid, Order, UnitOffer } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  AwardMode,
  BidState,
  LeaseEnd,
  LeaseState,
  MsgAckResume,
  MsgCancelOffer,
  MsgCreateBid,
  MsgLeaveLease,
  MsgLowerBid,
  MsgPauseOffer,
  MsgPostOffer,
  MsgRefuseResume,
  MsgResumeOffer,
  MsgStartLease,
  MsgUpdateOffer,
  MsgWithdrawBid,
  OfferState,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgHeartbeat,
  MsgPauseProvider,
  MsgRegisterProvider,
  MsgSetDevices,
  MsgSetKeys,
  MsgUnpauseProvider,
  MsgUpdateProvider,
  ProviderState,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { AddressCodec, moduleAddress } from "../../chain/base/address.ts";
import { balanceDeposit, H100, prices, shapes } from "../support/market.ts";
import { testPlatform } from "../support/platform.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";
import type { Maker, Operation, World } from "./world.ts";

const REASONS = [LeaseEnd.HARDWARE, LeaseEnd.DECOMMISSION, LeaseEnd.UNSTABLE, LeaseEnd.PROVIDER];

function devices(world: World): MsgSetDevices["devices"] {
  const { random } = world;
  const h100 = { class: "h100", kind: "GPU", model: "vendor/nvidia/model/h100" };
  return [
    { class: "cpu", kind: "CPU", model: "", count: random.big(200, 2000) },
    { ...h100, count: random.big(8, 64) },
  ];
}

function attributes(world: World): MsgUpdateProvider["attributes"] {
  const { random } = world;
  const region = random.chance(70) ? [{ key: "region", value: random.of(["eu", "us"]) }] : [];
  return random.chance(30) ? [...region, { key: "tier", value: "gold" }] : region;
}

const register: Maker = (world) => {
  const by = world.random.maybe(
    world.providers.filter((signer) => world.provider(signer) === undefined),
  );
  if (by === undefined) return undefined;
  const operator = world.random.chance(30) ? world.random.of(world.others).address : "";
  const device = { signer: by.address, provider: by.address, devices: devices(world) };
  return {
    by,
    messages: [
      msg(MsgRegisterProvider, {
        owner: by.address,
        operator,
        heartbeatKey: testPlatform.sha256(by.bytes),
        hostUri: `https://${by.name}.example.com`,
        attributes: attributes(world),
      }),
      msg(MsgSetDevices, device),
    ],
  };
};

/** An operation of a registered provider, signed by its operator. */
function ofProvider(
  make: (world: World, by: Signer, operator: Signer) => Operation["messages"] | undefined,
): Maker {
  return (world) => {
    const by = world.random.maybe(world.registered());
    if (by === undefined) return undefined;
    const operator = world.operatorOf(by);
    const messages = make(world, by, operator);
    return messages === undefined ? undefined : { by: operator, messages };
  };
}

/** An operation of a provider that only its owner may sign. */
function ofOwner(make: (world: World, by: Signer) => Operation["messages"]): Maker {
  return (world) => {
    const by = world.random.maybe(world.registered());
    return by === undefined ? undefined : { by, messages: make(world, by) };
  };
}

const beat = ofProvider((world, by, operator) => {
  const seq = world.nextBeat(by);
  const fields = { operator: operator.address, provider: by.address, seq, time: world.ctx.now };
  return [msg(MsgHeartbeat, fields)];
});

/** Pay sent to the account of escrow itself waits as unclaimed; other module accounts take it. */
const setKeys = ofOwner(({ random, everybody, prefix }, by) => {
  const module = moduleAddress(testPlatform, random.of(["escrow", "fee_collector"]));
  const addresses = [random.of(everybody).address, "", by.address];
  const payout = random.of([...addresses, new AddressCodec(prefix).format(module)]);
  const operator = random.chance(30) ? random.of(everybody).address : "";
  return [msg(MsgSetKeys, { owner: by.address, operator, payout })];
});

const postOffer = ofProvider((world, by, operator) => {
  const { random } = world;
  const isGpu = random.chance(60);
  const [shape] = shapes();
  if (shape === undefined) return undefined;
  return [
    msg(MsgPostOffer, {
      operator: operator.address,
      provider: by.address,
      denom: random.chance(85) ? "ulease" : "uusd",
      prices: prices(isGpu ? random.size(100_000, 9_000_000) : 0n),
      shapes: [
        {
          ...shape,
          hosts: random.int(1, 3),
          cpuMilli: random.big(8, 64) * 1000n,
          gpus: isGpu ? random.big(1, 4) : 0n,
        },
      ],
      ...(isGpu ? { model: H100 } : {}),
      maxDurationS: random.chance(10) ? 86_400n : 0n,
      expiresAt: world.ctx.now + random.of([900n, 86_400n, 10_000_000n, 10_000_000n]),
    }),
  ];
});

type OfferMessage = (
  world: World,
  names: Pick<MsgPauseOffer, "operator" | "id">,
) => Operation["messages"][number];

function onOffer(make: OfferMessage, ...states: readonly number[]): Maker {
  return (world) => {
    const offer = world.random.maybe(world.offers().filter(({ state }) => states.includes(state)));
    const owner = offer === undefined ? undefined : world.signerOf(offer.provider);
    if (offer === undefined || owner === undefined) return undefined;
    const by = world.operatorOf(owner);
    return { by, messages: [make(world, { operator: by.address, id: offer.id })] };
  };
}

const updateOffer: OfferMessage = ({ random }, names) =>
  msg(MsgUpdateOffer, {
    ...names,
    prices: prices(random.size(50_000, 9_000_000)),
    shapes: random.chance(30) ? shapes(random.int(1, 3)) : [],
    expiresAt: 0n,
  });

/** Exactly what an order asks for. */
function unitsFor(order: Order): readonly UnitOffer[] {
  return order.spec.units.map((unit) => {
    const made = {
      unit: unit.id,
      cpuMilli: unit.cpu.milli,
      memoryBytes: unit.memory.bytes,
      storageBytes: unit.storage.map(({ bytes }) => bytes),
      gpus: unit.gpu.units,
    };
    return unit.gpu.units > 0n ? { ...made, gpu: H100 } : { ...made, gpu: undefined };
  });
}

/** The open order of a bid: where others bid is where bidding gets interesting. */
function orderOf(bid: Bid | undefined, open: readonly Order[]): Order | undefined {
  return open.find(
    ({ id }) =>
      id.owner === bid?.id.owner &&
      id.dseq === bid.id.dseq &&
      id.gseq === bid.id.gseq &&
      id.oseq === bid.id.oseq,
  );
}

const bid = ofProvider((world, by, operator) => {
  const { random } = world;
  const open = world.orders(OrderState.OPEN);
  const manual = open.filter(({ settings: { mode } }) => mode === AwardMode.MANUAL);
  const wanted = world.bids().filter(({ state }) => state === BidState.OPEN);
  const order = random.chance(40)
    ? orderOf(random.maybe(wanted), open)
    : random.maybe(random.chance(60) && manual.length > 0 ? manual : open);
  if (order === undefined) return undefined;
  const ceiling = Number(order.ceiling.amount);
  const price = random.chance(95) ? random.size(1, ceiling) : BigInt(ceiling) + 1n;
  const { denom } = order.ceiling;
  return [
    msg(MsgCreateBid, {
      operator: operator.address,
      provider: by.address,
      order: order.id,
      price: { denom, amount: price.toString() },
      units: random.chance(70) ? unitsFor(order) : [],
      deposits: [balanceDeposit(random.chance(95) ? 500_000n : 499_999n, denom)],
    }),
  ];
});

function onBid(change: "lower" | "withdraw"): Maker {
  return (world) => {
    const found = world.random.maybe(world.bids().filter(({ state }) => state === BidState.OPEN));
    const owner = found === undefined ? undefined : world.signerOf(found.id.provider);
    if (found === undefined || owner === undefined) return undefined;
    const by = world.operatorOf(owner);
    const { provider, owner: tenant, dseq, gseq, oseq } = found.id;
    const names = { operator: by.address, provider, order: { owner: tenant, dseq, gseq, oseq } };
    if (change === "withdraw") return { by, messages: [msg(MsgWithdrawBid, names)] };
    const { denom, amount } = found.price;
    const lower = (BigInt(amount) * world.random.big(50, 101)) / 100n;
    const price = { denom, amount: lower.toString() };
    return { by, messages: [msg(MsgLowerBid, { ...names, revision: found.revision, price })] };
  };
}

/** An operation on one lease in some state, by its provider. */
function onLease(
  make: (world: World, names: LeaseNames) => Operation["messages"][number],
  ...states: readonly number[]
): Maker {
  return (world) => {
    const lease = world.random.maybe(world.leases(...states));
    const owner = lease === undefined ? undefined : world.signerOf(lease.id.provider);
    if (lease === undefined || owner === undefined) return undefined;
    const by = world.operatorOf(owner);
    return { by, messages: [make(world, { operator: by.address, lease: lease.id })] };
  };
}

type LeaseNames = Pick<MsgAckResume, "operator" | "lease">;

const start: Maker = (world) => {
  const lease = world.random.maybe(world.leases(LeaseState.STARTING));
  const owner = lease === undefined ? undefined : world.signerOf(lease.id.provider);
  if (lease === undefined || owner === undefined) return undefined;
  const by = world.operatorOf(owner);
  const receipt = world.receipt(lease);
  const isForged = world.random.chance(4);
  const signature = receipt.signature.map((byte) => (isForged ? byte ^ 1 : byte));
  const fields = { operator: by.address, lease: lease.id, receipt: { ...receipt, signature } };
  const message = msg(MsgStartLease, fields);
  return { by, messages: [message], ...(isForged ? { expect: "refused" } : {}) };
};

const acknowledge = onLease((_, names) => msg(MsgAckResume, names), LeaseState.RESUMING);

const withdraw: Maker = (world) => {
  const lease = world.random.maybe(world.leases());
  const owner = lease === undefined ? undefined : world.signerOf(lease.id.provider);
  if (lease === undefined || owner === undefined) return undefined;
  const by = world.random.chance(50) ? owner : world.operatorOf(owner);
  const payments = [lease.id];
  return { by, messages: [msg(MsgWithdraw, { signer: by.address, payments })] };
};

const setPayout: Maker = ({ random, providers }) => {
  const by = random.of(providers);
  const period = random.of([3600n, 7200n, 86_400n, 2_592_000n]);
  const minimum = random.of([0n, 1000n, 10n ** 12n]);
  const fields = { payee: by.address, period, minimum };
  return { by, messages: [msg(MsgSetPayout, fields)], expect: "ok" };
};

const leave = onLease(
  ({ random }, names) => msg(MsgLeaveLease, { ...names, reason: random.of(REASONS) }),
  LeaseState.ACTIVE,
  LeaseState.SUSPENDED,
  LeaseState.STARTING,
);

const refuse = onLease(
  (_, names) => msg(MsgRefuseResume, { ...names, reason: "the machine is gone" }),
  LeaseState.RESUMING,
);

const pauseProvider = ofProvider((_, by, operator) => [
  msg(MsgPauseProvider, { signer: operator.address, provider: by.address }),
]);

const unpause: Maker = (world) => {
  const paused = world
    .registered()
    .filter((signer) => world.provider(signer)?.state === ProviderState.PAUSED);
  const by = world.random.maybe(paused);
  if (by === undefined) return undefined;
  return { by, messages: [msg(MsgUnpauseProvider, { owner: by.address })] };
};

const setDevices = ofProvider((world, by, operator) => [
  msg(MsgSetDevices, {
    signer: operator.address,
    provider: by.address,
    devices: devices(world),
  }),
]);

const updateProvider = ofOwner((world, by) => [
  msg(MsgUpdateProvider, {
    owner: by.address,
    hostUri: `https://${by.name}.example.org`,
    attributes: attributes(world),
  }),
]);

const { ACTIVE, PAUSED } = OfferState;

/** Operations of providers: weight, name, maker. */
export const PROVIDER_OPERATIONS: readonly (readonly [number, string, Maker])[] = [
  [6, "post_offer", postOffer],
  [1, "update_offer", onOffer(updateOffer, ACTIVE, PAUSED)],
  [0.7, "pause_offer", onOffer((_, names) => msg(MsgPauseOffer, names), ACTIVE)],
  [2, "resume_offer", onOffer((_, names) => msg(MsgResumeOffer, names), PAUSED)],
  [0.5, "cancel_offer", onOffer((_, names) => msg(MsgCancelOffer, names), ACTIVE, PAUSED)],
  [7, "bid", bid],
  [2, "lower_bid", onBid("lower")],
  [2, "withdraw_bid", onBid("withdraw")],
  [0.8, "leave_lease", leave],
  [1, "refuse_resume", refuse],
  [4, "withdraw", withdraw],
  [1, "set_payout", setPayout],
  [1, "set_keys", setKeys],
  [0.5, "pause_provider", pauseProvider],
  [2, "unpause_provider", unpause],
  [0.7, "set_devices", setDevices],
  [0.7, "update_provider", updateProvider],
];

/** Offers of providers that have none: without sellers nothing happens. */
const firstOffer: Maker = (world) => {
  const offers = world.offers();
  const idle = world
    .registered()
    .filter((signer) => offers.every((offer) => offer.provider !== signer.address));
  return idle.length === 0 ? undefined : postOffer(world);
};

/** What a diligent provider does without being asked: name, maker. */
export const CHORES: readonly (readonly [string, Maker])[] = [
  ["register", register],
  ["heartbeat", beat],
  ["heartbeat", beat],
  ["post_offer", firstOffer],
  ["start", start],
  ["start", start],
  ["acknowledge", acknowledge],
];
