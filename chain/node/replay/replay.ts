// A chain run again in memory: from a recording of what CometBFT asked and what was answered, from the
// blocks that a node serves, or from both held against each other. Every answer must be the recorded
// one, every block must be the one that our own hashes make of it.

import type { Platform } from "../../base/platform.ts";
import { storeNames } from "../../app/index.ts";
import type { ResponseFinalizeBlock } from "../../codec/gen/tendermint/abci.ts";
import {
  ExecTxResult,
  RequestFinalizeBlock,
  ResponseFinalizeBlock as FinalizeBlock,
  ResponseInitChain,
} from "../../codec/gen/tendermint/abci.ts";
import { Application, resultsHash } from "../../runtime/index.ts";
import type { AppParts } from "../../runtime/index.ts";
import { TreeMultiStore } from "../../store/index.ts";
import { finalizeRequest } from "../embedded/proposal.ts";
import { adoptInitChain, genesisState, initChainRequest } from "../embedded/start.ts";
import type { GenesisInput } from "../embedded/start.ts";
import { nextState } from "../embedded/state.ts";
import type { EngineState } from "../embedded/state.ts";
import type { BlockSource, SourceBlock } from "../source.ts";
import { SourceError } from "../source.ts";
import { checkBlock } from "./blocks.ts";
import { Findings } from "./findings.ts";
import type { RecordedCall } from "./recording.ts";

/** Blocks of a chain with its genesis. */
export interface ServedChain {
  readonly genesis: GenesisInput;
  /** The last block to be run. */
  readonly height: bigint;
  /** The block of a height. Throws: when it is not kept. */
  block(height: bigint): Promise<SourceBlock>;
}

/** The blocks of a source up to a height. */
export function servedChain(
  source: Pick<BlockSource, "block">,
  genesis: GenesisInput,
  height: bigint,
): ServedChain {
  const block = async (at: bigint): Promise<SourceBlock> => {
    const found = await source.block(at);
    if (found === undefined) throw new SourceError(`the node has no block ${at}`);
    return found;
  };
  return { genesis, height, block };
}

/** What a replay is told on its way. */
export type Progress = (height: bigint, transactions: number) => void;

/** The result of a replay. */
export interface Replayed {
  readonly findings: Findings;
  readonly height: bigint;
  readonly transactions: number;
  readonly appHash: Uint8Array;
}

/** One replay. Used once. */
export class Replay {
  readonly findings = new Findings();
  readonly #platform: Platform;
  readonly #app: Application;
  readonly #progress: Progress;
  #transactions = 0;
  #answer: ResponseFinalizeBlock | undefined;

  constructor(platform: Platform, parts: AppParts, progress: Progress = () => undefined) {
    this.#platform = platform;
    // A bug in a handler fails the transaction on every node alike: the answers tell.
    const reportBug = (): void => undefined;
    const store = new TreeMultiStore(platform, storeNames(parts), { provableHeights: 2 });
    this.#app = new Application(parts, { store, platform, reportBug });
    this.#progress = progress;
  }

  /**
   * Runs a recording, beside the chain that it was taken from where that is given. Ends after the first
   * height at which something differs: what follows would differ for the same reason.
   */
  async recording(calls: AsyncIterable<RecordedCall>, chain?: ServedChain): Promise<Replayed> {
    const walk = chain === undefined ? undefined : new Walk(this.#platform, chain, this.findings);
    for await (const { request, response } of calls) {
      if (this.findings.differences.length > 0) break;
      const { initChain, finalizeBlock, commit } = request;
      if (initChain !== undefined) {
        const answer = this.#app.initChain(initChain);
        this.#compareInitChain(response.initChain, answer);
        walk?.begin(answer);
      } else if (finalizeBlock !== undefined) {
        await walk?.compareRequest(finalizeBlock);
        this.#compare(finalizeBlock, response.finalizeBlock, this.#finalize(finalizeBlock));
      } else if (commit !== undefined) {
        await this.#commitRecorded(walk);
      }
    }
    return this.#result();
  }

  /** Runs the blocks of a chain. Ends like `recording`. */
  async chain(chain: ServedChain): Promise<Replayed> {
    const walk = new Walk(this.#platform, chain, this.findings);
    walk.begin(this.#app.initChain(initChainRequest(chain.genesis)));
    const { differences } = this.findings;
    const { initialHeight: first } = chain.genesis;
    for (let height = first; height <= chain.height && differences.length === 0; height++) {
      const answer = this.#finalize(await walk.request(height));
      this.#commit();
      await walk.executed(height, answer);
    }
    return this.#result();
  }

  async #commitRecorded(walk: Walk | undefined): Promise<void> {
    const answer = this.#answer;
    this.#commit();
    const { height } = this.#app.store;
    if (walk === undefined || answer === undefined || height > walk.height) return;
    await walk.executed(height, answer);
  }

  #finalize(request: RequestFinalizeBlock): ResponseFinalizeBlock {
    this.#answer = this.#app.finalizeBlock(request);
    return this.#answer;
  }

  #commit(): void {
    this.#transactions += this.#answer?.txResults.length ?? 0;
    this.#answer = undefined;
    this.#app.commitBatch();
    this.#app.commit();
    this.#progress(this.#app.store.height, this.#transactions);
  }

