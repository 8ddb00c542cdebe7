// Grants and fee allowances: what people let others do in their name and at their cost.

import type { Timestamp } from "../../chain/base/time.ts";
import {
  GenericAuthorization,
  Grant,
  MsgExec,
  MsgGrant,
  MsgRevoke,
} from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { MsgSend, SendAuthorization } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  AllowedMsgAllowance,
  BasicAllowance,
  MsgGrantAllowance,
  MsgPruneAllowances,
  MsgRevokeAllowance,
  PeriodicAllowance,
} from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import { grants as granted } from "../../modules/authz/state.ts";
import { allowances } from "../../modules/feegrant/state.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";
import { OTHER_OPERATIONS } from "./operations_other.ts";
import { CHORES, PROVIDER_OPERATIONS } from "./operations_provider.ts";
import { TENANT_OPERATIONS } from "./operations_tenant.ts";
import type { Maker, Operation, World } from "./world.ts";

type Grantable = readonly (readonly [operation: string, typeUrl: string])[];

const OF_ANYBODY: Grantable = [["send", MsgSend.typeUrl]];
const OF_TENANTS: Grantable = [
  ["deploy", "/leasehold.deployment.v1.MsgCreateDeployment"],
  ["start_group", "/leasehold.deployment.v1.MsgStartGroup"],
  ["deposit", "/leasehold.escrow.v1.MsgDeposit"],
  ["accept_bid", "/leasehold.market.v1.MsgAcceptBid"],
  ["close_lease", "/leasehold.market.v1.MsgCloseLease"],
];
const OF_PROVIDERS: Grantable = [
  ["withdraw", "/leasehold.escrow.v1.MsgWithdraw"],
  ["bid", "/leasehold.market.v1.MsgCreateBid"],
  ["post_offer", "/leasehold.market.v1.MsgPostOffer"],
  ["start", "/leasehold.market.v1.MsgStartLease"],
  ["heartbeat", "/leasehold.provider.v1.MsgHeartbeat"],
];
/** What may be granted, with the operations that make such messages. */
const GRANTABLE: Grantable = [...OF_ANYBODY, ...OF_TENANTS, ...OF_PROVIDERS];

/** What somebody has reason to grant; at times something else. */
function grantableOf({ random, tenants, providers }: World, by: Signer): string {
  const own = tenants.includes(by)
    ? OF_TENANTS
    : providers.includes(by)
      ? OF_PROVIDERS
      : OF_ANYBODY;
  return random.of(random.chance(70) ? own : GRANTABLE)[1];
}
const MAKERS = new Map<string, Maker>([
  ...[...TENANT_OPERATIONS, ...PROVIDER_OPERATIONS, ...OTHER_OPERATIONS].map(
    ([, name, maker]) => [name, maker] as const,
  ),
  ...CHORES,
]);
/** Draws until an operation is of the right person. */
const TRIES = 30;

/** Two different people. */
function pair({ random, everybody }: World): readonly [granter: Signer, grantee: Signer] {
  const granter = random.of(everybody);
  return [granter, random.of(everybody.filter((one) => one !== granter))];
}

/** The end of a grant: none, or some minutes to days from now. */
function end({ random, ctx }: World): Timestamp | undefined {
  if (random.chance(30)) return undefined;
  return { seconds: ctx.now + random.size(30, 200_000), nanos: 0 };
}

// ---- authz -----------------------------------------------------------------------------------------

const grant: Maker = (world) => {
  const { random } = world;
  const [by, grantee] = pair(world);
  const spendLimit = [{ denom: "ulease", amount: random.size(1, 200_000).toString() }];
  const typeUrl = grantableOf(world, by);
  const authorization = random.chance(20)
    ? msg(SendAuthorization, { spendLimit, allowList: [] })
    : msg(GenericAuthorization, { msg: typeUrl });
  const fields = {
    granter: by.address,
    grantee: grantee.address,
    grant: Grant.create({ authorization, expiration: end(world) }),
  };
  return { by, messages: [msg(MsgGrant, fields)] };
};

/** A granted pair whose keys we hold. */
function someGrant(world: World): readonly [Signer, Signer, string] | undefined {
  const { random, ctx, addresses } = world;
  const found = random.maybe([...granted.iterate(ctx, {})]);
  if (found === undefined) return undefined;
  const [granter, grantee, typeUrl] = found[0];
  const [a, b] = [granter, grantee].map((one) => world.signerOf(addresses.format(one)));
  return a === undefined || b === undefined ? undefined : [a, b, typeUrl];
}

