// What the application answers to each call of ABCI 2.0. Calls of consensus, and Info, run one at a time
// over all connections: Commit waits for the disk, and whoever asks meanwhile how far the application
// is must hear of the height that is being written. Queries and checks of transactions see committed
// state only, so they run in between.

import { EMPTY_BYTES } from "../../base/bytes.ts";
import { ChainError, sdkErrors } from "../../base/errors.ts";
import type { Platform } from "../../base/platform.ts";
import { CheckTxType } from "../../codec/gen/tendermint/abci.ts";
import type {
  Request,
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestQuery,
  Response,
  ResponseCheckTx,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseQuery,
} from "../../codec/gen/tendermint/abci.ts";
import type { AbciApplication } from "../application.ts";
import type { Database } from "../db.ts";
import { keepSnapshots } from "../keeping.ts";
import type { Logger } from "../log.ts";
import type { StepHook } from "../steps.ts";
import type { Verifier } from "../verify/verifier.ts";
import { Exclusive } from "./exclusive.ts";
import { mempoolAnswer } from "./messages.ts";
import type { AbciAnswer, AbciRequest } from "./messages.ts";
import { SeenTransactions } from "./seen.ts";

/** A call that cannot be answered at this point: CometBFT hears why and ends; nothing here is harmed. */
export class RefusedCall extends Error {
  override readonly name = "RefusedCall";
}

/** What the calls work with. */
export interface CallParts {
  readonly platform: Platform;
  readonly app: AbciApplication;
  /** Where the application's state lies. */
  readonly database: Database;
  readonly verifier: Verifier;
  /** Answers a query of committed state; rejects when too many wait. */
  readonly query: (request: RequestQuery) => Promise<ResponseQuery>;
  readonly chainId: string;
  /** Stop after this height; 0 = never. */
  readonly haltHeight: bigint;
  /** Stop once a header has reached this Unix second; 0 = never. */
  readonly haltTime: bigint;
  readonly log: Logger;
  /** Told of the steps on a block's way to the disk. */
  readonly reached?: StepHook | undefined;
}

/** A call that was taken in: what it waits for, and what it does in its turn. */
export interface TakenCall {
  /** Work ahead of the turn that changes no state. */
  readonly ready?: Promise<unknown>;
  run(): AbciAnswer | Promise<AbciAnswer>;
}

/** Who calls: one per connection, compared by identity. */
export type Caller = object;