  #compareInitChain(expected: ResponseInitChain | undefined, got: ResponseInitChain): void {
    const recorded = ResponseInitChain.encode(expected ?? ResponseInitChain.create({}));
    this.findings.bytes(0n, "answer to InitChain", recorded, ResponseInitChain.encode(got));
  }

  #compare(
    { height }: RequestFinalizeBlock,
    expected: ResponseFinalizeBlock | undefined,
    got: ResponseFinalizeBlock,
  ): void {
    const recorded = expected ?? FinalizeBlock.create({});
    const same = (what: string, one: Uint8Array, other: Uint8Array): boolean =>
      this.findings.bytes(height, what, one, other);
    same("recorded app hash", recorded.appHash, got.appHash);
    const hash = (of: ResponseFinalizeBlock): Uint8Array =>
      resultsHash(this.#platform, of.txResults);
    same("recorded results hash", hash(recorded), hash(got));
    const updates = (of: ResponseFinalizeBlock): Uint8Array =>
      FinalizeBlock.encode({ ...EMPTY_ANSWER, validatorUpdates: of.validatorUpdates });
    same("recorded validator updates", updates(recorded), updates(got));
    const params = ({ consensusParamUpdates }: ResponseFinalizeBlock): Uint8Array =>
      FinalizeBlock.encode({ ...EMPTY_ANSWER, consensusParamUpdates });
    same("recorded parameter updates", params(recorded), params(got));
    const events = (of: ResponseFinalizeBlock): Uint8Array =>
      FinalizeBlock.encode({ ...EMPTY_ANSWER, events: of.events });
    same("recorded events of the block", events(recorded), events(got));
    const count = Math.max(recorded.txResults.length, got.txResults.length);
    for (let index = 0; index < count; index++)
      same(
        "recorded result of a transaction",
        resultBytes(recorded.txResults[index]),
        resultBytes(got.txResults[index]),
      );
  }

  #result(): Replayed {
    const { height, appHash } = this.#app.store;
    return { findings: this.findings, height, transactions: this.#transactions, appHash };
  }
}

const EMPTY_ANSWER = FinalizeBlock.create({});

function resultBytes(result: ExecTxResult | undefined): Uint8Array {
  return result === undefined ? new Uint8Array(0) : ExecTxResult.encode(result);
}

/** The blocks of a chain beside their execution: what the engine knows after each. */
class Walk {
  readonly #platform: Platform;
  readonly #chain: ServedChain;
  readonly #findings: Findings;
  #state: EngineState;
  readonly #asked = new Map<bigint, Promise<SourceBlock>>();

  constructor(platform: Platform, chain: ServedChain, findings: Findings) {
    this.#platform = platform;
    this.#chain = chain;
    this.#findings = findings;
    this.#state = genesisState(platform, chain.genesis);
  }

  /** The last block that is served. */
  get height(): bigint {
    return this.#chain.height;
  }

  begin(answer: ResponseInitChain): void {
    const state = genesisState(this.#platform, this.#chain.genesis);
    this.#state = adoptInitChain(this.#platform, state, answer);
  }

  /** What CometBFT asks for this block. */
  async request(height: bigint): Promise<RequestFinalizeBlock> {
    const { block, id } = await this.#fetch(height);
    return finalizeRequest(block, id, this.#state.lastValidators);
  }

  /** Checks the block and takes in what its execution answered. */
  async executed(height: bigint, answer: ResponseFinalizeBlock): Promise<void> {
    const found = await this.#fetch(height);
    checkBlock(this.#platform, this.#state, found, this.#findings);
    this.#state = nextState(this.#platform, this.#state, found.block.header, found.id, answer);
  }

  /** Compares what CometBFT asked with what its block says. */
  async compareRequest(recorded: RequestFinalizeBlock): Promise<void> {
    const { height } = recorded;
    if (height > this.height) return;
    const built = RequestFinalizeBlock.encode(await this.request(height));
    const asked = RequestFinalizeBlock.encode(recorded);
    this.#findings.bytes(height, "recorded request", asked, built);
  }

  /** The next block is asked for while this one runs. */
  async #fetch(height: bigint): Promise<SourceBlock> {
    for (const wanted of [height, height + 1n]) {
      if (wanted > this.height || this.#asked.has(wanted)) continue;
      const block = this.#chain.block(wanted);
      // A failure is seen by whoever awaits it.
      block.catch(() => undefined);
      this.#asked.set(wanted, block);
    }
    this.#asked.delete(height - 1n);
    return this.#asked.get(height) ?? this.#chain.block(height);
  }
}
