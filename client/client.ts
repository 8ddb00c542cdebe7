// A connection to a chain: queries, signing, and what the chain says of itself.

import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import type { DeliverTxResponse, StdFee } from "@cosmjs/stargate";
import { GasPrice, SigningStargateClient } from "@cosmjs/stargate";
import type { CometClient, HttpEndpoint } from "@cosmjs/tendermint-rpc";
import { connectComet } from "@cosmjs/tendermint-rpc";
import { ChainRefusal, toRefusal } from "./errors.ts";
import type { LeaseholdQueryClient } from "./queries/index.ts";
import { createQueryClient } from "./queries/index.ts";
import { createLeaseholdAminoTypes, createLeaseholdRegistry } from "./registry.ts";
import type { ConvertOptions } from "./sdl/index.ts";

/** What differs between chains, as the chain itself tells it. */
export interface ChainFacts {
  readonly chainId: string;
  /** Bech32 prefix of accounts. */
  readonly prefix: string;
  readonly baseDenom: string;
  /** Denoms that the market takes. */
  readonly denoms: readonly string[];
  /** Least first deposit by denom, base units. */
  readonly minDeposits: ReadonlyMap<string, bigint>;
}

/** How to connect. */
export interface ConnectOptions {
  /** Signs transactions; without it only queries are possible. */
  readonly signer?: OfflineSigner;
  /** Price of a unit of gas such as `0.0025ulease`; 0 of the base denom by default. */
  readonly gasPrice?: string;
  /** Milliseconds between looks for a transaction in a block, 300 by default. */
  readonly pollMs?: number;
}

/** One connection. Closed by `disconnect`. */
export class LeaseholdClient {
  readonly comet: CometClient;
  readonly query: LeaseholdQueryClient;
  readonly facts: ChainFacts;
  private readonly signing: SigningStargateClient | undefined;

  private constructor(
    comet: CometClient,
    query: LeaseholdQueryClient,
    facts: ChainFacts,
    signing: SigningStargateClient | undefined,
  ) {
    this.comet = comet;
    this.query = query;
    this.facts = facts;
    this.signing = signing;
  }

  /** Connects to an RPC endpoint (`http://localhost:26657`, `ws://..`) and asks what chain it is. */
  static async connect(
    endpoint: string | HttpEndpoint,
    options: ConnectOptions = {},
  ): Promise<LeaseholdClient> {
    const comet = await connectComet(endpoint);
    const query = createQueryClient(comet);
    const facts = await readFacts(comet, query);
    const signing =
      options.signer === undefined
        ? undefined
        : SigningStargateClient.createWithSigner(comet, options.signer, {
            registry: createLeaseholdRegistry(),
            aminoTypes: createLeaseholdAminoTypes(),
            gasPrice: GasPrice.fromString(options.gasPrice ?? `0${facts.baseDenom}`),
            broadcastPollIntervalMs: options.pollMs ?? 300,
          });
    return new LeaseholdClient(comet, query, facts, signing);
  }

  /** The CosmJS client that signs, for whatever this class does not do. */
  get stargate(): SigningStargateClient {
    if (this.signing === undefined) throw new Error("connected without a signer");
    return this.signing;
  }

  /**
   * Signs, broadcasts and waits for the block. `fee` auto simulates first.
   * Throws: ChainRefusal with codespace, code and text when the chain refuses.
   */
  async execute(
    signer: string,
    messages: readonly EncodeObject[],
    fee: StdFee | "auto" | number = "auto",
    memo = "",
  ): Promise<DeliverTxResponse> {
    let response: DeliverTxResponse;
    try {
      response = await this.stargate.signAndBroadcast(signer, messages, fee, memo);
    } catch (error) {
      throw toRefusal(error);
    }
    if (response.code === 0) return response;
    const codespace = await this.codespaceOf(response);
    const { code, rawLog, transactionHash } = response;
    throw new ChainRefusal(codespace, code, rawLog ?? "", transactionHash);
  }

  /** Options for reading SDL files that fit this chain. Foreign prices become uusd where it is traded. */
  get sdlOptions(): Pick<ConvertOptions, "prefix" | "denoms" | "otherDenoms"> {
    const { prefix, denoms } = this.facts;
    return { prefix, denoms, otherDenoms: denoms.includes("uusd") ? "uusd:1" : "" };
  }

  /** Closes the connection. */
  disconnect(): void {
    this.comet.disconnect();
  }

  /** CosmJS leaves the codespace out of a delivered transaction. */
  private async codespaceOf(response: DeliverTxResponse): Promise<string> {
    const hash = Uint8Array.from(response.transactionHash.match(/../g) ?? [], (pair) =>
      Number.parseInt(pair, 16),
    );
    const found = await this.comet.tx({ hash });
    return found.result.codespace ?? "undefined";
  }
}

async function readFacts(comet: CometClient, query: LeaseholdQueryClient): Promise<ChainFacts> {
  const [status, { identity }, { params }] = await Promise.all([
    comet.status(),
    query.chain.identity(),
    query.escrow.params(),
  ]);
  return {
    chainId: status.nodeInfo.network,
    prefix: identity.bech32Prefix,
    baseDenom: identity.baseDenom,
    denoms: params.denoms.map(({ denom }) => denom),
    minDeposits: new Map(params.denoms.map(({ denom, minDeposit }) => [denom, minDeposit])),
  };
}
