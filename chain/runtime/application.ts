// The application: the ABCI 2.0 method set as plain synchronous code. Drivers on floor 5 (sockets,
// the embedded engine, tests) call it; it keeps no clock, no socket and no disk of its own.
//
// Life of a block: finalizeBlock stages a new root and answers its hash; commitBatch gives what must
// be on disk; commit promotes the root. The same initChain or finalizeBlock arriving again discards
// what was staged. Queries between the two see the committed root.

import { AddressCodec, moduleAddress } from "../base/address.ts";
import type { Address } from "../base/address.ts";
import { assert, must } from "../base/assert.ts";
import { EMPTY_BYTES } from "../base/bytes.ts";
import { ChainError, sdkErrors } from "../base/errors.ts";
import type { Timestamp } from "../base/time.ts";
import type {
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestInitChain,
  RequestPrepareProposal,
  RequestProcessProposal,
  RequestQuery,
  RequestVerifyVoteExtension,
  ResponseApplySnapshotChunk,
  ResponseCheckTx,
  ResponseCommit,
  ResponseExtendVote,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseListSnapshots,
  ResponseLoadSnapshotChunk,
  ResponseOfferSnapshot,
  ResponsePrepareProposal,
  ResponseProcessProposal,
  ResponseQuery,
  ResponseVerifyVoteExtension,
} from "../codec/gen/tendermint/abci.ts";
import { createRegistry } from "../codec/index.ts";
import type { MessageType, Registry } from "../codec/index.ts";
import type {
  CommitBatch,
  SnapshotStep,
  StateView,
  StoreChange,
  TreeMultiStore,
} from "../store/index.ts";
import { toCheckResult } from "./abci.ts";
import { signatureJobs } from "./ante_signatures.ts";
import { runBlock } from "./block.ts";
import { Branches } from "./branches.ts";
import { BranchContext } from "./context.ts";
import type { ContextEnv } from "./context.ts";
import { Execution, UNDECODABLE } from "./execute.ts";
import type { ExecuteNeeds } from "./execute.ts";
import { OpenMeter } from "./gas.ts";
import { exportGenesis, initGenesis } from "./genesis.ts";
import type { TxOutcome } from "./outcome.ts";
import type { AppParts, AppSettings, ClockReading } from "./parts.ts";
import { selectTransactions } from "./proposal.ts";
import { answerQuery } from "./query.ts";
import { QueryRouter } from "./router.ts";
import { checkId, VerdictMemo } from "./signatures.ts";
import type { SignatureCheck } from "./signatures.ts";
import { branchesOfLatest, CommittedSet, LatestSet } from "./state.ts";
import type { GenesisChanges } from "./state.ts";
import { decodeTransaction, Transaction } from "./transaction.ts";
import type { Mode } from "./types.ts";
import { blocksToKeep, clockStatus, rebuildSides } from "./upkeep.ts";
import type { ClockStatus } from "./upkeep.ts";

const DEFAULT_MEMO = 20_000;

/** OfferSnapshot: refused whatever it is. */
const REJECT_SNAPSHOT = 3;
/** ApplySnapshotChunk: state sync ends. */
const ABORT_SNAPSHOT = 2;

/** Tree nodes written in one snapshot step: a few milliseconds of work. */
const SNAPSHOT_NODES = 4096;

/** The state machine of one chain. */
export class Application {
  readonly parts: AppParts;
  readonly store: TreeMultiStore;
  readonly settings: AppSettings;
  readonly queries = new QueryRouter();
  /** Types that may stand inside an Any. */
  readonly registry: Registry;
  readonly memo: VerdictMemo;
  readonly #authority: Address;
  readonly #needs: ExecuteNeeds;
  readonly #decoded = new WeakMap<Uint8Array, Transaction>();
  readonly #latest: LatestSet;
  #addresses: AddressCodec | undefined;
  #chainId: string | undefined;
  #initialHeight = 1n;
  #genesis: GenesisChanges | undefined;
  #check: { readonly branches: Branches; readonly env: ContextEnv } | undefined;
  #staged: bigint | undefined;

