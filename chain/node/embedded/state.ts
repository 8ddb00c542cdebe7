// What the engine knows after a block: the CometBFT side of the chain's state. Changes by one pure
// function of the block and the application's answer. Source: CometBFT state/execution.go updateState.

import { EMPTY_BYTES, equalBytes, fromHex, toHex, utf8 } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import { formatTime, parseTime } from "../../base/time.ts";
import type { Timestamp } from "../../base/time.ts";
import type { ResponseFinalizeBlock, ValidatorUpdate } from "../../codec/gen/tendermint/abci.ts";
import type { BlockID, Header } from "../../codec/gen/tendermint/types.ts";
import { BlockID as BlockIDType, ConsensusParams } from "../../codec/gen/tendermint/types.ts";
import { ValidatorSet as ValidatorSetType } from "../../codec/gen/tendermint/types.ts";
import { resultsHash } from "../../runtime/index.ts";
import { DamagedState } from "../../store/index.ts";
import type { PowerChange, ValidatorSet } from "../comet/validators.ts";
import { applyChanges, rotate, validatorAddress } from "../comet/validators.ts";

/** The engine's state after block `height`. */
export interface EngineState {
  readonly chainId: string;
  readonly initialHeight: bigint;
  /** Height of the last block; 0 before the first. */
  readonly height: bigint;
  readonly blockId: BlockID;
  readonly blockTime: Timestamp;
  /** Who signs block height + 1. */
  readonly validators: ValidatorSet;
  /** Who signs block height + 2. */
  readonly nextValidators: ValidatorSet;
  /** Who signed block height; empty before the first. */
  readonly lastValidators: ValidatorSet;
  /** Height from which `nextValidators` (turns of proposers apart) holds. */
  readonly validatorsChanged: bigint;
  readonly params: ConsensusParams;
  readonly paramsChanged: bigint;
  readonly resultsHash: Uint8Array;
  readonly appHash: Uint8Array;
  /** What the engine's clock is ahead of the host's, milliseconds (`dev advance`). */
  readonly clockAheadMs: number;
}

/** A set without members. */
export const NO_VALIDATORS: ValidatorSet = { list: [], total: 0n, proposer: undefined };

/** Application version that headers carry. */
export function appVersion(state: EngineState): bigint {
  return state.params.version?.app ?? 0n;
}

/** Keys and powers of the application's updates. Throws: Error for a key that is not ed25519. */
export function powerChanges(updates: readonly ValidatorUpdate[]): readonly PowerChange[] {
  return updates.map((update) => {
    const key = update.pubKey.ed25519;
    if (key?.length !== 32) throw new Error("a validator update has no ed25519 key of 32 bytes");
    return { key, power: update.power };
  });
}

/** Parameters after an update: each part that is given replaces the old one whole. */
export function updateParams(
  params: ConsensusParams,
  update: ConsensusParams | undefined,
): ConsensusParams {
  if (update === undefined) return params;
  return {
    block: update.block ?? params.block,
    evidence: update.evidence ?? params.evidence,
    validator: update.validator ?? params.validator,
    version: update.version ?? params.version,
    abci: update.abci ?? params.abci,
  };
}

/** The state after a block. Throws: Error when the application's validator updates are not valid. */
export function nextState(
  platform: Platform,
  state: EngineState,
  header: Header,
  id: BlockID,
  response: ResponseFinalizeBlock,
): EngineState {
  const changes = powerChanges(response.validatorUpdates);
  const changed = applyChanges(platform, state.nextValidators, changes);
  const params = updateParams(state.params, response.consensusParamUpdates);
  // The application names its parameters with every block, as the SDK does: a change is a difference.
  const same = equalBytes(ConsensusParams.encode(params), ConsensusParams.encode(state.params));
  return {
    ...state,
    height: header.height,
    blockId: id,
    blockTime: header.time,
    validators: state.nextValidators,
    nextValidators: rotate(changed, 1),
    lastValidators: state.validators,
    validatorsChanged: changes.length > 0 ? header.height + 2n : state.validatorsChanged,
    params,
    paramsChanged: same ? state.paramsChanged : header.height + 1n,
    resultsHash: resultsHash(platform, response.txResults),
    appHash: response.appHash,
  };
}

