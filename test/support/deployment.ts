// Module deployment on stores in memory: over the real escrow and a market that only remembers which
// group has which order.

import {
  DeploymentState,
  GroupPause,
  GroupState,
  MsgCreateDeployment,
  PauseCause,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { GenesisState } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { OrderEnd } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  GroupSpec,
  LeaseEnd,
  Order,
  OrderState,
  Params as MarketParams,
  ResourceUnit,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { MessageType } from "../../chain/codec/types.ts";
import type { AppModule } from "../../chain/runtime/index.ts";
import { createDeploymentModule } from "../../modules/deployment/index.ts";
import type { DeploymentKeeper, DeploymentNeeds } from "../../modules/deployment/index.ts";
import { leasePayment } from "../../modules/escrow/index.ts";
import { marketErrors } from "../../modules/market/errors.ts";
import type { LeaseEnded, MarketHooks, NewOrder } from "../../modules/market/index.ts";
import { EscrowBench, fromBalance, testAddress } from "./escrow.ts";

/** The tenant of these tests. */
export const OWNER = testAddress(1);
/** The provider of their leases. */
export const PROVIDER = testAddress(9);

/** Remembers which group has which order; refuses to open when told to. */
class OrderBook {
  readonly live = new Map<string, number>();
  readonly opened: NewOrder[] = [];
  readonly closed: string[] = [];
  refuses = false;
  hooks: MarketHooks | undefined;

  needs(): DeploymentNeeds["market"] {
    return {
      params: () => MarketParams.create({ reopenMax: 5 }),
      specFault: () => undefined,
      settingsFault: () => undefined,
      createOrders: (_ctx, request) => {
        if (this.refuses) throw marketErrors.notFunded.with("told to");
        for (const order of request.orders) {
          this.opened.push(order);
          this.live.set(`${request.dseq}/${order.gseq}`, order.oseq);
        }
        return [];
      },
      closeOrdersOfGroup: (ctx, { owner, dseq, gseq }, end) => {
        const oseq = this.live.get(`${dseq}/${gseq}`);
        if (oseq === undefined) return;
        this.live.delete(`${dseq}/${gseq}`);
        this.closed.push(`${dseq}/${gseq}/${oseq}`);
        this.hooks?.afterOrderClosed(ctx, { order: { owner, dseq, gseq, oseq }, end });
      },
      closeLeasesOfGroup: () => undefined,
      liveOrder: (ctx, { owner, dseq, gseq }) => {
        const oseq = this.live.get(`${dseq}/${gseq}`);
        if (oseq === undefined) return undefined;
        const id = { owner: ctx.addresses.format(owner), dseq, gseq, oseq };
        return Order.create({ id, state: OrderState.OPEN });
      },
      liveLease: () => undefined,
      findOrder: () => undefined,
      findLease: () => undefined,
    };
  }
}

/** Module deployment over the real escrow and a market that only keeps orders. */
export class DeploymentBench {
  readonly escrow = new EscrowBench();
  readonly market = new OrderBook();
  readonly module: AppModule;
  readonly keeper: DeploymentKeeper;

  constructor(genesis?: GenesisState) {
    const made = createDeploymentModule({
      escrow: this.escrow.keeper,
      market: this.market.needs(),
    });
    this.module = made.module;
    this.keeper = made.keeper;
    this.market.hooks = made.marketHooks;
    this.escrow.onChange = (ctx, change) => made.escrowHooks.afterAccountChanged(ctx, change);
    const part = this.module.genesis;
    this.escrow.run((ctx) => void part?.init(ctx, genesis ?? part.defaults()), "genesis");
    this.escrow.fund(OWNER, 1_000_000_000n);
  }

  get owner(): string {
    return this.escrow.machine.addresses.format(OWNER);
  }

  send<M, R>(type: MessageType<M>, fields: Partial<M>): R {
    const handler = this.module.messages?.find((found) => found.type.name === type.name);
    const message = type.create(fields);
    handler?.validateBasic?.(message, { addresses: this.escrow.machine.addresses });
    return this.escrow.run((ctx) => handler?.handle(ctx, message)) as R;
  }

  create(fields: Partial<MsgCreateDeployment> = {}): bigint {
    return this.send<MsgCreateDeployment, { dseq: bigint }>(MsgCreateDeployment, {
      owner: this.owner,
      groups: [group("a"), group("b")],
      manifestHash: new Uint8Array(32).fill(1),
      deposits: [fromBalance(5_000_000n)],
      ...fields,
    }).dseq;
  }

  /** States of the groups of deployment 1, as `open` or `paused(CAUSE)`. */
  groups(dseq = 1n): string[] {
    const list = this.escrow.machine.look((ctx) => this.keeper.groups(ctx, { owner: OWNER, dseq }));
    return list.map(({ state, cause, oseq }) => {
      if (state === GroupState.OPEN) return `open ${oseq}`;
      return state === GroupState.CLOSED ? "closed" : `paused(${nameOf(GroupPause, cause)})`;
    });
  }

  state(dseq = 1n): string {
    const found = this.escrow.machine.look((ctx) => this.keeper.find(ctx, { owner: OWNER, dseq }));
    if (found === undefined) return "none";
    if (found.state !== DeploymentState.PAUSED) return nameOf(DeploymentState, found.state);
    return `PAUSED(${nameOf(PauseCause, found.cause)})`;
  }

  /** As market does it: the order of group 1 ends with its lease. */
  leaseEnds(fields: Partial<LeaseEnded>, gseq = 1): void {
    const oseq = this.market.live.get(`1/${gseq}`) ?? 0;
    this.market.live.delete(`1/${gseq}`);
    const lease = { owner: OWNER, dseq: 1n, gseq, oseq, provider: PROVIDER };
    const plain = { lease, end: LeaseEnd.HARDWARE, side: "provider", reopen: false } as const;
    const ended: LeaseEnded = { ...plain, price: 70n, ...fields };
    this.escrow.run((ctx) => this.market.hooks?.afterLeaseClosed(ctx, ended));
  }

  orderEnds(end: OrderEnd): void {
    const oseq = this.market.live.get("1/1") ?? 0;
    this.market.live.delete("1/1");
    const order = { owner: OWNER, dseq: 1n, gseq: 1, oseq };
    this.escrow.run((ctx) => this.market.hooks?.afterOrderExpired(ctx, { order, end }));
  }

  block(seconds: number): void {
    this.escrow.advance(seconds);
    this.escrow.run((ctx) => void this.module.endBlock?.(ctx), "block");
  }

  /** Lets a lease of group 1 eat 5 LEASE at 3.6 LEASE an hour, until grace has ended. */
  runDry(): void {
    this.pay(1);
    for (let hour = 0; hour < 28; hour++) this.block(3600);
  }

  /** Starts a payment of 3.6 LEASE an hour from the account of deployment 1. */
  pay(oseq: number): void {
    const ref = leasePayment({ owner: OWNER, dseq: 1n, gseq: 1, oseq, provider: PROVIDER });
    this.escrow.run((ctx) => {
      this.escrow.keeper.createPayment(ctx, { ...ref, payee: PROVIDER, rate: 3_600_000n });
      this.escrow.keeper.startPayment(ctx, ref);
    });
  }

  faults(): string[] {
    return this.escrow.machine.look((ctx) =>
      (this.module.invariants ?? []).flatMap(({ name, check }) =>
        check(ctx).map((text) => `${name}: ${text}`),
      ),
    );
  }
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value);
}

/** A group of one small unit. */
export function group(name: string): GroupSpec {
  const unit = ResourceUnit.create({
    id: 1,
    cpu: { milli: 1000n, attributes: [] },
    memory: { bytes: 1n << 30n, attributes: [] },
    count: 1,
    price: { denom: "ulease", amount: "1000" },
  });
  return GroupSpec.create({ name, units: [unit] });
}
