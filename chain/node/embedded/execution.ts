// One block through the application and onto the disk, in the order that survives a crash at any
// instant: block log, execution, answer, application state, engine state, index; then publication.
// Engine state and index are not synced: those who wait for a block are checked again meanwhile.

import type { Platform } from "../../base/platform.ts";
import { equalBytes } from "../../base/bytes.ts";
import { ResponseFinalizeBlock } from "../../codec/gen/tendermint/abci.ts";
import type { Block, BlockID } from "../../codec/gen/tendermint/types.ts";
import type { EngineApplication } from "../application.ts";
import type { Database } from "../db.ts";
import type { CommittedBlock } from "../events.ts";
import type { Indexer } from "../index/indexer.ts";
import { resultsIn } from "../index/sheet.ts";
import type { StepHook } from "../steps.ts";
import type { Admission } from "./admission.ts";
import type { BlockStore, SignedBlock } from "./blocks.ts";
import { upperHex } from "./blocks.ts";
import { finalizeRequest } from "./proposal.ts";
import { nextState } from "./state.ts";
import type { EngineState } from "./state.ts";

/** What execution works with. */
export interface ExecutionParts {
  readonly platform: Platform;
  readonly app: EngineApplication;
  readonly blocks: BlockStore;
  /** Where the application's state lies. */
  readonly database: Database;
  /** Absent when transactions are not indexed. */
  readonly indexer: Indexer | undefined;
  /**
   * Where transactions come in: from the commit on checks would stand on a state that those who wait have
   * not passed. Absent when none come in. Whoever executes a block releases it.
   */
  readonly admission?: Pick<Admission, "hold"> | undefined;
  /** Told of each step on the way to the disk; absent outside of tests. */
  readonly reached?: StepHook | undefined;
}

/** What came of a block. */
export interface Executed {
  readonly state: EngineState;
  readonly committed: CommittedBlock;
  /** Oldest block the application wants kept; 0 = all. */
  readonly retainHeight: bigint;
  /** Resolves when engine state and index are written: nobody is told of the block before. */
  readonly settled: Promise<void>;
}

/** Logs, executes, commits and indexes a block made now. */
export async function executeNew(
  parts: ExecutionParts,
  state: EngineState,
  signed: SignedBlock,
): Promise<Executed> {
  const { app, blocks, reached } = parts;
  const logged = blocks.append(signed);
  reached?.("log.writing");
  // The log is written while the block executes; a failure of either is seen below.
  logged.catch(() => undefined);
  const response = app.finalizeBlock(
    finalizeRequest(signed.block, signed.id, state.lastValidators),
  );
  checkAnswer(signed.block, response);
  reached?.("block.executed");
  await logged;
  reached?.("log.written");
  return takeOver(parts, state, signed.block, signed.id, response, signed.hashes);
}

/** Executes the last block of the log, which a crash kept from the application. */
export async function executeLogged(
  parts: ExecutionParts,
  state: EngineState,
  block: Block,
  id: BlockID,
): Promise<Executed> {
  const response = parts.app.finalizeBlock(finalizeRequest(block, id, state.lastValidators));
  checkAnswer(block, response);
  return takeOver(parts, state, block, id, response);
}

/** Executes and commits a logged block in the application alone; the state has passed it already. */
export async function replayBlock(
  parts: ExecutionParts,
  block: Block,
  id: BlockID,
  expectedAppHash: Uint8Array,
): Promise<void> {
  const { app, blocks, database } = parts;
  const { height } = block.header;
  const before = blocks.validators(height - 1n) ?? { list: [], total: 0n, proposer: undefined };
  const response = app.finalizeBlock(finalizeRequest(block, id, before));
  checkAnswer(block, response);
  if (!equalBytes(response.appHash, expectedAppHash)) {
    throw new Error(
      `replay of height ${height} gives app hash ${upperHex(response.appHash)}, ` +
        `the chain has ${upperHex(expectedAppHash)}`,
    );
  }
  await database.write(app.commitBatch().writes, { sync: true });
  app.commit();
}

/** Takes the kept answer of a block that the application has committed. */
export async function adoptAnswer(
  parts: ExecutionParts,
  state: EngineState,
  block: Block,
  id: BlockID,
): Promise<Executed> {
  const response = parts.blocks.response(block.header.height);
  if (response === undefined)
    throw new Error(`the application's answer to height ${block.header.height} is not in the log`);
  return finish(parts, state, block, id, response, { retainHeight: 0n });
}

function checkAnswer(block: Block, response: ResponseFinalizeBlock): void {
  const [txs, results] = [block.data.txs.length, response.txResults.length];
  if (txs !== results)
    throw new Error(`the application answered ${results} results for ${txs} transactions`);
}

async function takeOver(
  parts: ExecutionParts,
  state: EngineState,
  block: Block,
  id: BlockID,
  response: ResponseFinalizeBlock,
  hashes?: readonly Uint8Array[],
): Promise<Executed> {
  const { app, blocks, database, reached } = parts;
  const answer = ResponseFinalizeBlock.encode(response);
  const answering = blocks.saveResponse(block.header.height, answer);
  reached?.("answer.writing");
  await answering;
  reached?.("answer.written");
  const writing = database.write(app.commitBatch().writes, { sync: true });
  reached?.("state.writing");
  await writing;
  reached?.("state.written");
  parts.admission?.hold();
  const { retainHeight } = app.commit();
  reached?.("state.promoted");
  return finish(parts, state, block, id, response, { retainHeight, answer, hashes });
}

/** What is known of a block beside its answer. */
interface Known {
  readonly retainHeight: bigint;
  /** The bytes of the answer. */
  readonly answer?: Uint8Array | undefined;
  /** SHA-256 of each transaction. */
  readonly hashes?: readonly Uint8Array[] | undefined;
}

function finish(
  parts: ExecutionParts,
  before: EngineState,
  block: Block,
  id: BlockID,
  response: ResponseFinalizeBlock,
  { retainHeight, answer, hashes }: Known,
): Executed {
  const { platform } = parts;
  const state = nextState(platform, before, block.header, id, response);
  const known = hashes ?? block.data.txs.map((tx) => platform.sha256(tx));
  const committed = { block, id, response, hashes: known };
  const settled = settle(parts, state, committed, answer);
  // Whoever executes a block waits for it, after what can be done meanwhile.
  settled.catch(() => undefined);
  return { state, committed, retainHeight, settled };
}

/** Writes what is written again at a start when a crash loses it. */
async function settle(
  { blocks, indexer, reached }: ExecutionParts,
  state: EngineState,
  committed: CommittedBlock,
  answer: Uint8Array | undefined,
): Promise<void> {
  const saving = blocks.saveState(state, { sync: false });
  reached?.("engine.writing");
  await saving;
  reached?.("engine.written");
  const indexing = indexer?.add(indexedBlock(committed, answer));
  reached?.("index.writing");
  await indexing;
  reached?.("index.written");
}

/** What the index takes of a block; `answer` are the bytes of its response, where they are at hand. */
export function indexedBlock(
  committed: CommittedBlock,
  answer?: Uint8Array,
): Parameters<Indexer["add"]>[0] {
  return {
    height: committed.block.header.height,
    txs: committed.block.data.txs,
    hashes: committed.hashes,
    results: committed.response.txResults,
    encoded: answer && resultsIn(answer),
    events: committed.response.events,
  };
}
