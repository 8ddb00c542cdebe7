// A market in memory: one tenant, some providers with GPUs, and the messages of their lives, through
// the whole application.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { MsgCreateDeployment } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  Account,
  Deposit,
  DepositSource,
  MsgDeposit,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AwardMode,
  AwardSettings,
  GroupSpec,
  MsgCreateBid,
  MsgPostOffer,
  MsgStartLease,
  ResourceUnit,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  Auction,
  Bid,
  Lease,
  Offer,
  Order,
  Shape,
  UnitPrices,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgHeartbeat,
  MsgRegisterProvider,
  MsgSetDevices,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { Any } from "../../chain/codec/gen/google/protobuf.ts";
import type { Json } from "../../chain/codec/index.ts";
import { deploymentAccount } from "../../modules/escrow/index.ts";
import { accounts as escrowAccounts } from "../../modules/escrow/state.ts";
import { leaseKey, receiptText } from "../../modules/market/index.ts";
import type { OrderKey } from "../../modules/market/index.ts";
import * as state from "../../modules/market/state.ts";
import { TestChain } from "./chain.ts";
import type { Delivered, TestChainOptions } from "./chain.ts";
import { testPlatform } from "./platform.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

/** One GiB in bytes. */
export const GIB = 1n << 30n;
/** The model that sellers of the scene own. */
export const H100 = { vendor: "nvidia", model: "h100", ram: "80Gi", interface: "sxm" };
/** SHA-256 of the manifest that tenants of the scene sign for. */
export const MANIFEST = new Uint8Array(32).fill(7);

/** What a scene's group asks; prices are ceilings per replica and hour. */
export interface Ask {
  readonly gpus?: bigint;
  readonly count?: number;
  readonly price?: bigint;
  readonly denom?: string;
  readonly cpuMilli?: bigint;
  readonly spec?: Partial<GroupSpec>;
}

/** A group of one unit: 4 vCPU, 16 GiB, 100 GiB of storage and one H100 unless said otherwise. */
export function group(name: string, ask: Ask = {}): GroupSpec {
  const { gpus = 1n, count = 1, price = 5_000_000n, denom = "ulease", cpuMilli = 4000n } = ask;
  const unit = ResourceUnit.create({
    id: 1,
    cpu: { milli: cpuMilli, attributes: [] },
    memory: { bytes: 16n * GIB, attributes: [] },
    storage: [{ name: "default", bytes: 100n * GIB, attributes: [] }],
    gpu: {
      units: gpus,
      models: gpus === 0n ? [] : [{ vendor: "nvidia", model: "h100", ram: "", interface: "" }],
    },
    count,
    price: { denom, amount: price.toString() },
  });
  return GroupSpec.create({ name, units: [unit], ...ask.spec });
}

/** Unit prices where a GPU costs `gpu` base units per hour and all else a little. */
export function prices(gpu: bigint): UnitPrices {
  return {
    cpuHour: 1000n * 1_000_000n,
    memoryGibHour: 100n * 1_000_000n,
    storage: [{ class: "", perGibHour: 1_000_000n }],
    gpuHour: gpu * 1_000_000n,
    endpointHour: 0n,
    ipHour: 0n,
  };
}

/** Price of `group("x")` at prices(gpu): 4 vCPU, 16 GiB, 100 GiB and the GPU. */
export function quoteOf(gpu: bigint): bigint {
  return gpu + 4n * 1000n + 16n * 100n + 100n;
}

/** Hosts of 8 GPUs. */
export function shapes(hosts = 1): readonly Shape[] {
  return [
    { hosts, cpuMilli: 192_000n, memoryBytes: 1024n * GIB, storageBytes: 10_000n * GIB, gpus: 8n },
  ];
}

/** A market with tenant alice; sellers are other accounts. */
export class MarketScene {
  readonly chain: TestChain;
  readonly tenant: Signer;
  readonly #beats = new Map<string, bigint>();
  #dseq = 0n;

  constructor(options: TestChainOptions = {}) {
    this.chain = TestChain.create(options);
    this.tenant = this.chain.account("alice");
  }

