// A market to play in, over the whole application: tenant alice, provider bob (operator carol) with
// a standing offer, and the steps of a lease's life in one call each.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import { Any } from "../../chain/codec/gen/google/protobuf.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import {
  DeploymentState,
  GroupPause,
  GroupState,
  MsgCreateDeployment,
  PauseCause,
  QueryDeploymentRequest,
  QueryDeploymentResponse,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { DepositSource, MsgDeposit, Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AwardMode,
  AwardSettings,
  GroupSpec,
  LeaseState,
  MsgCloseLease,
  MsgLeaveLease,
  LeaseEnd,
  MsgPostOffer,
  MsgStartLease,
  ResourceUnit,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease, LeaseId } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgHeartbeat,
  MsgRegisterProvider,
  MsgSetDevices,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { receiptText } from "../../modules/market/index.ts";
import { TestChain } from "./chain.ts";
import type { Delivered, TestChainOptions } from "./chain.ts";
import { testPlatform } from "./platform.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

const GIB = 1n << 30n;

/** A manifest hash of tests. */
export const MANIFEST_HASH: Uint8Array = new Uint8Array(32).fill(5);

/** A group of one unit of one vCPU and one GiB with a ceiling, base units per hour. */
export function plainGroup(name: string, ceiling = 3_600_000n): GroupSpec {
  const unit = ResourceUnit.create({
    id: 1,
    cpu: { milli: 1000n, attributes: [] },
    memory: { bytes: GIB, attributes: [] },
    storage: [{ name: "default", bytes: GIB, attributes: [] }],
    count: 1,
    price: { denom: "ulease", amount: ceiling.toString() },
  });
  return GroupSpec.create({ name, units: [unit] });
}

/** Settings of tests: awarded by the chain in the block after the opening. */
export const AT_ONCE: AwardSettings = AwardSettings.create({ mode: AwardMode.AUTO, deadlineS: 0n });

/** A tenant's signature that it handed over its manifest (ADR-036), as wallets make it. */
export function signReceipt(chainId: string, tenant: Signer, lease: LeaseId): Uint8Array {
  const data = toBase64(receiptText(chainId, lease, MANIFEST_HASH));
  const doc = {
    account_number: "0",
    chain_id: "",
    fee: { amount: [], gas: "0" },
    memo: "",
    msgs: [{ type: "sign/MsgSignData", value: { data, signer: tenant.address } }],
    sequence: "0",
  };
  const digest = testPlatform.sha256(utf8(JSON.stringify(doc)));
  return secp256k1.sign(digest, tenant.secret, { prehash: false, lowS: true });
}

/** A chain with a tenant, a provider and its offer of 1 vCPU at one LEASE an hour and more. */
export class Scene {
  readonly chain: TestChain;
  readonly tenant: Signer;
  readonly provider: Signer;
  readonly operator: Signer;
  #beats = 0n;

  constructor(options: TestChainOptions = {}) {
    this.chain = TestChain.create(options);
    this.tenant = this.chain.account("alice");
    this.provider = this.chain.account("bob");
    this.operator = this.chain.account("carol");
  }

  /** A scene whose provider is registered, alive and offers `hosts` hosts of 32 vCPU. */
  static withOffer(hosts = 4, options: TestChainOptions = {}): Scene {
    const scene = new Scene(options);
    scene.registerProvider(hosts);
    scene.offer(hosts);
    return scene;
  }

  registerProvider(hosts = 4): void {
    const { chain, provider, operator } = this;
    chain.must(provider, [
      msg(MsgRegisterProvider, {
        owner: provider.address,
        operator: operator.address,
        heartbeatKey: new Uint8Array(32).fill(3),
        hostUri: "https://gpu.example.com",
      }),
      msg(MsgSetDevices, {
        signer: provider.address,
        provider: provider.address,
        devices: [{ class: "cpu", kind: "CPU", model: "", count: 32n * BigInt(hosts) }],
      }),
    ]);
    this.beat();
  }

  /** A heartbeat of the provider. */
  beat(): Delivered {
    this.#beats += 1n;
    return this.chain.must(this.operator, [
      msg(MsgHeartbeat, {
        operator: this.operator.address,
        provider: this.provider.address,
        seq: this.#beats,
        time: this.chain.time,
      }),
    ]);
  }

  /** Posts an offer: one LEASE per vCPU and hour, nothing else costs. */
  offer(hosts = 4): Delivered {
    return this.chain.must(this.operator, [
      msg(MsgPostOffer, {
        operator: this.operator.address,
        provider: this.provider.address,
        denom: "ulease",
        prices: {
          cpuHour: 10n ** 12n,
          memoryGibHour: 0n,
          storage: [{ class: "", perGibHour: 0n }],
          gpuHour: 0n,
          endpointHour: 0n,
          ipHour: 0n,
        },
        shapes: [
          {
            hosts,
            cpuMilli: 32_000n,
            memoryBytes: 128n * GIB,
            storageBytes: 1024n * GIB,
            gpus: 0n,
          },
        ],
        expiresAt: this.chain.time + 300n * 86_400n,
      }),
    ]);
  }

