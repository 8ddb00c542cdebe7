// A stand-in for the provider program, on the public client alone: it registers, posts offers, gives
// signs of life, takes manifests, compares their hashes with the chain, gets the tenant's receipt and
// starts the lease. It runs no workload, and says so.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, toHex } from "../../chain/base/bytes.ts";
import type { Lease, LeaseId } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { LeaseState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { ChainRefusal, LeaseholdClient, marketMsgs, providerMsgs } from "../../client/index.ts";
import type { Message, Wallet } from "../../client/index.ts";
import type { Seller } from "./catalogue.ts";

/** Largest manifest that is taken, bytes. */
const MAX_BODY_BYTES = 1_048_576;
/** Between two looks at the chain, milliseconds. */
const LOOK_MS = 1000;
/** Tenants work from pages of any origin: what they hand in is theirs, and no cookie is read. */
const FROM_ANYWHERE = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "PUT",
  "access-control-allow-headers": "content-type",
};
/** Offers stand for 300 days. */
const OFFER_SECONDS = 300n * 86_400n;

/** What a running seller needs. */
export interface SellerOptions {
  readonly rpc: string;
  readonly wallet: Wallet;
  readonly seller: Seller;
  /** Port of its gateway; 0 = any. */
  readonly port: number;
  readonly log: (line: string) => void;
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** One seller at work. */
export class RunningSeller {
  readonly address: string;
  readonly #options: SellerOptions;
  readonly #client: LeaseholdClient;
  readonly #server: Server;
  /** Transactions of one key go one after another. */
  #queue: Promise<unknown> = Promise.resolve();
  #beat = 0n;
  #beatUptime = 0n;
  #stopped = false;
  #watching: Promise<void> = Promise.resolve();

  private constructor(options: SellerOptions, client: LeaseholdClient, address: string) {
    this.#options = options;
    this.#client = client;
    this.address = address;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Connects, listens, registers and posts what is not there yet. */
  static async start(options: SellerOptions): Promise<RunningSeller> {
    const client = await LeaseholdClient.connect(options.rpc, { signer: options.wallet });
    const [account] = await options.wallet.getAccounts();
    if (account === undefined) throw new Error("the wallet has no account");
    const running = new RunningSeller(options, client, account.address);
    await new Promise<void>((resolve) =>
      running.#server.listen(options.port, "127.0.0.1", resolve),
    );
    await running.#enlist();
    running.#watching = running.#watch();
    return running;
  }

  /** Address of its gateway. */
  get hostUri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Closes the gateway and stops the signs of life. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#watching;
    await this.#queue.catch(() => undefined);
    this.#client.disconnect();
  }