  /** Market parameters that differ from the defaults. */
  static withParams(params: { readonly [name: string]: Json }): MarketScene {
    return new MarketScene({ params: { market: params } });
  }

  // ---- sellers -----------------------------------------------------------------------------------

  /** Registers a provider with H100s and CPUs and a fresh heartbeat. */
  seller(name: string, attributes: readonly { key: string; value: string }[] = []): Signer {
    const by = this.chain.account(name);
    const provider = by.address;
    this.chain.must(by, [
      msg(MsgRegisterProvider, {
        owner: provider,
        operator: provider,
        heartbeatKey: testPlatform.sha256(utf8(name)),
        hostUri: `https://${name}.example.com`,
        attributes,
      }),
      msg(MsgSetDevices, {
        signer: provider,
        provider,
        devices: [
          { class: "cpu", kind: "CPU", model: "", count: 100_000n },
          { class: "h100", kind: "GPU", model: "vendor/nvidia/model/h100", count: 64n },
        ],
      }),
    ]);
    this.beat(by);
    return by;
  }

  /** Adds 64 GPUs of a model to what a seller owns. */
  own(by: Signer, model: string, name: string): void {
    const devices = [
      { class: "cpu", kind: "CPU", model: "", count: 100_000n },
      { class: "h100", kind: "GPU", model: "vendor/nvidia/model/h100", count: 64n },
      { class: name, kind: "GPU", model, count: 64n },
    ];
    const fields = { signer: by.address, provider: by.address, devices };
    this.chain.must(by, [msg(MsgSetDevices, fields)]);
  }