  /** Time passes in blocks of a minute, with the provider's heartbeats in between. */
  advance(seconds: number): void {
    for (let left = seconds; left > 0; left -= 600) {
      if (this.#beats > 0n) this.beat();
      this.chain.advance(Math.min(left, 600));
    }
  }

  /** Asks for a deployment; gives back its outcome. */
  deploy(fields: Partial<MsgCreateDeployment> = {}, deposit = 50_000_000n): Delivered {
    return this.chain.deliver(this.tenant, [
      msg(MsgCreateDeployment, {
        owner: this.tenant.address,
        groups: [plainGroup("web")],
        manifestHash: MANIFEST_HASH,
        settings: AT_ONCE,
        deposits: [this.fromBalance(deposit)],
        ...fields,
      }),
    ]);
  }

  fromBalance(amount: bigint): MsgCreateDeployment["deposits"][number] {
    const coin = { denom: "ulease", amount: amount.toString() };
    return { source: DepositSource.BALANCE, granter: "", nonce: 0n, amount: coin };
  }

  deposit(amount: bigint, dseq = 1n): Delivered {
    const account = {
      scope: Scope.DEPLOYMENT,
      owner: this.tenant.address,
      dseq,
      gseq: 0,
      oseq: 0,
      provider: "",
    };
    const deposits = [this.fromBalance(amount)];
    return this.chain.deliver(this.tenant, [
      msg(MsgDeposit, { depositor: this.tenant.address, account, deposits }),
    ]);
  }

  /** A deployment with groups, orders, leases and money. Throws when it is gone. */
  look(dseq = 1n): QueryDeploymentResponse {
    const path = "/leasehold.deployment.v1.Query/Deployment";
    const request = { owner: this.tenant.address, dseq };
    return this.chain.query(path, QueryDeploymentRequest, QueryDeploymentResponse, request);
  }

  /** `active`, `paused(funds)`, `closed`, or `none` when it is gone. */
  state(dseq = 1n): string {
    try {
      const { state, cause } = this.look(dseq).deployment;
      return stateText(nameOf(DeploymentState, state), nameOf(PauseCause, cause));
    } catch (error) {
      if (/not found/.test(String(error))) return "none";
      throw error;
    }
  }

  /** States of the groups in order: `open`, `paused(no_bids)`, `closed`. */
  groups(dseq = 1n): string[] {
    return this.look(dseq).groups.map(({ group: { state, cause } }) =>
      stateText(nameOf(GroupState, state), nameOf(GroupPause, cause)),
    );
  }

  /** The youngest lease of a group. Throws when there is none. */
  lease(gseq = 1, dseq = 1n): Lease {
    const found = this.look(dseq).groups[gseq - 1]?.leases.at(-1);
    if (found === undefined) throw new Error(`no lease of group ${dseq}/${gseq}`);
    return found;
  }

  /** Starts the lease of a group with the tenant's receipt: it accrues from this block. */
  start(gseq = 1, dseq = 1n): Delivered {
    const lease = this.lease(gseq, dseq).id;
    const publicKey = Any.encode({
      typeUrl: PubKey.typeUrl,
      value: PubKey.encode({ key: this.tenant.key }),
    });
    const signature = signReceipt(this.chain.chainId, this.tenant, lease);
    return this.chain.must(this.operator, [
      msg(MsgStartLease, {
        operator: this.operator.address,
        lease,
        receipt: { manifestHash: MANIFEST_HASH, publicKey, signature },
        endpointsHash: new Uint8Array(0),
      }),
    ]);
  }

  /** Deploys one group, waits for the award and starts it. */
  running(fields: Partial<MsgCreateDeployment> = {}, deposit?: bigint): Lease {
    const result = this.deploy(fields, deposit);
    if (result.code !== 0) throw new Error(result.log);
    this.chain.advance(15, 5);
    this.start();
    return this.must(LeaseState.ACTIVE);
  }

  must(state: LeaseState, gseq = 1): Lease {
    const lease = this.lease(gseq);
    if (lease.state !== state) throw new Error(`lease in state ${lease.state}, ${state} expected`);
    return lease;
  }

  /** The tenant ends the lease of a group. */
  close(reopen: boolean, gseq = 1): Delivered {
    const owner = this.tenant.address;
    const fields = { owner, lease: this.lease(gseq).id, reopen };
    return this.chain.deliver(this.tenant, [msg(MsgCloseLease, fields)]);
  }

  /** The provider ends the lease of a group. */
  leave(gseq = 1, reason: LeaseEnd = LeaseEnd.HARDWARE): Delivered {
    const fields = { operator: this.operator.address, lease: this.lease(gseq).id, reason };
    return this.chain.deliver(this.operator, [msg(MsgLeaveLease, fields)]);
  }

  /** Sentences of all invariants that do not hold. */
  faults(): string[] {
    const ctx = this.chain.ctx();
    return this.chain.client.app.parts.modules.flatMap(({ invariants }) =>
      (invariants ?? []).flatMap(({ name, check }) => check(ctx).map((text) => `${name}: ${text}`)),
    );
  }
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  const found = Object.entries(names).find(([, number]) => number === value);
  return (found?.[0] ?? String(value)).toLowerCase();
}

function stateText(state: string, cause: string): string {
  return state === "paused" ? `paused(${cause})` : state;
}
