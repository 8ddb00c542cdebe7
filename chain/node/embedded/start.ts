// Brings application, engine state and block log to one height at start: the steps of the handshake,
// InitChain among them, then the index.

import { utf8 } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import type { Timestamp } from "../../base/time.ts";
import type { RequestInitChain, ResponseInitChain } from "../../codec/gen/tendermint/abci.ts";
import type { Block, BlockID, ConsensusParams } from "../../codec/gen/tendermint/types.ts";
import type { GenesisDocument } from "../../../genesis/index.ts";
import { NO_BLOCK } from "../comet/header.ts";
import { resultsHash } from "../../runtime/index.ts";
import { newValidatorSet, rotate } from "../comet/validators.ts";
import type { PowerChange } from "../comet/validators.ts";
import type { Logger } from "../log.ts";
import { upperHex } from "./blocks.ts";
import { adoptAnswer, executeLogged, indexedBlock, replayBlock } from "./execution.ts";
import type { Executed } from "./execution.ts";
import type { ExecutionParts } from "./execution.ts";
import { planHandshake } from "./handshake.ts";
import type { HandshakeStep } from "./handshake.ts";
import type { Signer } from "./signer.ts";
import { NO_VALIDATORS, powerChanges, updateParams } from "./state.ts";
import type { EngineState } from "./state.ts";

/** What a genesis says to the engine and the application. */
export interface GenesisInput {
  readonly chainId: string;
  readonly time: Timestamp;
  readonly initialHeight: bigint;
  readonly params: ConsensusParams;
  readonly validators: readonly PowerChange[];
  readonly appHash: Uint8Array;
  /** JSON of app_state. */
  readonly appState: Uint8Array;
}

/** What a genesis document says to the engine and the application. */
export function genesisInput(document: GenesisDocument): GenesisInput {
  return {
    chainId: document.chainId,
    time: document.genesisTime,
    initialHeight: document.initialHeight,
    params: document.consensusParams,
    validators: document.validators,
    appHash: document.appHash,
    appState: utf8(JSON.stringify(document.appState)),
  };
}

/** What the application is told of a genesis. */
export function initChainRequest(genesis: GenesisInput): RequestInitChain {
  return {
    time: genesis.time,
    chainId: genesis.chainId,
    consensusParams: genesis.params,
    validators: genesis.validators.map(({ key, power }) => ({ pubKey: { ed25519: key }, power })),
    appStateBytes: genesis.appState,
    initialHeight: genesis.initialHeight,
  };
}

/** The engine's state before InitChain. */
export function genesisState(platform: Platform, genesis: GenesisInput): EngineState {
  const { chainId, initialHeight, params, validators, appHash } = genesis;
  const set = newValidatorSet(platform, validators);
  return {
    chainId,
    initialHeight,
    height: 0n,
    blockId: NO_BLOCK,
    blockTime: genesis.time,
    validators: set,
    nextValidators: set.list.length === 0 ? set : rotate(set, 1),
    lastValidators: NO_VALIDATORS,
    validatorsChanged: initialHeight,
    params,
    paramsChanged: initialHeight,
    resultsHash: resultsHash(platform, []),
    appHash,
    clockAheadMs: 0,
  };
}

/** The state after InitChain's answer. Throws: Error when nobody would be a validator. */
export function adoptInitChain(
  platform: Platform,
  state: EngineState,
  answer: ResponseInitChain,
): EngineState {
  const named = powerChanges(answer.validators);
  const set = named.length > 0 ? newValidatorSet(platform, named) : state.validators;
  if (set.list.length === 0)
    throw new Error("the genesis names no validator, and the application names none either");
  return {
    ...state,
    validators: set,
    nextValidators: rotate(set, 1),
    params: updateParams(state.params, answer.consensusParams),
    appHash: answer.appHash.length > 0 ? answer.appHash : state.appHash,
  };
}