/** The application behind the socket. */
export class AbciCalls {
  readonly #parts: CallParts;
  readonly #consensus = new Exclusive();
  readonly #seen: SeenTransactions;
  #isGreeted = false;
  /** Who finalized the block that is staged. */
  #finalizer: Caller | undefined;
  #began = 0;
  #count = 0;
  #haltReason: string | undefined;
  #onHalt: (reason: string) => void = () => undefined;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#seen = new SeenTransactions(parts.platform);
  }

  /** Registers who is told that this node goes no further. */
  onHalt(listener: (reason: string) => void): void {
    this.#onHalt = listener;
    if (this.#haltReason !== undefined) listener(this.#haltReason);
  }

  /** Resolves when no call of consensus runs. */
  idle(): Promise<void> {
    return this.#consensus.idle();
  }

  /** Takes a call in; the caller runs it when those before it on the same connection are answered. */
  take(request: AbciRequest, caller: Caller): TakenCall {
    if (typeof request === "string") return { run: () => this.#mempoolCall(request) };
    if (request.checkTx !== undefined) return this.#takeCheck(request.checkTx);
    if (request.query !== undefined) return this.#takeQuery(request.query);
    return { run: () => this.#run(request, caller) };
  }

  /** Stops for good, with the reason in the log; later calls of consensus are refused with it. */
  #halt(reason: string): void {
    if (this.#haltReason !== undefined) return;
    this.#haltReason = reason;
    this.#parts.log.error(reason);
    this.#onHalt(reason);
  }

  #run(request: Request, caller: Caller): Response | Promise<Response> {
    const { app } = this.#parts;
    if (request.flush !== undefined) return { flush: {} };
    if (request.echo !== undefined) return { echo: { message: request.echo.message } };
    if (request.listSnapshots !== undefined) return { listSnapshots: app.listSnapshots() };
    if (request.loadSnapshotChunk !== undefined)
      return { loadSnapshotChunk: app.loadSnapshotChunk() };
    return this.#consensus.run(() => this.#runAlone(request, caller));
  }

  /** Calls that nothing may come between. An error that is no refusal leaves no state to go on from. */
  async #runAlone(request: Request, caller: Caller): Promise<Response> {
    try {
      return await this.#dispatch(request, caller);
    } catch (error) {
      if (error instanceof RefusedCall) throw error;
      const sentence = error instanceof Error ? error.message : String(error);
      const stack = error instanceof Error ? error.stack : undefined;
      this.#parts.log.error("a call of consensus failed", { error: stack ?? sentence });
      this.#halt(`no more blocks after height ${this.#height()}: ${sentence}`);
      throw new RefusedCall(sentence, { cause: error });
    }
  }

  async #dispatch(request: Request, caller: Caller): Promise<Response> {
    const { app } = this.#parts;
    if (request.info !== undefined) return { info: this.#info(request.info) };
    if (this.#haltReason !== undefined) throw new RefusedCall(this.#haltReason);
    if (!this.#isGreeted) throw new RefusedCall("Info must come before any other call");
    const { prepareProposal, processProposal, verifyVoteExtension } = request;
    if (prepareProposal !== undefined)
      return { prepareProposal: app.prepareProposal(this.#recalled(prepareProposal)) };
    if (processProposal !== undefined)
      return { processProposal: app.processProposal(this.#recalled(processProposal)) };
    if (request.finalizeBlock !== undefined)
      return { finalizeBlock: this.#finalize(request.finalizeBlock, caller) };
    if (request.commit !== undefined) return { commit: await this.#commit(caller) };
    if (request.initChain !== undefined) return { initChain: this.#initChain(request.initChain) };
    if (request.extendVote !== undefined) return { extendVote: app.extendVote() };
    if (verifyVoteExtension !== undefined)
      return { verifyVoteExtension: app.verifyVoteExtension(verifyVoteExtension) };
    if (request.offerSnapshot !== undefined) return { offerSnapshot: app.offerSnapshot() };
    if (request.applySnapshotChunk !== undefined)
      return { applySnapshotChunk: app.applySnapshotChunk() };
    throw new RefusedCall("a call that is not of ABCI 2.0");
  }

  #height(): bigint {
    return this.#parts.app.info().lastBlockHeight;
  }

  #info(request: RequestInfo): ResponseInfo {
    const { version, abciVersion } = request;
    if (abciVersion !== "" && !abciVersion.startsWith("2."))
      throw new RefusedCall(
        `CometBFT ${version} speaks ABCI ${abciVersion}, this node 2.0: use CometBFT v0.38 to v0.40`,
      );
    const info = this.#parts.app.info();
    if (!this.#isGreeted)
      this.#parts.log.info("CometBFT is connected", {
        version,
        abci: abciVersion,
        height: info.lastBlockHeight,
      });
    this.#isGreeted = true;
    return info;
  }

  #initChain(request: RequestInitChain): ResponseInitChain {
    const { app, chainId, log } = this.#parts;
    if (request.chainId !== chainId)
      throw new RefusedCall(
        `CometBFT begins chain ${request.chainId}, the genesis of this home is of chain ${chainId}`,
      );
    const height = this.#height();
    if (height > 0n)
      throw new RefusedCall(`InitChain at height ${height}; it belongs before the first block`);
    const response = app.initChain(request);
    this.#finalizer = undefined;
    log.info("the chain begins", { chain: chainId, validators: response.validators.length });
    return response;
  }

  #finalize(request: RequestFinalizeBlock, caller: Caller): ResponseFinalizeBlock {
    const { app, haltHeight, haltTime } = this.#parts;
    const height = this.#height();
    const expected = height === 0n ? app.initialHeight : height + 1n;
    if (request.height !== expected)
      throw new RefusedCall(
        `FinalizeBlock of height ${request.height}; the application is at height ${height} and ` +
          `expects ${expected}`,
      );
    if (haltHeight > 0n && height >= haltHeight) this.#stopAt(`halt-height ${haltHeight}`);
    if (haltTime > 0n && height > 0n && app.clocks().time >= haltTime)
      this.#stopAt(`halt-time ${haltTime}`);
    this.#began = performance.now();
    this.#count = request.txs.length;
    const response = app.finalizeBlock(this.#recalled(request));
    this.#finalizer = caller;
    this.#parts.reached?.("block.executed");
    return response;
  }

  #stopAt(what: string): never {
    this.#halt(`${what} is reached`);
    throw new RefusedCall(`${what} is reached`);
  }

  async #commit(caller: Caller): Promise<ResponseCommit> {
    const { app, database, log, reached } = this.#parts;
    if (this.#finalizer !== caller)
      throw new RefusedCall("Commit without a FinalizeBlock on the same connection");
    const writing = database.write(app.commitBatch().writes, { sync: true });
    reached?.("state.writing");
    await writing;
    reached?.("state.written");
    const response = app.commit();
    reached?.("state.promoted");
    this.#finalizer = undefined;
    const ms = Math.round(performance.now() - this.#began);
    const level = this.#count > 0 ? "info" : "debug";
    log[level]("block", { height: this.#height(), txs: this.#count, ms });
    void this.#consensus.run(() => this.#afterCommit());
    return response;
  }

  /** Between two blocks, after the answer: a piece of a snapshot, and the halt that was asked for. */
  async #afterCommit(): Promise<void> {
    const { app, database, haltHeight, haltTime } = this.#parts;
    await new Promise((answered) => setImmediate(answered));
    try {
      await keepSnapshots(app, database, this.#parts.reached);
    } catch (error) {
      this.#halt(`a snapshot of the state cannot be written: ${String(error)}`);
    }
    const height = this.#height();
    if (haltHeight > 0n && height >= haltHeight) this.#halt(`halt-height ${haltHeight} is reached`);
    else if (haltTime > 0n && app.clocks().time >= haltTime)
      this.#halt(`halt-time ${haltTime} is reached`);
  }

  /** A request with the arrays of its transactions that were checked. */
  #recalled<T extends { readonly txs: readonly Uint8Array[] }>(request: T): T {
    return { ...request, txs: request.txs.map((tx) => this.#seen.recall(tx)) };
  }

  /** A new transaction has its signatures verified by the thread ahead of its turn. */
  #takeCheck(request: RequestCheckTx): TakenCall {
    const { tx, type } = request;
    if (type !== CheckTxType.NEW) {
      const again = { tx: this.#seen.recall(tx), type };
      return { run: () => ({ checkTx: this.#check(again) }) };
    }
    this.#seen.note(tx);
    const run = (): Response => ({ checkTx: this.#check(request) });
    return { ready: this.#verify(tx).catch(() => undefined), run };
  }

  async #verify(tx: Uint8Array): Promise<void> {
    const { app, verifier } = this.#parts;
    const jobs = this.#height() === 0n ? [] : app.signatureJobs(tx);
    if (jobs.length > 0) await verifier.prepare(jobs);
  }

  #check(request: RequestCheckTx): ResponseCheckTx {
    try {
      return this.#parts.app.checkTx(request);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      const { code, codespace, message: log } = error;
      const rest = { data: EMPTY_BYTES, info: "", gasWanted: 0n, gasUsed: 0n, events: [] };
      return { ...rest, code, codespace, log };
    }
  }

  /** Queries run as soon as they come; their answers keep the order. */
  #takeQuery(request: RequestQuery): TakenCall {
    const answer = this.#parts.query(request).catch((error: unknown): ResponseQuery => {
      const {
        code,
        codespace,
        message: log,
      } = sdkErrors.logic.with(error instanceof Error ? error.message : String(error));
      const rest = { info: "", index: 0n, key: EMPTY_BYTES, value: EMPTY_BYTES };
      return { ...rest, code, codespace, log, height: request.height };
    });
    return { run: async () => ({ query: await answer }) };
  }

  #mempoolCall(request: "insertTx" | "reapTxs"): Uint8Array {
    this.#parts.log.warn(
      'CometBFT asks for a mempool of the application; set mempool.type = "flood" in config.toml',
    );
    return mempoolAnswer(request);
  }
}
