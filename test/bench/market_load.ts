// Mixed market load: tenants and sellers whose deployments are all at different points of one life, so
// that every block holds the whole mix. A life is 11 transactions in seven blocks: create a deployment,
// five bids, accept one, start the lease with the tenant's receipt, deposit, withdraw, close.

import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import {
  MsgCloseDeployment,
  MsgCreateDeployment,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { MsgDeposit, MsgWithdraw, Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AwardMode,
  AwardSettings,
  MsgAcceptBid,
  MsgCreateBid,
  MsgStartLease,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { LeaseId } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgHeartbeat,
  MsgRegisterProvider,
  MsgSetDevices,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { Any as AnyType } from "../../chain/codec/gen/google/protobuf.ts";
import { tallies } from "../../modules/deployment/state.ts";
import { receiptText } from "../../modules/market/index.ts";
import { heartbeats } from "../../modules/provider/state.ts";
import { balanceDeposit, GIB, group, H100, MANIFEST } from "../support/market.ts";
import { msg } from "../support/signing.ts";
import type { BenchChain } from "./chain.ts";
import type { Keyed, People } from "./load.ts";

/** Transactions of one life. */
export const LIFE_TXS = 11;
/** Lives that a block serves at each of its seven points. */
export const LIVES = 180;
/** Blocks of a life: from the seventh block on the mix is whole. */
export const LIFE_BLOCKS = 7;

const BIDS = 5;
const SELLERS = 50;
/** The dearest step takes about a million. */
const GAS = 5_000_000n;
/** Ceiling and bids, base units per hour. */
const CEILING = 5_000_000n;
const PRICE = 2_000_000n;
const DEPOSIT = 100_000_000n;

/** One deployment on its way. */
interface Life {
  readonly tenant: Keyed;
  readonly dseq: bigint;
  readonly bidders: readonly Keyed[];
}

/** The load over one chain. */
export class MarketLoad {
  readonly sellers: readonly Keyed[];
  readonly #people: People;
  readonly #tenants: readonly Keyed[];
  readonly #dseqs = new Map<Keyed, bigint>();
  readonly #underway: Life[][] = [];
  #turn = 0;

  constructor(people: People) {
    this.#people = people;
    this.sellers = people.keyed.slice(-SELLERS);
    this.#tenants = people.keyed.slice(0, -SELLERS);
  }

  /** Registers the sellers unless they are, lets them give a sign of life, and reads who has what. */
  async prepare(chain: BenchChain): Promise<void> {
    const ctx = chain.app.context();
    for (const tenant of this.#tenants)
      this.#dseqs.set(tenant, tallies.get(ctx, tenant.bytes)?.lastDseq ?? 0n);
    const fresh = this.sellers.filter((seller) => heartbeats.get(ctx, seller.bytes) === undefined);
    const registered = fresh.map((seller) => this.#sign(seller, registration(seller)));
    await chain.run(registered);
    const now = chain.time;
    const beats = this.sellers.map((seller) => {
      const seq = (heartbeats.get(ctx, seller.bytes)?.seq ?? 0n) + 1n;
      const fields = { operator: seller.address, provider: seller.address, seq, time: now };
      return this.#sign(seller, [msg(MsgHeartbeat, fields)]);
    });
    await chain.run(beats);
  }

  #sign(by: Keyed, messages: readonly Any[]): Uint8Array {
    return this.#people.sign(by, messages, GAS);
  }

  /** Transactions of the next block: every life goes one point on, new ones begin. */
  block(lives = LIVES): Uint8Array[] {
    this.#underway.unshift(Array.from({ length: lives }, () => this.#begin()));
    const steps = [
      (life: Life) => [this.#create(life)],
      (life: Life) => life.bidders.map((seller, i) => this.#bid(life, seller, i)),
      (life: Life) => [this.#accept(life)],
      (life: Life) => [this.#start(life)],
      (life: Life) => [this.#deposit(life)],
      (life: Life) => [this.#withdraw(life)],
      (life: Life) => [this.#close(life)],
    ];
    const txs = steps.flatMap((step, at) => (this.#underway[at] ?? []).flatMap(step));
    this.#underway.length = Math.min(this.#underway.length, LIFE_BLOCKS - 1);
    return txs;
  }

  #begin(): Life {
    const tenant = this.#tenants[this.#turn % this.#tenants.length];
    if (tenant === undefined) throw new Error("no tenant");
    const dseq = (this.#dseqs.get(tenant) ?? 0n) + 1n;
    this.#dseqs.set(tenant, dseq);
    const bidders = Array.from({ length: BIDS }, (_, i) => {
      const seller = this.sellers[(this.#turn * BIDS + i) % SELLERS];
      if (seller === undefined) throw new Error("no seller");
      return seller;
    });
    this.#turn += 1;
    return { tenant, dseq, bidders };
  }

  #create({ tenant, dseq }: Life): Uint8Array {
    return this.#sign(tenant, [creation(tenant, dseq)]);
  }

  #bid(life: Life, seller: Keyed, place: number): Uint8Array {
    return this.#sign(seller, [bid(orderOf(life), seller, PRICE + BigInt(place))]);
  }

  #accept(life: Life): Uint8Array {
    const { tenant, bidders } = life;
    const price = { denom: "ulease", amount: String(PRICE) };
    const provider = bidders[0]?.address ?? "";
    const order = orderOf(life);
    const fields = { owner: tenant.address, order, provider, price, revision: 1 };
    return this.#sign(tenant, [msg(MsgAcceptBid, fields)]);
  }

  #start(life: Life): Uint8Array {
    const [seller] = life.bidders;
    if (seller === undefined) throw new Error("no bidder");
    const lease = leaseOf(life);
    const receipt = this.#receipt(life.tenant, lease);
    const fields = { operator: seller.address, lease, receipt };
    return this.#sign(seller, [msg(MsgStartLease, fields)]);
  }

  /** The tenant's signature that its manifest was handed over, in the form of ADR-036. */
  #receipt(tenant: Keyed, lease: LeaseId): MsgStartLease["receipt"] {
    const text = receiptText(this.#people.currency.chainId, lease, MANIFEST);
    const document = {
      account_number: "0",
      chain_id: "",
      fee: { amount: [], gas: "0" },
      memo: "",
      msgs: [{ type: "sign/MsgSignData", value: { data: toBase64(text), signer: tenant.address } }],
      sequence: "0",
    };
    const signature = this.#people.signBytes(tenant, utf8(JSON.stringify(document)));
    return { manifestHash: MANIFEST, publicKey: AnyType.encode(tenant.keyAny), signature };
  }

  #deposit({ tenant, dseq }: Life): Uint8Array {
    const owner = tenant.address;
    const account = { scope: Scope.DEPLOYMENT, owner, dseq, gseq: 0, oseq: 0, provider: "" };
    const deposits = [balanceDeposit(1_000_000n)];
    return this.#sign(tenant, [msg(MsgDeposit, { depositor: owner, account, deposits })]);
  }

  #withdraw(life: Life): Uint8Array {
    const [seller] = life.bidders;
    if (seller === undefined) throw new Error("no bidder");
    const fields = { signer: seller.address, payments: [leaseOf(life)] };
    return this.#sign(seller, [msg(MsgWithdraw, fields)]);
  }

  #close({ tenant, dseq }: Life): Uint8Array {
    return this.#sign(tenant, [msg(MsgCloseDeployment, { owner: tenant.address, dseq })]);
  }
}

function orderOf({ tenant, dseq }: Life): Omit<LeaseId, "provider"> {
  return { owner: tenant.address, dseq, gseq: 1, oseq: 1 };
}

function leaseOf(life: Life): LeaseId {
  return { ...orderOf(life), provider: life.bidders[0]?.address ?? "" };
}

function registration(seller: Keyed): Any[] {
  const provider = seller.address;
  return [
    msg(MsgRegisterProvider, {
      owner: provider,
      operator: provider,
      heartbeatKey: seller.secret,
      hostUri: `https://seller-${seller.index}.example.com`,
    }),
    msg(MsgSetDevices, {
      signer: provider,
      provider,
      devices: [
        { class: "cpu", kind: "CPU", model: "", count: 100_000n },
        { class: "h100", kind: "GPU", model: "vendor/nvidia/model/h100", count: 1_000_000n },
      ],
    }),
  ];
}

/** A deployment of one group with one GPU, awarded by its tenant. */
function creation(tenant: Keyed, dseq: bigint): Any {
  return msg(MsgCreateDeployment, {
    owner: tenant.address,
    dseq,
    groups: [group("g", { price: CEILING })],
    manifestHash: MANIFEST,
    settings: AwardSettings.create({ mode: AwardMode.MANUAL }),
    deposits: [balanceDeposit(DEPOSIT)],
  });
}

function bid(order: Omit<LeaseId, "provider">, seller: Keyed, price: bigint): Any {
  const unit = { unit: 1, cpuMilli: 4000n, memoryBytes: 16n * GIB, storageBytes: [100n * GIB] };
  return msg(MsgCreateBid, {
    operator: seller.address,
    provider: seller.address,
    order,
    price: { denom: "ulease", amount: String(price) },
    deposits: [balanceDeposit(500_000n)],
    units: [{ ...unit, gpus: 1n, gpu: H100 }],
  });
}
