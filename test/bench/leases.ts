// Live leases and orders by the hundred thousand: one real lease is played through messages, what it
// left in the modules is taken by their own export, and copies for other owners and numbers go in by
// their own genesis, piece by piece.

import { moduleAddress } from "../../chain/base/address.ts";
import type {
  Account,
  GenesisState as EscrowState,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { GenesisState as DeploymentState } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { OrderEnd, OrderState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Auction,
  GenesisState as MarketState,
  Order,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { BranchContext, GenesisPart } from "../../chain/runtime/index.ts";
import { balances, supply } from "../../modules/bank/index.ts";
import { standings } from "../../modules/provider/state.ts";
import { platform } from "./chain.ts";
import type { BenchChain } from "./chain.ts";
import { OURS } from "./load.ts";
import type { Keyed, People } from "./load.ts";
import { MarketLoad } from "./market_load.ts";

/** Leases and orders of a piece: some 200,000 rows. */
const PIECE = 20_000;
/** Leases or orders of one owner. */
const EACH = 100;
/** First number of the copies: the load counts from 1. */
const FIRST_DSEQ = 1000;
/** Payouts that fall due in each second of a while, and how long it is. */
export const DUE_EACH = 100;
const DUE_SECONDS = 40;
/** Seconds from the fixture to the first of them. */
export const DUE_AFTER = 600n;
/** Payouts of the other leases: later than any benchmark looks. */
const NEVER = 30n * 86_400n;

/** What one real lease leaves in the modules. */
interface Template {
  readonly market: MarketState;
  readonly escrow: EscrowState;
  readonly deployment: DeploymentState;
}

function partOf<T>(chain: BenchChain, name: string): GenesisPart<T> {
  const genesis = chain.app.parts.modules.find((module) => module.name === name)?.genesis;
  if (genesis === undefined) throw new Error(`module ${name} has no genesis`);
  return genesis as GenesisPart<T>;
}

/** The only one of a list. */
function one<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`${list.length} of one expected`);
  return first;
}

async function play(chain: BenchChain, load: MarketLoad): Promise<Template> {
  await load.prepare(chain);
  // Create, bids, accept, start; the last block begins nothing, so that one lease is there.
  for (const lives of [1, 0, 0, 0]) await chain.run(load.block(lives), 1n);
  const ctx = chain.app.context();
  return {
    market: partOf<MarketState>(chain, "market").export(ctx),
    escrow: partOf<EscrowState>(chain, "escrow").export(ctx),
    deployment: partOf<DeploymentState>(chain, "deployment").export(ctx),
  };
}

/** Place number i: owner and number of its deployment. */
function placeOf(people: People, i: number): { owner: Keyed; dseq: bigint } {
  const owner = people.keyed[Math.floor(i / EACH)];
  if (owner === undefined) throw new Error(`${people.keyed.length} owners are too few`);
  return { owner, dseq: BigInt(FIRST_DSEQ + (i % EACH)) };
}

/** Adds live leases with their deployments, accounts and payments. */
export async function addLeases(chain: BenchChain, people: People, count: number): Promise<void> {
  const load = new MarketLoad(people);
  chain.readSequences(people);
  const template = await play(chain, load);
  const base = chain.time;
  for (let at = 0; at < count; at += PIECE) {
    const end = Math.min(at + PIECE, count);
    const places = Array.from({ length: end - at }, (_, i) => at + i);
    await chain.piece((ctx) => writeLeases(chain, ctx, { people, load, template, base }, places));
  }
}

interface Source {
  readonly people: People;
  readonly load: MarketLoad;
  readonly template: Template;
  readonly base: bigint;
}

function writeLeases(
  chain: BenchChain,
  ctx: BranchContext,
  { people, load, template, base }: Source,
  places: readonly number[],
): void {
  const { market, escrow, deployment } = template;
  const made = places.map((i) => {
    const { owner, dseq } = placeOf(people, i);
    const seller = load.sellers[i % load.sellers.length] as Keyed;
    const order = { owner: owner.address, dseq, gseq: 1, oseq: 1 };
    const id = { ...order, provider: seller.address };
    const seconds =
      i < DUE_EACH * DUE_SECONDS ? DUE_AFTER + BigInt(Math.floor(i / DUE_EACH)) : NEVER;
    const account: Account = one(escrow.accounts.filter(({ state }) => state === 1));
    return {
      order: { ...one(market.orders), id: order, winner: seller.address },
      lease: { ...one(market.leases), id },
      account: { ...account, ...accountOf(account, owner, dseq) },
      payment: { ...one(escrow.payments), id, payee: seller.address, nextPayout: base + seconds },
      deployment: { ...one(deployment.deployments), owner: owner.address, dseq },
      group: { ...one(deployment.groups), owner: owner.address, dseq },
    };
  });
  partOf<DeploymentState>(chain, "deployment").init(ctx, {
    ...deployment,
    lastDseqs: made.map(({ deployment: { owner, dseq } }) => ({ owner, dseq })),
    deployments: made.map((all) => all.deployment),
    groups: made.map((all) => all.group),
  });
  const none = { auctions: [], joints: [], bids: [], rejections: [], exclusions: [], drains: [] };
  partOf<MarketState>(chain, "market").init(ctx, {
    ...market,
    ...none,
    orders: made.map((all) => all.order),
    leases: made.map((all) => all.lease),
  });
  partOf<EscrowState>(chain, "escrow").init(ctx, {
    ...escrow,
    accounts: made.map((all) => all.account),
    payments: made.map((all) => all.payment),
  });
  for (const { payment } of made) countLease(ctx, payment.payee);
  fund(
    ctx,
    made.reduce((sum, { account }) => sum + account.balance, 0n),
  );
}

