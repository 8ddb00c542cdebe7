// The load under which nodes are killed: bank sends and deployments with bids, leases and closings. Each
// sender waits for the block of its transaction and notes what it was told, and nothing else: after a
// kill only what was answered counts.

import { toHex } from "../../chain/base/bytes.ts";
import {
  BaseAccount,
  QueryAccountRequest,
  QueryAccountResponse,
} from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  MsgCloseDeployment,
  MsgCreateDeployment,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  AwardMode,
  AwardSettings,
  MsgCreateBid,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { MsgAcceptBid } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  MsgHeartbeat,
  MsgRegisterProvider,
  MsgSetDevices,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { balanceDeposit, GIB, group, H100, MANIFEST } from "../support/market.ts";
import { callRpc } from "../support/node.ts";
import { makeSigner, msg, signTx } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

/** What was answered about a transaction that stands in a block. */
export interface Answer {
  readonly height: bigint;
  readonly code: number;
}

interface Party {
  readonly signer: Signer;
  accountNumber: bigint;
  sequence: bigint;
  /** Highest sequence that was answered from a block, and one more. */
  told: bigint;
}

interface Committed {
  readonly check_tx: { readonly code: number; readonly log: string };
  readonly tx_result: { readonly code: number; readonly log: string };
  readonly hash: string;
  readonly height: string;
}

const SENDERS = 6;
const FUNDS = 1_000_000_000_000n;

/** Parties, what they were told, and how often. */
export class CrashLoad {
  /** By upper-case hash. */
  readonly answers = new Map<string, Answer>();
  /** Sentences about answers that nobody can have meant. */
  readonly surprises: string[] = [];
  readonly #chainId: string;
  readonly #senders: readonly Party[];
  readonly #sinks: readonly string[];
  readonly #tenants: readonly Party[];
  readonly #seller: Party;
  readonly #dseqs = new Map<Party, bigint>();
  #beat = 0n;
  #stopped = true;

  constructor(chainId: string) {
    this.#chainId = chainId;
    const party = (name: string): Party => {
      return { signer: makeSigner(name, "lease"), accountNumber: 0n, sequence: 0n, told: 0n };
    };
    const names = Array.from({ length: SENDERS }, (_, i) => `crash sender ${i}`);
    this.#senders = names.map(party);
    this.#sinks = names.map((name) => makeSigner(`sink of ${name}`, "lease").address);
    this.#tenants = ["crash tenant 0", "crash tenant 1"].map(party);
    this.#seller = party("crash seller");
  }