  #send(...messages: Message<unknown>[]): Promise<void> {
    const sent = this.#queue.then(async () => {
      await this.#client.execute(this.address, messages);
    });
    this.#queue = sent.catch(() => undefined);
    return sent;
  }

  async #enlist(): Promise<void> {
    const { seller } = this.#options;
    const provider = this.address;
    const known = await this.#client.query.provider.provider({ provider }).catch(() => undefined);
    const self = { hostUri: this.hostUri, attributes: [...seller.attributes] };
    if (known === undefined) {
      const key = sha256(new TextEncoder().encode(provider));
      await this.#send(
        providerMsgs.registerProvider({ owner: provider, heartbeatKey: key, ...self }),
        providerMsgs.setDevices({ signer: provider, provider, devices: [...seller.devices] }),
      );
    } else if (known.info.provider.hostUri !== self.hostUri) {
      await this.#send(providerMsgs.updateProvider({ owner: provider, ...self }));
    }
    this.#beat = known?.info.heartbeat?.seq ?? 0n;
    await this.#heartbeat();
    const { offers } = await this.#client.query.market.offers({ provider });
    if (offers.length === 0) await this.#post();
    this.#options.log(`${seller.name} ${provider} sells at ${this.hostUri} (it runs no workload)`);
  }

  async #post(): Promise<void> {
    const { clocks } = await this.#client.query.chain.clocks();
    const { denoms } = this.#client.facts;
    const offers = this.#options.seller.offers.filter((offer) =>
      denoms.includes(offer.denom ?? ""),
    );
    const expiresAt = clocks.time + OFFER_SECONDS;
    const messages = offers.map((offer) =>
      marketMsgs.postOffer({ operator: this.address, provider: this.address, ...offer, expiresAt }),
    );
    if (messages.length > 0) await this.#send(...messages);
  }

  async #heartbeat(): Promise<void> {
    const { clocks } = await this.#client.query.chain.clocks();
    this.#beat += 1n;
    this.#beatUptime = clocks.uptime;
    const beat = {
      operator: this.address,
      provider: this.address,
      seq: this.#beat,
      time: clocks.time,
    };
    await this.#send(providerMsgs.heartbeat(beat));
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      try {
        const { params } = await this.#client.query.provider.params();
        const { clocks } = await this.#client.query.chain.clocks();
        if (clocks.uptime - this.#beatUptime >= params.heartbeatPeriod / 3n)
          await this.#heartbeat();
        await this.#acknowledge();
      } catch (error) {
        if (!this.#stopped)
          this.#options.log(`${this.#options.seller.name}: ${(error as Error).message}`);
      }
    }
  }

  async #acknowledge(): Promise<void> {
    const state = LeaseState.RESUMING;
    const { leases } = await this.#client.query.market.leases({ provider: this.address, state });
    for (const lease of leases) {
      await this.#send(marketMsgs.ackResume({ operator: this.address, lease: lease.id }));
      this.#options.log(`${this.#options.seller.name} resumed ${nameOf(lease.id)}`);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json", ...FROM_ANYWHERE });
      response.end(JSON.stringify(body));
    };
    // A browser asks first whether a page of another origin may call.
    if (request.method === "OPTIONS") return answer(200, {});
    try {
      const { id, part } = parsePath(request, this.address);
      const body = await readBody(request);
      if (part === "manifest") answer(200, await this.#takeManifest(id, body));
      else answer(202, await this.#takeReceipt(id, body));
    } catch (error) {
      if (error instanceof Refusal) return answer(error.status, { error: error.message });
      const sentence =
        error instanceof ChainRefusal
          ? error.message
          : `the gateway failed: ${(error as Error).message}`;
      answer(error instanceof ChainRefusal ? 409 : 500, { error: sentence });
    }
  }

  /** SHA-256 of the manifest that the deployment names now. */
  async #manifestHash({ owner, dseq }: LeaseId): Promise<Uint8Array> {
    const { deployment } = await this.#client.query.deployment.deployment({ owner, dseq });
    return deployment.manifestHash;
  }

  async #leaseOf(id: LeaseId): Promise<Lease> {
    const found = await this.#client.query.market.lease(id).catch(() => undefined);
    if (found === undefined)
      throw new Refusal(404, `there is no lease ${nameOf(id)} with this provider`);
    if (found.lease.state === LeaseState.STARTING) return found.lease;
    throw new Refusal(409, `lease ${nameOf(id)} is not starting`);
  }

  async #takeManifest(id: LeaseId, body: Uint8Array): Promise<unknown> {
    await this.#leaseOf(id);
    const hash = toHex(sha256(body));
    const expected = toHex(await this.#manifestHash(id));
    if (hash !== expected) {
      throw new Refusal(422, `the manifest's hash is ${hash}, the chain has ${expected}`);
    }
    this.#options.log(`${this.#options.seller.name} has the manifest of ${nameOf(id)}`);
    return { manifest_hash: hash };
  }

  async #takeReceipt(id: LeaseId, body: Uint8Array): Promise<unknown> {
    await this.#leaseOf(id);
    const given = parseReceipt(body);
    const manifestHash = await this.#manifestHash(id);
    await this.#send(
      marketMsgs.startLease({
        operator: this.address,
        lease: id,
        receipt: { manifestHash, ...given },
        endpointsHash: new Uint8Array(32),
      }),
    );
    this.#options.log(`${this.#options.seller.name} started ${nameOf(id)}`);
    return {};
  }
}

function nameOf(id: LeaseId): string {
  return `${id.dseq}/${id.gseq}/${id.oseq} of ${id.owner}`;
}

function parsePath(request: IncomingMessage, provider: string): { id: LeaseId; part: string } {
  const match =
    /^\/v1\/leases\/([a-z0-9]+)\/([1-9]\d{0,18})\/([1-9]\d{0,8})\/([1-9]\d{0,8})\/(manifest|receipt)$/.exec(
      request.url ?? "",
    );
  if (match === null || request.method !== "PUT")
    throw new Refusal(404, "PUT .../manifest or .../receipt of a lease is expected");
  const [, owner, dseq, gseq, oseq, part] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    id: { owner, dseq: BigInt(dseq), gseq: Number(gseq), oseq: Number(oseq), provider },
    part,
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Refusal(413, `a body has at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function parseReceipt(body: Uint8Array): { publicKey: Uint8Array; signature: Uint8Array } {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
  } catch {
    throw new Refusal(400, "the receipt is not JSON");
  }
  const publicKey = fromBase64(String(json["public_key"]));
  const signature = fromBase64(String(json["signature"]));
  if (publicKey === undefined || signature === undefined)
    throw new Refusal(400, "public_key and signature in base64 are expected");
  return { publicKey, signature };
}
