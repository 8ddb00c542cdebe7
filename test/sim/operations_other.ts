// What third parties do: sends, matching, and attempts at what is not theirs.

import { must } from "../../chain/base/assert.ts";
import { moduleAddress, AddressCodec } from "../../chain/base/address.ts";
import {
  MsgMultiSend,
  MsgSend,
  MsgSetSendEnabled,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { MsgRetryQuarantined } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import {
  MsgCloseDeployment,
  MsgPauseGroup,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  MsgDeposit,
  MsgUpdateParams as EscrowUpdateParams,
  MsgWithdraw,
  MsgWithdrawUnclaimed,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  LeaseEnd,
  LeaseState,
  MsgCancelOffer,
  MsgCloseLease,
  MsgLeaveLease,
  MsgMatchOrder,
  MsgUpdateParams as MarketUpdateParams,
  OrderState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { MsgSetKeys } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { quarantine } from "../../modules/chain/state.ts";
import { unclaimed as waiting } from "../../modules/escrow/state.ts";
import { params as escrowParams } from "../../modules/escrow/state.ts";
import { params as marketParams } from "../../modules/market/state.ts";
import { balanceDeposit } from "../support/market.ts";
import { testPlatform } from "../support/platform.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";
import { quarantineKey } from "./planter.ts";
import type { Maker, Operation, World } from "./world.ts";

function coin(denom: string, amount: bigint): { denom: string; amount: string } {
  return { denom, amount: amount.toString() };
}

const send: Maker = ({ random, everybody, denoms }) => {
  const by = random.of(everybody);
  const to = random.of(everybody);
  const amount = [coin(random.of(denoms), random.size(1, 100_000))];
  const fields = { fromAddress: by.address, toAddress: to.address, amount };
  return { by, messages: [msg(MsgSend, fields)] };
};

const sendTooMuch: Maker = ({ random, everybody, denoms }) => {
  const by = random.of(everybody);
  const amount = [coin(random.of(denoms), 10n ** 20n)];
  const fields = { fromAddress: by.address, toAddress: random.of(everybody).address, amount };
  // The first send of the transaction is undone with the second.
  const first = msg(MsgSend, { ...fields, amount: [coin("ulease", 5n)] });
  return { by, messages: [first, msg(MsgSend, fields)], expect: "sdk/5" };
};

/** Module accounts take no coins from outside. */
const sendToModule: Maker = ({ random, everybody, prefix }) => {
  const by = random.of(everybody);
  const name = random.of(["escrow", "insurance", "fee_collector"]);
  const toAddress = new AddressCodec(prefix).format(moduleAddress(testPlatform, name));
  const fields = { fromAddress: by.address, toAddress, amount: [coin("ulease", 7n)] };
  return { by, messages: [msg(MsgSend, fields)], expect: "refused" };
};

const multiSend: Maker = ({ random, everybody }) => {
  const by = random.of(everybody);
  const [a, b] = [random.big(1, 999), random.big(1, 999)];
  const outputs = [
    { address: random.of(everybody).address, coins: [coin("ulease", a)] },
    { address: random.of(everybody).address, coins: [coin("ulease", b)] },
  ];
  const inputs = [{ address: by.address, coins: [coin("ulease", a + b)] }];
  return { by, messages: [msg(MsgMultiSend, { inputs, outputs })], expect: "ok" };
};

const matchOrder: Maker = (world) => {
  const order = world.random.maybe(world.orders(OrderState.OPEN));
  if (order === undefined) return undefined;
  const by = world.random.of(world.everybody);
  return { by, messages: [msg(MsgMatchOrder, { sender: by.address, order: order.id })] };
};

const withdrawUnclaimed: Maker = (world) => {
  const [first] = waiting.iterate(world.ctx, {});
  const signer = first === undefined ? undefined : world.signerOf(first[1].address);
  const by = signer ?? world.random.of(world.everybody);
  return { by, messages: [msg(MsgWithdrawUnclaimed, { address: by.address })] };
};

type Attempt = (world: World, by: Signer) => Operation["messages"][number] | undefined;

/** Each is signed by somebody whose it is not. */
const ATTEMPTS: readonly Attempt[] = [
  (world, by) => {
    const found = world.random.maybe(world.leases(LeaseState.ACTIVE, LeaseState.STARTING));
    return found && msg(MsgCloseLease, { owner: by.address, lease: found.id, reopen: false });
  },
  (world, by) => {
    const found = world.random.maybe(world.leases(LeaseState.ACTIVE));
    const reason = LeaseEnd.HARDWARE;
    return found && msg(MsgLeaveLease, { operator: by.address, lease: found.id, reason });
  },
  (world, by) => {
    const found = world.random.maybe(world.leases());
    return found && msg(MsgWithdraw, { signer: by.address, payments: [found.id] });
  },
  (world, by) => {
    const found = world.random.maybe(world.offers());
    return found && msg(MsgCancelOffer, { operator: by.address, id: found.id });
  },
  (world, by) => {
    const found = world.random.maybe(world.deployments());
    if (found === undefined) return undefined;
    const { owner, dseq, denom } = found;
    const account = { scope: Scope.DEPLOYMENT, owner, dseq, gseq: 0, oseq: 0, provider: "" };
    const deposits = [balanceDeposit(1000n, denom)];
    return msg(MsgDeposit, { depositor: by.address, account, deposits });
  },
  (_, by) => msg(MsgCloseDeployment, { owner: by.address, dseq: 1n }),
  (_, by) => msg(MsgPauseGroup, { owner: by.address, dseq: 1n, gseq: 1 }),
  (_, by) => msg(MsgSetKeys, { owner: by.address, operator: "", payout: by.address }),
];

const trespass: Maker = (world) => {
  // A stranger: neither tenant nor provider nor anybody's operator.
  const by = world.stranger;
  const message = world.random.of(ATTEMPTS)(world, by);
  return message === undefined ? undefined : { by, messages: [message], expect: "refused" };
};

/** Messages of the authority, signed by somebody else. */
const usurp: Maker = (world) => {
  const by = world.stranger;
  const authority = by.address;
  const [set] = quarantine.iterate(world.ctx, {});
  const item = set?.[1];
  const collection = item?.collection ?? "escrow/timers";
  const key = item === undefined ? new Uint8Array(12).fill(1) : quarantineKey(item);
  const message = world.random.of([
    msg(EscrowUpdateParams, { authority, params: escrowParams.get(world.ctx) }),
    msg(MarketUpdateParams, {
      authority,
      params: must(marketParams.get(world.ctx), "market parameters"),
    }),
    msg(MsgRetryQuarantined, { authority, collection, key }),
    msg(MsgSetSendEnabled, { authority, sendEnabled: [], useDefaultFor: [] }),
  ]);
  return { by, messages: [message], expect: "gov/13" };
};

/** Operations of third parties: weight, name, maker. */
export const OTHER_OPERATIONS: readonly (readonly [number, string, Maker])[] = [
  [4, "send", send],
  [1, "send_too_much", sendTooMuch],
  [0.5, "send_to_module", sendToModule],
  [1, "multi_send", multiSend],
  [2, "match_order", matchOrder],
  [1, "withdraw_unclaimed", withdrawUnclaimed],
  [2, "hostile", trespass],
  [1, "usurp", usurp],
];