  /** Accounts for the genesis of its home. */
  get accounts(): readonly { address: string; coins: { denom: string; amount: bigint }[] }[] {
    return this.#parties.map(({ signer }) => ({
      address: signer.address,
      coins: [{ denom: "ulease", amount: FUNDS }],
    }));
  }

  get #parties(): readonly Party[] {
    return [...this.#senders, ...this.#tenants, this.#seller];
  }

  /** Answers with code 0. */
  get succeeded(): number {
    return [...this.answers.values()].filter(({ code }) => code === 0).length;
  }

  /**
   * Takes the sequences from a node that started. Throws: Error when the chain forgot a transaction that
   * was answered from a block.
   */
  async readSequences(url: string): Promise<void> {
    for (const party of this.#parties) {
      const { address } = party.signer;
      const data = toHex(QueryAccountRequest.encode({ address }));
      const path = "/cosmos.auth.v1beta1.Query/Account";
      const { response } = await callRpc<{ response: { value: string } }>(url, "abci_query", {
        path,
        data,
      });
      const found = QueryAccountResponse.decode(Buffer.from(response.value, "base64"));
      if (found.account === undefined) throw new Error(`${address} is gone`);
      const { accountNumber, sequence } = BaseAccount.decode(found.account.value);
      if (sequence < party.told)
        throw new Error(`${address} has sequence ${sequence}, ${party.told} were answered`);
      party.accountNumber = accountNumber;
      party.sequence = sequence;
    }
  }

  /** Sends until `stop` or until the node is gone. */
  async run(url: string): Promise<void> {
    this.#stopped = false;
    await this.#prepareSeller(url);
    await Promise.all([
      ...this.#senders.map((sender, i) => this.#sends(url, sender, this.#sinks[i] ?? "")),
      ...this.#tenants.map((tenant) => this.#lives(url, tenant)),
    ]);
  }

  /** Lets `run` end after what is under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** Gives the code; undefined when the node is gone, or refused it before a block. */
  async #send(url: string, party: Party, messages: readonly Any[]): Promise<number | undefined> {
    if (this.#stopped) return undefined;
    const { sequence } = party;
    const tx = signTx(this.#chainId, [party], messages, { gas: 5_000_000n });
    const sent = callRpc<Committed>(url, "broadcast_tx_commit", {
      tx: Buffer.from(tx).toString("base64"),
    });
    const answer = await sent.catch(() => undefined);
    if (answer === undefined) {
      this.#stopped = true;
      return undefined;
    }
    const { check_tx: check, tx_result: result } = answer;
    const height = BigInt(answer.height);
    if (check.code !== 0 || height === 0n) {
      this.surprises.push(`CheckTx of ${party.signer.name} at sequence ${sequence}: ${check.log}`);
      this.#stopped = true;
      return undefined;
    }
    this.answers.set(answer.hash, { height, code: result.code });
    party.sequence = sequence + 1n;
    party.told = party.sequence;
    return result.code;
  }

  async #sends(url: string, party: Party, toAddress: string): Promise<void> {
    const fromAddress = party.signer.address;
    const amount = [{ denom: "ulease", amount: "1" }];
    const message = msg(MsgSend, { fromAddress, toAddress, amount });
    while (!this.#stopped) await this.#send(url, party, [message]);
  }

  /** The seller registers once; each run begins with a sign of life. */
  async #prepareSeller(url: string): Promise<void> {
    const { address } = this.#seller.signer;
    if (this.#seller.sequence === 0n)
      await this.#send(url, this.#seller, registration(this.#seller.signer));
    this.#beat += 1n;
    const time = BigInt(Math.floor(Date.now() / 1000));
    const beat = { operator: address, provider: address, seq: this.#beat, time };
    await this.#send(url, this.#seller, [msg(MsgHeartbeat, beat)]);
  }

  /** Deployments of one tenant, one after the other: created, bid for, awarded or not, closed. */
  async #lives(url: string, tenant: Party): Promise<void> {
    const owner = tenant.signer.address;
    const provider = this.#seller.signer.address;
    while (!this.#stopped) {
      const dseq = (this.#dseqs.get(tenant) ?? 0n) + 1n;
      this.#dseqs.set(tenant, dseq);
      const created = await this.#send(url, tenant, [creation(owner, dseq)]);
      if (created !== 0) continue;
      const order = { owner, dseq, gseq: 1, oseq: 1 };
      // One bidder for both tenants: bids go with the tenant's own transaction order.
      await this.#turn(() => this.#send(url, this.#seller, [bid(order, provider)]));
      const price = { denom: "ulease", amount: "2000000" };
      const accept = { owner, order, provider, price, revision: 1 };
      if (dseq % 3n !== 0n) await this.#send(url, tenant, [msg(MsgAcceptBid, accept)]);
      if (dseq % 4n !== 0n)
        await this.#send(url, tenant, [msg(MsgCloseDeployment, { owner, dseq })]);
    }
  }

  #seat: Promise<unknown> = Promise.resolve();

  /** One at a time: the seller has one sequence. */
  #turn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#seat.then(work);
    this.#seat = result.catch(() => undefined);
    return result;
  }
}

function registration({ address, secret }: Signer): Any[] {
  return [
    msg(MsgRegisterProvider, {
      owner: address,
      operator: address,
      heartbeatKey: secret,
      hostUri: "https://seller.example.com",
    }),
    msg(MsgSetDevices, {
      signer: address,
      provider: address,
      devices: [
        { class: "cpu", kind: "CPU", model: "", count: 1_000_000n },
        { class: "h100", kind: "GPU", model: "vendor/nvidia/model/h100", count: 1_000_000n },
      ],
    }),
  ];
}

function creation(owner: string, dseq: bigint): Any {
  return msg(MsgCreateDeployment, {
    owner,
    dseq,
    groups: [group("g", { price: 5_000_000n })],
    manifestHash: MANIFEST,
    settings: AwardSettings.create({ mode: AwardMode.MANUAL }),
    deposits: [balanceDeposit(10_000_000n)],
  });
}

function bid(order: MsgCreateBid["order"], provider: string): Any {
  const unit = { unit: 1, cpuMilli: 4000n, memoryBytes: 16n * GIB, storageBytes: [100n * GIB] };
  return msg(MsgCreateBid, {
    operator: provider,
    provider,
    order,
    price: { denom: "ulease", amount: "2000000" },
    deposits: [balanceDeposit(500_000n)],
    units: [{ ...unit, gpus: 1n, gpu: H100 }],
  });
}
