// What an operation may look at when it chooses its target: the committed state of the chain, the
// people, and the generator. Operations read state directly; only the auditor must not.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { AddressCodec } from "../../chain/base/address.ts";
import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import type { Any } from "../../chain/codec/gen/google/protobuf.ts";
import { Any as AnyType } from "../../chain/codec/gen/google/protobuf.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import type { Deployment, Group } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Account } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type {
  Bid,
  Lease,
  MsgStartLease,
  Offer,
  Order,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Heartbeat, Provider } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { BranchContext, ClockStatus } from "../../chain/runtime/index.ts";
import * as deployment from "../../modules/deployment/state.ts";
import * as escrow from "../../modules/escrow/state.ts";
import { receiptText } from "../../modules/market/index.ts";
import * as market from "../../modules/market/state.ts";
import * as provider from "../../modules/provider/state.ts";
import { makeSigner } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";
import { testPlatform } from "../support/platform.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./random.ts";
import type { Swarm } from "./swarm.ts";

/** What must come of an operation; absent = nobody knows. A codespace/code names the refusal. */
export type Expectation = "ok" | "refused" | `${string}/${number}`;

/** One transaction that somebody wants. */
export interface Operation {
  readonly by: Signer;
  readonly messages: readonly Any[];
  readonly expect?: Expectation;
}

/** Makes an operation; undefined when nothing fits now. */
export type Maker = (world: World) => Operation | undefined;

/** Everything a maker sees. */
export class World {
  readonly random: Random;
  readonly swarm: Swarm;
  readonly prefix: string;
  readonly chainId: string;
  readonly tenants: readonly Signer[];
  readonly providers: readonly Signer[];
  readonly others: readonly Signer[];
  /** Somebody with coins to whom nothing belongs. */
  readonly stranger: Signer;
  readonly denoms: readonly string[] = ["ulease", "uusd"];
  readonly addresses: AddressCodec;
  /** Bytes of transactions that were done, the youngest last: they must not be done again. */
  readonly done: (readonly [by: Signer, bytes: Uint8Array])[] = [];
  #ctx: BranchContext | undefined;
  #clocks: () => Pick<ClockStatus, "dueTime" | "dueUptime"> = () => ({
    dueTime: undefined,
    dueUptime: undefined,
  });
  readonly #beats = new Map<string, bigint>();

  constructor(random: Random, swarm: Swarm, prefix: string, chainId: string) {
    this.random = random;
    this.swarm = swarm;
    this.prefix = prefix;
    this.addresses = new AddressCodec(prefix);
    this.chainId = chainId;
    const people = (role: string, count: number): Signer[] =>
      Array.from({ length: count }, (_, index) => makeSigner(`${role}${index + 1}`, prefix));
    this.tenants = people("tenant", swarm.tenants);
    this.providers = people("provider", swarm.providers);
    this.others = people("other", 2);
    this.stranger = makeSigner("stranger", prefix);
  }

  get everybody(): readonly Signer[] {
    return [...this.tenants, ...this.providers, ...this.others];
  }

  /** Looks at a machine's last commit from now on. */
  look(machine: Machine): this {
    this.#ctx = machine.app.context();
    this.#clocks = () => machine.app.clocks();
    return this;
  }

  get ctx(): BranchContext {
    if (this.#ctx === undefined) throw new Error("the world has not looked yet");
    return this.#ctx;
  }

  signerOf(address: string): Signer | undefined {
    return this.everybody.find((signer) => signer.address === address);
  }

  // ---- what there is -------------------------------------------------------------------------------

  orders(state?: number): Order[] {
    const all = [...market.orders.iterate(this.ctx, {})].map(([, order]) => order);
    return state === undefined ? all : all.filter((order) => order.state === state);
  }

  bids(): Bid[] {
    return [...market.bids.iterate(this.ctx, {})].map(([, bid]) => bid);
  }

  leases(...states: readonly number[]): Lease[] {
    const all = [...market.leases.iterate(this.ctx, {})].map(([, lease]) => lease);
    return states.length === 0 ? all : all.filter((lease) => states.includes(lease.state));
  }

  offers(): Offer[] {
    return [...market.offers.iterate(this.ctx, {})].map(([, offer]) => offer);
  }

  deployments(...states: readonly number[]): Deployment[] {
    const all = [...deployment.deployments.iterate(this.ctx, {})].map(([, value]) => value);
    return states.length === 0 ? all : all.filter(({ state }) => states.includes(state));
  }

  groups(...states: readonly number[]): Group[] {
    const all = [...deployment.groups.iterate(this.ctx, {})].map(([, value]) => value);
    return states.length === 0 ? all : all.filter(({ state }) => states.includes(state));
  }

  /** Escrow accounts in a state. */
  accounts(state: number): Account[] {
    const all = [...escrow.accounts.iterate(this.ctx, {})].map(([, account]) => account);
    return all.filter((account) => account.state === state);
  }

  /** Seconds until the ends of funds of accounts, and until what is due next on either clock. */
  dueIn(): number[] {
    const { now, uptime } = this.ctx;
    const seconds: bigint[] = [];
    for (const [, { fundedUntil }] of escrow.accounts.iterate(this.ctx, {}))
      if (fundedUntil !== 0n) seconds.push(fundedUntil + 1n - now);
    const { dueTime, dueUptime } = this.#clocks();
    if (dueTime !== undefined) seconds.push(dueTime - now);
    if (dueUptime !== undefined) seconds.push(dueUptime - uptime);
    return seconds.map(Number).filter((second) => second >= 0 && second < 2_000_000);
  }

  provider(by: Signer): Provider | undefined {
    return provider.providers.get(this.ctx, by.bytes);
  }

  heartbeat(by: Signer): Heartbeat | undefined {
    return provider.heartbeats.get(this.ctx, by.bytes);
  }

  registered(): Signer[] {
    return this.providers.filter((signer) => this.provider(signer) !== undefined);
  }

  /** The key that speaks for a provider: its operator, where we hold that key. */
  operatorOf(by: Signer): Signer {
    const operator = this.provider(by)?.operator;
    return (operator === undefined ? undefined : this.signerOf(operator)) ?? by;
  }

  /** Next sequence of a provider's heartbeats. */
  nextBeat(by: Signer): bigint {
    const next = (this.#beats.get(by.name) ?? 0n) + 1n;
    this.#beats.set(by.name, next);
    return next;
  }

  /** A receipt for a lease, signed by its tenant in the ADR-036 form. */
  receipt(lease: Lease): MsgStartLease["receipt"] {
    const tenant = this.signerOf(lease.id.owner);
    const owned = this.deployments().find(
      ({ owner, dseq }) => owner === lease.id.owner && dseq === lease.id.dseq,
    );
    const manifestHash = owned?.manifestHash ?? new Uint8Array(32);
    if (tenant === undefined) throw new Error(`nobody signs for ${lease.id.owner}`);
    const document = {
      account_number: "0",
      chain_id: "",
      fee: { amount: [], gas: "0" },
      memo: "",
      msgs: [
        {
          type: "sign/MsgSignData",
          value: {
            data: toBase64(receiptText(this.chainId, lease.id, manifestHash)),
            signer: tenant.address,
          },
        },
      ],
      sequence: "0",
    };
    const digest = testPlatform.sha256(utf8(JSON.stringify(document)));
    const signature = secp256k1.sign(digest, tenant.secret, { prehash: false, lowS: true });
    const publicKey = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: tenant.key }) };
    return { manifestHash, publicKey: AnyType.encode(publicKey), signature };
  }
}