  beat(by: Signer): Delivered {
    const seq = (this.#beats.get(by.name) ?? 0n) + 1n;
    this.#beats.set(by.name, seq);
    const fields = { operator: by.address, provider: by.address, seq, time: this.chain.time };
    return this.chain.must(by, [msg(MsgHeartbeat, fields)]);
  }

  /** Posts an offer for H100 hosts; `gpu` = base units per GPU and hour. */
  offer(by: Signer, gpu: bigint, fields: Partial<MsgPostOffer> = {}): Delivered {
    return this.chain.deliver(by, [
      msg(MsgPostOffer, {
        operator: by.address,
        provider: by.address,
        denom: "ulease",
        prices: prices(gpu),
        shapes: shapes(),
        model: H100,
        expiresAt: this.chain.time + 10_000_000n,
        ...fields,
      }),
    ]);
  }

  bid(by: Signer, order: OrderKey, price: bigint, fields: Partial<MsgCreateBid> = {}): Delivered {
    return this.chain.deliver(by, [this.bidMsg(by, order, price, fields)]);
  }

  bidMsg(by: Signer, order: OrderKey, price: bigint, fields: Partial<MsgCreateBid> = {}): Any {
    return msg(MsgCreateBid, {
      operator: by.address,
      provider: by.address,
      order: this.orderId(order),
      price: { denom: "ulease", amount: price.toString() },
      deposits: [balanceDeposit(500_000n)],
      units: [
        {
          unit: 1,
          cpuMilli: 4000n,
          memoryBytes: 16n * GIB,
          storageBytes: [100n * GIB],
          gpus: 1n,
          gpu: H100,
        },
      ],
      ...fields,
    });
  }

  // ---- the tenant ----------------------------------------------------------------------------------

  /** Creates a deployment; gives back the order of its first group. */
  deploy(
    groups: readonly GroupSpec[] = [group("g")],
    settings: Partial<AwardSettings> = {},
    deposit = 100_000_000n,
  ): OrderKey {
    this.#dseq += 1n;
    this.chain.must(this.tenant, [
      msg(MsgCreateDeployment, {
        owner: this.tenant.address,
        dseq: this.#dseq,
        groups,
        manifestHash: MANIFEST,
        settings: AwardSettings.create(settings),
        deposits: [balanceDeposit(deposit, groups[0]?.units[0]?.price.denom ?? "ulease")],
      }),
    ]);
    return { owner: this.tenant.bytes, dseq: this.#dseq, gseq: 1, oseq: 1 };
  }

  deposit(order: OrderKey, amount: bigint): Delivered {
    const { address } = this.tenant;
    return this.chain.must(this.tenant, [
      msg(MsgDeposit, {
        depositor: address,
        account: {
          scope: Scope.DEPLOYMENT,
          owner: address,
          dseq: order.dseq,
          gseq: 0,
          oseq: 0,
          provider: "",
        },
        deposits: [balanceDeposit(amount)],
      }),
    ]);
  }

  /** The receipt of a lease, signed by the tenant in the ADR-036 form. */
  receipt(lease: Lease, by: Signer = this.tenant): MsgStartLease["receipt"] {
    const text = receiptText(this.chain.chainId, lease.id, MANIFEST);
    const document = {
      account_number: "0",
      chain_id: "",
      fee: { amount: [], gas: "0" },
      memo: "",
      msgs: [{ type: "sign/MsgSignData", value: { data: toBase64(text), signer: by.address } }],
      sequence: "0",
    };
    const digest = testPlatform.sha256(utf8(JSON.stringify(document)));
    const signature = secp256k1.sign(digest, by.secret, { prehash: false, lowS: true });
    const key = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: by.key }) };
    return { manifestHash: MANIFEST, publicKey: Any.encode(key), signature };
  }

  start(by: Signer, order: OrderKey, fields: Partial<MsgStartLease> = {}): Delivered {
    const lease = this.mustLease(order, by);
    return this.chain.deliver(by, [
      msg(MsgStartLease, {
        operator: by.address,
        lease: lease.id,
        receipt: this.receipt(lease),
        ...fields,
      }),
    ]);
  }

  /** A running lease of a new deployment from an offer of `seller`. */
  running(seller: Signer, deposit?: bigint, spec?: GroupSpec): OrderKey {
    const order = this.deploy([spec ?? group("g")], { mode: AwardMode.AUTO }, deposit);
    this.chain.block([]);
    const started = this.start(seller, order);
    if (started.code !== 0) throw new Error(started.log);
    return order;
  }

  // ---- looking -------------------------------------------------------------------------------------

  orderId(key: OrderKey): Order["id"] {
    const owner = this.chain.ctx().addresses.format(key.owner);
    return { owner, dseq: key.dseq, gseq: key.gseq, oseq: key.oseq };
  }

  order(key: OrderKey): Order | undefined {
    return state.orders.get(this.chain.ctx(), state.orderTuple(key));
  }

  auction(key: OrderKey): Auction | undefined {
    return state.auctions.get(this.chain.ctx(), state.orderTuple(key));
  }

  bidOf(key: OrderKey, by: Signer): Bid | undefined {
    return state.bids.get(this.chain.ctx(), [key.owner, key.dseq, key.gseq, key.oseq, by.bytes]);
  }

  bids(key: OrderKey): readonly Bid[] {
    const ctx = this.chain.ctx();
    return [...state.bids.iterate(ctx, { prefix: state.orderTuple(key) })].map(([, bid]) => bid);
  }

  lease(key: OrderKey, by: Signer): Lease | undefined {
    return state.leases.get(this.chain.ctx(), [key.owner, key.dseq, key.gseq, key.oseq, by.bytes]);
  }

  mustLease(key: OrderKey, by: Signer): Lease {
    const found = this.lease(key, by);
    if (found === undefined) throw new Error(`no lease of ${by.name}`);
    return found;
  }

  offerOf(id: bigint): Offer | undefined {
    return state.offers.get(this.chain.ctx(), id);
  }

  account(key: OrderKey): Account | undefined {
    return escrowAccounts.get(this.chain.ctx(), deploymentAccount(key.owner, key.dseq));
  }

  /** Sentences of all invariants of the application that do not hold. */
  faults(): readonly string[] {
    const ctx = this.chain.ctx();
    return this.chain.client.app.parts.modules.flatMap((module) =>
      (module.invariants ?? []).flatMap((invariant) =>
        invariant.check(ctx).map((sentence) => `${invariant.name}: ${sentence}`),
      ),
    );
  }
}

/** A deposit from the signer's own balance. */
export function balanceDeposit(amount: bigint, denom = "ulease"): Deposit {
  return Deposit.create({
    source: DepositSource.BALANCE,
    amount: { denom, amount: amount.toString() },
  });
}

export { leaseKey };
