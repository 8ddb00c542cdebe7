// The embedded engine: a single validator that makes real blocks, one after the other, at its own pace.
// Decides when a block is due, and runs one at a time from proposal to publication; nothing inside the
// execution of a block waits.

import { assert } from "../../base/assert.ts";
import type { Platform } from "../../base/platform.ts";
import type { Timestamp } from "../../base/time.ts";
import {
  CheckTxType,
  ResponseProcessProposal_ProposalStatus,
} from "../../codec/gen/tendermint/abci.ts";
import { BlockIDFlag } from "../../codec/gen/tendermint/types.ts";
import type { Commit } from "../../codec/gen/tendermint/types.ts";
import type { EngineApplication } from "../application.ts";
import type { CommittedBlock, EventBus } from "../events.ts";
import { keepSnapshots } from "../keeping.ts";
import type { Logger } from "../log.ts";
import type { Admission } from "./admission.ts";
import type { BlockStore } from "./blocks.ts";
import { upperHex } from "./blocks.ts";
import type { EngineClock } from "./clock.ts";
import { fromMillis, toMillis, voteTime } from "./clock.ts";
import { executeNew } from "./execution.ts";
import type { ExecutionParts } from "./execution.ts";
import type { Mempool } from "./mempool.ts";
import {
  blockFrame,
  commitInfo,
  holdsTwoThirds,
  makeBlock,
  maxDataBytes,
  NO_COMMIT,
  signBlock,
} from "./proposal.ts";
import type { BlockFrame } from "./proposal.ts";
import { hasDueWork, isIdle, nextBlockAt } from "./pace.ts";
import type { PaceSettings } from "./pace.ts";
import type { Signer } from "./signer.ts";
import { maxBlockGas } from "./state.ts";
import type { EngineState } from "./state.ts";

/** How the engine works. Times in milliseconds. */
export interface EngineSettings extends PaceSettings {
  readonly recheck: boolean;
  readonly recheckTimeout: number;
  /** Stop after this height; 0 = never. */
  readonly haltHeight: bigint;
  /** Stop once a header has reached this Unix second; 0 = never. */
  readonly haltTime: bigint;
}

/** What an engine is made of. */
export interface EngineParts extends ExecutionParts {
  readonly platform: Platform;
  readonly app: EngineApplication;
  readonly blocks: BlockStore;
  readonly mempool: Mempool;
  readonly admission: Admission;
  readonly signer: Signer;
  readonly clock: EngineClock;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly settings: EngineSettings;
}

/** Rechecks in one turn of the event loop, milliseconds. */
const RECHECK_TURN_MS = 10;

/** Makes the blocks of a chain. */
export class Engine {
  readonly #parts: EngineParts;
  #state: EngineState;
  #maxGas: bigint;
  #lastCommit: Commit;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Host time at which the last block was started, milliseconds. */
  #lastStart = 0;
  /** The last block calls for another: it had transactions, or broke an idle spell. */
  #followUp: "none" | "proof" | "now" = "proof";
  #running: Promise<void> = Promise.resolve();
  #stopped = true;
  #haltReason: string | undefined;
  #onHalt: (reason: string) => void = () => undefined;

  constructor(parts: EngineParts, state: EngineState) {
    this.#parts = parts;
    this.#state = state;
    this.#maxGas = maxBlockGas(state);
    this.#lastCommit = state.height === 0n ? NO_COMMIT : mustCommit(parts.blocks, state.height);
  }

  /** Most gas of a block on the state that transactions are checked on; -1 = no limit. */
  get maxGas(): bigint {
    return this.#maxGas;
  }

  /** The state after the last block. */
  get state(): EngineState {
    return this.#state;
  }

  /** Why the engine makes no more blocks, when it halted by itself. */
  get haltReason(): string | undefined {
    return this.#haltReason;
  }

  /** Registers who is told of a halt. */
  onHalt(listener: (reason: string) => void): void {
    this.#onHalt = listener;
  }