/** Runs the handshake and gives the engine's state to go on from. Throws: Error with a sentence. */
export async function handshake(
  parts: ExecutionParts,
  genesis: GenesisInput,
  log: Logger,
): Promise<EngineState> {
  const { platform, app, blocks } = parts;
  let state = blocks.loadState() ?? genesisState(platform, genesis);
  const steps = planHandshake({
    app: app.info().lastBlockHeight,
    state: state.height,
    store: blocks.height,
    base: blocks.base,
    initial: state.initialHeight,
  });
  const heights = steps.flatMap((step) => (step.kind === "initChain" ? [] : [step.height]));
  const range = { from: heights[0], to: heights.at(-1) };
  if (heights.length > 0) log.info("replaying blocks of the log", range);
  for (const step of steps) state = await runStep(parts, genesis, state, step, log);
  if (heights.length > 0) log.info("replayed the blocks of the log", range);
  const { lastBlockHeight, lastBlockAppHash } = app.info();
  if (state.height > 0n && upperHex(lastBlockAppHash) !== upperHex(state.appHash)) {
    throw new Error(
      `at height ${lastBlockHeight} the application has app hash ${upperHex(lastBlockAppHash)}, ` +
        `the chain has ${upperHex(state.appHash)}`,
    );
  }
  await catchUpIndex(parts, log);
  return state;
}

async function runStep(
  parts: ExecutionParts,
  genesis: GenesisInput,
  state: EngineState,
  step: HandshakeStep,
  log: Logger,
): Promise<EngineState> {
  if (step.kind === "initChain") return initChain(parts, genesis, state, step.adopt);
  const { block, id } = loggedBlock(parts, step.height);
  log.debug("replaying a block of the log", { height: step.height, how: step.kind });
  switch (step.kind) {
    case "replay": {
      const next = parts.blocks.meta(step.height + 1n);
      await replayBlock(parts, block, id, next?.header.appHash ?? state.appHash);
      return state;
    }
    case "apply":
      return settled(await executeLogged(parts, state, block, id));
    case "adopt":
      return settled(await adoptAnswer(parts, state, block, id));
  }
}

/** The state after a block, once it is written. */
async function settled(executed: Executed): Promise<EngineState> {
  await executed.settled;
  return executed.state;
}

async function initChain(
  parts: ExecutionParts,
  genesis: GenesisInput,
  state: EngineState,
  adopt: boolean,
): Promise<EngineState> {
  const answer = parts.app.initChain(initChainRequest(genesis));
  if (!adopt) return state;
  const next = adoptInitChain(parts.platform, state, answer);
  await parts.blocks.saveState(next, { sync: true });
  return next;
}

function loggedBlock(
  parts: ExecutionParts,
  height: bigint,
): { readonly block: Block; readonly id: BlockID } {
  const block = parts.blocks.block(height);
  const id = parts.blocks.meta(height)?.blockId;
  if (block === undefined || id === undefined)
    throw new Error(`the block log has no block of height ${height}`);
  return { block, id };
}

/** Writes the rows of blocks that a crash kept from the index. */
async function catchUpIndex(parts: ExecutionParts, log: Logger): Promise<void> {
  const { platform, blocks, indexer } = parts;
  if (indexer === undefined || blocks.height === 0n) return;
  const from = indexer.height === 0n ? blocks.base : indexer.height + 1n;
  for (let height = from; height <= blocks.height; height++) {
    const { block, id } = loggedBlock(parts, height);
    const response = blocks.response(height);
    if (response === undefined) continue;
    const hashes = block.data.txs.map((tx) => platform.sha256(tx));
    await indexer.add(indexedBlock({ block, id, response, hashes }));
  }
  if (from <= blocks.height) log.info("indexed blocks", { from, to: blocks.height });
}

/**
 * Throws: Error when the key signed beyond the log (blocks were lost, or the key signs elsewhere), or
 * when the last-sign state is behind it (lost or old: what it does not know it could sign twice).
 */
export function requireSignerFits(signer: Signer, logHeight: bigint, initial: bigint): void {
  const signed = signer.last.height;
  if (signed < logHeight) {
    throw new Error(
      `data/priv_validator_state.json ends at height ${signed}, the block log at ${logHeight}: the file ` +
        "was lost or is old; restore it, or the key may sign a block twice",
    );
  }
  if (signed <= (logHeight === 0n ? initial : logHeight + 1n)) return;
  throw new Error(
    `the validator's key signed up to height ${signed}, the block log ends at ${logHeight}: blocks ` +
      "were lost, or the key signs elsewhere; restore the log, or use another key",
  );
}