  constructor(parts: AppParts, settings: AppSettings) {
    this.parts = parts;
    this.settings = settings;
    this.store = settings.store;
    this.#latest = new LatestSet(this.store);
    this.memo = new VerdictMemo(settings.memoSize ?? DEFAULT_MEMO);
    const types: MessageType<unknown>[] = [];
    for (const module of parts.modules) {
      for (const { type, response } of module.messages ?? []) {
        assert(parts.messages.serves(type.typeUrl), `${type.name} is not in the router`);
        types.push(type, response);
      }
      for (const handler of module.queries ?? []) this.queries.register(handler);
      types.push(...(module.types ?? []));
    }
    this.registry = createRegistry(types);
    this.#authority = moduleAddress(settings.platform, "gov");
    this.#needs = {
      ante: {
        accounts: parts.accounts,
        fees: parts.fees,
        allowances: parts.allowances,
        registry: this.registry,
        memo: this.memo,
        minGasPrices: settings.minGasPrices ?? [],
      },
      consensusParams: (ctx) => parts.consensus.params(ctx),
    };
  }

  /** Height and hash of the last commit; height 0 and no hash before the first. */
  info(): ResponseInfo {
    const { height, appHash } = this.store;
    return {
      data: this.parts.name,
      version: this.parts.version,
      appVersion: 0n,
      lastBlockHeight: height,
      lastBlockAppHash: height === 0n ? EMPTY_BYTES : appHash,
    };
  }

  /** Height of the first block; 1 unless InitChain of this run said otherwise. */
  get initialHeight(): bigint {
    return this.#initialHeight;
  }

  /** Builds the state before the first block. Throws a ChainError that names what is wrong. */
  initChain(request: RequestInitChain): ResponseInitChain {
    assert(this.store.height === 0n, `InitChain at height ${this.store.height}`);
    this.store.discard();
    this.#staged = undefined;
    this.#initialHeight = request.initialHeight > 0n ? request.initialHeight : 1n;
    this.#chainId = request.chainId;
    this.#genesis = undefined;
    const made = initGenesis(this.parts, this.registry, request, {
      branches: branchesOfLatest(this.store, undefined),
      env: (addresses) => {
        this.#addresses = addresses;
        const clock = { time: request.time.seconds, uptime: request.time.seconds };
        return this.#env(0n, request.time, clock);
      },
    });
    this.#genesis = made.changes;
    this.#resetCheck();
    return {
      consensusParams: made.params,
      validators: made.validators,
      appHash: this.store.appHash,
    };
  }

  /**
   * Ante chain on the check state. A recheck (type 1) is a check like the first: what the SDK leaves out
   * of it is remembered here.
   */
  checkTx(request: RequestCheckTx): ResponseCheckTx {
    const tx = this.#decode(request.tx);
    if (tx instanceof ChainError) return toCheckResult({ ...UNDECODABLE, log: tx.message });
    const { env, branches } = this.#checkState();
    return toCheckResult(new Execution(env, "check", branches, this.#needs).run(tx));
  }

  /** Runs a transaction on a branch of the check state without keeping anything. */
  simulate(bytes: Uint8Array): TxOutcome {
    const tx = decodeTransaction(bytes, this.parts.messages, this.registry, true);
    if (tx instanceof ChainError) return { ...UNDECODABLE, log: tx.message };
    const { env, branches } = this.#checkState();
    return new Execution(env, "simulate", new Branches(branches), this.#needs).run(tx);
  }

  /** Signature checks that this transaction will need and no verdict is known of. A pure read. */
  signatureJobs(bytes: Uint8Array): readonly SignatureCheck[] {
    const tx = this.decode(bytes);
    if (tx === undefined) return [];
    const { env, branches } = this.#checkState();
    const ctx = new BranchContext(env, "check", new Branches(branches), new OpenMeter());
    const { platform } = this.settings;
    return signatureJobs(ctx, tx, this.#needs.ante).filter(
      (check) => this.memo.recall(checkId(platform, check)) === undefined,
    );
  }

  /** Takes a verdict of the pure function verify(key, digest, signature), found elsewhere. */
  learnVerdict(check: SignatureCheck, verdict: boolean): void {
    this.memo.learn(checkId(this.settings.platform, check), verdict);
  }

  /** A transaction taken apart; undefined when it does not decode. Remembered per array of bytes. */
  decode(bytes: Uint8Array): Transaction | undefined {
    const tx = this.#decode(bytes);
    return tx instanceof ChainError ? undefined : tx;
  }

  /** Takes transactions in order as far as bytes and gas of a block allow. */
  prepareProposal(request: RequestPrepareProposal): ResponsePrepareProposal {
    const ctx = this.context();
    const maxGas = this.parts.consensus.params(ctx).block?.maxGas ?? 0n;
    return { txs: selectTransactions(request, maxGas, (bytes) => this.decode(bytes)) };
  }

  /** Accepts: whatever a block holds, finalizeBlock gives each transaction a result. */
  processProposal(_request: RequestProcessProposal): ResponseProcessProposal {
    return { status: 1 };
  }

  /** Asked only when vote extensions are switched on; this application has none. */
  extendVote(): ResponseExtendVote {
    return { voteExtension: EMPTY_BYTES };
  }

  /** Accepts the empty extension that extendVote makes, and no other. */
  verifyVoteExtension(request: RequestVerifyVoteExtension): ResponseVerifyVoteExtension {
    return { status: request.voteExtension.length === 0 ? 1 : 2 };
  }

  /** State sync is not offered yet: no snapshots, every offer refused. */
  listSnapshots(): ResponseListSnapshots {
    return { snapshots: [] };
  }

  offerSnapshot(): ResponseOfferSnapshot {
    return { result: REJECT_SNAPSHOT };
  }

  loadSnapshotChunk(): ResponseLoadSnapshotChunk {
    return { chunk: EMPTY_BYTES };
  }

  applySnapshotChunk(): ResponseApplySnapshotChunk {
    return { result: ABORT_SNAPSHOT, refetchChunks: [], rejectSenders: [] };
  }

  /** Runs a block and stages its root. Throws a bug on a height that does not follow. */
  finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock {
    const expected = this.store.height === 0n ? this.#initialHeight : this.store.height + 1n;
    const heights = `invalid height: ${request.height}; expected: ${expected}`;
    assert(request.height === expected, heights);
    const branches = branchesOfLatest(this.store, this.#genesis, this.#latest.get());
    this.#staged = undefined;
    const result = runBlock(this.parts, this.#needs, request, {
      branches,
      env: (clock) => this.#env(request.height, request.time, clock),
      decode: (bytes) => this.decode(bytes),
    });
    const { height, time } = request;
    const appHash = this.store.stage(height, time, branches.changes(), branches.sideChanges());
    this.#staged = height;
    return { ...result, appHash };
  }

  /** What must be on disk, in one atomic batch, before `commit`. */
  commitBatch(): CommitBatch {
    assert(this.#staged !== undefined, "no block is finalized");
    return this.store.batch();
  }

  /** Makes the staged root the committed one. */
  commit(): ResponseCommit {
    assert(this.#staged !== undefined, "no block is finalized");
    this.store.promote();
    this.#staged = undefined;
    this.#genesis = undefined;
    this.#resetCheck();
    return { retainHeight: this.retainHeight() };
  }

  /** First block that the engine must keep; 0 = all. */
  retainHeight(): bigint {
    const { evidence } = this.parts.consensus.params(this.context());
    const least = this.settings.minRetainBlocks ?? 0n;
    return blocksToKeep(this.store, least, evidence?.maxAgeNumBlocks ?? 0n);
  }

  /** Answers a query on committed state. Never throws for what a client can cause. */
  query(request: RequestQuery): ResponseQuery {
    return answerQuery(this, request);
  }

  /** A context on the last commit (or a kept height), for queries and for looking at state. */
  context(view: StateView = this.store.latest(), mode: Mode = "query"): BranchContext {
    const branches =
      view.height === this.store.height
        ? branchesOfLatest(this.store, this.#genesis)
        : new Branches(new CommittedSet(this.store, view));
    return new BranchContext(this.#envOf(branches, view.height), mode, branches);
  }

  /** The clocks of the last commit, and the earliest second on each at which a block has work. */
  clocks(): ClockStatus {
    return clockStatus(this.parts, this.context());
  }

  /** Next piece of a tree snapshot to write between blocks; undefined when there is nothing to do. */
  snapshotStep(): SnapshotStep | undefined {
    return this.store.snapshots.step(SNAPSHOT_NODES);
  }

  /** Sentences about every invariant that does not hold in committed state. */
  brokenInvariants(): readonly string[] {
    const broken: string[] = [];
    for (const module of this.parts.modules)
      for (const { name, check } of module.invariants ?? [])
        for (const sentence of check(this.context()))
          broken.push(`${module.name}/${name}: ${sentence}`);
    return broken;
  }

  /** What the modules change in the side stores when they build their lists anew from the trees. */
  rebuildSides(): Map<string, readonly StoreChange[]> {
    const { store } = this;
    const { modules } = this.parts;
    return rebuildSides({ store, modules, env: (set) => this.#envOf(set, store.height) });
  }

  /** `app_state` of committed state as JSON, by module. */
  exportGenesis(): ReturnType<typeof exportGenesis> {
    return exportGenesis(this.parts, this.registry, this.context());
  }

  #decode(bytes: Uint8Array): Transaction | ChainError {
    const known = this.#decoded.get(bytes);
    if (known !== undefined) return known;
    const tx = decodeTransaction(bytes, this.parts.messages, this.registry);
    if (tx instanceof Transaction) this.#decoded.set(bytes, tx);
    return tx;
  }

  #checkState(): { readonly branches: Branches; readonly env: ContextEnv } {
    if (this.#check === undefined) this.#resetCheck();
    return must(this.#check, "check state");
  }

  #resetCheck(): void {
    const branches = branchesOfLatest(this.store, this.#genesis, this.#latest.get());
    this.#check = { branches, env: this.#envOf(branches, this.store.height) };
  }

  /** Environment of a committed state: its clocks and identity are read from it. */
  #envOf(branches: Branches, height: bigint): ContextEnv {
    const clock = this.parts.chain.clocks(branches) ?? { time: 0n, uptime: 0n };
    return this.#env(height, { seconds: clock.time, nanos: 0 }, clock, branches);
  }

  #env(height: bigint, time: Timestamp, clock: ClockReading, source?: Branches): ContextEnv {
    const { prefix, chainId } = this.#identity(source);
    return {
      chainId,
      height,
      time,
      now: clock.time,
      uptime: clock.uptime,
      platform: this.settings.platform,
      addresses: prefix,
      authority: this.#authority,
      quarantine: (ctx, item) => this.parts.chain.quarantine(ctx, item),
      reportBug: (error, where) => this.#reportBug(error, where),
    };
  }

  /** Prefix and chain id never change: read once per run. */
  #identity(source?: Branches): { readonly prefix: AddressCodec; readonly chainId: string } {
    if (this.#addresses === undefined || this.#chainId === undefined) {
      const state = source ?? branchesOfLatest(this.store, this.#genesis);
      const identity = this.parts.chain.identity(state);
      if (identity === undefined)
        throw sdkErrors.invalidHeight.with(
          `${this.parts.name} is not ready; please wait for first block`,
        );
      this.#addresses = new AddressCodec(identity.prefix);
      this.#chainId = identity.chainId;
    }
    return { prefix: this.#addresses, chainId: this.#chainId };
  }

  #reportBug(error: unknown, where: string): void {
    if (this.settings.reportBug === undefined) throw error;
    this.settings.reportBug(error, where);
  }
}