  /** Begins to make blocks. */
  start(): void {
    this.#stopped = false;
    if (this.#mayGoOn()) this.schedule();
  }

  /** Stops after the block that is being made. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#running;
  }

  /** Looks again when the next block is due; called when a transaction came in. */
  schedule(): void {
    if (this.#stopped || this.#haltReason !== undefined) return;
    const at = this.#nextBlockAt();
    if (at >= this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    const wait = Math.min(Math.max(0, at - Date.now()), 0x7fffffff);
    this.#timer = setTimeout(() => {
      // Until this block is done nothing calls for another: one that is late would bring a row of them.
      [this.#timer, this.#timerAt] = [undefined, Number.NEGATIVE_INFINITY];
      void this.#exclusive(() => this.#dueBlock());
    }, wait);
  }

  /**
   * Moves both clocks forward by `seconds`: empty blocks at most a block gap apart, each executed in
   * full. Gives the height reached. Only local chains may offer this.
   */
  advance(seconds: bigint): Promise<bigint> {
    return this.#exclusive(async () => {
      const gap = this.#parts.app.clocks().maxBlockGap;
      const count = (seconds + gap - 1n) / gap;
      await this.#makeBlock([], this.#now());
      const start = toMillis(this.#voteTime());
      for (let i = 1n; i <= count && this.#haltReason === undefined; i++) {
        const passed = i === count ? seconds : i * gap;
        await this.#makeBlock([], fromMillis(start + Number(passed) * 1000));
      }
      this.#parts.clock.advance(Number(seconds) * 1000);
      await this.#makeBlock([], this.#now());
      return this.#state.height;
    });
  }

  /** Makes one jump of `seconds` between two headers, as if the chain had stood still that long. */
  halt(seconds: bigint): Promise<bigint> {
    return this.#exclusive(async () => {
      await this.#makeBlock([], this.#now());
      this.#parts.clock.advance(Number(seconds) * 1000);
      await this.#makeBlock([], this.#now());
      await this.#makeBlock([], this.#now());
      return this.#state.height;
    });
  }

  /** Runs `work` when no block is being made, and lets none begin meanwhile. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#running.then(async () => {
      try {
        if (this.#haltReason !== undefined) throw new Error(this.#haltReason);
        return await work();
      } catch (error) {
        this.#fail(error);
        throw error;
      } finally {
        if (this.#timer === undefined) this.#timerAt = Number.POSITIVE_INFINITY;
        this.schedule();
      }
    });
    this.#running = result.then(
      () => undefined,
      () => undefined,
    );
    result.catch(() => undefined);
    return result;
  }

  #now(): Timestamp {
    return fromMillis(this.#parts.clock.now());
  }

  /** When this validator signed the last block. */
  #voteTime(): Timestamp {
    const own = this.#lastCommit.signatures.find(
      (entry) => entry.blockIdFlag === BlockIDFlag.COMMIT,
    );
    return own?.timestamp ?? this.#state.blockTime;
  }

  /** Host time in milliseconds at which the next block is due; infinity while there is no reason. */
  #nextBlockAt(): number {
    const { settings, mempool, clock, app } = this.#parts;
    const state = {
      lastStart: this.#lastStart,
      followUp: this.#followUp,
      waiting: mempool.size,
      aheadMs: clock.aheadMs,
    };
    const at = nextBlockAt(settings, state, () => app.clocks());
    if (this.#state.height > 0n) return at;
    // As in CometBFT, a chain does not begin before the time of its genesis.
    return Math.max(at, toMillis(this.#state.blockTime) - clock.aheadMs);
  }

  /** The block that the timer asked for: an empty one first when the chain has been idle. */
  async #dueBlock(): Promise<void> {
    if (this.#stopped) return;
    this.#lastStart = Date.now();
    const { clock, settings } = this.#parts;
    const idle = isIdle(clock.now(), toMillis(this.#voteTime()), settings.interval);
    if (idle && this.#state.height > 0n) {
      await this.#makeBlock([], undefined);
      this.#followUp = "now";
      return;
    }
    await this.#makeBlock("mempool", undefined);
  }

  /**
   * Makes, executes and publishes one block. `signedAt` is the precommit's time (the next header's);
   * undefined means when it is signed.
   */
  async #makeBlock(
    source: "mempool" | readonly Uint8Array[],
    signedAt: Timestamp | undefined,
  ): Promise<void> {
    const { platform, admission, signer, clock, log } = this.#parts;
    if (!this.#mayGoOn()) return;
    const state = { ...this.#state, clockAheadMs: clock.aheadMs };
    const began = performance.now();
    const frame = blockFrame(platform, state, this.#lastCommit, signer.key.address);
    const due = hasDueWork(this.#parts.app.clocks(), frame.time);
    const txs = this.#propose(frame, source);
    const made = makeBlock(platform, state, frame, txs);
    this.#requireAccepted(frame, made.id.hash, txs);
    const at = signedAt === undefined ? clock.now() : toMillis(signedAt);
    const signed = signBlock(state, made, signer, voteTime(frame.time, at));
    try {
      const executed = await executeNew(this.#parts, state, signed);
      this.#maxGas = maxBlockGas(executed.state);
      this.#leaveMempool(executed.committed);
      await this.#recheck();
      admission.release();
      await executed.settled;
      this.#state = executed.state;
      this.#lastCommit = signed.commit;
      this.#followUp = txs.length > 0 || due ? "proof" : "none";
      this.#parts.bus.publish(executed.committed);
      this.#parts.reached?.("block.published");
      await this.#maintain(executed.retainHeight);
    } finally {
      admission.release();
    }
    const fields = {
      height: frame.height,
      txs: txs.length,
      ms: Math.round(performance.now() - began),
    };
    const level = txs.length > 0 || due ? "info" : "debug";
    log[level]("block", { ...fields, hash: upperHex(made.id.hash).slice(0, 12) });
    this.#checkHaltSettings(frame);
  }

  /** Asks the application which transactions go into the block. */
  #propose(frame: BlockFrame, source: "mempool" | readonly Uint8Array[]): readonly Uint8Array[] {
    const { app, mempool } = this.#parts;
    const maxBytes = maxDataBytes(this.#state);
    const candidates = source === "mempool" ? mempool.reap(maxBytes, this.#maxGas) : source;
    const last = commitInfo(frame.lastCommit, this.#state.lastValidators);
    return app.prepareProposal({
      maxTxBytes: maxBytes,
      txs: candidates,
      localLastCommit: {
        round: last.round,
        votes: last.votes.map((vote) => ({
          ...vote,
          voteExtension: new Uint8Array(0),
          extensionSignature: new Uint8Array(0),
        })),
      },
      misbehavior: [],
      height: frame.height,
      time: frame.time,
      nextValidatorsHash: frame.nextValidatorsHash,
      proposerAddress: frame.proposer,
    }).txs;
  }

  #requireAccepted(frame: BlockFrame, hash: Uint8Array, txs: readonly Uint8Array[]): void {
    const { status } = this.#parts.app.processProposal({
      txs,
      proposedLastCommit: commitInfo(frame.lastCommit, this.#state.lastValidators),
      misbehavior: [],
      hash,
      height: frame.height,
      time: frame.time,
      nextValidatorsHash: frame.nextValidatorsHash,
      proposerAddress: frame.proposer,
    });
    const accepted = status === ResponseProcessProposal_ProposalStatus.ACCEPT;
    assert(accepted, `the application refused its own proposal of height ${frame.height}`);
  }

  /** Takes a block's transactions out of the mempool. */
  #leaveMempool({ hashes, response }: CommittedBlock): void {
    const { platform, mempool } = this.#parts;
    const keys = hashes.map((hash) => platform.latin1(hash));
    const codes = response.txResults.map((result) => result.code);
    mempool.committed(keys, codes);
  }

  /** Checks again what waits, in turns, as long as the setting allows. */
  async #recheck(): Promise<void> {
    const { mempool, app, settings } = this.#parts;
    if (!settings.recheck) return;
    const end = performance.now() + settings.recheckTimeout;
    let turn = performance.now() + RECHECK_TURN_MS;
    for (const { tx, key } of mempool.entries()) {
      if (app.checkTx({ tx, type: CheckTxType.RECHECK }).code !== 0) mempool.drop(key);
      const now = performance.now();
      if (now > end) return;
      if (now < turn) continue;
      await new Promise((resume) => setImmediate(resume));
      turn = performance.now() + RECHECK_TURN_MS;
    }
  }

  /**
   * Work between blocks: a piece of a tree snapshot, and blocks dropped that the application needs no
   * more.
   */
  async #maintain(retainHeight: bigint): Promise<void> {
    const { app, blocks, database, reached } = this.#parts;
    await keepSnapshots(app, database, reached);
    if (retainHeight === 0n || (await blocks.prune(retainHeight)) === 0) return;
    reached?.("blocks.pruned");
  }

  /** False, with a halt, when this validator may not make the next block alone. */
  #mayGoOn(): boolean {
    const { signer } = this.#parts;
    if (this.#haltReason !== undefined) return false;
    if (holdsTwoThirds(this.#state.validators, signer.key.address)) return true;
    this.#halt(
      `validator ${upperHex(signer.key.address)} no longer holds more than 2/3 of the voting ` +
        "power: the embedded engine cannot make blocks alone; run this chain behind CometBFT",
    );
    return false;
  }

  #checkHaltSettings(frame: BlockFrame): void {
    const { haltHeight: height, haltTime } = this.#parts.settings;
    if (height > 0n && frame.height >= height) this.#halt(`halt-height ${height} is reached`);
    else if (haltTime > 0n && frame.time.seconds >= haltTime)
      this.#halt(`halt-time ${haltTime} is reached`);
  }

  #fail(error: unknown): void {
    if (this.#haltReason !== undefined) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.log.error("block production failed", { error: text });
    const sentence = error instanceof Error ? error.message : String(error);
    this.#halt(`no more blocks after height ${this.#state.height}: ${sentence}`);
  }

  #halt(reason: string): void {
    this.#haltReason = reason;
    this.#cancelTimer();
    this.#parts.log.error(reason);
    this.#onHalt(reason);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }
}

function mustCommit(blocks: BlockStore, height: bigint): Commit {
  const commit = blocks.commit(height);
  if (commit === undefined) throw new Error(`the block log has no commit of height ${height}`);
  return commit;
}