/** Most gas of a block on this state; -1 = no limit. */
export function maxBlockGas({ params }: EngineState): bigint {
  return params.block?.maxGas ?? -1n;
}

/** Bytes of a validator set for the disk. */
export function encodeValidators(set: ValidatorSet): Uint8Array {
  const validators = set.list.map((validator) => ({
    address: validator.address,
    pubKey: { ed25519: validator.key },
    votingPower: validator.power,
    proposerPriority: validator.priority,
  }));
  const index = set.list.findIndex((one) => one.address === set.proposer?.address);
  const proposer = validators[index];
  return ValidatorSetType.encode({
    validators,
    ...(proposer === undefined ? {} : { proposer }),
    totalVotingPower: 0n,
  });
}

/** Reads what `encodeValidators` wrote. */
export function decodeValidators(platform: Platform, bytes: Uint8Array): ValidatorSet {
  const wire = ValidatorSetType.decode(bytes);
  const list = wire.validators.map((one) => {
    const key = one.pubKey.ed25519 ?? EMPTY_BYTES;
    return {
      address: validatorAddress(platform, key),
      key,
      power: one.votingPower,
      priority: one.proposerPriority,
    };
  });
  const name = toHex(wire.proposer?.address ?? EMPTY_BYTES);
  return {
    list,
    total: list.reduce((sum, one) => sum + one.power, 0n),
    proposer: list.find((one) => toHex(one.address) === name),
  };
}

/** Text of a state for the disk; its last field is the SHA-256 of the text without it. */
export function encodeState(platform: Platform, state: EngineState): string {
  const text = stateText(state);
  return `${text.slice(0, -1)},"digest":"${toHex(platform.sha256(utf8(text)))}"}`;
}

function stateText(state: EngineState): string {
  return JSON.stringify({
    chainId: state.chainId,
    initialHeight: state.initialHeight.toString(),
    height: state.height.toString(),
    blockId: toHex(BlockIDType.encode(state.blockId)),
    blockTime: formatTime(state.blockTime),
    validators: toHex(encodeValidators(state.validators)),
    nextValidators: toHex(encodeValidators(state.nextValidators)),
    lastValidators: toHex(encodeValidators(state.lastValidators)),
    validatorsChanged: state.validatorsChanged.toString(),
    params: toHex(ConsensusParams.encode(state.params)),
    paramsChanged: state.paramsChanged.toString(),
    resultsHash: toHex(state.resultsHash),
    appHash: toHex(state.appHash),
    clockAheadMs: state.clockAheadMs,
  });
}

/**
 * Reads what `encodeState` wrote; homes of 0.1.0 have no digest. Throws: DamagedState when the text is
 * not what was written.
 */
export function decodeState(platform: Platform, text: string): EngineState {
  let state: EngineState | undefined;
  try {
    state = parseState(platform, text);
  } catch {
    // What is wrong in it is of no use to anybody: it is another text than was written.
  }
  if (state !== undefined) {
    if (text === encodeState(platform, state) || text === stateText(state)) return state;
  }
  throw new DamagedState("the record of the engine's state is not what was written");
}

function parseState(platform: Platform, text: string): EngineState {
  const json = JSON.parse(text) as Record<string, unknown>;
  const field = (name: string): string => String(json[name]);
  const bytes = (name: string): Uint8Array => fromHex(field(name)) ?? EMPTY_BYTES;
  const validators = (name: string): ValidatorSet => decodeValidators(platform, bytes(name));
  return {
    chainId: field("chainId"),
    initialHeight: BigInt(field("initialHeight")),
    height: BigInt(field("height")),
    blockId: BlockIDType.decode(bytes("blockId")),
    blockTime: parseTime(field("blockTime")) ?? { seconds: 0n, nanos: 0 },
    validators: validators("validators"),
    nextValidators: validators("nextValidators"),
    lastValidators: validators("lastValidators"),
    validatorsChanged: BigInt(field("validatorsChanged")),
    params: ConsensusParams.decode(bytes("params")),
    paramsChanged: BigInt(field("paramsChanged")),
    resultsHash: bytes("resultsHash"),
    appHash: bytes("appHash"),
    clockAheadMs: Number(json["clockAheadMs"]),
  };
}
