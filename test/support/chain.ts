// TestChain: a whole application in memory behind the in-process ABCI client, with funded accounts,
// a clock that the test moves, and signed transactions.

import type { Address } from "../../chain/base/address.ts";
import type { Coin } from "../../chain/base/coins.ts";
import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import { defaultAppState, leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import type {
  Event as AbciEvent,
  ExecTxResult,
  ResponseFinalizeBlock,
} from "../../chain/codec/gen/tendermint/abci.ts";
import type { Any, Json, MessageType } from "../../chain/codec/index.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import type { AppParts, AppSettings, BranchContext } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import type { CommitBatch } from "../../chain/store/index.ts";
import { buildGenesis, preset } from "../../genesis/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import { accounts } from "../../modules/auth/index.ts";
import { balances } from "../../modules/bank/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { AbciClient } from "./abci_client.ts";
import { makeSigner, signTx } from "./signing.ts";
import type { Signer, TxOptions } from "./signing.ts";

/** What a test may set before genesis. All have defaults. */
export interface TestChainOptions {
  readonly prefix?: string;
  readonly chainId?: string;
  /** Names of funded accounts; default alice, bob, carol, dave, erin, frank. */
  readonly accounts?: readonly string[];
  /** Coins of each funded account; default 10^12 ulease and uusd. */
  readonly coins?: readonly Coin[];
  /** Params that differ from the defaults, by module (proto JSON names). */
  readonly params?: { readonly [module: string]: JsonObject };
  /** Last word on `app_state`. */
  readonly appState?: (state: JsonObject) => JsonObject;
  /** Seconds since 1970 of the genesis; default 2027-01-15. */
  readonly genesisTime?: bigint;
  readonly parts?: (platform: Platform) => AppParts;
  /** Gas limit of a block; default none. */
  readonly maxGas?: bigint;
  /** What a node would decide. */
  readonly settings?: Partial<AppSettings>;
  /** Gets what a node would write, at each commit. */
  readonly disk?: (batch: CommitBatch) => void;
}

/** The outcome of one transaction. */
export interface Delivered extends ExecTxResult {
  readonly height: bigint;
}

const platform = fastPlatform((sentence) => console.warn(sentence));
const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank"];
const DENOMS = ["ulease", "uusd"];
const FUNDS = 1_000_000_000_000n;
const VALIDATOR_KEY = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

function leasehold(on: Platform): AppParts {
  return leaseholdParts(on, "test");
}

/** A chain of one process for tests. */
export class TestChain {
  readonly client: AbciClient;
  readonly chainId: string;
  readonly prefix: string;
  /** What InitChain got. */
  genesis: RequestInitChain = RequestInitChain.create({});
  /** Header time of the last block, whole seconds. */
  time: bigint;
  /** Events of the last block outside transactions. */
  blockEvents: readonly AbciEvent[] = [];
  readonly #signers = new Map<string, Signer>();

  private constructor(client: AbciClient, chainId: string, prefix: string, time: bigint) {
    this.client = client;
    this.chainId = chainId;
    this.prefix = prefix;
    this.time = time;
  }

  /** Makes a chain and its first block. */
  static create(options: TestChainOptions = {}): TestChain {
    const parts = (options.parts ?? leasehold)(platform);
    const store = new TreeMultiStore(platform, storeNames(parts));
    const app = new Application(parts, { store, platform, ...options.settings });
    const local = preset("local");
    const time = options.genesisTime ?? 1_800_000_000n;
    const chain = new TestChain(
      new AbciClient(app, options.disk),
      options.chainId ?? "test-1",
      options.prefix ?? local.prefix,
      time,
    );
    chain.genesis = RequestInitChain.create({
      time: { seconds: time, nanos: 0 },
      chainId: chain.chainId,
      initialHeight: 1n,
      consensusParams: {
        ...defaultConsensusParams(),
        block: { maxBytes: 22_020_096n, maxGas: options.maxGas ?? -1n },
      },
      validators: [{ pubKey: { ed25519: VALIDATOR_KEY }, power: 1n }],
      appStateBytes: utf8(JSON.stringify(chain.#genesis(options, parts))),
    });
    chain.client.info();
    chain.client.initChain(chain.genesis);
    chain.block([]);
    return chain;
  }

  #genesis(options: TestChainOptions, parts: AppParts): Json {
    const coins = options.coins ?? DENOMS.map((denom) => ({ denom, amount: FUNDS }));
    const local = preset("local");
    const { appState } = buildGenesis(
      {
        chainId: this.chainId,
        genesisTime: { seconds: this.time, nanos: 0 },
        prefix: this.prefix,
        denoms: local.denoms,
        accounts: (options.accounts ?? NAMES).map((name) => ({
          address: this.account(name).address,
          coins,
        })),
        validators: [],
        params: options.params ?? {},
      },
      defaultAppState(parts),
    );
    return options.appState?.(appState as JsonObject) ?? (appState as JsonObject);
  }

  /** The account of a name; the default names are funded. */
  account(name: string): Signer {
    let signer = this.#signers.get(name);
    if (signer === undefined) {
      signer = makeSigner(name, this.prefix);
      this.#signers.set(name, signer);
    }
    return signer;
  }

  /** Height of the last block. */
  get height(): bigint {
    return this.client.app.store.height;
  }

  /** Committed state, to be looked at; writes to it are lost. */
  ctx(): BranchContext {
    return this.client.app.context();
  }

  /** Signs by what is committed; `pending` counts transactions of the same signers before it. */
  sign(
    by: Signer | readonly Signer[],
    messages: readonly Any[],
    options: TxOptions = {},
    pending = 0n,
  ): Uint8Array {
    const ctx = this.ctx();
    const states = (Array.isArray(by) ? (by as readonly Signer[]) : [by as Signer]).map(
      (signer, index) => {
        const account = accounts.get(ctx, signer.bytes);
        const sequence = options.sequences?.[index] ?? (account?.sequence ?? 0n) + pending;
        return { signer, accountNumber: account?.number ?? 0n, sequence };
      },
    );
    return signTx(this.chainId, states, messages, options);
  }

  /** Makes a block `seconds` (default 5) after the last one with these transactions. */
  block(
    txs: readonly Uint8Array[],
    options: { readonly seconds?: number } = {},
  ): readonly Delivered[] {
    this.time += BigInt(options.seconds ?? 5);
    const height = this.height + 1n;
    const response: ResponseFinalizeBlock = this.client.finalizeBlock(
      RequestFinalizeBlock.create({ txs, height, time: { seconds: this.time, nanos: 0 } }),
    );
    this.client.commit();
    this.blockEvents = response.events;
    return response.txResults.map((result) => ({ ...result, height }));
  }

  /** Signs and puts one transaction into a block of its own. */
  deliver(
    by: Signer | readonly Signer[],
    messages: readonly Any[],
    options: TxOptions & { readonly seconds?: number } = {},
  ): Delivered {
    const [result] = this.block([this.sign(by, messages, options)], options);
    if (result === undefined) throw new Error("no result");
    return result;
  }

  /** As deliver, and fails the test unless the code is 0. */
  must(
    by: Signer | readonly Signer[],
    messages: readonly Any[],
    options: TxOptions & { readonly seconds?: number } = {},
  ): Delivered {
    const result = this.deliver(by, messages, options);
    if (result.code !== 0) throw new Error(`${result.codespace}/${result.code}: ${result.log}`);
    return result;
  }

  /** Makes empty blocks until `seconds` have passed, none of them more than `step` (default 60) apart. */
  advance(seconds: number, step = 60): AbciEvent[] {
    const events: AbciEvent[] = [];
    for (let left = seconds; left > 0; left -= step) {
      this.block([], { seconds: Math.min(left, step) });
      events.push(...this.blockEvents);
    }
    return events;
  }

  /** A query by gRPC path. Throws an Error with code and log when it is refused. */
  query<Q, R>(
    path: string,
    request: MessageType<Q>,
    response: MessageType<R>,
    value: Partial<Q>,
  ): R {
    const answer = this.client.query(path, request.encode(request.create(value)));
    if (answer.code !== 0) throw new Error(`${answer.codespace}/${answer.code}: ${answer.log}`);
    return response.decode(answer.value);
  }

  /** Balance of an address, base units. */
  balance(address: Address, denom = "ulease"): bigint {
    return balances.get(this.ctx(), [address, denom]) ?? 0n;
  }

  /** App hash of the last block, base64. */
  get appHash(): string {
    return toBase64(this.client.app.store.appHash);
  }
}

/** Attributes of the first event of a type; undefined when there is none. */
export function eventOf(
  events: readonly AbciEvent[],
  type: string,
): ReadonlyMap<string, string> | undefined {
  const event = events.find((candidate) => candidate.type === type);
  return event && new Map(event.attributes.map(({ key, value }) => [key, value]));
}
