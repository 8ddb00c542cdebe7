// What an engine asks of the application: the ABCI 2.0 calls as plain synchronous functions, with the
// commit cut in two so that the disk lies between them, and three reads that only floor 5 needs.

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
import type { SnapshotStep } from "../store/index.ts";
import type { DatabaseWrite } from "./db.ts";
import type { SignatureJob } from "./verify/packing.ts";

/** How far the chain's clocks are and when something falls due, in whole seconds. */
export interface Clocks {
  /** Clock T of the last block. */
  readonly time: bigint;
  /** Clock U of the last block. */
  readonly uptime: bigint;
  /** Longest step of clock U, seconds. */
  readonly maxBlockGap: bigint;
  /** Earliest due second on clock T; undefined when nothing waits. */
  readonly dueTime: bigint | undefined;
  /** Earliest due second on clock U; undefined when nothing waits. */
  readonly dueUptime: bigint | undefined;
}

/** The application as the engines see it. No call throws for what a user sent. */
export interface EngineApplication {
  info(): ResponseInfo;
  initChain(request: RequestInitChain): ResponseInitChain;
  checkTx(request: RequestCheckTx): ResponseCheckTx;
  prepareProposal(request: RequestPrepareProposal): ResponsePrepareProposal;
  processProposal(request: RequestProcessProposal): ResponseProcessProposal;
  finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock;
  /** The writes of what finalizeBlock staged: they must be on disk before `commit`. */
  commitBatch(): { readonly writes: readonly DatabaseWrite[] };
  /** Makes the staged state the committed one. */
  commit(): ResponseCommit;
  query(request: RequestQuery): ResponseQuery;
  /** Signature checks that checking `tx` will ask for and no verdict is known of. A pure read. */
  signatureJobs(tx: Uint8Array): readonly SignatureJob[];
  /** Takes a verdict of the pure function verify(key, digest, signature) into the memo. */
  learnVerdict(job: SignatureJob, verdict: boolean): void;
  /** For the engine's decision when a block is due. */
  clocks(): Clocks;
  /** Next piece of a tree snapshot to write between blocks; undefined when there is nothing to do. */
  snapshotStep(): SnapshotStep | undefined;
}

/** The application as CometBFT sees it: the calls too that an engine with one validator never makes. */
export interface AbciApplication extends EngineApplication {
  /** Height of the first block. */
  readonly initialHeight: bigint;
  extendVote(): ResponseExtendVote;
  verifyVoteExtension(request: RequestVerifyVoteExtension): ResponseVerifyVoteExtension;
  listSnapshots(): ResponseListSnapshots;
  offerSnapshot(): ResponseOfferSnapshot;
  loadSnapshotChunk(): ResponseLoadSnapshotChunk;
  applySnapshotChunk(): ResponseApplySnapshotChunk;
}
