// A whole application on which random tenants and providers live: collects messages for a block,
// plays the steps that need a look at state (offers, starts, acknowledgements), and checks.

import { Any } from "../../chain/codec/gen/google/protobuf.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { DepositSource, MsgDeposit, Scope } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  LeaseEnd,
  LeaseState,
  MsgAckResume,
  MsgCloseLease,
  MsgLeaveLease,
  MsgPostOffer,
  MsgStartLease,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { quarantine } from "../../modules/chain/state.ts";
import { leases } from "../../modules/market/state.ts";
import type { ProviderActor } from "../../modules/provider/simulation.ts";
import { TestChain } from "./chain.ts";
import { MANIFEST_HASH, signReceipt } from "./scene.ts";
import { msg } from "./signing.ts";
import type { Signer } from "./signing.ts";

const GIB = 1n << 30n;

/** Tenants and sellers of one random life. */
export class LifeSteps {
  readonly chain = TestChain.create({
    params: { escrow: { suspend_grace: "3600" }, provider: { pause_min: "60" } },
  });
  readonly tenants: readonly Signer[] = ["alice", "dave"].map((name) => this.chain.account(name));
  readonly sellers: readonly (readonly [owner: Signer, operator: Signer])[] = [
    [this.chain.account("bob"), this.chain.account("carol")],
    [this.chain.account("erin"), this.chain.account("frank")],
  ];
  /** Messages that were accepted, and leases that were started. */
  accepted = 0;
  started = 0;
  readonly #roll: (bound: number) => number;
  #seq = 0n;
  #txs: Uint8Array[] = [];
  readonly #pending = new Map<string, bigint>();

  constructor(roll: (bound: number) => number) {
    this.#roll = roll;
  }

  seller(owner: Signer, operator: Signer): ProviderActor {
    this.#seq += 1n;
    return {
      owner: owner.address,
      operator: operator.address,
      now: this.chain.time,
      seq: this.#seq,
    };
  }

  /** Puts one message into the next block, in a transaction of its own. */
  add(by: Signer, message: { readonly typeUrl: string; readonly value: Uint8Array }): void {
    const { typeUrl, value } = message;
    const pending = this.#pending.get(by.address) ?? 0n;
    this.#txs.push(this.chain.sign(by, [{ typeUrl, value }], { gas: 20_000_000n }, pending));
    this.#pending.set(by.address, pending + 1n);
  }

  /** What a seller does about its offers and leases, as it finds them. */
  addOfferOrLease(owner: Signer, operator: Signer): void {
    if (this.#roll(12) === 0) this.#offer(owner, operator);
    for (const [, lease] of leases.iterate(this.chain.ctx())) {
      if (lease.id.provider !== owner.address) continue;
      const tenant = this.tenants.find(({ address }) => address === lease.id.owner);
      if (tenant !== undefined) this.#live(operator, tenant, lease);
    }
  }

  #live(operator: Signer, tenant: Signer, lease: Lease): void {
    const at = { operator: operator.address, lease: lease.id };
    if (lease.state === LeaseState.STARTING && this.#roll(3) > 0) {
      const key = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: tenant.key }) };
      const signature = signReceipt(this.chain.chainId, tenant, lease.id);
      const receipt = { manifestHash: MANIFEST_HASH, publicKey: Any.encode(key), signature };
      this.started += 1;
      this.add(operator, msg(MsgStartLease, { ...at, receipt }));
    } else if (lease.state === LeaseState.SUSPENDED && this.#roll(4) === 0) {
      this.add(tenant, this.#deposit(tenant, lease));
    } else if (lease.state === LeaseState.RESUMING && this.#roll(3) > 0) {
      this.add(operator, msg(MsgAckResume, at));
    } else if (lease.state === LeaseState.ACTIVE && this.#roll(25) === 0) {
      this.add(operator, msg(MsgLeaveLease, { ...at, reason: LeaseEnd.HARDWARE }));
    } else if (this.#roll(25) === 0) {
      const reopen = this.#roll(2) === 0;
      this.add(tenant, msg(MsgCloseLease, { owner: tenant.address, lease: lease.id, reopen }));
    }
  }

  #deposit(tenant: Signer, { id: { owner, dseq }, price }: Lease): ReturnType<typeof msg> {
    const account = { scope: Scope.DEPLOYMENT, owner, dseq, gseq: 0, oseq: 0, provider: "" };
    const amount = { denom: price.denom, amount: String(1 + this.#roll(20_000_000)) };
    const part = { source: DepositSource.BALANCE, granter: "", nonce: 0n, amount };
    return msg(MsgDeposit, { depositor: tenant.address, account, deposits: [part] });
  }

  #offer(owner: Signer, operator: Signer): void {
    const gpus = this.#roll(2) === 0 ? 0n : 4n;
    const model = { vendor: "nvidia", model: "h100", ram: "80Gi", interface: "sxm" };
    const hosts = 1 + this.#roll(3);
    const shape = { hosts, cpuMilli: 32_000n, memoryBytes: 128n * GIB, storageBytes: 900n * GIB };
    const base = 10n ** 10n * BigInt(1 + this.#roll(20));
    const offer = {
      operator: operator.address,
      provider: owner.address,
      denom: "ulease",
      prices: {
        cpuHour: base,
        memoryGibHour: base,
        storage: [{ class: "", perGibHour: 0n }],
        gpuHour: base * 50n,
        endpointHour: 0n,
        ipHour: 0n,
      },
      shapes: [{ ...shape, gpus }],
      expiresAt: this.chain.time + BigInt(86_400 * (1 + this.#roll(5))),
    };
    this.add(operator, msg(MsgPostOffer, gpus === 0n ? offer : { ...offer, model }));
  }

  /** Makes the block. A refusal is part of life, an internal error is not. */
  block(seconds: number): void {
    for (const { code, codespace, log } of this.chain.block(this.#txs, { seconds })) {
      if (code === 0) this.accepted += 1;
      if (codespace === "undefined" || code === 1) throw new Error(`${codespace}/${code}: ${log}`);
    }
    this.#txs = [];
    this.#pending.clear();
  }

  /** Invariants that do not hold and items that were quarantined. */
  faults(): string[] {
    const ctx = this.chain.ctx();
    const broken = this.chain.client.app.parts.modules.flatMap(({ invariants }) =>
      (invariants ?? []).flatMap(({ name, check }) => check(ctx).map((text) => `${name}: ${text}`)),
    );
    const aside = [...quarantine.iterate(ctx)].map(([, item]) => `quarantined: ${item.reason}`);
    return [...broken, ...aside];
  }
}