function accountOf(
  { id, entries }: Account,
  { address }: Keyed,
  dseq: bigint,
): Pick<Account, "id" | "owner" | "entries"> {
  return {
    id: { ...id, owner: address, dseq },
    owner: address,
    entries: entries.map((entry) => ({ ...entry, depositor: address })),
  };
}

function countLease(ctx: BranchContext, provider: string): void {
  const owner = ctx.addresses.parse(provider);
  const standing = standings.get(ctx, owner) ?? { liveLeases: 0n, lastAward: 0n, awards: 0n };
  const { liveLeases, awards } = standing;
  standings.set(ctx, owner, { ...standing, liveLeases: liveLeases + 1n, awards: awards + 1n });
}

/** Coins for what escrow holds. */
function fund(ctx: BranchContext, amount: bigint): void {
  const { denom } = OURS;
  const escrow = moduleAddress(platform, "escrow");
  balances.set(ctx, [escrow, denom], (balances.get(ctx, [escrow, denom]) ?? 0n) + amount);
  supply.set(ctx, denom, supply.must(ctx, denom) + amount);
}

/** Of ten orders seven are closed, two matched, one is open; each kind asks for models in this mix. */
const STATES = [1, 2, 2, 4, 4, 4, 4, 4, 4, 4] as const;
const MODELS = ["h100", "h100", "h100", "h100", "h100", "a100", "a100", "a100", "a100", "l40"];

/** Adds orders in all states, for lists only: they have no deployments. */
export async function addOrders(chain: BenchChain, people: People, count: number): Promise<void> {
  const load = new MarketLoad(people);
  chain.readSequences(people);
  const { market } = await play(chain, load);
  for (let at = 0; at < count; at += PIECE) {
    const end = Math.min(at + PIECE, count);
    const places = Array.from({ length: end - at }, (_, i) => at + i);
    await chain.piece((ctx) => {
      const orders = places.map((i) => orderAt(one(market.orders), people, i));
      const auctions = orders.filter(({ state }) => state === OrderState.OPEN).map(auctionOf);
      const none = { joints: [], bids: [], leases: [], rejections: [], exclusions: [], drains: [] };
      partOf<MarketState>(chain, "market").init(ctx, { ...market, ...none, orders, auctions });
    });
  }
}

function orderAt(template: Order, people: People, i: number): Order {
  const { owner, dseq } = placeOf(people, i);
  const state = STATES[i % 10] as Order["state"];
  const model = {
    vendor: "nvidia",
    model: MODELS[Math.floor(i / 10) % 10] ?? "",
    ram: "",
    interface: "",
  };
  const units = template.spec.units.map((unit) => ({
    ...unit,
    gpu: { ...unit.gpu, models: [model] },
  }));
  const ended = state === OrderState.CLOSED;
  return {
    ...template,
    id: { owner: owner.address, dseq, gseq: 1, oseq: 1 },
    state,
    end: ended ? OrderEnd.GROUP : OrderEnd.UNSPECIFIED,
    spec: { ...template.spec, units },
    createdAt: template.createdAt + BigInt(i % 1000),
    endedAt: ended ? template.createdAt : 0n,
    winner: state === OrderState.MATCHED ? template.winner : "",
  };
}

/** An open order that waits for its tenant. */
function auctionOf({ id, expiresUptime }: Order): Auction {
  return {
    id,
    deadlineUptime: 0n,
    extensions: 0,
    rolling: false,
    scanned: true,
    cursor: new Uint8Array(0),
    scans: 0,
    matchedUptime: 0n,
    failedOnFunds: false,
    former: "",
    formerPrice: 0n,
    formerUntilUptime: 0n,
    rematchUptime: expiresUptime,
    rematching: false,
  };
}