const revoke: Maker = (world) => {
  const found = someGrant(world);
  if (found === undefined) return undefined;
  const [by, grantee, msgTypeUrl] = found;
  const isStrange = world.random.chance(10);
  const { address } = isStrange ? world.stranger : grantee;
  const fields = { granter: by.address, grantee: address, msgTypeUrl };
  return { by, messages: [msg(MsgRevoke, fields)] };
};

/** An operation of one person, of a type that can be granted. */
function operationOf(world: World, by: Signer, typeUrl: string): Operation | undefined {
  const name = GRANTABLE.find(([, type]) => type === typeUrl)?.[0] ?? "send";
  const maker = MAKERS.get(name);
  for (let tries = 0; tries < TRIES; tries++) {
    const made = maker?.(world);
    if (made?.by === by && made.messages.length === 1) return made;
  }
  return undefined;
}

const exec: Maker = (world) => {
  const { random } = world;
  const isGranted = random.chance(85);
  const found = isGranted ? someGrant(world) : undefined;
  const [granter, by] = found ?? pair(world);
  const typeUrl = found?.[2] ?? random.of(GRANTABLE)[1];
  const made = operationOf(world, granter, typeUrl);
  if (made === undefined) return undefined;
  const inner = msg(MsgExec, { grantee: by.address, msgs: made.messages });
  const isNested = random.chance(10);
  const message = isNested ? msg(MsgExec, { grantee: by.address, msgs: [inner] }) : inner;
  const expect = made.expect === "refused" ? { expect: "refused" as const } : {};
  return { by, messages: [message], ...expect };
};

// ---- feegrant --------------------------------------------------------------------------------------

const allow: Maker = (world) => {
  const { random } = world;
  const [by, grantee] = pair(world);
  const coins = (high: number): readonly { denom: string; amount: string }[] => [
    { denom: "ulease", amount: random.size(1, high).toString() },
  ];
  const spendLimit = random.chance(70) ? coins(100_000) : [];
  const basic = BasicAllowance.create({ spendLimit, expiration: end(world) });
  const simple = msg(BasicAllowance, basic);
  const limit = coins(10_000);
  const allowance = random.of([
    simple,
    msg(PeriodicAllowance, {
      basic,
      period: { seconds: random.size(60, 90_000), nanos: 0 },
      periodSpendLimit: limit,
      periodCanSpend: limit,
    }),
    msg(AllowedMsgAllowance, {
      allowance: simple,
      allowedMessages: [MsgSend.typeUrl, random.of(GRANTABLE)[1]],
    }),
  ]);
  const fields = { granter: by.address, grantee: grantee.address, allowance };
  return { by, messages: [msg(MsgGrantAllowance, fields)] };
};

const disallow: Maker = (world) => {
  const { random, ctx, addresses } = world;
  const found = random.maybe([...allowances.iterate(ctx, {})]);
  const [grantee, granter] = (found?.[0] ?? []).map((one) => addresses.format(one));
  const by = granter === undefined ? undefined : world.signerOf(granter);
  if (by === undefined || grantee === undefined) return undefined;
  const isStrange = random.chance(10);
  const fields = { granter: by.address, grantee: isStrange ? world.stranger.address : grantee };
  return { by, messages: [msg(MsgRevokeAllowance, fields)] };
};

const prune: Maker = ({ random, everybody }) => {
  const by = random.of(everybody);
  return { by, messages: [msg(MsgPruneAllowances, { pruner: by.address })] };
};

/** Who may be asked to pay the fees of `by`: mostly somebody who allowed it. */
export function payerFor(world: World, by: Signer): string {
  const { random, ctx, addresses } = world;
  if (random.chance(10)) return random.of(world.everybody).address;
  const mine = [...allowances.iterate(ctx, { prefix: [by.bytes] })];
  const found = random.maybe(mine);
  return found === undefined ? "" : addresses.format(found[0][1]);
}

/** Operations of grants: weight, name, maker. */
export const GRANT_OPERATIONS: readonly (readonly [number, string, Maker])[] = [
  [4, "grant", grant],
  [6, "exec", exec],
  [0.8, "revoke", revoke],
  [2, "allow", allow],
  [0.6, "disallow", disallow],
  [0.3, "prune", prune],
];
